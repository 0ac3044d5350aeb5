/// Name-based identifiers: version 5 UUIDs of RFC 9562, so that whatever is made again gets the same
/// ID. A value is the UUID's 128 bits, the first byte highest.
package enum NameUUID {
  /// The namespace of URLs (RFC 9562, section 6.6).
  private static let urlNamespace: UInt128 = 0x6BA7_B811_9DAD_11D1_80B4_00C0_4FD4_30C8

  /// A name in the namespace of URLs, put together piece by piece; one is used for many, since each
  /// that is made anew would take memory of its own.
  package struct Name {
    private var message: [UInt8] = []

    /// No name yet.
    package init() {
      for shift in stride(from: 120, through: 0, by: -8) {
        message.append(UInt8(truncatingIfNeeded: urlNamespace >> UInt128(shift)))
      }
    }

    /// Begins a name with some bytes.
    package mutating func begin(_ bytes: [UInt8]) {
      message.removeLast(message.count - 16)
      message.append(contentsOf: bytes)
    }

    /// Adds bytes.
    package mutating func append(_ bytes: ByteView) {
      message.append(contentsOf: UnsafeRawBufferPointer(start: bytes.start, count: bytes.count))
    }

    /// Adds a byte.
    package mutating func append(_ byte: UInt8) { message.append(byte) }

    /// The name's UUID; nothing can be added to the name afterwards.
    package mutating func id() -> UInt128 {
      let digest = SHA1.words(padding: &message)
      let first = UInt128(digest.a) << 96 | UInt128(digest.b) << 64
      return version5(first | UInt128(digest.c) << 32 | UInt128(digest.d))
    }
  }

  /// The UUID of a name in the namespace of URLs.
  package static func id(url name: [UInt8]) -> UInt128 {
    var whole = Name()
    whole.begin(name)
    return whole.id()
  }

  /// 122 of some bits as a UUID of version 5: four bits say the version, two the variant.
  package static func version5(_ bits: UInt128) -> UInt128 {
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
    let (high, low) = (UInt64(truncatingIfNeeded: id >> 64), UInt64(truncatingIfNeeded: id))
    // The first eight digits, then 4-4, 4-4 and the last eight.
    let digits = (hex(high >> 32), hex(high), hex(low >> 32), hex(low))
    func append(_ word: UInt64, _ count: Int) {
      for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place))) }
    }
    append(digits.0, 8)
    for half in [digits.1, digits.2] {
      bytes.append(UInt8(ascii: "-"))
      append(half, 4)
      bytes.append(UInt8(ascii: "-"))
      append(half >> 32, 4)
    }
    append(digits.3, 8)
  }

  /// The eight hexadecimal digits of a value's lower half as characters, the first one lowest.
  private static func hex(_ value: UInt64) -> UInt64 {
    // A digit in each byte, then all made characters at once: those above 9 lie 39 further on.
    var digits = value & 0xFFFF_FFFF
    digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
    digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
    digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (digits &+ 0x3030_3030_3030_3030 &+ letters &* 39).byteSwapped
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
  /// The five words of a digest, and of all between.
  struct Words: Equatable {
    var a: UInt32 = 0x6745_2301
    var b: UInt32 = 0xEFCD_AB89
    var c: UInt32 = 0x98BA_DCFE
    var d: UInt32 = 0x1032_5476
    var e: UInt32 = 0xC3D2_E1F0
  }

  /// The 20 bytes of the digest.
  package static func digest(_ message: [UInt8]) -> [UInt8] {
    var padded = message
    let words = words(padding: &padded)
    return [words.a, words.b, words.c, words.d, words.e].flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  /// The digest as five words; what is to be digested is padded where it is.
  static func words(padding padded: inout [UInt8]) -> Words {
    let bits = UInt64(padded.count) * 8
    padded.append(0x80)
    while padded.count % 64 != 56 { padded.append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      padded.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    var state = Words()
    let bytes = padded.span
    for block in stride(from: 0, to: bytes.count, by: 64) { compress(bytes, block, into: &state) }
    return state
  }

  /// Takes in the 64 bytes from `block` on.
  private static func compress(_ bytes: Swift.Span<UInt8>, _ block: Int, into state: inout Words) {
    var words = InlineArray<80, UInt32>(repeating: 0)
    for index in 0..<16 {
      let at = block + 4 * index
      words[index] =
        UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
        | UInt32(bytes[at + 3])
    }
    for index in 16..<80 {
      let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
      words[index] = rotate(mixed, 1)
    }
    var next = state
    for index in 0..<20 {
      step(&next, (next.b & next.c) | (~next.b & next.d), 0x5A82_7999, words[index])
    }
    for index in 20..<40 { step(&next, next.b ^ next.c ^ next.d, 0x6ED9_EBA1, words[index]) }
    for index in 40..<60 {
      let majority = (next.b & next.c) | (next.b & next.d) | (next.c & next.d)
      step(&next, majority, 0x8F1B_BCDC, words[index])
    }
    for index in 60..<80 { step(&next, next.b ^ next.c ^ next.d, 0xCA62_C1D6, words[index]) }
    state.a &+= next.a
    state.b &+= next.b
    state.c &+= next.c
    state.d &+= next.d
    state.e &+= next.e
  }

  private static func step(
    _ state: inout Words, _ choice: UInt32, _ constant: UInt32, _ word: UInt32
  ) {
    let next = rotate(state.a, 5) &+ choice &+ state.e &+ constant &+ word
    state = Words(a: next, b: state.a, c: rotate(state.b, 30), d: state.c, e: state.d)
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word << count | word >> (32 - count)
  }
}
