import Engine
import Glibc

/// What a file is known by: if it changes, so does this. It is read in no time, whatever the file's
/// size.
package struct FileFingerprint: Sendable, Equatable {
  /// How many bytes it has.
  package let bytes: Int
  /// When it was last written, in nanoseconds since 1970-01-01T00:00:00Z.
  package let modified: Int64
  /// SHA-256 of its first and last 64 KiB (of all of it, up to 128 KiB), in hexadecimal.
  package let sample: String

  private static let part = 64 << 10

  /// What the file says and is now.
  package init(path: String) throws(FileError) {
    let file = try FileHandle(reading: path)
    var status = stat()
    guard fstat(file.descriptor, &status) == 0 else {
      throw FileError.system("examine it", path)
    }
    bytes = Int(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    var hash = SHA256()
    let head = min(bytes, Self.part)
    hash.add(try Self.read(file, at: 0, count: head))
    let tail = min(bytes - head, Self.part)
    hash.add(try Self.read(file, at: bytes - tail, count: tail))
    sample = hash.hexadecimal()
  }

  private static func read(
    _ file: borrowing FileHandle, at offset: Int, count: Int
  ) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FileError) -> Int in
      guard let base = buffer.baseAddress else { return 0 }
      return try file.read(at: offset, into: base, count: count)
    }
    return Array(bytes.prefix(got))
  }
}
