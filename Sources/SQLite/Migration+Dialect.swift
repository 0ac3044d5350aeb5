import Engine

extension Migration {
  /// The types that databases spell differently, as SQLite spells them.
  static let sqliteTypes = [
    "serial": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "integer": "INTEGER",
    "money": "INTEGER",
    "ratio": "REAL",
    "boolean": "INTEGER",
    "day": "TEXT",
    "instant": "TEXT",
  ]

  /// The statements with each `{{name}}` replaced by a database's type; an unknown name fails with
  /// its line.
  func statements(types: [String: String]) throws(SQLiteError) -> String {
    var result = ""
    var rest = Substring(sql)
    while let open = Self.range(of: "{{", in: rest) {
      let body = rest[open.upperBound...]
      let close = Self.range(of: "}}", in: body)
      let word = close.map { String(body[..<$0.lowerBound]) } ?? String(body.prefix { $0 != "\n" })
      guard let close, let type = types[word] else {
        let known = types.keys.sorted().map { "{{\($0)}}" }.joined(separator: ", ")
        let line = self.line(of: open.lowerBound)
        throw SQLiteError(
          .configuration,
          "\(name):\(line): expected a type's name, found {{\(word)\(close == nil ? "" : "}}")",
          help: "those known are \(known)")
      }
      result += rest[..<open.lowerBound] + type
      rest = rest[close.upperBound...]
    }
    return result + rest
  }

  /// A fingerprint of the file's text, to notice an edit by.
  var fingerprint: String { storedFingerprint(sql) }

  private func line(of index: String.Index) -> Int {
    1 + sql[..<index].utf8.count { $0 == UInt8(ascii: "\n") }
  }

  private static func range(of mark: String, in text: Substring) -> Range<String.Index>? {
    text.firstRange(of: mark)
  }
}
