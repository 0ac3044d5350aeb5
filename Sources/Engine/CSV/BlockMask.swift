// Vectors of 16 bytes, which every 64-bit processor has. Two things Swift's SIMD types do not offer
// are asked of the compiler itself: that a comparison of two vectors becomes one instruction wherever
// it stands, and that its result becomes a number, one bit for each byte (docs/decisions/008).

import Builtin

/// Finds the bytes that matter to CSV, 64 at a time.
struct BlockMask {
  typealias Bytes = SIMD16<UInt8>

  private let delimiter: Bytes
  private let quote: Bytes
  private let feed = Bytes(repeating: 0x0A)
  private let carriageReturn = Bytes(repeating: 0x0D)
  /// All ones, or none where there is no quoting.
  private let quoting: UInt64

  init(delimiter: UInt8, quote: UInt8?) {
    self.delimiter = Bytes(repeating: delimiter)
    self.quote = Bytes(repeating: quote ?? delimiter)
    quoting = quote == nil ? 0 : ~0
  }

  /// What the 64 bytes at `address` are; and in `seen` the union of all bytes, whose top bits tell
  /// whether any is not ASCII.
  @inline(__always)
  func bits(at address: UnsafeRawPointer, seen: inout Bytes) -> BlockBits {
    let first = address.loadUnaligned(as: Bytes.self)
    let second = address.loadUnaligned(fromByteOffset: 16, as: Bytes.self)
    let third = address.loadUnaligned(fromByteOffset: 32, as: Bytes.self)
    let fourth = address.loadUnaligned(fromByteOffset: 48, as: Bytes.self)
    seen |= (first | second) | (third | fourth)
    func places(of byte: Bytes) -> UInt64 {
      matches(first, byte) | matches(second, byte) &<< 16 | matches(third, byte) &<< 32
        | matches(fourth, byte) &<< 48
    }
    return BlockBits(
      delimiters: places(of: delimiter), quotes: places(of: quote) & quoting,
      feeds: places(of: feed), returns: places(of: carriageReturn))
  }

  /// Whether a union of bytes holds one that is not ASCII.
  static func hasNonASCII(_ seen: Bytes) -> Bool { seen.max() >= 0x80 }
}

/// One bit for each byte that is the same in both vectors, the first byte's the lowest.
@inline(__always)
private func matches(_ left: SIMD16<UInt8>, _ right: SIMD16<UInt8>) -> UInt64 {
  let lanes = Builtin.cmp_eq_Vec16xInt8(left._storage._value, right._storage._value)
  return UInt64(UInt16(Builtin.bitcast_Vec16xInt1_Int16(lanes)))
}

/// What each of 64 bytes is: one bit for each in every mask, the first byte's the lowest.
struct BlockBits {
  let delimiters: UInt64
  let quotes: UInt64
  let feeds: UInt64
  let returns: UInt64

  /// Every byte that can matter.
  @inline(__always) var specials: UInt64 { delimiters | quotes | feeds | returns }

  /// How many entries more than are counted `PlainBlock.write` may write.
  static let spareEntries = 4

  /// Where the block's fields and records end, if its quotes and line breaks are as RFC 4180 has
  /// them: then a field is quoted from its first byte to its last, and whether a byte lies in
  /// quotes is told by how many quotes came before. Nil where the bytes must be looked at one by
  /// one: a quote within an unquoted field or doubled, a line break in quotes, a CR alone.
  /// - Parameters:
  ///   - edge: What the block before it ended with.
  ///   - endsField: Whether the byte after the block is one that ends a field.
  @inline(__always)
  func plain(after edge: BlockEdge, endsField: () -> Bool) -> PlainBlock? {
    var inside = edge.inside
    if quotes != 0 { inside ^= parity(quotes) }
    let outside = ~inside
    // An opening quote is the first of those in quotes, a closing one the first that is not.
    let opening = quotes & inside
    let closing = quotes & outside
    let breaks = feeds | returns
    let separators = (delimiters | breaks) & outside
    let ends = (delimiters | feeds) & outside
    let starts = ends &<< 1 | edge.starts
    // A CR belongs to the LF after it, which ends nothing.
    let single = ~(returns &<< 1)
    let offences =
      breaks & inside | opening & ~starts | (closing &<< 1) & ~separators
      | returns & ~(feeds &>> 1)
    if offences != 0 { return nil }
    if closing &>> 63 != 0, !endsField() { return nil }
    return PlainBlock(
      separators: separators & single, breaks: breaks & outside & single,
      quoted: (closing &<< 1 | edge.closed) & separators,
      edge: BlockEdge(
        inside: inside &>> 63 == 0 ? 0 : ~0, starts: ends &>> 63, closed: closing &>> 63))
  }
}

