/// A borrowed run of bytes: valid only while the batch or buffer it points into lives.
///
/// Decoding and grouping look at hundreds of millions of fields; a pointer and a count cost nothing
/// to make, where a `String` would allocate. A view never leaves the `add` call that was handed its
/// batch: what must outlive it is copied into a `StringPool` or a `TextColumn`.
@frozen @usableFromInline package struct ByteView {
  /// The first byte.
  @usableFromInline package let start: UnsafeRawPointer
  /// How many bytes.
  @usableFromInline package let count: Int

  /// A view of `count` bytes from `start` on.
  @inlinable package init(start: UnsafeRawPointer, count: Int) {
    self.start = start
    self.count = count
  }

  /// Whether there are no bytes, which in every source means "absent".
  @inlinable package var isEmpty: Bool { count == 0 }

  /// The byte at `index`; checked in debug builds only.
  @inlinable package subscript(_ index: Int) -> UInt8 {
    assert(index >= 0 && index < count)
    return start.load(fromByteOffset: index, as: UInt8.self)
  }

  /// The bytes from `range` on, as a view of the same memory.
  @inlinable package func slice(_ range: Range<Int>) -> ByteView {
    assert(range.lowerBound >= 0 && range.upperBound <= count)
    return ByteView(start: start + range.lowerBound, count: range.count)
  }

  /// Without spaces and tabs at either end, which every type but text ignores.
  @inlinable package var trimmed: ByteView {
    var low = 0
    var high = count
    while low < high, self[low] == 0x20 || self[low] == 0x09 { low += 1 }
    while high > low, self[high - 1] == 0x20 || self[high - 1] == 0x09 { high -= 1 }
    return low == 0 && high == count ? self : slice(low..<high)
  }

  /// A copy of the bytes.
  package var bytes: [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The bytes as text; anything that is not UTF-8 is replaced by U+FFFD.
  package var text: String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// Whether both views hold the same bytes.
  @inlinable package static func == (left: ByteView, right: ByteView) -> Bool {
    guard left.count == right.count else { return false }
    var index = 0
    while index + 8 <= left.count {
      if left.word(at: index) != right.word(at: index) { return false }
      index += 8
    }
    while index < left.count {
      if left[index] != right[index] { return false }
      index += 1
    }
    return true
  }

  /// Byte-wise (unsigned) order, the order of IDs everywhere.
  package static func < (left: ByteView, right: ByteView) -> Bool {
    let shared = min(left.count, right.count)
    var index = 0
    while index < shared {
      if left[index] != right[index] { return left[index] < right[index] }
      index += 1
    }
    return left.count < right.count
  }

  /// Eight bytes from `index` on as one little-endian word.
  @inlinable package func word(at index: Int) -> UInt64 {
    assert(index >= 0 && index + 8 <= count)
    return UInt64(littleEndian: start.loadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  /// The one to seven bytes from `index` to the end as a little-endian word, zeros above them.
  ///
  /// Two loads that overlap instead of a loop: what is read twice is the same in both.
  @inlinable package func tail(from index: Int) -> UInt64 {
    let length = count &- index
    assert(index >= 0 && length > 0 && length < 8)
    if count >= 8 { return word(at: count &- 8) >> (64 &- 8 &* UInt64(length)) }
    if length >= 4 {
      let low = start.loadUnaligned(fromByteOffset: index, as: UInt32.self)
      let high = start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      return UInt64(UInt32(littleEndian: low))
        | UInt64(UInt32(littleEndian: high)) &<< UInt64(8 &* (length &- 4))
    }
    let middle = length >> 1
    return UInt64(self[index]) | UInt64(self[index &+ middle]) &<< UInt64(8 &* middle)
      | UInt64(self[count &- 1]) &<< UInt64(8 &* (length &- 1))
  }
}

extension [UInt8] {
  /// Calls `body` with a view of the array's bytes, valid inside `body` only.
  @inlinable package func withView<Result>(_ body: (ByteView) -> Result) -> Result {
    withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return body(.none) }
      return body(ByteView(start: base, count: buffer.count))
    }
  }
}
