/// Text made safe for a cell: within Excel's length, and without characters XML cannot carry.
///
/// Excel writes such characters as `_xHHHH_` and reads every such sequence back as the character,
/// so text that already looks like one (`_x0041_`) has its underscore escaped too, or it would come
/// back as another text.
struct CellText {
  /// Excel's limit of a cell, in UTF-16 code units.
  static let limit = 32_767
  /// Stands at the end of a text that was cut.
  static let cutMark = " … [cut]"

  /// The text to hand to the file.
  let text: String
  /// Whether the end is missing and `cutMark` stands in its place.
  let isCut: Bool

  init(_ source: String) {
    if CellText.isPlain(source) {
      text = source
      isCut = false
      return
    }
    // The escaped form is what the library counts, so the limit holds for it.
    var escaped = ""
    var units = 0
    var end = escaped.endIndex
    let room = CellText.limit - CellText.cutMark.utf16.count
    var underscore = CellText.escapes(in: source)
    for (index, scalar) in source.unicodeScalars.enumerated() {
      let piece: String
      if underscore.first == index {
        underscore.removeFirst()
        piece = "_x005F_"
      } else if CellText.isForbidden(scalar) {
        piece = "_x" + CellText.hex(scalar.value) + "_"
      } else {
        piece = String(scalar)
      }
      units += piece.utf16.count
      escaped += piece
      if units <= room { end = escaped.endIndex }
      if units > CellText.limit {
        text = String(escaped[..<end]) + CellText.cutMark
        isCut = true
        return
      }
    }
    text = escaped
    isCut = false
  }

  /// True for text that needs neither escape nor cut: nearly all of it, found by one pass over the
  /// bytes.
  private static func isPlain(_ source: String) -> Bool {
    guard source.utf8.count <= limit else { return false }
    var previous: UInt8 = 0
    for byte in source.utf8 {
      if byte < 0x20 && byte != 0x09 && byte != 0x0A { return false }
      if byte == UInt8(ascii: "x") && previous == UInt8(ascii: "_") { return false }
      // U+FFFE and U+FFFF begin with this byte, as do a few harmless characters.
      if byte == 0xEF { return false }
      previous = byte
    }
    return true
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: return false
    case 0..<0x20, 0xFFFE, 0xFFFF: return true
    default: return false
    }
  }

  /// The scalar offsets of underscores that begin a literal `_xHHHH_`.
  private static func escapes(in source: String) -> ArraySlice<Int> {
    let scalars = Array(source.unicodeScalars)
    guard scalars.count >= 7 else { return [] }
    var found: [Int] = []
    for start in 0...(scalars.count - 7)
    where scalars[start] == "_" && scalars[start + 1] == "x" && scalars[start + 6] == "_" {
      if scalars[(start + 2)..<(start + 6)].allSatisfy(\.properties.isASCIIHexDigit) {
        found.append(start)
      }
    }
    return found[...]
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
