import Glibc

/// A file in memory that is written again and again.
final class ScratchFile: Sendable {
  let path: String

  init(_ name: String) {
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    path = "\(folder)/nightmill-fuzz-\(getpid()).\(name)"
  }

  deinit { unlink(path) }

  /// Replaces what it holds.
  func write(_ bytes: [UInt8]) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "\(path) cannot be written")
    var place = 0
    while place < bytes.count {
      let wrote = bytes[place...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      precondition(wrote > 0, "\(path) cannot be written")
      place += wrote
    }
    close(descriptor)
  }
}
