import Files
import Glibc

/// A file written under a temporary name beside its own, which it takes when it is committed; what
/// is not is removed.
///
/// A class, since all files of all reports are prepared before the first takes its name.
final class PreparedFile {
  let path: String
  let temporaryPath: String
  private var isCommitted = false

  /// Names a file; nothing is written yet.
  init(_ path: String) {
    self.path = path
    temporaryPath = "\(path).partial-\(getpid())"
    removeAbandoned(path)
    unlink(temporaryPath)
  }

  deinit {
    if !isCommitted { unlink(temporaryPath) }
  }

  /// Opens what was written again, checks that it is whole, and makes sure it is on the disk;
  /// returns its size.
  func check() throws(RunError) -> Int {
    let descriptor = open(temporaryPath, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("read it again") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("examine it") }
    let size = Int(status.st_size)
    var tail = [UInt8](repeating: 0, count: min(22, size))
    let got = pread(descriptor, &tail, tail.count, off_t(size - tail.count))
    // A zip file without comment ends with 22 bytes that begin with this mark.
    let isWhole =
      path.hasSuffix(".xlsx")
      ? size > 22 && tail.starts(with: [0x50, 0x4B, 0x05, 0x06]) : tail.last == 0x0A
    guard got == tail.count, isWhole else {
      throw RunError(
        .failed, "\(path): what was written is not a whole file (\(size) bytes)",
        help: "check the disk's free space, then run the report again")
    }
    // Names and e-mails stand in reports: no more than the group may read them, whoever wrote the
    // file.
    guard fchmod(descriptor, status.st_mode & 0o640) == 0, fsync(descriptor) == 0 else {
      throw failure("write it")
    }
    return size
  }

  /// Gives the file its name, replacing the one that had it.
  func commit() throws(RunError) {
    guard rename(temporaryPath, path) == 0 else { throw failure("rename it") }
    isCommitted = true
  }

  private func failure(_ action: String) -> RunError {
    RunError(
      .failed, "\(path): cannot \(action): \(String(cString: strerror(errno)))",
      help: "check the disk's free space and the folder's permissions, then run the report again")
  }
}

extension PreparedFile {
  /// Writes bytes under the temporary name.
  func write(_ bytes: [UInt8]) throws(RunError) {
    let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw failure("create it") }
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      }
      if put < 0 {
        if errno == EINTR { continue }
        throw failure("write it")
      }
      done += put
    }
  }
}
