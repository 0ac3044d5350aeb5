import CZlib
import Glibc

/// A zip file that is read to see whether it is whole: its directory, and each member with its
/// checksum. Up to 4 GiB, as zip was before its 64-bit extension.
///
/// The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
package struct ZipArchive: ~Copyable {
  /// One file inside it.
  package struct Member: Sendable {
    /// Its name, folders included.
    package let name: String
    /// Bytes when unpacked.
    package let size: Int
    let method: Int
    let packed: Int
    let checksum: UInt32
    let offset: Int
  }

  /// What is inside, in the order of the directory.
  package let members: [Member]
  private let file: FileHandle

  private static let blockSize = 256 * 1024
  private static let endSize = 22
  private static let longestComment = 65_535
  private static let directoryEntrySize = 46
  private static let localHeaderSize = 30

  /// Opens a file and reads its directory.
  package init(_ path: String) throws(FileError) {
    let file = try FileHandle(reading: path)
    let size = try file.size()
    let tailSize = min(size, Self.endSize + Self.longestComment)
    let tail = try Self.bytes(file, at: size - tailSize, count: tailSize)
    let mark: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
    let start = stride(from: tail.count - Self.endSize, through: 0, by: -1).first {
      tail[$0...].starts(with: mark)
    }
    guard let start else { throw Self.damaged(path, "its directory is missing") }
    let count = Self.number(tail, start + 10, 2)
    let directory = try Self.bytes(
      file, at: Self.number(tail, start + 16, 4), count: Self.number(tail, start + 12, 4))
    var members: [Member] = []
    var place = 0
    for _ in 0..<count {
      guard place + Self.directoryEntrySize <= directory.count,
        directory[place...].starts(with: [0x50, 0x4B, 0x01, 0x02])
      else { throw Self.damaged(path, "its directory is cut short") }
      let lengths = [28, 30, 32].map { Self.number(directory, place + $0, 2) }
      let nameStart = place + Self.directoryEntrySize
      guard nameStart + lengths[0] <= directory.count else {
        throw Self.damaged(path, "its directory is cut short")
      }
      members.append(
        Member(
          name: String(decoding: directory[nameStart..<nameStart + lengths[0]], as: UTF8.self),
          size: Self.number(directory, place + 24, 4),
          method: Self.number(directory, place + 10, 2),
          packed: Self.number(directory, place + 20, 4),
          checksum: UInt32(Self.number(directory, place + 16, 4)),
          offset: Self.number(directory, place + 42, 4)))
      place = nameStart + lengths.reduce(0, +)
    }
    self.members = members
    self.file = file
  }

  /// Unpacks a member block by block; throws unless size and checksum are as the directory says.
  package func read(
    _ member: Member, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(FileError) {
    let header = try Self.bytes(file, at: member.offset, count: Self.localHeaderSize)
    guard header.starts(with: [0x50, 0x4B, 0x03, 0x04]) else {
      throw damaged(member, "does not begin where the directory says")
    }
    var place =
      member.offset + Self.localHeaderSize + Self.number(header, 26, 2)
      + Self.number(header, 28, 2)
    let end = place + member.packed
    var unpacker = try Unpacker(isDeflated: member.method == 8, path: file.path)
    guard member.method == 8 || member.method == 0 else {
      throw damaged(member, "is packed by method \(member.method)")
    }
    while place < end {
      let block = try Self.bytes(file, at: place, count: min(Self.blockSize, end - place))
      place += block.count
      guard unpacker.unpack(block, body) else { throw damaged(member, "cannot be unpacked") }
    }
    guard unpacker.size == member.size, unpacker.checksum == member.checksum else {
      throw damaged(member, "is not what its checksum says")
    }
  }

  private func damaged(_ member: Member, _ what: String) -> FileError {
    Self.damaged(file.path, "\(member.name) \(what)")
  }

  private static func damaged(_ path: String, _ what: String) -> FileError {
    FileError(
      place: path, message: "the file is damaged: \(what)",
      help: "check the disk's free space and health, then write it again")
  }

  /// Exactly `count` bytes from `offset` on.
  private static func bytes(
    _ file: borrowing FileHandle, at offset: Int, count: Int
  ) throws(FileError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset + count <= (try file.size()) else {
      throw damaged(file.path, "it is cut short")
    }
    var bytes = [UInt8](repeating: 0, count: count)
    guard count > 0 else { return bytes }
    let got = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FileError) in
      // The buffer is not empty, so it has an address.
      try file.read(at: offset, into: UnsafeMutableRawPointer(buffer.baseAddress!), count: count)
    }
    guard got == count else { throw damaged(file.path, "it is cut short") }
    return bytes
  }

  /// A number of `count` bytes, the lowest first.
  private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
  }
}

/// Unpacks what a member holds, and sums it up.
private struct Unpacker: ~Copyable {
  private(set) var size = 0
  private(set) var checksum: UInt32 = 0
  private let isDeflated: Bool
  // zlib keeps a pointer back to the stream, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableRawBufferPointer

  init(isDeflated: Bool, path: String) throws(FileError) {
    self.isDeflated = isDeflated
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    output = .allocate(byteCount: 256 * 1024, alignment: 16)
    // A negative window: deflated bytes without a header of their own.
    let status = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if status != Z_OK {
      throw FileError(
        place: path, message: "cannot start inflating (zlib: \(status))",
        help: "check that there is memory to spare")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// Takes packed bytes, hands on what they hold; false where they make no sense.
  mutating func unpack(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    if !isDeflated {
      bytes.withUnsafeBytes { hand(on: $0, to: body) }
      return true
    }
    return bytes.withUnsafeBytes { input in
      // zlib only reads there, though its type does not say so.
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.bindMemory(to: UInt8.self).baseAddress)
      stream.pointee.avail_in = UInt32(input.count)
      while true {
        stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let status = inflate(stream, Z_NO_FLUSH)
        let made = output.count - Int(stream.pointee.avail_out)
        hand(on: UnsafeRawBufferPointer(rebasing: output[..<made]), to: body)
        if status == Z_STREAM_END { return stream.pointee.avail_in == 0 }
        guard status == Z_OK || status == Z_BUF_ERROR else { return false }
        if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return true }
      }
    }
  }

  private mutating func hand(
    on bytes: UnsafeRawBufferPointer, to body: (UnsafeRawBufferPointer) -> Void
  ) {
    guard !bytes.isEmpty else { return }
    size += bytes.count
    let pointer = bytes.bindMemory(to: UInt8.self).baseAddress
    checksum = UInt32(truncatingIfNeeded: crc32(UInt(checksum), pointer, UInt32(bytes.count)))
    body(bytes)
  }
}
