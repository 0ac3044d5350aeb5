import Engine

extension PostgresWarehouse {
  /// Runs `body` while `pg_temp.staged` holds the rows of a table, unique by key and in its order: as
  /// published rows lie, mostly, so that index and joins go through both from end to end. `order` is that
  /// order where it is known.
  func staged(
    _ table: Table, in order: [Int32]? = nil, _ body: () throws(PostgresError) -> Void
  ) throws(PostgresError) {
    let schema = table.schema
    let columns = schema.columns.map { "\(quoted($0.name)) \($0.type.postgresType)" }
    try connection.execute(
      "CREATE TEMPORARY TABLE staged (\(columns.joined(separator: ", "))) ON COMMIT DROP")
    try insert(
      table, into: "pg_temp.staged", columns: table.schema.columns.map(\.name),
      rows: order ?? table.rowsInKeyOrder())
    let key = schema.key.map(quoted).joined(separator: ", ")
    try naming(table) { () throws(PostgresError) in
      try connection.execute("ALTER TABLE pg_temp.staged ADD PRIMARY KEY (\(key))")
    }
    // Without it the planner takes any staged table for a small one.
    try connection.execute("ANALYZE pg_temp.staged (\(key))")
    try body()
    try connection.execute("DROP TABLE pg_temp.staged")
  }

  /// Inserts rows into a table in an order, numbered from `first` on in a column before all others
  /// if that is given.
  func insert(
    _ table: Table, into target: String, columns: [String], rows: [Int32], first: Int64? = nil
  ) throws(PostgresError) {
    let names = columns.map(quoted).joined(separator: ", ")
    var encoder = CopyEncoder(table, moneyDigits: moneyDigits)
    var place = 0
    try connection.copyIn(
      "COPY \(target) (\(names)) FROM STDIN (FORMAT binary)", orError: { $0 }
    ) { (bytes: inout [UInt8]) throws(PostgresError) in
      if place == rows.count { return false }
      do throws(CopyEncoder.OutOfYears) {
        place += try encoder.append(
          rows[place...], numberedFrom: first.map { $0 + Int64(place) }, to: &bytes)
      } catch {
        let unit = error.type == .day ? "days" : "microseconds"
        throw PostgresError(
          .failed,
          "\(self.place(of: error.row, in: table)): \(error.value) \(unit) since 1970-01-01 is "
            + "outside the years 0001 to 9999",
          help: "correct the stage or the parameter that gave it")
      }
      return true
    }
  }

  /// Runs `body`, and says which row of a table it is about where a key comes twice.
  func naming(_ table: Table, _ body: () throws(PostgresError) -> Void) throws(PostgresError) {
    do throws(PostgresError) { try body() } catch {
      throw error.sqlState == "23505" ? repeatedKey(in: table) ?? error : error
    }
  }

  /// The error about the first row whose key an earlier one has.
  private func repeatedKey(in table: Table) -> PostgresError? {
    var seen: Set<String> = []
    for row in 0..<table.count where !seen.insert(key(of: row, in: table)).inserted {
      return PostgresError(
        .failed, "\(place(of: row, in: table)): another row has the same key",
        help: "the stage that makes \(table.schema.name) must give each key once",
        sqlState: "23505")
    }
    return nil
  }

  private func place(of row: Int, in table: Table) -> String {
    "\(url.masked): row \(row + 1) for \(table.schema.name) (\(key(of: row, in: table)))"
  }

  private func key(of row: Int, in table: Table) -> String {
    table.schema.key.map { column in
      let index = table.schema.index(of: column)
      switch table.columns[index] {
      case .texts(let values): return "\(column) '\(values.text(row) ?? "")'"
      case .integers(let values):
        return "\(column) " + Self.shown(values[row], table.schema.columns[index].type)
      }
    }.joined(separator: ", ")
  }

  private static func shown(_ value: Int64, _ type: ColumnType) -> String {
    switch type {
    case .day:
      guard let day = Int32(exactly: value), day >= Day.first.number, day <= Day.last.number
      else { return String(value) }
      return Day(number: day).text
    case .instant where value >= Instant.first && value <= Instant.last: return Instant.text(value)
    default: return String(value)
    }
  }
}
