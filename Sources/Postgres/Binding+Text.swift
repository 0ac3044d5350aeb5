import Engine

extension QuerySnapshot.Binding {
  /// A value of a row as text, for people: empty where there is none.
  package func text(
    _ column: Int, ofRow row: Int, _ rows: TypedRows, _ bytes: ByteView
  ) -> String {
    guard let place = columns[column]?.place else { return "" }
    let index = row * rows.fieldCount + place
    let start = Int(rows.offsets[index])
    guard rows.lengths[index] >= 0 else { return "" }
    let value = bytes.slice(start..<(start + Int(rows.lengths[index])))
    switch casts[place] {
    case "text": return value.text
    case "bigint": return String(value.bigEndian64(0))
    case "boolean": return value[0] == 0 ? "false" : "true"
    case "date": return BinaryTime.day(value).map { Day(number: Int32($0)).text } ?? "out of range"
    case "timestamp", "timestamptz":
      return BinaryTime.instant(value).map(Instant.text) ?? "out of range"
    default: return Numeric.text(value)
    }
  }
}

extension Numeric {
  /// A numeric as PostgreSQL writes it.
  static func text(_ bytes: ByteView) -> String {
    let weight = Int(Int16(bitPattern: bytes.bigEndian16(2)))
    let sign = bytes.bigEndian16(4)
    guard sign == 0 || sign == 0x4000 else { return "NaN" }
    let count = Int(bytes.bigEndian16(0))
    let scale = Int(bytes.bigEndian16(6))
    func group(_ exponent: Int) -> String {
      let index = weight - exponent
      let digit = (0..<count).contains(index) ? bytes.bigEndian16(8 + index * 2) : 0
      let text = String(digit)
      return String(repeating: "0", count: 4 - text.count) + text
    }
    let whole = weight < 0 ? "0" : (0...weight).reversed().map(group).joined()
    let trimmed = whole.drop { $0 == "0" }
    let groups = (scale + 3) / 4
    let decimals = groups == 0 ? "" : (1...groups).map { group(-$0) }.joined().prefix(scale)
    return (sign == 0 ? "" : "-") + (trimmed.isEmpty ? "0" : trimmed)
      + (decimals.isEmpty ? "" : "." + decimals)
  }
}
