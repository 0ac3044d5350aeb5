import Testing

@testable import Engine

@Suite("IDs that follow from names")
struct NameUUIDTests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }

  // Protects the digest by the vectors of FIPS 180-2 and RFC 3174, and by lengths around a block's.
  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
    (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
    (
      String(repeating: "01234567", count: 80), "dea356a2cddd90c7a7ecedc5ebb563934f460452"
    ),
  ])
  func digests(message: String, expected: String) {
    #expect(hex(SHA1.digest(Array(message.utf8))) == expected)
  }

  // Protects IDs that other programs hold: what Python's uuid5 gives, and a conformance case's line.
  @Test(arguments: [
    ("http://www.example.com/", "fcde3c85-2270-590f-9e7c-ee003d65e0e2"),
    ("", "1b4db7eb-4057-5ddf-91e0-36dec72071f5"),
    ("nightmill:commission:recurring:early-2:PB:1", "0363f82c-f3ff-524a-acba-5faaa7343993"),
  ])
  func names(name: String, expected: String) {
    #expect(String(decoding: NameUUID.url(Array(name.utf8)), as: UTF8.self) == expected)
  }
}
