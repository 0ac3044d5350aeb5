/// A borrowed run of bytes: valid only while the batch or buffer it points into lives.
@frozen
package struct ByteView {
  /// The first byte.
  package let start: UnsafeRawPointer
  /// How many bytes there are.
  package let count: Int

  /// `count` bytes from `start`, which the caller keeps alive.
  @inlinable
  package init(start: UnsafeRawPointer, count: Int) {
    self.start = start
    self.count = count
  }

  /// The byte at `i`, from 0; checked in debug builds only.
  @inlinable
  package subscript(_ i: Int) -> UInt8 {
    assert(i >= 0 && i < count, "byte \(i) of \(count)")
    return start.load(fromByteOffset: i, as: UInt8.self)
  }
}
