import Glibc

/// A file that lines are added to, readable by its owner only, and locked as long as it is open: who
/// asks can tell a writer that lives from one that was killed.
package final class AppendedFile: Sendable {
  /// The path, for messages.
  package let path: String
  private let descriptor: Int32

  /// Opens a file, made if it is missing; `.held` if another process has it open.
  package static func open(_ path: String) throws(FileError) -> AppendedFile? {
    let descriptor = Glibc.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError.system("open it", path) }
    var lock = Self.wholeFile
    guard fcntl(descriptor, Self.setLock, &lock) == 0 else {
      let code = errno
      close(descriptor)
      if code == EAGAIN || code == EACCES { return nil }
      errno = code
      throw FileError.system("lock it", path)
    }
    let file = AppendedFile(path: path, descriptor: descriptor)
    try file.endLine()
    return file
  }

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Ends a line that a writer before was killed in.
  private func endLine() throws(FileError) {
    let size = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0x0A
    guard size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != 0x0A else { return }
    try append(line: "", synced: false)
  }

  /// Adds a line whole, and waits until it is on the disk if `synced`.
  package func append(line: String, synced: Bool) throws(FileError) {
    let bytes = Array((line + "\n").utf8)
    var done = 0
    while done < bytes.count {
      let put = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if put < 0 {
        if errno == EINTR { continue }
        throw FileError.system("write it", path)
      }
      done += put
    }
    if synced, fdatasync(descriptor) != 0 { throw FileError.system("write it", path) }
  }

  /// Whether a process has the file open for adding lines. Asking takes no lock, so nobody is ever
  /// kept out by one who only looks.
  package static func isHeld(_ path: String) -> Bool {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var lock = Self.wholeFile
    return fcntl(descriptor, getLock, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
  }

  // Locks of the open file, not of the process: closing another descriptor of the same file does not
  // let go of them. Linux's numbers; the header hides the names behind _GNU_SOURCE.
  private static let getLock: Int32 = 36  // F_OFD_GETLK
  private static let setLock: Int32 = 37  // F_OFD_SETLK

  private static var wholeFile: flock {
    flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
  }
}
