import Files
import Glibc
import Runner

/// Writes a file that appears whole or not at all.
func writeFile(_ bytes: [UInt8], to path: String, mode: mode_t = 0o640) throws(RunError) {
  try file { () throws(FileError) in
    let file = try AtomicFile(path, mode: mode)
    try file.write(bytes)
    try file.commit()
  }
}

/// Runs `body` and turns a file's error into one that ends a command.
func file<Result>(_ body: () throws(FileError) -> Result) throws(RunError) -> Result {
  do throws(FileError) { return try body() } catch { throw RunError(error) }
}
