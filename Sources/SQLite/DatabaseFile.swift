import Engine
import Glibc

/// What is checked about a database's path before SQLite sees it, because SQLite's own answer to
/// all of it is "unable to open database file".
enum DatabaseFile {
  /// Fails unless the path is a regular file that may be read; with `creates`, an absent one is made.
  static func check(_ path: String, creates: Bool) throws(SQLiteError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw SQLiteError(
        .configuration, "the path of the SQLite warehouse is empty or has a NUL byte",
        help: "write the warehouse as sqlite:PATH")
    }
    var status = stat()
    if stat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG:
        guard access(path, R_OK) == 0 else { throw failure("read", path) }
        return
      case S_IFDIR:
        throw SQLiteError(
          .configuration, "\(path) is a folder, where the warehouse's SQLite file is expected",
          help: "name a file in it, such as \(path)/warehouse.sqlite")
      default:
        throw SQLiteError(
          .configuration, "\(path) is not a regular file", help: "give another path")
      }
    }
    guard errno == ENOENT else { throw failure("open", path) }
    try checkFolder(of: path)
    guard creates else {
      throw SQLiteError(
        .configuration, "there is no SQLite file \(path)",
        help: "check the path; `nightmill run` makes the file")
    }
    try create(path)
  }

  /// What the operating system says about a call that has just failed.
  static func failure(_ verb: String, _ path: String) -> SQLiteError {
    let code = errno
    let answer = String(cString: strerror(code))
    let help =
      switch code {
      case EACCES, EPERM: "give this user the permission, or another path"
      case EROFS: "the file system is read-only: give a path on another"
      case ENOSPC, EDQUOT: "free space on its disk (`df -h`), then run again"
      default: "check the path and its folder"
      }
    return SQLiteError(.configuration, "cannot \(verb) \(path): \(answer)", help: help)
  }

  private static func checkFolder(of path: String) throws(SQLiteError) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let folder = String(path[..<slash])
    var status = stat()
    guard stat(folder, &status) != 0 else { return }
    throw SQLiteError(
      .configuration, "the folder \(folder) of the warehouse does not exist",
      help: "create it (`mkdir -p \(folder)`) or give another path")
  }

  /// Makes an empty file that is not for everyone's eyes; SQLite gives its log the same
  /// permissions.
  private static func create(_ path: String) throws(SQLiteError) {
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
    if file >= 0 {
      close(file)
    } else if errno != EEXIST {
      throw failure("create", path)
    }
  }
}
