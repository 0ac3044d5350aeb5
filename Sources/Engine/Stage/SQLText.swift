/// What can be told of a statement without a database: the parameters that it names and its first
/// word, both outside of texts, quoted names and comments.
package enum SQLText {
  /// A use of `:name`.
  package struct Parameter: Sendable, Equatable {
    /// The name without its colon.
    package let name: String
    /// Where `:name` stands, in bytes.
    package let place: Range<Int>
  }

  /// The uses of `:name` in the order of the text. `::` is a cast, `$tag$…$tag$` a text.
  package static func parameters(in bytes: [UInt8]) -> [Parameter] {
    var found: [Parameter] = []
    var scanner = Scanner(bytes)
    while let place = scanner.next() {
      guard bytes[place] == UInt8(ascii: ":") else { continue }
      if scanner.byte(place + 1) == UInt8(ascii: ":") {
        scanner.index = place + 2
      } else if isWord(scanner.byte(place + 1)), !isDigit(scanner.byte(place + 1)) {
        let name = bytes[(place + 1)...].prefix(while: isWord)
        found.append(
          Parameter(name: String(decoding: name, as: UTF8.self), place: place..<name.endIndex))
        scanner.index = name.endIndex
      }
    }
    return found
  }

  /// The places of the words that are neither quoted nor in a comment.
  package static func words(in bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var scanner = Scanner(bytes)
    while let place = scanner.next() {
      guard isWord(bytes[place]) else { continue }
      let end = bytes[place...].prefix(while: isWord).endIndex
      found.append(place..<end)
      scanner.index = end
    }
    return found
  }

  /// The first word in upper case; empty where there is no statement.
  package static func firstWord(of bytes: [UInt8]) -> String {
    var scanner = Scanner(bytes)
    while let place = scanner.next() {
      if isWord(bytes[place]) {
        return String(decoding: bytes[place...].prefix(while: isWord), as: UTF8.self).uppercased()
      }
      let isSkipped = bytes[place] <= 0x20 || "(;".utf8.contains(bytes[place])
      if !isSkipped { return String(UnicodeScalar(bytes[place])) }
    }
    return ""
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// Goes through the bytes that are neither in a text or a quoted name nor in a comment.
  private struct Scanner {
    let bytes: [UInt8]
    var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func byte(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

    mutating func next() -> Int? {
      while index < bytes.count {
        switch (bytes[index], byte(index + 1)) {
        case (UInt8(ascii: "'"), _), (UInt8(ascii: "\""), _):
          let quote = bytes[index]
          index += 1
          skip(past: [quote])
        case (UInt8(ascii: "-"), UInt8(ascii: "-")): skip(past: [0x0A])
        case (UInt8(ascii: "/"), UInt8(ascii: "*")): skip(past: Array("*/".utf8))
        case (UInt8(ascii: "$"), _):
          let tag = bytes[(index + 1)...].prefix(while: isWord)
          guard byte(tag.endIndex) == UInt8(ascii: "$"), !isDigit(byte(index + 1)) else {
            index += 1
            return index - 1
          }
          let mark = Array(bytes[index...tag.endIndex])
          index += mark.count
          skip(past: mark)
        default:
          index += 1
          return index - 1
        }
      }
      return nil
    }

    private mutating func skip(past end: [UInt8]) {
      while index < bytes.count, !bytes[index...].starts(with: end) { index += 1 }
      index = min(bytes.count, index + end.count)
    }
  }
}
