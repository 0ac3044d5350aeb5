import CZlib
import Glibc

/// A gzip stream being inflated, from its first byte to its last, members one after the other.
struct Inflation: ~Copyable, @unchecked Sendable {
  private let source: FileHandle
  // zlib keeps a pointer back to the stream, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutablePointer<UInt8>
  private let output: UnsafeMutablePointer<UInt8>
  private static let blockSize = 256 * 1024
  private var sourceOffset = 0
  private var inflated = 0
  private var isDone = false
  private var isBetweenMembers = false

  init(_ source: consuming FileHandle) throws(FileError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(capacity: Self.blockSize)
    output = .allocate(capacity: Self.blockSize)
    let path = source.path
    self.source = source
    // 16 asks for a gzip header, 15 for the largest window.
    let status = inflateInit2_(
      stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if status != Z_OK {
      throw FileError(
        place: path, message: "cannot start inflating (zlib: \(status))",
        help: "check that there is memory to spare")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
    output.deallocate()
  }

  /// Inflates until `target` bytes are in `file`, or the stream ends.
  mutating func advance(to target: Int, writing file: borrowing FileHandle) throws(FileError) {
    while inflated < target, !isDone {
      if stream.pointee.avail_in == 0 {
        let got = try source.read(at: sourceOffset, into: input, count: Self.blockSize)
        sourceOffset += got
        stream.pointee.next_in = input
        stream.pointee.avail_in = UInt32(got)
        if got == 0 {
          if isBetweenMembers {
            isDone = true
            return
          }
          throw damaged("it ends in the middle of a gzip member", "copy it again: it is cut short")
        }
      }
      try inflateBlock(file)
    }
  }

  private mutating func inflateBlock(_ file: borrowing FileHandle) throws(FileError) {
    if isBetweenMembers {
      guard inflateReset(stream) == Z_OK else {
        throw damaged("zlib cannot go on", "check that the file is a gzip file")
      }
      isBetweenMembers = false
    }
    stream.pointee.next_out = output
    stream.pointee.avail_out = UInt32(Self.blockSize)
    let status = inflate(stream, Z_NO_FLUSH)
    let made = Self.blockSize - Int(stream.pointee.avail_out)
    try file.write(at: inflated, from: output, count: made)
    inflated += made
    switch status {
    case Z_OK, Z_BUF_ERROR: return
    case Z_STREAM_END: isBetweenMembers = true
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib code \(status)"
      throw damaged("its gzip data is damaged: \(reason)", "copy the file again")
    }
  }

  private func damaged(_ message: String, _ help: String) -> FileError {
    FileError(
      place: "\(source.path), near byte \(sourceOffset - Int(stream.pointee.avail_in))",
      message: message, help: help)
  }
}
