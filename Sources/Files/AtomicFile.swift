import Glibc

/// Writes a file so that readers see the old one or the new one, never a part: under a temporary
/// name beside it, synced, then renamed. What is not committed is removed.
///
/// A class, since several files are prepared before the first takes its name.
package final class AtomicFile {
  /// The final path.
  package let path: String
  /// Where it is written meanwhile: by `write`, or by a library that takes a path.
  package let temporaryPath: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isCommitted = false

  /// Begins a file; `mode` is subject to the process's mask. One that is alone in a folder of its
  /// process has no forerunner to clear away.
  package init(
    _ path: String, mode: mode_t = 0o640, isAlone: Bool = false
  ) throws(FileError) {
    self.path = path
    temporaryPath = "\(path).partial-\(getpid())"
    if !isAlone { removeAbandoned(path) }
    unlink(temporaryPath)
    descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    if descriptor < 0 { throw FileError.system("create it", path) }
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(temporaryPath) }
  }

  /// Adds bytes.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    if bytes.count >= Self.largeBuffer {
      try flush()
      return try put(bytes)
    }
    buffer += bytes
    if buffer.count >= Self.largeBuffer { try flush() }
  }

  /// How many bytes have been written, by whomever.
  package func size() throws(FileError) -> Int {
    try flush()
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError.system("examine it", path) }
    return Int(status.st_size)
  }

  /// Whether the file, read again, holds these bytes and no others.
  package func holds(_ bytes: [UInt8]) throws(FileError) -> Bool {
    guard try size() == bytes.count else { return false }
    let file = try FileHandle(reading: temporaryPath)
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { block.deallocate() }
    var done = 0
    while done < bytes.count {
      let count = min(block.count, bytes.count - done)
      // The block is not empty, so it has an address.
      let got = try file.read(at: done, into: block.baseAddress!, count: count)
      guard got == count, bytes[done..<done + got].elementsEqual(block[..<got]) else {
        return false
      }
      done += got
    }
    return true
  }

  /// Makes the file appear under its name. One that is not `synced` may be empty after the machine
  /// went down: only for what is checked when it is read and can be made again.
  package func commit(synced: Bool = true) throws(FileError) {
    if synced { return try AtomicFile.commit([self]) }
    try flush()
    guard rename(temporaryPath, path) == 0 else { throw FileError.system("rename it", path) }
    isCommitted = true
  }

  /// Makes files appear under their names: all of them or, where one cannot, none. Each is on the
  /// disk before the first is renamed.
  package static func commit(_ files: [AtomicFile]) throws(FileError) {
    for file in files { try file.sync() }
    var renamed: [Replaced] = []
    for (index, file) in files.enumerated() {
      // The last rename decides by itself: nothing after it can fail.
      let replaced = Replaced(file.path, isKept: index < files.count - 1)
      guard rename(file.temporaryPath, file.path) == 0 else {
        let error = FileError.system("rename it", file.path)
        replaced.forget()
        for earlier in renamed.reversed() { earlier.restore() }
        throw error
      }
      renamed.append(replaced)
      file.isCommitted = true
    }
    for replaced in renamed { replaced.forget() }
    for folder in Set(files.map { FileSystem.folder(of: $0.path) }) { Self.sync(folder: folder) }
  }

  private func sync() throws(FileError) {
    try flush()
    guard fsync(descriptor) == 0 else { throw FileError.system("write it", path) }
  }

  /// How many bytes are worth a call of the system.
  private static let largeBuffer = 1 << 20

  private func flush() throws(FileError) {
    try put(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func put(_ bytes: [UInt8]) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      }
      if put < 0 {
        if errno == EINTR { continue }
        throw FileError.system("write it", path)
      }
      done += put
    }
  }

  /// Makes sure that new names outlive a loss of power, where the file system can.
  private static func sync(folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
  }
}

/// A file that is about to be replaced, kept under a second name until all have been.
private struct Replaced {
  private let path: String
  private let kept: String
  private let isKept: Bool
  private let wasAbsent: Bool

  init(_ path: String, isKept wanted: Bool) {
    self.path = path
    kept = "\(path).previous-\(getpid())"
    unlink(kept)
    isKept = wanted && link(path, kept) == 0
    wasAbsent = wanted && !isKept && access(path, F_OK) != 0
  }

  /// Puts the old file back.
  func restore() {
    if isKept { rename(kept, path) }
    if wasAbsent { unlink(path) }
  }

  /// Lets the old file go.
  func forget() {
    if isKept { unlink(kept) }
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
