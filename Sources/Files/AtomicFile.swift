import Glibc

/// Writes a file so that readers see the old one or the new one, never a part: under a temporary
/// name beside it, synced, then renamed. What is not committed is removed.
package struct AtomicFile: ~Copyable {
  /// The final path.
  package let path: String
  /// Where it is written meanwhile.
  package let temporaryPath: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isCommitted = false

  /// Begins a file; `mode` is subject to the process's mask.
  package init(_ path: String, mode: mode_t = 0o640) throws(FileError) {
    self.path = path
    temporaryPath = "\(path).partial-\(getpid())"
    removeAbandoned(path)
    unlink(temporaryPath)
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    if descriptor < 0 { throw FileError.system("create it", path) }
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(temporaryPath) }
  }

  /// Adds bytes.
  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    buffer += bytes
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// Makes the file appear under its name. One that is not `synced` may be empty after the machine
  /// went down: only for what is checked when it is read and can be made again.
  package mutating func commit(synced: Bool = true) throws(FileError) {
    try flush()
    guard !synced || fsync(descriptor) == 0 else { throw FileError.system("write it", path) }
    guard rename(temporaryPath, path) == 0 else { throw FileError.system("rename it", path) }
    isCommitted = true
  }

  private mutating func flush() throws(FileError) {
    var done = 0
    while done < buffer.count {
      let put = buffer.withUnsafeBytes { unsafe in
        Glibc.write(descriptor, unsafe.baseAddress! + done, buffer.count - done)
      }
      if put < 0 {
        if errno == EINTR { continue }
        throw FileError.system("write it", path)
      }
      done += put
    }
    buffer.removeAll(keepingCapacity: true)
  }
}

/// Makes a folder and those above it, where they do not exist.
package func makeFolder(_ path: String) throws(FileError) {
  var built = path.hasPrefix("/") ? "/" : ""
  for part in path.split(separator: "/") {
    built += built.isEmpty || built.hasSuffix("/") ? String(part) : "/\(part)"
    if mkdir(built, 0o750) != 0, errno != EEXIST {
      throw FileError.system("make the folder", built)
    }
  }
}
