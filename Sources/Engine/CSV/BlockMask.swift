/// Finds the bytes that matter to CSV, 64 at a time.
///
/// Swift has no instruction for "the top bit of each byte as an integer". Read as two words, a comparison's result has
/// bytes of all ones or none; one bit of each, times a constant that shifts them side by side, leaves the eight in the top byte.
/// Of the ways tried (adding neighbours, words without vectors, this) this is the quickest by a factor of two; `replacing(with:where:)`
/// is to be avoided in loops: it is not always made into vector code.
struct BlockMask {
  /// What marks the end of a field or record, or a quote.
  let delimiter: SIMD16<UInt8>
  /// The delimiter again where there is no quoting.
  let quote: SIMD16<UInt8>

  init(delimiter: UInt8, quote: UInt8?) {
    self.delimiter = SIMD16(repeating: delimiter)
    self.quote = SIMD16(repeating: quote ?? delimiter)
  }

  /// One bit for each of the 64 bytes at `address` that is a delimiter, quote, CR or LF; and in `seen` the union of all
  /// bytes, whose top bits tell whether any is not ASCII.
  @inline(__always)
  func specials(at address: UnsafeRawPointer, seen: inout SIMD16<UInt8>) -> UInt64 {
    var bits: UInt64 = 0
    for lane in 0..<4 {
      let bytes = address.loadUnaligned(fromByteOffset: lane * 16, as: SIMD16<UInt8>.self)
      seen |= bytes
      let hits =
        (bytes .== delimiter) .| (bytes .== quote)
        .| (bytes .== SIMD16(repeating: 0x0A)) .| (bytes .== SIMD16(repeating: 0x0D))
      bits |= Self.bits(hits) << UInt64(lane * 16)
    }
    return bits
  }

  @inline(__always)
  private static func bits(_ hits: SIMDMask<SIMD16<Int8>>) -> UInt64 {
    let words = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
    return gather(words.x) | gather(words.y) << 8
  }

  @inline(__always)
  private static func gather(_ bytes: UInt64) -> UInt64 {
    (((bytes & 0x8080_8080_8080_8080) >> 7) &* 0x0102_0408_1020_4080) >> 56
  }
}

/// How many physical lines `bytes` holds: LF, CR, or CR LF as one.
package func countLineBreaks(_ bytes: ByteView) -> Int {
  var feeds = 0
  var returns = 0
  var index = 0
  while index + 16 <= bytes.count {
    var feedCounts = SIMD16<UInt8>()
    var returnCounts = SIMD16<UInt8>()
    // A lane counts to at most 255 before it is added up.
    let stop = min(bytes.count - 15, index + 16 * 255)
    while index < stop {
      let block = bytes.start.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
      // A hit is a byte of all ones, which is −1.
      feedCounts &-= unsafeBitCast(block .== SIMD16(repeating: 0x0A), to: SIMD16<UInt8>.self)
      returnCounts &-= unsafeBitCast(block .== SIMD16(repeating: 0x0D), to: SIMD16<UInt8>.self)
      index += 16
    }
    for lane in 0..<16 {
      feeds += Int(feedCounts[lane])
      returns += Int(returnCounts[lane])
    }
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
