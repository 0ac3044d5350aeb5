import CSQLite
import Engine

extension SQLiteWarehouse {
  @discardableResult
  package func query(
    _ sql: String, parameters: [String: SQLValue], types: [String: ColumnType],
    row: ([SQLValue]) throws(WarehouseError) -> Void
  ) throws(WarehouseError) -> [String] {
    let statement = try statement(sql, parameters)
    let names = (0..<statement.columnCount).map { statement.name($0) }
    let columnTypes = names.map { types[$0] }
    while let values = try nextRow(of: statement, columnTypes) { try row(values) }
    return names
  }

  /// The names of a statement's result columns, without running it.
  package func columns(of sql: String) throws(WarehouseError) -> [String] {
    do throws(SQLiteError) {
      let statement = try onlyStatement(of: sql)
      return (0..<statement.columnCount).map { statement.name($0) }
    } catch {
      throw error.warehouseError
    }
  }

  /// The names of the tables that a statement reads, without running it.
  package func tables(of sql: String) throws(WarehouseError) -> Set<String> {
    var names: Set<String> = []
    do throws(SQLiteError) {
      _ = try onlyStatement(of: sql, noting: &names)
    } catch {
      throw error.warehouseError
    }
    return names
  }

  private func statement(
    _ sql: String, _ parameters: [String: SQLValue]
  ) throws(WarehouseError) -> Statement {
    do throws(SQLiteError) {
      let statement = try onlyStatement(of: sql)
      try bind(parameters, to: statement)
      return statement
    } catch {
      throw error.warehouseError
    }
  }

  private func nextRow(
    of statement: borrowing Statement, _ types: [ColumnType?]
  ) throws(WarehouseError) -> [SQLValue]? {
    do throws(SQLiteError) {
      guard try statement.step() else { return nil }
      var values: [SQLValue] = []
      values.reserveCapacity(types.count)
      for (index, type) in types.enumerated() {
        values.append(try statement.value(Int32(index), type))
      }
      return values
    } catch {
      throw error.warehouseError
    }
  }

  private static let onlyReads =
    "a query only reads: write SELECT, WITH … SELECT, VALUES or EXPLAIN"

  /// Compiles a text that must be one statement, and one that only reads.
  private func onlyStatement(of sql: String) throws(SQLiteError) -> Statement {
    var tables: Set<String> = []
    return try onlyStatement(of: sql, noting: &tables)
  }

  /// Does that, and adds the tables that the statement reads to `tables`.
  private func onlyStatement(
    of sql: String, noting tables: inout Set<String>
  ) throws(SQLiteError) -> Statement {
    guard !sql.utf8.contains(0) else {
      throw SQLiteError(.configuration, "the statement has a NUL byte", help: "remove it")
    }
    // While compiling, SQLite asks this about each thing the statement would do, so nothing that
    // writes, attaches a file, or changes a setting gets as far as running. VACUUM alone is not
    // asked about, but says of itself that it writes; attaching and some settings do not, so both
    // questions are needed.
    let text = sql.utf8CString
    let read = TablesRead()
    sqlite3_set_authorizer(
      database.handle, allowReading, Unmanaged.passUnretained(read).toOpaque())
    // The object outlives every question: SQLite asks while it compiles, below as well.
    defer { withExtendedLifetime(read) { _ = sqlite3_set_authorizer(database.handle, nil, nil) } }
    let first = try reading { () throws(SQLiteError) in try database.prepare(text, from: 0) }
    tables.formUnion(read.names)
    guard let handle = first.handle else {
      throw SQLiteError(
        .configuration, "there is no statement in the query", help: "write one SELECT statement")
    }
    let statement = Statement(owning: handle)
    guard sqlite3_stmt_readonly(handle) != 0 else {
      throw SQLiteError(
        .configuration, "the query would write: \(SQLiteError.firstLine(sql))",
        help: Self.onlyReads)
    }
    guard isBlank(text, from: first.end) else {
      throw SQLiteError(
        .configuration,
        "the query has more than one statement: \(SQLiteError.firstLine(sql))",
        help: "write one statement; run others separately")
    }
    return statement
  }

