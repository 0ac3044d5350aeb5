import Glibc

/// An open file; closing is its end of life.
package struct FileHandle: ~Copyable, Sendable {
  /// The descriptor, for system calls of this module.
  let descriptor: Int32
  /// The path it was opened by, for messages.
  let path: String

  /// Opens a file for reading.
  package init(reading path: String) throws(FileError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    self.path = path
    if descriptor < 0 { throw FileError.system("open it", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError.system("examine it", path) }
    if status.st_mode & S_IFMT == S_IFDIR {
      errno = EISDIR
      throw FileError.system("read it", path)
    }
  }

  /// Makes a file for bytes that need not outlive the process: readable by its owner only and
  /// without a name.
  init(temporaryIn folder: String) throws(FileError) {
    path = "\(folder)/(temporary file)"
    // mkstemp puts a name of its own in place of the Xs.
    var template = Array("\(folder)/nightmill-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    if descriptor < 0 { throw FileError.system("make a temporary file in", folder) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    // The file lives as long as its descriptor; nothing is left behind by a process that is killed.
    unlink(template)
  }

  deinit { close(descriptor) }

  /// How many bytes the file has.
  package func size() throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError.system("examine it", path) }
    return Int(status.st_size)
  }

  /// Reads up to `count` bytes from `offset` on; fewer only at the file's end.
  func read(
    at offset: Int, into memory: UnsafeMutableRawPointer, count: Int
  ) throws(FileError) -> Int {
    var done = 0
    while done < count {
      let got = pread(descriptor, memory + done, count - done, off_t(offset + done))
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw FileError.system("read it", path)
      }
      done += got
    }
    return done
  }

  /// Writes bytes at `offset`.
  func write(
    at offset: Int, from memory: UnsafeRawPointer, count: Int
  ) throws(FileError) {
    var done = 0
    while done < count {
      let put = pwrite(descriptor, memory + done, count - done, off_t(offset + done))
      if put < 0 {
        if errno == EINTR { continue }
        throw FileError.system("write it", path)
      }
      done += put
    }
  }
}