/// Where the fields and records of a block of 64 bytes end.
struct PlainBlock {
  /// The delimiters and line breaks that end fields: of CR LF, the CR.
  let separators: UInt64
  /// Those of them that are line breaks.
  let breaks: UInt64
  /// Those of them that follow a closing quote.
  let quoted: UInt64
  /// What the next block needs to know.
  let edge: BlockEdge

  /// Writes down the fields' ends in a chunk where the block begins at `place`.
  ///
  /// Four at a time, whether or not there are so many: a processor guesses how often a loop runs,
  /// and is wrong wherever that differs from one block to the next.
  @inline(__always)
  func write(to entries: UnsafeMutablePointer<UInt32>, from place: Int) {
    let first = UInt32(truncatingIfNeeded: place)
    var rest = separators
    var entry = entries
    repeat {
      for step in 0..<4 {
        entry[step] = first &+ UInt32(truncatingIfNeeded: rest.trailingZeroBitCount)
        rest &= rest &- 1
      }
      entry += 4
    } while rest != 0
    var marks = quoted
    while marks != 0 {
      let before = (marks & (0 &- marks)) &- 1
      entries[(separators & before).nonzeroBitCount] |= RecordIndex.quoted
      marks &= marks &- 1
    }
  }
}

/// How a block of bytes ends, as far as the next one needs to know.
struct BlockEdge {
  /// All ones if it ends in quotes.
  let inside: UInt64
  /// 1 if a field begins with the next byte.
  let starts: UInt64
  /// 1 if it ends with a closing quote.
  let closed: UInt64

  @inline(__always)
  init(inside: UInt64, starts: UInt64, closed: UInt64) {
    self.inside = inside
    self.starts = starts
    self.closed = closed
  }

  /// The edge before a block in the middle of a scan.
  init(isInQuotes: Bool, isFieldStart: Bool, isClosed: Bool) {
    self.init(
      inside: isInQuotes ? ~0 : 0, starts: isFieldStart ? 1 : 0, closed: isClosed ? 1 : 0)
  }

  var isInQuotes: Bool { inside != 0 }
}

/// Each bit the exclusive or of itself and all below it: whether the number of marks so far is odd.
@inline(__always)
private func parity(_ marks: UInt64) -> UInt64 {
  var bits = marks
  bits ^= bits &<< 1
  bits ^= bits &<< 2
  bits ^= bits &<< 4
  bits ^= bits &<< 8
  bits ^= bits &<< 16
  return bits ^ bits &<< 32
}

/// A byte in all eight places of a word.
@inline(__always)
private func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

/// A word whose bytes have their top bit set where `word` differs from `sought`, with no carry
/// between bytes.
@inline(__always)
private func difference(_ word: UInt64, _ sought: UInt64) -> UInt64 {
  let distance = word ^ sought
  return ((distance & repeated(0x7F)) &+ repeated(0x7F)) | distance
}

/// How many physical lines `bytes` holds: LF, CR, or CR LF as one.
package func countLineBreaks(_ bytes: ByteView) -> Int {
  var feeds = 0
  var returns = 0
  var index = 0
  while index + 8 <= bytes.count {
    var feedCounts: UInt64 = 0
    var returnCounts: UInt64 = 0
    // A byte counts to at most 255 before all are added up.
    let stop = min(bytes.count - 7, index + 8 * 255)
    while index < stop {
      let word = bytes.word(at: index)
      feedCounts &+= (~difference(word, repeated(0x0A)) & repeated(0x80)) &>> 7
      returnCounts &+= (~difference(word, repeated(0x0D)) & repeated(0x80)) &>> 7
      index += 8
    }
    feeds += sumOfBytes(feedCounts)
    returns += sumOfBytes(returnCounts)
  }
  while index < bytes.count {
    feeds += bytes[index] == 0x0A ? 1 : 0
    returns += bytes[index] == 0x0D ? 1 : 0
    index += 1
  }
  guard returns > 0 else { return feeds }
  var pairs = 0
  var place = 1
  while place < bytes.count {
    if bytes[place] == 0x0A, bytes[place - 1] == 0x0D { pairs += 1 }
    place += 1
  }
  return feeds + returns - pairs
}

@inline(__always)
private func sumOfBytes(_ word: UInt64) -> Int {
  // Pairs first, since eight bytes of 255 do not fit one.
  let pairs = (word & 0x00FF_00FF_00FF_00FF) &+ ((word &>> 8) & 0x00FF_00FF_00FF_00FF)
  return Int((pairs &* 0x0001_0001_0001_0001) &>> 48)
}
