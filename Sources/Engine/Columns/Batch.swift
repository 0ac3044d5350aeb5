/// Up to a few thousand decoded rows of one source, column by column: what a stage's `add` is
/// handed.
///
/// Columns are indexed as in the source's `Contract`. A text column is a list of slices of the
/// chunk it was read from (or of the batch's arena, for values that had to be unescaped, transcoded
/// or computed); every other type is an `Int64` in the unit of its `FieldType`, with `Int64.absent`
/// for "no value". A batch is reused: nothing of it may be kept after `add` returns.
package final class Batch {
  /// How many rows.
  package internal(set) var count = 0
  /// Values of the columns that are not text; empty for text columns and for columns no stage
  /// reads.
  package internal(set) var integers: [[Int64]]
  var texts: [TextSlices]
  /// Where each row begins in its file: its order among rows with the same key.
  package internal(set) var positions: [Int] = []
  /// A hash of each row's primary key.
  package internal(set) var keyHashes: [UInt64] = []
  /// A hash of all that each row says: rows with equal hashes have equal values.
  package internal(set) var recordHashes: [UInt64] = []
  /// The chunk that slices without the arena bit point into.
  var chunk = ByteView.none
  var arena = Arena()

  /// An empty batch for a contract's columns.
  package init(columnCount: Int) {
    integers = Array(repeating: [], count: columnCount)
    texts = Array(repeating: TextSlices(), count: columnCount)
  }

  /// The values of a text column, for reading row by row.
  package func text(_ column: Int) -> TextView {
    TextView(slices: texts[column], chunk: chunk.start, arena: arena.start)
  }
}

/// Where each row's text lies: an offset whose top bit says "in the arena", and a length.
struct TextSlices {
  var offsets: [UInt32] = []
  var lengths: [UInt32] = []
}

/// A text column of a batch; subscripting by row gives the bytes, empty where there is no value.
@usableFromInline package struct TextView {
  @usableFromInline let offsets: [UInt32]
  @usableFromInline let lengths: [UInt32]
  @usableFromInline let chunk: UnsafeRawPointer
  @usableFromInline let arena: UnsafeRawPointer

  init(slices: TextSlices, chunk: UnsafeRawPointer, arena: UnsafeRawPointer) {
    offsets = slices.offsets
    lengths = slices.lengths
    self.chunk = chunk
    self.arena = arena
  }

  /// The text of a row, valid until `add` returns.
  @inlinable package subscript(row: Int) -> ByteView {
    let offset = offsets[row]
    let base = offset & 0x8000_0000 == 0 ? chunk : arena
    return ByteView(start: base + Int(offset & 0x7FFF_FFFF), count: Int(lengths[row]))
  }
}

/// Bytes made while decoding a batch: unescaped, transcoded and computed texts.
///
/// The memory is owned by hand so that slices can be resolved by adding an offset to one pointer;
/// it only grows, and is emptied (not freed) for the next batch.
struct Arena: ~Copyable {
  private(set) var start: UnsafeMutableRawPointer
  private(set) var count = 0
  private var capacity: Int

  init() {
    capacity = 4096
    start = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { start.deallocate() }

  /// Forgets all bytes but keeps the memory.
  mutating func removeAll() { count = 0 }

  /// Adds one byte.
  mutating func append(_ byte: UInt8) {
    if count == capacity { grow(to: count + 1) }
    start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  /// Adds a run of bytes, which may not lie in this arena.
  mutating func append(_ bytes: ByteView) {
    if count + bytes.count > capacity { grow(to: count + bytes.count) }
    (start + count).copyMemory(from: bytes.start, byteCount: bytes.count)
    count += bytes.count
  }

  private mutating func grow(to needed: Int) {
    let larger = max(needed, capacity * 2)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    memory.copyMemory(from: start, byteCount: count)
    start.deallocate()
    start = memory
    capacity = larger
  }
}

extension Int64 {
  /// Stands for "no value" in every column that is not text. Decoders refuse it as a value.
  @inlinable package static var absent: Int64 { .min }
}
