// Words instead of vectors. Swift's SIMD types are generic, and outside the module that defines a
// loop's types they are not reliably made into vector instructions: the same loop took 20 times as
// long in a package as in one file. Arithmetic on 64-bit words always becomes what it says, at
// about two bytes a cycle.

/// Finds the bytes that matter to CSV, 64 at a time.
struct BlockMask {
  private let delimiter: UInt64
  private let quote: UInt64

  init(delimiter: UInt8, quote: UInt8?) {
    self.delimiter = repeated(delimiter)
    self.quote = repeated(quote ?? delimiter)
  }

  /// One bit for each of the 64 bytes at `address` that is a delimiter, quote, CR or LF; and in
  /// `seen` the union of all bytes, whose top bits tell whether any is not ASCII.
  @inline(__always)
  func specials(at address: UnsafeRawPointer, seen: inout UInt64) -> UInt64 {
    var square: UInt64 = 0
    for lane in 0..<8 {
      let word = address.loadUnaligned(fromByteOffset: lane &* 8, as: UInt64.self)
      seen |= word
      // Each term has the top bit of a byte clear exactly where the byte is the one looked for.
      let differs =
        difference(word, delimiter) & difference(word, quote)
        & difference(word, repeated(0x0A)) & difference(word, repeated(0x0D))
      let hits = ~differs & repeated(0x80)
      square |= hits &>> UInt64(7 &- lane)
    }
    return transposed(square)
  }
}

/// Bit k of byte j becomes bit j of byte k: eight words' hits, side by side, come into the order of
/// the bytes. Three exchanges of ever larger blocks, as in Hacker's Delight, 7-3; a multiplication
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
