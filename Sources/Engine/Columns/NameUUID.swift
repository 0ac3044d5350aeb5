/// Name-based identifiers: version 5 UUIDs of RFC 9562, so that whatever is made again gets the same
/// ID. A value is the UUID's 128 bits, the first byte highest.
package enum NameUUID {
  /// The namespace of URLs (RFC 9562, section 6.6).
  private static let urlNamespace: UInt128 = 0x6BA7_B811_9DAD_11D1_80B4_00C0_4FD4_30C8

  /// The UUID of a name in the namespace of URLs.
  package static func id(url name: [UInt8]) -> UInt128 {
    var message: [UInt8] = []
    message.reserveCapacity(name.count + 16)
    for shift in stride(from: 120, through: 0, by: -8) {
      message.append(UInt8(truncatingIfNeeded: urlNamespace >> UInt128(shift)))
    }
    message.append(contentsOf: name)
    let digest = SHA1.words(of: message)
    let first = UInt128(digest[0]) << 96 | UInt128(digest[1]) << 64
    let bits = first | UInt128(digest[2]) << 32 | UInt128(digest[3])
    // Four bits say the version, two the variant.
    let kept = bits & ~(UInt128(0xF000) << 64) & ~(UInt128(0xC000) << 48)
    return kept | UInt128(0x5000) << 64 | UInt128(0x8000) << 48
  }

  /// The UUID of a name in the namespace of URLs, as 36 bytes of lower-case text.
  package static func url(_ name: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    append(id(url: name), to: &text)
    return text
  }

  /// Appends the 36 characters of a UUID.
  package static func append(_ id: UInt128, to bytes: inout [UInt8]) {
    for digit in 0..<32 {
      if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
        bytes.append(UInt8(ascii: "-"))
      }
      let value = UInt8(truncatingIfNeeded: id >> UInt128(124 - 4 * digit)) & 15
      bytes.append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
    }
  }

  /// The text of a UUID.
  package static func text(_ id: UInt128) -> String {
    var bytes: [UInt8] = []
    append(id, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The UUID of 36 characters in either case; nil for anything else.
  package static func parse(_ text: ByteView) -> UInt128? {
    guard text.count == 36 else { return nil }
    var id: UInt128 = 0
    for index in 0..<36 {
      let byte = text[index]
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let value: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      id = id << 4 | UInt128(value)
    }
    return id
  }
}

/// SHA-1 (RFC 3174): what version 5 UUIDs are made of, and good for nothing that must be secret.
package enum SHA1 {
  /// The 20 bytes of the digest.
  package static func digest(_ message: [UInt8]) -> [UInt8] {
    words(of: message).flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  /// The digest as five words.
  static func words(of message: [UInt8]) -> [UInt32] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    var padded = message
    padded.append(0x80)
    while padded.count % 64 != 56 { padded.append(0) }
    let bits = UInt64(message.count) * 8
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      padded.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    var words = [UInt32](repeating: 0, count: 80)
    for block in stride(from: 0, to: padded.count, by: 64) {
      for index in 0..<16 {
        let at = block + 4 * index
        words[index] =
          UInt32(padded[at]) << 24 | UInt32(padded[at + 1]) << 16 | UInt32(padded[at + 2]) << 8
          | UInt32(padded[at + 3])
      }
      for index in 16..<80 {
        let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
        words[index] = rotate(mixed, 1)
      }
      compress(words, into: &state)
    }
    return state
  }

  private static func compress(_ words: [UInt32], into state: inout [UInt32]) {
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for index in 0..<80 {
      let choice: UInt32
      let constant: UInt32
      switch index {
      case ..<20: (choice, constant) = ((b & c) | (~b & d), 0x5A82_7999)
      case ..<40: (choice, constant) = (b ^ c ^ d, 0x6ED9_EBA1)
      case ..<60: (choice, constant) = ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
      default: (choice, constant) = (b ^ c ^ d, 0xCA62_C1D6)
      }
      let next = rotate(a, 5) &+ choice &+ e &+ constant &+ words[index]
      (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word << count | word >> (32 - count)
  }
}
