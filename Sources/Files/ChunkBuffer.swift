import Engine
import Glibc

/// A worker's window onto a file: contiguous bytes from some offset on, followed by the zeros that
/// the scanner may read.
struct ChunkBuffer: ~Copyable {
  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0
  /// The offset in the file of the first byte.
  private(set) var offset = 0
  /// Whether the file ends where the buffer does.
  private(set) var isAtEnd = false

  private static let padding = 64

  init() {
    capacity = 1 << 16
    memory = .allocate(byteCount: capacity + Self.padding, alignment: 64)
  }

  deinit { memory.deallocate() }

  /// The bytes.
  var bytes: ByteView { ByteView(start: memory, count: count) }

  /// Replaces the contents by `wanted` bytes of the file from `offset` on, or fewer at its end.
  mutating func load(_ file: ByteFile, at offset: Int, count wanted: Int) throws(FileError) {
    self.offset = offset
    count = 0
    isAtEnd = false
    try extend(file, by: wanted)
  }

  /// Adds the next `more` bytes of the file, or fewer at its end.
  mutating func extend(_ file: ByteFile, by more: Int) throws(FileError) {
    if count + more > capacity {
      let larger = max(count + more, capacity * 2)
      let moved = UnsafeMutableRawPointer.allocate(
        byteCount: larger + Self.padding, alignment: 64)
      moved.copyMemory(from: memory, byteCount: count)
      memory.deallocate()
      memory = moved
      capacity = larger
    }
    let got = try file.read(at: offset + count, into: memory + count, count: more)
    count += got
    isAtEnd = got < more
    memset(memory + count, 0, Self.padding)
  }

  /// Gives memory back that one giant record made necessary.
  mutating func shrink(to size: Int) {
    guard capacity > 4 * size else { return }
    memory.deallocate()
    capacity = size
    memory = .allocate(byteCount: capacity + Self.padding, alignment: 64)
    count = 0
  }
}