  /// Says of a statement that was refused for what it would do that queries only read.
  private func reading<Result>(
    _ body: () throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    do throws(SQLiteError) { return try body() } catch {
      guard error.code & 0xFF == SQLITE_AUTH else { throw error }
      throw SQLiteError(
        .configuration, error.message, help: Self.onlyReads, code: error.code)
    }
  }

  /// Whether only blanks, comments and semicolons are left from byte `start` on.
  private func isBlank(_ text: ContiguousArray<CChar>, from start: Int) -> Bool {
    var start = start
    while start < text.count - 1 {
      // What does not compile is not blank either.
      guard let next = try? database.prepare(text, from: start) else { return false }
      if let handle = next.handle {
        sqlite3_finalize(handle)
        return false
      }
      if next.end == start { return true }
      start = next.end
    }
    return true
  }

  private func bind(
    _ parameters: [String: SQLValue], to statement: borrowing Statement
  ) throws(SQLiteError) {
    for index in 0..<sqlite3_bind_parameter_count(statement.handle) {
      guard let name = sqlite3_bind_parameter_name(statement.handle, index + 1) else {
        throw SQLiteError(
          .configuration, "parameter \(index + 1) of the query has no name",
          help: "write parameters as :name")
      }
      let parameter = String(cString: name)
      guard let value = parameters[String(parameter.dropFirst())] else {
        let known = parameters.keys.sorted().map { ":" + $0 }.joined(separator: ", ")
        throw SQLiteError(
          .configuration, "the query's parameter \(parameter) has no value",
          help: known.isEmpty ? "there are no parameters here" : "those known are \(known)")
      }
      try statement.bind(value, at: index + 1)
    }
  }
}

extension Statement {
  fileprivate func bind(_ value: SQLValue, at index: Int32) throws(SQLiteError) {
    switch value {
    case .null: try bindNull(at: index)
    case .integer(let value): try bind(value, at: index)
    case .real(let value): try bind(value, at: index)
    case .text(let value): try bind(value, at: index)
    case .typed(let value, let type): try bind(value, as: type, at: index)
    }
  }

  /// A value of the current row, in the unit of its type if it has one.
  fileprivate func value(_ column: Int32, _ type: ColumnType?) throws(SQLiteError) -> SQLValue {
    switch (storage(column), type) {
    case (SQLITE_NULL, _): return .null
    case (SQLITE_BLOB, _):
      throw SQLiteError(
        .configuration, "column \(name(column)): expected a number or text, found \(shown(column))",
        help: "select hex(\(quoted(name(column)))) instead")
    case (_, .text): return .text(text(column))
    case (_, .some(let type)): return .typed(try value(column, as: type), type)
    case (SQLITE_INTEGER, nil): return .integer(integer(column))
    case (SQLITE_FLOAT, nil): return .real(real(column))
    default: return .text(text(column))
    }
  }
}

/// The tables that a statement under compilation reads.
private final class TablesRead {
  var names: Set<String> = []
}

/// Answers what a query may do: read, call functions, and look at the schema.
private let allowReading:
  @convention(c) (
    UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
    UnsafePointer<CChar>?, UnsafePointer<CChar>?
  ) -> Int32 = { context, action, first, _, _, _ in
    switch action {
    case SQLITE_READ:
      if let context, let first {
        Unmanaged<TablesRead>.fromOpaque(context).takeUnretainedValue().names.insert(
          String(cString: first))
      }
      return SQLITE_OK
    case SQLITE_SELECT, SQLITE_RECURSIVE, SQLITE_FUNCTION: return SQLITE_OK
    case SQLITE_UPDATE:
      // Asked when a query first names a function such as pragma_table_info, which becomes a table
      // then. A statement that really updates the schema says of itself that it writes.
      return first.map { String(cString: $0) } == "sqlite_master" ? SQLITE_OK : SQLITE_DENY
    case SQLITE_PRAGMA:
      let name = first.map { String(cString: $0) } ?? ""
      let harmless = ["table_info", "table_xinfo", "table_list", "index_list", "index_info"]
      return harmless.contains(name) ? SQLITE_OK : SQLITE_DENY
    default: return SQLITE_DENY
    }
  }
