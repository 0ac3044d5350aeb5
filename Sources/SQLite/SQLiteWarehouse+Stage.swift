import CSQLite
import Engine

extension SQLiteWarehouse {
  /// Runs `body` while `temp.staged` holds the rows of a table, ordered by key.
  func staged(_ table: Table, _ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
    let schema = table.schema
    let columns = schema.columns.map { "\(quoted($0.name)) \($0.type.affinity)" }
    let key = schema.key.map(quoted).joined(separator: ", ")
    try database.execute(
      "CREATE TEMP TABLE staged (\(columns.joined(separator: ", ")), PRIMARY KEY (\(key))) "
        + "WITHOUT ROWID")
    try insert(table)
    try body()
    try database.execute("DROP TABLE temp.staged")
  }

  private func insert(_ table: Table) throws(SQLiteError) {
    let marks = table.columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    let statement = try Statement("INSERT INTO temp.staged VALUES (\(marks))", on: database)
    for row in 0..<table.count {
      do throws(SQLiteError) {
        for (index, column) in table.columns.enumerated() {
          try bind(column, row, table.schema.columns[index], to: statement, at: Int32(index + 1))
        }
        try statement.run()
      } catch {
        throw describe(error, row: row, of: table)
      }
    }
  }

  private func bind(
    _ column: TableColumn, _ row: Int, _ schema: ColumnSchema, to statement: borrowing Statement,
    at index: Int32
  ) throws(SQLiteError) {
    switch column {
    case .integers(let values): try statement.bind(values[row], as: schema.type, at: index)
    case .texts(let values):
      let code = values.codes[row]
      if code < 0 {
        // "No text" is one value in memory; a column that has no NULL keeps it as the empty text.
        try schema.isNullable
          ? statement.bindNull(at: index) : statement.bind(ByteView.none, at: index)
      } else {
        let failed = values.pool.withBytes(of: Int(code)) { bytes -> SQLiteError? in
          do throws(SQLiteError) { try statement.bind(bytes, at: index) } catch { return error }
          return nil
        }
        if let failed { throw failed }
      }
    }
  }

  /// The same error with the row it is about, in the stage's terms instead of the temporary
  /// table's.
  private func describe(_ error: SQLiteError, row: Int, of table: Table) -> SQLiteError {
    let key = table.schema.key.map { "\($0) \(shown($0, row, table))" }.joined(separator: ", ")
    let place = "\(path): row \(row + 1) for \(table.schema.name) (\(key))"
    // SQLITE_CONSTRAINT_PRIMARYKEY, a macro that Swift does not import.
    if error.code == SQLITE_CONSTRAINT | 6 << 8 {
      return SQLiteError(
        .failed, "\(place): another row has the same key",
        help: "the stage that makes \(table.schema.name) must give each key once", code: error.code)
    }
    return SQLiteError(
      error.kind, "\(place): \(error.message)", help: error.help, code: error.code)
  }

  private func shown(_ column: String, _ row: Int, _ table: Table) -> String {
    let index = table.schema.index(of: column)
    switch table.columns[index] {
    case .texts(let values): return "'\(values.text(row) ?? "")'"
    case .integers(let values):
      let text =
        switch table.schema.columns[index].type {
        case .day: StoredTime.text(day: values[row])
        case .instant: StoredTime.text(instant: values[row])
        default: [UInt8]?.none
        }
      return text.map { String(decoding: $0, as: UTF8.self) } ?? String(values[row])
    }
  }
}
