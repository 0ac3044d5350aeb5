/// Where the records and fields of a chunk lie: what the scanner finds and the decoder reads.
///
/// All offsets count from the chunk's first byte. Only records with the expected number of fields
/// are indexed, so fields are found by multiplication: field `f` of record `r` is entry `r ×
/// fieldCount + f`.
package struct RecordIndex: ~Copyable {
  /// Set in a field's end where doubled quotes must be made single.
  static let escaped: UInt32 = 0x8000_0000

  /// How many fields every indexed record has.
  package let fieldCount: Int
  /// First byte of each field, without the opening quote.
  var fieldStarts = OffsetBuffer()
  /// The byte after each field (the closing quote, if it has one), perhaps with `escaped`.
  var fieldEnds = OffsetBuffer()
  /// First byte of each record.
  var recordStarts = OffsetBuffer()
  /// The byte after each record: its line break, or the end of the chunk.
  var recordEnds = OffsetBuffer()
  /// Records that were refused as a whole, in order.
  package internal(set) var refused: [RefusedRecord] = []
  /// Whether every byte scanned so far is ASCII, so that texts need no check.
  package internal(set) var isASCII = true

  /// An empty index for records of `fieldCount` fields.
  package init(fieldCount: Int) { self.fieldCount = fieldCount }

  /// How many records are indexed.
  package var count: Int { recordStarts.count }

  /// Forgets all records but keeps the memory.
  package mutating func removeAll() {
    fieldStarts.count = 0
    fieldEnds.count = 0
    recordStarts.count = 0
    recordEnds.count = 0
    refused.removeAll(keepingCapacity: true)
    isASCII = true
  }

  /// Where a record begins and ends.
  package func place(of row: Int) -> Range<Int> {
    Int(recordStarts[row])..<Int(recordEnds[row])
  }

  /// The bytes of a field as they stand in the file, without enclosing quotes, and whether quotes
  /// in it are doubled.
  package func field(
    _ field: Int, ofRecord row: Int, in chunk: ByteView
  ) -> (bytes: ByteView, isEscaped: Bool) {
    let entry = row * fieldCount + field
    let end = fieldEnds[entry]
    return (
      chunk.slice(Int(fieldStarts[entry])..<Int(end & ~Self.escaped)), end & Self.escaped != 0
    )
  }
}

/// A record that cannot be read as one of its file.
package struct RefusedRecord: Sendable, Equatable {
  /// Its first byte.
  package let start: Int
  /// The byte after the part that is refused: one line, or all of a ragged record on one line.
  package let end: Int
  /// `ragged` or `malformedQuote`.
  package let offence: Offence
  /// How many fields were found, where that is the reason.
  package let found: Int
}

/// Offsets written by the scanner without a capacity check each: `reserve` is called once per block
/// of 64 bytes, which can hold at most 64 of them.
struct OffsetBuffer: ~Copyable {
  private(set) var start: UnsafeMutablePointer<UInt32>
  private var capacity: Int
  var count = 0

  init() {
    capacity = 1024
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  /// Makes room for `additional` more offsets.
  @inline(__always)
  mutating func reserve(_ additional: Int) {
    if count + additional > capacity { grow(to: count + additional) }
  }

  /// Appends an offset; room for it has been reserved.
  @inline(__always)
  mutating func appendUnchecked(_ offset: UInt32) {
    assert(count < capacity)
    start[count] = offset
    count += 1
  }

  @inline(__always)
  subscript(_ index: Int) -> UInt32 {
    assert(index >= 0 && index < count)
    return start[index]
  }

  private mutating func grow(to needed: Int) {
    let larger = max(needed, capacity * 2)
    let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: larger)
    memory.update(from: start, count: count)
    start.deallocate()
    start = memory
    capacity = larger
  }
}
