/// The fields of one record as text, for expressions.
package struct RecordFields {
  let fieldCount: Int
  /// The physical line the record begins on.
  let line: Int
  private let field: (Int) -> [UInt8]

  /// Fields by position.
  package init(fieldCount: Int, line: Int, field: @escaping (Int) -> [UInt8]) {
    self.fieldCount = fieldCount
    self.line = line
    self.field = field
  }

  /// The text of a field.
  func text(_ index: Int) -> [UInt8] { field(index) }
}

/// Bytes of a latin-1 text as UTF-8.
package func transcodeLatin1(_ bytes: ByteView) -> [UInt8] {
  var text: [UInt8] = []
  text.reserveCapacity(bytes.count + 8)
  for index in 0..<bytes.count {
    let byte = bytes[index]
    if byte < 0x80 {
      text.append(byte)
    } else {
      text.append(0xC0 | byte >> 6)
      text.append(0x80 | byte & 0x3F)
    }
  }
  return text
}

/// Whether `bytes` are well-formed UTF-8 (no overlong forms, no surrogates, nothing beyond
/// U+10FFFF).
func isValidUTF8(_ bytes: ByteView) -> Bool {
  var index = 0
  let count = bytes.count
  while index < count {
    if index + 8 <= count, bytes.word(at: index) & 0x8080_8080_8080_8080 == 0 {
      index += 8
      continue
    }
    let first = bytes[index]
    if first < 0x80 {
      index += 1
      continue
    }
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, low) = (3, 0xA0)
    case 0xED: (length, high) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, low) = (4, 0x90)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, high) = (4, 0x8F)
    default: return false
    }
    guard index + length <= count, bytes[index + 1] >= low, bytes[index + 1] <= high else {
      return false
    }
    for place in 2..<max(length, 2) where bytes[index + place] & 0xC0 != 0x80 { return false }
    index += length
  }
  return true
}
