import Engine

extension PostgresWarehouse {
  /// Runs `body` while `pg_temp.staged` holds the rows of a table, unique by key.
  func staged(_ table: Table, _ body: () throws(PostgresError) -> Void) throws(PostgresError) {
    let schema = table.schema
    let columns = schema.columns.map { "\(quoted($0.name)) \($0.type.postgresType)" }
    try connection.execute(
      "CREATE TEMPORARY TABLE staged (\(columns.joined(separator: ", "))) ON COMMIT DROP")
    try insert(
      table, into: "pg_temp.staged", columns: table.schema.columns.map(\.name),
      rows: RowOrder(count: table.count).rows)
    let key = schema.key.map(quoted).joined(separator: ", ")
    try naming(table) { () throws(PostgresError) in
      try connection.execute("ALTER TABLE pg_temp.staged ADD PRIMARY KEY (\(key))")
    }
    // Without it the planner takes any staged table for a small one.
    try connection.execute("ANALYZE pg_temp.staged")
    try body()
    try connection.execute("DROP TABLE pg_temp.staged")
  }

  private static let pieceSize = 1 << 18

  /// Inserts rows into a table in an order, numbered from `first` on in a column before all others
  /// if that is given.
  func insert(
    _ table: Table, into target: String, columns: [String], rows: [Int32], first: Int64? = nil
  ) throws(PostgresError) {
    let names = columns.map(quoted).joined(separator: ", ")
    let columnCount = Int16(columns.count)
    var place = 0
    try connection.copyIn(
      "COPY \(target) (\(names)) FROM STDIN (FORMAT binary)", orError: { $0 }
    ) { (bytes: inout [UInt8]) throws(PostgresError) in
      if place == rows.count { return false }
      bytes.reserveCapacity(Self.pieceSize + 4096)
      while place < rows.count, bytes.count < Self.pieceSize {
        appendBigEndian(columnCount, to: &bytes)
        if let first {
          appendBigEndian(Int32(8), to: &bytes)
          appendBigEndian(first + Int64(place), to: &bytes)
        }
        for (index, column) in table.columns.enumerated() {
          try append(column, Int(rows[place]), table.schema.columns[index], of: table, to: &bytes)
        }
        place += 1
      }
      return true
    }
  }

  @inline(__always)
  private func append(
    _ column: TableColumn, _ row: Int, _ schema: ColumnSchema, of table: Table,
    to bytes: inout [UInt8]
  ) throws(PostgresError) {
    switch column {
    case .integers(let values):
      let value = values[row]
      guard value != .absent else { return appendBigEndian(Int32(-1), to: &bytes) }
      guard append(value, as: schema.type, to: &bytes) else {
        let unit = schema.type == .day ? "days" : "microseconds"
        throw PostgresError(
          .failed,
          "\(place(of: row, in: table)): \(value) \(unit) since 1970-01-01 is outside the years "
            + "0001 to 9999",
          help: "correct the stage or the parameter that gave it")
      }
    case .texts(let values):
      let code = values.codes[row]
      if code < 0 {
        // "No text" is one value in memory; a column that has no NULL keeps it as the empty text.
        return appendBigEndian(Int32(schema.isNullable ? -1 : 0), to: &bytes)
      }
      values.pool.withBytes(of: Int(code)) { append($0, to: &bytes) }
    }
  }

  /// Adds a text with its length. PostgreSQL has no NUL in texts: the sign for it stands instead.
  private func append(_ text: ByteView, to bytes: inout [UInt8]) {
    let buffer = UnsafeRawBufferPointer(start: text.start, count: text.count)
    if buffer.contains(0) {
      let sign = Array("\u{2400}".utf8)
      let shown = buffer.flatMap { $0 == 0 ? sign : [$0] }
      appendBigEndian(Int32(shown.count), to: &bytes)
      bytes.append(contentsOf: shown)
    } else {
      appendBigEndian(Int32(text.count), to: &bytes)
      bytes.append(contentsOf: buffer)
    }
  }

  /// Adds a value with its length; false for a day or an instant outside the years 0001 to 9999.
  private func append(_ value: Int64, as type: ColumnType, to bytes: inout [UInt8]) -> Bool {
    switch type {
    case .text, .integer:
      appendBigEndian(Int32(8), to: &bytes)
      appendBigEndian(value, to: &bytes)
    case .money: Numeric.append(value, scale: moneyDigits, to: &bytes)
    case .ratio: Numeric.append(value, scale: 6, to: &bytes)
    case .boolean:
      appendBigEndian(Int32(1), to: &bytes)
      bytes.append(value == 0 ? 0 : 1)
    case .day:
      guard let day = Int32(exactly: value), day >= Day.first.number, day <= Day.last.number
      else { return false }
      appendBigEndian(Int32(4), to: &bytes)
      appendBigEndian(day - Epoch.days, to: &bytes)
    case .instant:
      guard value >= Instant.first, value <= Instant.last else { return false }
      appendBigEndian(Int32(8), to: &bytes)
      appendBigEndian(value - Epoch.microseconds, to: &bytes)
    }
    return true
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
