import Glibc

/// Why a file could not be read or written.
package struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file, and the place in it where that is known.
  package let place: String
  /// What happened.
  package let message: String
  /// What to do about it.
  package let help: String

  /// An error with a file.
  package init(place: String, message: String, help: String) {
    self.place = place
    self.message = message
    self.help = help
  }

  package var description: String { "\(place): \(message)\n  help: \(help)" }

  /// What the operating system says of its last refusal, with advice that fits it.
  static func system(_ action: String, _ path: String) -> FileError {
    let code = errno
    let help =
      switch code {
      case ENOENT: "check the path; relative paths count from the inputs folder"
      case EACCES, EPERM, EROFS: "check the permissions of the file and its folder"
      case ENOSPC where path.hasPrefix(temporaryFolder()),
        EDQUOT where path.hasPrefix(temporaryFolder()):
        "free disk space, or point TMPDIR at a folder that has some"
      case ENOSPC, EDQUOT: "free space on its disk (`df -h`)"
      case EISDIR: "name a file, not a folder"
      case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
      default: "see the reason above; run again when it is mended"
      }
    return FileError(
      place: path, message: "cannot \(action): \(String(cString: strerror(code)))", help: help)
  }
}
