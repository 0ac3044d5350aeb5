/// SHA-256 of FIPS 180-4, fed in pieces: what names the content of a file, and under a key (`HMAC`)
/// what recognises a number without holding it.
///
/// In Swift because the engine calls no library; block by block over borrowed memory, with the
/// sixteen words of the schedule in a ring on the stack, so hashing allocates nothing.
package struct SHA256: Sendable {
  private var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Bytes that do not make a block yet.
  private var pending = InlineArray<64, UInt8>(repeating: 0)
  private var pendingCount = 0
  /// How many bytes were given in all.
  private var length: UInt64 = 0

  /// A hash of nothing yet.
  package init() {}

  /// Adds bytes.
  package mutating func update(_ bytes: ByteView) {
    length &+= UInt64(bytes.count)
    var index = 0
    if pendingCount > 0 {
      while pendingCount < 64, index < bytes.count {
        pending[pendingCount] = bytes[index]
        pendingCount += 1
        index += 1
      }
      guard pendingCount == 64 else { return }
      compressPending()
    }
    while index + 64 <= bytes.count {
      compress { word in UInt32(bigEndian: bytes.half(at: index + 4 * word)) }
      index += 64
    }
    while index < bytes.count {
      pending[pendingCount] = bytes[index]
      pendingCount += 1
      index += 1
    }
  }

  /// Adds bytes.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withView { update($0) }
  }

  /// The 32 bytes of the hash.
  package consuming func finish() -> [UInt8] {
    let bits = length &* 8
    append(0x80)
    while pendingCount != 56 { append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for index in 0..<8 {
      for shift in stride(from: UInt32(24), through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: state[index] >> shift))
      }
    }
    return bytes
  }

  /// The hash of some bytes at once.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// Bytes as lower-case hexadecimal digits, as `sha256sum` prints them.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func append(_ byte: UInt8) {
    pending[pendingCount] = byte
    pendingCount += 1
    if pendingCount == 64 { compressPending() }
  }

  private mutating func compressPending() {
    let block = pending
    compress { word in
      UInt32(block[4 * word]) << 24 | UInt32(block[4 * word + 1]) << 16
        | UInt32(block[4 * word + 2]) << 8 | UInt32(block[4 * word + 3])
    }
    pendingCount = 0
  }

  /// The compression function of FIPS 180-4, section 6.2.2, over one block of sixteen words.
  @inline(__always)
  private mutating func compress(_ word: (Int) -> UInt32) {
    var schedule = InlineArray<16, UInt32>(repeating: 0)
    for index in 0..<16 { schedule[index] = word(index) }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for round in 0..<64 {
      let slot = round & 15
      if round >= 16 {
        let early = schedule[(round &+ 1) & 15]
        let late = schedule[(round &+ 14) & 15]
        let small0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >> 3)
        let small1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >> 10)
        schedule[slot] = schedule[slot] &+ small0 &+ schedule[(round &+ 9) & 15] &+ small1
      }
      let large1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
      let choice = (e & f) ^ (~e & g)
      let first = h &+ large1 &+ choice &+ Self.constants[round] &+ schedule[slot]
      let large0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
      let majority = (a & b) ^ (a & c) ^ (b & c)
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ large0 &+ majority)
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
    state[5] &+= f
    state[6] &+= g
    state[7] &+= h
  }

  @inline(__always)
  private func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 &- count)
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: InlineArray<64, UInt32> = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}

extension ByteView {
  /// Four bytes from `index` on, in the order they lie in memory.
  @inlinable func half(at index: Int) -> UInt32 {
    assert(index >= 0 && index + 4 <= count)
    return start.loadUnaligned(fromByteOffset: index, as: UInt32.self)
  }
}
