import Engine

extension TextColumn {
  /// Adds the rows of another column.
  mutating func append(contentsOf other: TextColumn) {
    let mapped = pool.merge(other.pool)
    for code in other.codes { codes.append(code < 0 ? -1 : Int32(mapped[Int(code)])) }
  }
}

extension Table {
  /// Some of the rows, in a given order.
  func selecting(rows: [Int]) -> Table {
    Table(
      schema: schema,
      columns: columns.map { column in
        switch column {
        case .integers(let values): .integers(rows.map { values[$0] })
        case .texts(let values):
          .texts(TextColumn(codes: rows.map { values.codes[$0] }, pool: values.pool))
        }
      })
  }
}

extension StringPool {
  /// The code of text that may be absent, −1 for none; new text is added.
  mutating func code(ofOptional text: ByteView) -> Int32 {
    text.isEmpty ? -1 : Int32(intern(text))
  }

  /// A pool of fixed words, coded in their order.
  init(words: [String]) {
    self.init()
    for word in words {
      Array(word.utf8).withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress else { return }
        _ = intern(ByteView(start: base, count: buffer.count))
      }
    }
  }
}

/// The codes of one pool in another, −1 staying −1.
struct CodeMap {
  private let codes: [Int]

  /// The map that merging a pool gave.
  init(_ codes: [Int]) { self.codes = codes }

  /// The new code of an old one.
  subscript(_ code: Int32) -> Int32 { code < 0 ? -1 : Int32(codes[Int(code)]) }
}
