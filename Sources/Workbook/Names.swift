/// Excel's rules for the names of sheets and ranges, and for references between them.
enum Names {
  /// The most characters of a sheet's name, in UTF-16 units.
  static let longestSheet = 31

  /// The reason why Excel would refuse a sheet name, or nil.
  static func problem(sheet name: String) -> String? {
    if name.isEmpty { return "an empty name" }
    let length = name.utf16.count
    if length > longestSheet { return "\(length) characters: \"\(name)\"" }
    if let bad = name.unicodeScalars.first(where: { "[]:*?/\\".unicodeScalars.contains($0) }) {
      return "\"\(bad)\" in \"\(name)\""
    }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 }) {
      return "a control character in \"\(name)\""
    }
    if name.hasPrefix("'") || name.hasSuffix("'") {
      return "an apostrophe at the edge of \"\(name)\""
    }
    // Excel keeps this name for itself.
    if name.lowercased() == "history" { return "\"\(name)\", which Excel reserves" }
    return nil
  }

  /// The reason why Excel would refuse a defined name, or nil. Only ASCII names are made.
  static func problem(definedName name: String) -> String? {
    let bytes = Array(name.utf8)
    guard let first = bytes.first else { return "an empty name" }
    if bytes.count > 100 { return "\(bytes.count) characters" }
    if !(isLetter(first) || first == UInt8(ascii: "_")) { return "\"\(name)\"" }
    if !bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x2E }) {
      return "\"\(name)\""
    }
    let letters = bytes.prefix(while: isLetter)
    let rest = bytes.dropFirst(letters.count)
    if letters.count <= 3 && !rest.isEmpty && rest.allSatisfy(isDigit) {
      return "\"\(name)\", which reads as a cell"
    }
    // R, C, R1, C5 and R1C5 are cells in Excel's other notation.
    let upper = name.uppercased()
    let digitsGone = upper.utf8.filter { !isDigit($0) }
    if ["R", "C", "RC"].contains(String(decoding: digitsGone, as: UTF8.self)) {
      return "\"\(name)\", which reads as a cell"
    }
    return nil
  }

  /// `0` is `A`, `26` is `AA`.
  static func column(_ index: Int) -> String {
    var rest = index
    var letters = ""
    repeat {
      let letter = Unicode.Scalar(UInt8(65 + rest % 26))
      letters = String(Character(letter)) + letters
      rest = rest / 26 - 1
    } while rest >= 0
    return letters
  }

  /// `A1` from zero-based row and column.
  static func cell(_ row: Int, _ column: Int) -> String { "\(Names.column(column))\(row + 1)" }

  /// A sheet name as it stands in a formula.
  static func quoted(sheet name: String) -> String {
    var quoted = "'"
    for character in name.unicodeScalars {
      if character == "'" { quoted += "'" }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "'"
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}

/// A rectangle of cells on a sheet, rows and columns counted from 0, both ends included.
package struct CellRange: Sendable, Equatable {
  /// The sheet's name.
  package let sheet: String
  /// The first row.
  package let firstRow: Int
  /// The first column.
  package let firstColumn: Int
  /// The last row.
  package let lastRow: Int
  /// The last column.
  package let lastColumn: Int

  /// The range's first `count` rows, for a chart of the top few; the whole range if it has no more.
  package func prefix(_ count: Int) -> CellRange {
    let last = max(firstRow, min(lastRow, firstRow + count - 1))
    return CellRange(
      sheet: sheet, firstRow: firstRow, firstColumn: firstColumn, lastRow: last,
      lastColumn: lastColumn)
  }

  /// `'Sheet'!$A$1:$B$2`, as formulas and defined names refer to it.
  package var reference: String {
    let first = "$\(Names.column(firstColumn))$\(firstRow + 1)"
    let last = "$\(Names.column(lastColumn))$\(lastRow + 1)"
    return "\(Names.quoted(sheet: sheet))!\(first):\(last)"
  }
}
