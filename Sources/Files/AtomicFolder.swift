import Glibc

/// Fills a folder so that readers see the old one or the new one, never a part: under a temporary
/// name beside it, synced as a whole, then renamed. What is not kept is removed, and so is what only
/// the old one held.
///
/// For thousands of files, each of which would keep a descriptor open as an `AtomicFile`. The folder
/// holds files, no folders.
package final class AtomicFolder {
  /// The final path.
  package let path: String
  /// Where it is filled meanwhile.
  package let temporaryPath: String
  private var old: String { "\(path).previous-\(getpid())" }
  private var hasOld = false
  private var isSwapped = false

  /// Begins an empty folder, which its owner and group may read.
  package init(_ path: String) throws(FileError) {
    self.path = path
    temporaryPath = "\(path).partial-\(getpid())"
    Self.remove(temporaryPath)
    guard mkdir(temporaryPath, 0o750) == 0 else {
      throw FileError.system("make the folder", temporaryPath)
    }
  }

  deinit {
    if !isSwapped { Self.remove(temporaryPath) }
  }

  /// Begins a file in it.
  package func file(_ name: String, mode: mode_t = 0o640) throws(FileError) -> AtomicFile {
    try AtomicFile("\(temporaryPath)/\(name)", mode: mode, isAlone: true)
  }

  /// Takes the old one's place; `restore` or `forget` must follow.
  package func swap() throws(FileError) {
    for name in Self.names(temporaryPath) { try Self.sync("\(temporaryPath)/\(name)") }
    try Self.sync(temporaryPath)
    Self.remove(old)
    hasOld = rename(path, old) == 0
    guard rename(temporaryPath, path) == 0 else {
      let error = FileError.system("rename it", path)
      if hasOld { rename(old, path) }
      throw error
    }
    isSwapped = true
  }

  /// Puts the old one back.
  package func restore() {
    guard isSwapped else { return }
    Self.remove(path)
    if hasOld { rename(old, path) }
  }

  /// Lets the old one go.
  package func forget() { Self.remove(old) }

  private static func sync(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.system("read it", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError.system("write it", path) }
  }

  private static func names(_ folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.filter { $0 != "." && $0 != ".." }
  }

  private static func remove(_ folder: String) {
    for name in names(folder) { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }
}
