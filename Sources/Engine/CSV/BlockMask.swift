// Vectors of 16 bytes, which every 64-bit processor has. Swift's SIMD types become vector instructions
// only where the compiler picks their concrete operators: each comparison here is of two values whose
// type is spelled out. `bytes .== SIMD16(repeating: 10)` within a larger expression picks the generic
// operator, a loop over lanes, and is 20 times as slow (docs/decisions/008).

/// Finds the bytes that matter to CSV, 64 at a time.
struct BlockMask {
  typealias Bytes = SIMD16<UInt8>
  private typealias Hits = SIMDMask<SIMD16<Int8>>
  private typealias Words = SIMD2<UInt64>

  private let delimiter: Bytes
  private let quote: Bytes
  private let feed = Bytes(repeating: 0x0A)
  private let carriageReturn = Bytes(repeating: 0x0D)

  init(delimiter: UInt8, quote: UInt8?) {
    self.delimiter = Bytes(repeating: delimiter)
    self.quote = Bytes(repeating: quote ?? delimiter)
  }

  /// One bit for each of the 64 bytes at `address` that is a delimiter, quote, CR or LF; and in
  /// `seen` the union of all bytes, whose top bits tell whether any is not ASCII.
  ///
  /// The hits of the four vectors are put side by side, vector k's in the bits 2k and 2k + 1 of each
  /// byte, and then brought into the order of the bytes.
  @inline(__always)
  func specials(at address: UnsafeRawPointer, seen: inout Bytes) -> UInt64 {
    let first = address.loadUnaligned(as: Bytes.self)
    let second = address.loadUnaligned(fromByteOffset: 16, as: Bytes.self)
    let third = address.loadUnaligned(fromByteOffset: 32, as: Bytes.self)
    let fourth = address.loadUnaligned(fromByteOffset: 48, as: Bytes.self)
    seen |= (first | second) | (third | fourth)
    var square = hits(first) & Words(repeated(1), repeated(2))
    square |= hits(second) & Words(repeated(4), repeated(8))
    square |= hits(third) & Words(repeated(16), repeated(32))
    square |= hits(fourth) & Words(repeated(64), repeated(128))
    return transposed(square.x | square.y)
  }

  /// All bits of each byte that is one of those looked for, none of the others.
  @inline(__always)
  private func hits(_ bytes: Bytes) -> Words {
    let delimiters: Hits = bytes .== delimiter
    let quotes: Hits = bytes .== quote
    let feeds: Hits = bytes .== feed
    let returns: Hits = bytes .== carriageReturn
    let all: Hits = (delimiters .| quotes) .| (feeds .| returns)
    // A mask of 16 lanes is 16 bytes of all ones or none.
    return unsafeBitCast(all, to: Words.self)
  }

  /// Whether a union of bytes holds one that is not ASCII.
  static func hasNonASCII(_ seen: Bytes) -> Bool {
    let words = unsafeBitCast(seen, to: Words.self)
    return (words.x | words.y) & repeated(0x80) != 0
  }
}

/// Bit k of byte j becomes bit j of byte k. Three exchanges of ever larger blocks, as in Hacker's Delight, 7-3; a multiplication
/// for each word instead takes half as long again.
@inline(__always)
private func transposed(_ square: UInt64) -> UInt64 {
  var bits = square
  var swap = (bits ^ (bits &>> 7)) & 0x00AA_00AA_00AA_00AA
  bits ^= swap ^ (swap &<< 7)
  swap = (bits ^ (bits &>> 14)) & 0x0000_CCCC_0000_CCCC
  bits ^= swap ^ (swap &<< 14)
  swap = (bits ^ (bits &>> 28)) & 0x0000_0000_F0F0_F0F0
  return bits ^ swap ^ (swap &<< 28)
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
