/// The result of a stage in memory: a schema and its columns, all of the same length.
package struct Table: Sendable {
  /// Name, columns and key.
  package let schema: TableSchema
  /// One column for each of the schema's, in its order.
  package var columns: [TableColumn]

  /// A table of given columns; their number and kinds must be the schema's.
  package init(schema: TableSchema, columns: [TableColumn]) {
    precondition(columns.count == schema.columns.count, "\(schema.name): wrong number of columns")
    precondition(Set(columns.map(\.count)).count <= 1, "\(schema.name): columns differ in length")
    self.schema = schema
    self.columns = columns
  }

  /// An empty table.
  package init(empty schema: TableSchema) {
    self.schema = schema
    columns = schema.columns.map { $0.type == .text ? .texts(TextColumn()) : .integers([]) }
  }

  /// How many rows.
  package var count: Int { columns.first?.count ?? 0 }

  /// The values of a column that is not text, in the unit of its `ColumnType`, `Int64.absent` for
  /// NULL.
  package func integers(_ name: String) -> [Int64] {
    guard case .integers(let values) = columns[schema.index(of: name)] else {
      preconditionFailure("\(schema.name).\(name) is text")
    }
    return values
  }

  /// The values of a text column.
  package func texts(_ name: String) -> TextColumn {
    guard case .texts(let values) = columns[schema.index(of: name)] else {
      preconditionFailure("\(schema.name).\(name) is not text")
    }
    return values
  }
}

extension Table {
  /// Calls `body` with the memory of each column's texts, nil for columns of numbers and where no
  /// text has a byte. It stays where it is until `body` ends, so several threads may read it
  /// meanwhile.
  package func withTextBytes<Result>(_ body: ([UnsafeRawPointer?]) -> Result) -> Result {
    func hold(_ held: [UnsafeRawPointer?]) -> Result {
      if held.count == columns.count { return body(held) }
      guard case .texts(let texts) = columns[held.count] else { return hold(held + [nil]) }
      return texts.pool.withStorage { hold(held + [$0.baseAddress]) }
    }
    return hold([])
  }
}

/// A column of a table.
package enum TableColumn: Sendable {
  /// Any type but text: values in the unit of their `ColumnType`, `Int64.absent` for NULL.
  case integers([Int64])
  /// Text, each distinct value stored once.
  case texts(TextColumn)

  /// How many rows.
  package var count: Int {
    switch self {
    case .integers(let values): values.count
    case .texts(let values): values.codes.count
    }
  }
}

/// Text values by code in a pool; a code of −1 is NULL.
package struct TextColumn: Sendable {
  /// The code of each row's text, −1 for NULL.
  package var codes: [Int32]
  /// The texts.
  package var pool: StringPool

  /// Codes into a pool.
  package init(codes: [Int32] = [], pool: StringPool = StringPool()) {
    self.codes = codes
    self.pool = pool
  }

  /// Adds a row; empty bytes are NULL.
  package mutating func append(_ bytes: ByteView) {
    codes.append(bytes.isEmpty ? -1 : Int32(pool.intern(bytes)))
  }

  /// Adds a row whose text is not empty and known to differ from all before, as an ID does: nothing
  /// is looked up.
  package mutating func append(distinct bytes: ByteView) {
    codes.append(pool.append(distinct: bytes))
  }

  /// Adds a row; empty or nil is NULL.
  package mutating func append(_ text: String?) {
    var text = text ?? ""
    text.withUTF8 { buffer in
      guard let base = buffer.baseAddress, !buffer.isEmpty else { return codes.append(-1) }
      codes.append(Int32(pool.intern(ByteView(start: UnsafeRawPointer(base), count: buffer.count))))
    }
  }

  /// Calls `body` with the bytes of a row, empty for NULL.
  package func withBytes<Result>(_ row: Int, _ body: (ByteView) -> Result) -> Result {
    codes[row] < 0 ? body(.none) : pool.withBytes(of: Int(codes[row]), body)
  }

  /// The text of a row, nil for NULL.
  package func text(_ row: Int) -> String? {
    codes[row] < 0 ? nil : pool.text(of: Int(codes[row]))
  }
}
