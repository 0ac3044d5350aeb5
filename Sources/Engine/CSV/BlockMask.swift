/// Finds the bytes that matter to CSV, 64 at a time.
///
/// Swift has no instruction for "the top bit of each byte as an integer", so each comparison result is ANDed with
/// a bit of its own and folded by adding neighbours, three times, which leaves one bit per byte in order.
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
    let weights = SIMD16<UInt8>(1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128)
    let marked = SIMD16<UInt8>(repeating: 0).replacing(with: weights, where: hits)
    let pairs = marked.evenHalf &+ marked.oddHalf
    let quads = pairs.evenHalf &+ pairs.oddHalf
    let octets = quads.evenHalf &+ quads.oddHalf
    return UInt64(octets[0]) | UInt64(octets[1]) << 8
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
      feedCounts.replace(with: feedCounts &+ 1, where: block .== SIMD16(repeating: 0x0A))
      returnCounts.replace(with: returnCounts &+ 1, where: block .== SIMD16(repeating: 0x0D))
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
