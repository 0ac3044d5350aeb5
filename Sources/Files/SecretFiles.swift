import Glibc

/// Files that hold secrets: readable by their owner alone from the first byte on, and never in
/// place of another file. All appear together, or none.
package struct SecretFiles: ~Copyable {
  private var written: [(temporary: String, path: String)] = []
  private var published = 0

  /// No files yet.
  package init() {}

  deinit {
    for (index, file) in written.enumerated() where index >= published { unlink(file.temporary) }
  }

  /// Whether a file could be written there: nothing has the name, and nobody else could put
  /// something in its place.
  package static func check(_ path: String) throws(FileError) {
    var status = stat()
    if lstat(path, &status) == 0 {
      let readers = status.st_mode & 0o044 == 0 ? "" : ", and others may read it"
      throw FileError(
        place: path, message: "there is a file of this name already\(readers)",
        help: "name another file, or take that one away")
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    guard stat(folder.isEmpty ? "/" : folder, &status) == 0 else {
      throw FileError.system("look at the folder", folder)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(
        place: folder, message: "it is not a folder", help: "name a file in an existing folder")
    }
    if status.st_mode & 0o022 != 0, status.st_mode & S_ISVTX == 0 {
      throw FileError(
        place: folder, message: "others than its owner may write in the folder",
        help: "use a folder of your own: mkdir -m 700 filing")
    }
  }

  /// Writes a file under a temporary name beside its own, with mode 0600 whatever the mask is.
  package mutating func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try Self.check(path)
    let temporary = "\(path).partial-\(getpid())"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError.system("create it", path) }
    defer { close(descriptor) }
    written.append((temporary, path))
    var status = stat()
    guard fchmod(descriptor, 0o600) == 0, fstat(descriptor, &status) == 0 else {
      throw FileError.system("protect it", path)
    }
    guard status.st_mode & 0o077 == 0 else {
      throw FileError(
        place: path, message: "the file system lets others than its owner read it",
        help: "use a folder on a file system with permissions")
    }
    var done = 0
    while done < bytes.count {
      let put = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if put < 0 {
        if errno == EINTR { continue }
        throw FileError.system("write it", path)
      }
      done += put
    }
    guard fsync(descriptor) == 0 else { throw FileError.system("write it", path) }
  }

  /// Gives every file its name, unless something has taken one meanwhile.
  package mutating func commit() throws(FileError) {
    for file in written {
      // Unlike rename, link never replaces.
      guard link(file.temporary, file.path) == 0 else {
        let error = FileError.system("name it", file.path)
        for other in written[..<published] { unlink(other.path) }
        published = 0
        throw error
      }
      published += 1
    }
    for file in written { unlink(file.temporary) }
  }
}
