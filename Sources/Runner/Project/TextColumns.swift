/// Rows of text in columns, the first ones to the left, figures to the right.
package struct TextColumns {
  private var rows: [[String]] = []
  private let leading: Int
  private let indent: String

  /// Columns of which the first `leading` are texts; every line begins with `indent` spaces.
  package init(leading: Int = 1, indent: Int = 0) {
    self.leading = leading
    self.indent = String(repeating: " ", count: indent)
  }

  /// Adds a row.
  package mutating func add(_ row: [String]) { rows.append(row) }

  /// The rows, each a line.
  package var text: String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    var text = ""
    for row in rows {
      var line = indent
      for (column, field) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - field.count)
        line += column == 0 ? "" : "  "
        line += column < leading ? field + space : space + field
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}

/// A number of bytes for people: `812 B`, `12.3 MB`; decimal units, as `ls -h --si` and disks use
/// them.
package func fileSize(_ bytes: Int) -> String {
  let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
  guard bytes >= 1000 else { return "\(bytes) B" }
  var tenths = (bytes + 50) / 100
  var unit = 0
  while tenths >= 10_000, unit < units.count - 1 {
    tenths = (tenths + 500) / 1000
    unit += 1
  }
  return tenths < 1000
    ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\(tenths / 10) \(units[unit])"
}
