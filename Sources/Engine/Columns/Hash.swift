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
  if bytes.count >= 32 {
    // Two products at a time that do not wait for each other.
    var other = state
    while index + 32 <= bytes.count {
      state = foldedMultiply(bytes.word(at: index) ^ keyA ^ state, bytes.word(at: index + 8) ^ keyB)
      other = foldedMultiply(
        bytes.word(at: index + 16) ^ keyB ^ other, bytes.word(at: index + 24) ^ keyA)
      index += 32
    }
    state ^= other
  }
  while index + 16 <= bytes.count {
    state = foldedMultiply(bytes.word(at: index) ^ keyA ^ state, bytes.word(at: index + 8) ^ keyB)
    index += 16
  }
  if index + 8 <= bytes.count {
    state = foldedMultiply(bytes.word(at: index) ^ keyA ^ state, keyB)
    index += 8
  }
  var tail: UInt64 = 0
  if bytes.count >= 8 {
    // The last eight bytes, some of them for the second time: no loop over what is left.
    tail = bytes.word(at: bytes.count - 8)
  } else if bytes.count > 0 {
    tail = bytes.tail(from: 0)
  }
  return foldedMultiply(state ^ tail ^ keyA, keyB)
}

/// Mixes one integer into a hash, for keys of several columns.
@inlinable @inline(__always)
package func mix(_ state: UInt64, _ value: UInt64) -> UInt64 {
  foldedMultiply(state ^ value ^ 0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB)
}

/// A short name for a text that is kept: 128-bit FNV-1a in hexadecimal digits.
///
/// `hash` may become another function when a quicker one is found; what is stored in a warehouse
/// must mean the same in every version.
package func storedFingerprint(_ text: String) -> String {
  let prime: UInt128 = 1 << 88 | 0x13B
  var state: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
  for byte in text.utf8 { state = (state ^ UInt128(byte)) &* prime }
  let digits = String(state, radix: 16)
  return String(repeating: "0", count: 32 - digits.count) + digits
}
