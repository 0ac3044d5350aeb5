/// Checks of the bytes before they are parsed, and places counted in them.
enum TextPlace {
  /// The largest file read. Configuration is written by people; more is data given by mistake.
  static let largest = 16 << 20

  /// The text without its byte-order mark, or why it is not text.
  static func checked(_ text: [UInt8], file: String) throws(Stop) -> ArraySlice<UInt8> {
    guard text.count <= largest else {
      throw Stop(
        Mark(file: file),
        "the file has \(text.count) bytes, expected at most \(largest); is it a data file?")
    }
    if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
      throw Stop(Mark(file: file), "expected UTF-8 text, found UTF-16; save the file as UTF-8")
    }
    let body = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text[3...] : text[...]
    do {
      _ = try UTF8Span(validating: body.span)
    } catch {
      let offset = error.byteOffsets.lowerBound
      let byte = body[body.startIndex + offset]
      throw Stop(
        mark(at: offset, in: body, file: file),
        "expected UTF-8 text, found the byte 0x\(hex(byte)); save the file as UTF-8")
    }
    return body
  }

  /// The place of a byte, given as its distance from the start of valid UTF-8 text. Lines end
  /// where libyaml ends them: LF, CRLF, CR and Unicode's NEL, LS and PS.
  static func mark(at offset: Int, in bytes: some Collection<UInt8>, file: String) -> Mark {
    var line = 1
    var column = 1
    var previous: Unicode.Scalar = " "
    for scalar in String(decoding: bytes.prefix(offset), as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r":
        break  // The second half of a line end already counted.
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        line += 1
        column = 1
      default:
        column += 1
      }
      previous = scalar
    }
    return Mark(file: file, line: line, column: column)
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }
}
