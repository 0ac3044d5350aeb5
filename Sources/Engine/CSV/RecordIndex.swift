/// Where the records and fields of a chunk lie: what the scanner finds and the decoder reads.
///
/// All offsets count from the chunk's first byte; a chunk is smaller than 1 GiB. Only records with
/// the expected number of fields are indexed, so fields are found by multiplication: field `f` of
/// record `r` is entry `r × fieldCount + f`.
package struct RecordIndex: ~Copyable {
  /// The bits of a field's entry that say where it ends.
  static let place: UInt32 = 0x3FFF_FFFF
  /// Set in an entry where quotes enclose the field.
  static let quoted: UInt32 = 0x4000_0000
  /// Set in an entry where doubled quotes must be made single.
  static let escaped: UInt32 = 0x8000_0000

  /// How many fields every indexed record has.
  package let fieldCount: Int
  /// Each field: the separator or line break it ends at, perhaps with `quoted` and `escaped`. It
  /// begins where its record does, or after the field before it.
  var fields = EndBuffer()
  /// Each record: its first byte, and the byte after it (its line break, or the end of the chunk).
  var records = OffsetBuffer()
  /// How many physical lines the records scanned so far take, refused and blank ones among them.
  package internal(set) var lines = 0
  /// Records that were refused as a whole, in order.
  package internal(set) var refused: [RefusedRecord] = []
  /// Whether every byte scanned so far is ASCII, so that texts need no check.
  package internal(set) var isASCII = true

  /// An empty index for records of `fieldCount` fields.
  package init(fieldCount: Int) { self.fieldCount = fieldCount }

  /// How many records are indexed.
  package var count: Int { records.count }

  /// Forgets all records but keeps the memory.
  package mutating func removeAll() {
    fields.count = 0
    records.count = 0
    lines = 0
    refused.removeAll(keepingCapacity: true)
    isASCII = true
  }

  /// Where a record begins and ends.
  package func place(of row: Int) -> Range<Int> {
    let (start, end) = records[row]
    return Int(start)..<Int(end)
  }

  /// The bytes of a field as they stand in the file, without enclosing quotes, and whether quotes
  /// in it are doubled.
  @inline(__always)
  package func field(
    _ field: Int, ofRecord row: Int, in chunk: ByteView
  ) -> (bytes: ByteView, isEscaped: Bool) {
    let (start, end) = bounds(row &* fieldCount &+ field, firstOf: field == 0 ? row : nil)
    return (chunk.slice(start..<end), isEscaped(row &* fieldCount &+ field))
  }

  /// Where the bytes of an entry lie, without enclosing quotes.
  /// - Parameter row: Its record, if it is the first field of it.
  @inline(__always)
  func bounds(_ entry: Int, firstOf row: Int?) -> (start: Int, end: Int) {
    let (before, end) = fields.pair(at: entry)
    let quotes = Int(end &>> 30 & 1)
    let start = row.map { Int(records[$0].start) } ?? Int(before & Self.place) &+ 1
    return (start &+ quotes, Int(end & Self.place) &- quotes)
  }

  /// Whether quotes in an entry's field are doubled.
  @inline(__always)
  func isEscaped(_ entry: Int) -> Bool { fields.pair(at: entry).end & Self.escaped != 0 }
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

/// Where fields end, written by the scanner without a capacity check each: `reserve` is called once
/// per block of 64 bytes, which can hold at most 64 ends.
struct EndBuffer: ~Copyable {
  /// One entry more than are counted comes first, so that each has one before it.
  private var memory: UnsafeMutablePointer<UInt32>
  private var capacity = 1024
  var count = 0

  init() {
    memory = .allocate(capacity: capacity + 1)
    memory.update(repeating: 0, count: 1)
  }

  deinit { memory.deallocate() }

  /// The entries; as many as are reserved may be written.
  var entries: UnsafeMutablePointer<UInt32> { memory + 1 }

  /// Makes room for `additional` more.
  @inline(__always)
  mutating func reserve(_ additional: Int) {
    if count &+ additional > capacity { grow(to: count + additional) }
  }

  /// Appends an entry; room for it has been reserved.
  @inline(__always)
  mutating func appendUnchecked(_ end: UInt32) {
    assert(count < capacity)
    count &+= 1
    memory[count] = end
  }

  /// An entry and the one before it (0 before the first), which are read at once.
  @inline(__always)
  func pair(at index: Int) -> (before: UInt32, end: UInt32) {
    assert(index >= 0 && index < count)
    let word = UnsafeRawPointer(memory + index).loadUnaligned(as: UInt64.self)
    return (
      UInt32(truncatingIfNeeded: UInt64(littleEndian: word)),
      UInt32(truncatingIfNeeded: UInt64(littleEndian: word) &>> 32)
    )
  }

  private mutating func grow(to needed: Int) {
    let larger = max(needed, capacity * 2)
    let moved = UnsafeMutablePointer<UInt32>.allocate(capacity: larger + 1)
    moved.update(from: memory, count: count + 1)
    memory.deallocate()
    memory = moved
    capacity = larger
  }
}

/// Pairs of offsets, where records begin and end. A pair is one word, written at once.
struct OffsetBuffer: ~Copyable {
  private var words: UnsafeMutablePointer<UInt64>
  private var capacity: Int
  var count = 0

  init() {
    capacity = 1024
    words = .allocate(capacity: capacity)
  }

  deinit { words.deallocate() }

  /// Makes room for `additional` more pairs.
  @inline(__always)
  mutating func reserve(_ additional: Int) {
    if count &+ additional > capacity { grow(to: count + additional) }
  }

  /// Appends a pair; room for it has been reserved.
  @inline(__always)
  mutating func appendUnchecked(_ start: Int, _ end: UInt32) {
    assert(count < capacity)
    words[count] = UInt64(UInt32(truncatingIfNeeded: start)) | UInt64(end) &<< 32
    count &+= 1
  }

  @inline(__always)
  subscript(_ index: Int) -> (start: UInt32, end: UInt32) {
    assert(index >= 0 && index < count)
    let word = words[index]
    return (UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word &>> 32))
  }

  private mutating func grow(to needed: Int) {
    let larger = max(needed, capacity * 2)
    let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
    memory.update(from: words, count: count)
    words.deallocate()
    words = memory
    capacity = larger
  }
}
