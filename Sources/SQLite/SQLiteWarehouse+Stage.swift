import CSQLite
import Engine
import Threads

extension SQLiteWarehouse {
  /// Runs `body` while `temp.staged` holds the rows of a table, ordered by key.
  func staged(
    _ table: Table, in order: [Int32]? = nil, _ body: () throws(SQLiteError) -> Void
  ) throws(SQLiteError) {
    let schema = table.schema
    let columns = schema.columns.map { "\(quoted($0.name)) \($0.type.affinity)" }
    let key = schema.key.map(quoted).joined(separator: ", ")
    try database.execute(
      "CREATE TEMP TABLE staged (\(columns.joined(separator: ", ")), PRIMARY KEY (\(key))) "
        + "WITHOUT ROWID")
    try insert(table, in: order, into: "temp.staged")
    try body()
    try database.execute("DROP TABLE temp.staged")
  }

  /// Inserts a table's rows in the order of its key, which is `order` if that was made already.
  func insert(_ rows: Table, in order: [Int32]?, into table: String) throws(SQLiteError) {
    try checkTimes(of: rows)
    let names = rows.schema.columns.map { quoted($0.name) }.joined(separator: ", ")
    let order = order ?? rows.rowsInKeyOrder()
    let inserted = rows.withTextBytes { pools in
      let blocks = RowBlocks(of: rows, in: order, pools: pools)
      func insert() -> Result<Void, SQLiteError> {
        defer { blocks.close() }
        var feed = RowFeed(rows, in: order, blocks: blocks, pools: pools)
        do throws(SQLiteError) {
          try database.execute(
            "INSERT INTO \(table) (\(names)) SELECT * FROM \(RowFeed.name)", reading: &feed)
          return .success(())
        } catch {
          return .failure(describe(error, row: feed.row, of: rows))
        }
      }
      let hasOther = threads > 1 && blocks.isWorthAnotherThread
      return hasOther ? concurrently(insert, blocks.makeAhead).0 : insert()
    }
    try inserted.get()
  }

  /// Fails for a day or an instant outside the years 0001 to 9999, whose text would not sort.
  private func checkTimes(of table: Table) throws(SQLiteError) {
    for (column, schema) in zip(table.columns, table.schema.columns) {
      let (range, unit): (ClosedRange<Int64>, String)
      switch schema.type {
      case .day: (range, unit) = (Int64(Day.first.number)...Int64(Day.last.number), "days")
      case .instant: (range, unit) = (Instant.first...Instant.last, "microseconds")
      default: continue
      }
      guard case .integers(let values) = column,
        let row = values.firstIndex(where: { $0 != .absent && !range.contains($0) })
      else { continue }
      throw describe(Statement.outOfYears(values[row], unit), row: row, of: table)
    }
  }

  /// The same error with the row it is about, in the stage's terms instead of the temporary
  /// table's.
  private func describe(_ error: SQLiteError, row: Int, of table: Table) -> SQLiteError {
    let key = table.schema.key.map { "\($0) \(shown($0, row, table))" }.joined(separator: ", ")
    let place = "\(path): row \(row + 1) for \(table.schema.name) (\(key))"
    // SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE, macros that Swift does not import.
    if error.code == SQLITE_CONSTRAINT | 6 << 8 || error.code == SQLITE_CONSTRAINT | 8 << 8 {
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
