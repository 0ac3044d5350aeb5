/// Nine digits that may be a tax number, hidden wherever text is shown that was not meant to hold
/// one: a name typed into the wrong field, a header row that is none.
///
/// A group is nine digits in one run, or as `123-45-6789` or `12-3456789` with hyphens or spaces,
/// and no digit on either side. Phone numbers (ten digits) and ZIP codes (`12345-6789`) are left
/// alone.
package enum NineDigits {
  /// The text with all but the last four digits of each group replaced: `***-**-6789`; nil where
  /// there is nothing to hide.
  package static func masked(_ text: ByteView) -> [UInt8]? {
    var output: [UInt8] = []
    var copied = 0
    var index = 0
    while index < text.count {
      guard isDigit(text[index]), index == 0 || !isDigit(text[index - 1]),
        let end = group(text, from: index)
      else {
        index += 1
        continue
      }
      output += text.slice(copied..<index).bytes
      output += Array("***-**-".utf8) + text.slice(end - 4..<end).bytes
      copied = end
      index = end
    }
    return copied == 0 ? nil : output + text.slice(copied..<text.count).bytes
  }

  /// The text of a message with every group hidden.
  package static func masked(_ text: String) -> String {
    Array(text.utf8).withView { masked($0) }.map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  /// Where digits in the lengths of a pattern end, beginning at `start`; nil for anything else.
  private static func group(_ text: ByteView, from start: Int) -> Int? {
    for lengths in [[9], [3, 2, 4], [2, 7]] {
      var index = start
      var fits = true
      for (part, length) in lengths.enumerated() {
        if part > 0 {
          guard index < text.count, text[index] == 0x2D || text[index] == 0x20 else {
            fits = false
            break
          }
          index += 1
        }
        let end = index + length
        guard end <= text.count, (index..<end).allSatisfy({ isDigit(text[$0]) }) else {
          fits = false
          break
        }
        index = end
      }
      if fits, index == text.count || !isDigit(text[index]) { return index }
    }
    return nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }
}
