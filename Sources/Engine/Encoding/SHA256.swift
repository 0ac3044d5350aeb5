/// The hash function SHA-256 of FIPS 180-4, for the files a run writes and the inputs it read.
///
/// Bytes are added in pieces; `digest` ends it. About 250 MB/s: it is used on reports and on samples
/// of inputs, never on rows.
package struct SHA256: Sendable {
  /// The eight words of the state; FIPS 180-4, 5.3.3: fractional parts of the square roots of the
  /// first eight primes.
  private var state: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB,
    0x5BE0_CD19,
  ]
  /// Bytes that do not fill a block yet, fewer than 64.
  private var rest: [UInt8] = []
  /// How many bytes were added.
  private var count: UInt64 = 0

  /// FIPS 180-4, 4.2.2: fractional parts of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4,
    0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE,
    0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F,
    0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA, 0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7,
    0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC,
    0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
    0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070, 0x19A4_C116,
    0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7,
    0xC671_78F2,
  ]

  /// The hash of nothing yet.
  package init() {}

  /// The hash of bytes as 64 hexadecimal digits.
  package static func hexadecimal(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.add(bytes)
    return hash.hexadecimal()
  }

  /// Adds bytes.
  package mutating func add(_ bytes: [UInt8]) {
    count += UInt64(bytes.count)
    bytes.withUnsafeBufferPointer { buffer in
      var next = 0
      if !rest.isEmpty {
        next = min(64 - rest.count, buffer.count)
        rest.append(contentsOf: buffer[0..<next])
        if rest.count < 64 { return }
        rest.withUnsafeBufferPointer { block in Self.mix(block, 0, into: &state) }
        rest.removeAll(keepingCapacity: true)
      }
      while next + 64 <= buffer.count {
        Self.mix(buffer, next, into: &state)
        next += 64
      }
      rest.append(contentsOf: buffer[next...])
    }
  }

  /// The 32 bytes of the hash of all that was added.
  package consuming func digest() -> [UInt8] {
    let bits = count &* 8
    let zeros = (119 - rest.count % 64) % 64
    var padding: [UInt8] = [0x80] + [UInt8](repeating: 0, count: zeros)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      padding.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    add(padding)
    return state.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  /// The hash of all that was added as 64 hexadecimal digits.
  package consuming func hexadecimal() -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = digest().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// One block of 64 bytes; FIPS 180-4, 6.2.2.
  private static func mix(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, into state: inout [UInt32]
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      for index in 0..<16 {
        let place = start + index * 4
        words[index] =
          UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16
          | UInt32(bytes[place + 2]) << 8 | UInt32(bytes[place + 3])
      }
      for index in 16..<64 {
        let early = words[index - 15]
        let late = words[index - 2]
        let first = turned(early, 7) ^ turned(early, 18) ^ early >> 3
        let second = turned(late, 17) ^ turned(late, 19) ^ late >> 10
        words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      constants.withUnsafeBufferPointer { constants in
        for index in 0..<64 {
          let high = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
          let choice = e & f ^ ~e & g
          let one = h &+ high &+ choice &+ constants[index] &+ words[index]
          let low = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
          let two = low &+ (a & b ^ a & c ^ b & c)
          (h, g, f, e) = (g, f, e, d &+ one)
          (d, c, b, a) = (c, b, a, one &+ two)
        }
      }
      for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }
  }

  @inline(__always)
  private static func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word >> bits | word << (32 - bits)
  }
}
