// The hash behind every table of this engine: multiply-and-fold (as in wyhash) over 8-byte words,
// one 64 × 64 → 128 bit product for each 16 bytes. Seeds are fixed: a hash never decides a result,
// only how quickly it is found, and fixed seeds keep runs repeatable.

/// Multiplies to 128 bits and folds the halves together.
@inlinable @inline(__always)
package func foldedMultiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}

/// A 64-bit hash of bytes; the same bytes and seed give the same value on every machine.
@inlinable
package func hash(_ bytes: ByteView, seed: UInt64 = 0x9E37_79B9_7F4A_7C15) -> UInt64 {
  let keyA: UInt64 = 0xA076_1D64_78BD_642F
  let keyB: UInt64 = 0xE703_7ED1_A0B4_28DB
  var state = seed ^ foldedMultiply(UInt64(truncatingIfNeeded: bytes.count) ^ keyA, keyB)
  var index = 0
  while index + 16 <= bytes.count {
    state = foldedMultiply(bytes.word(at: index) ^ keyA ^ state, bytes.word(at: index + 8) ^ keyB)
    index += 16
  }
  if index + 8 <= bytes.count {
    state = foldedMultiply(bytes.word(at: index) ^ keyA ^ state, keyB)
    index += 8
  }
  var tail: UInt64 = 0
  var shift: UInt64 = 0
  while index < bytes.count {
    tail |= UInt64(bytes[index]) << shift
    shift += 8
    index += 1
  }
  return foldedMultiply(state ^ tail ^ keyA, keyB)
}

/// Mixes one integer into a hash, for keys of several columns.
@inlinable @inline(__always)
package func mix(_ state: UInt64, _ value: UInt64) -> UInt64 {
  foldedMultiply(state ^ value ^ 0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB)
}
