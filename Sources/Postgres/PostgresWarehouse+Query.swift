import CPostgreSQL
import Engine
import Glibc

extension PostgresWarehouse {
  @discardableResult
  package func query(
    _ sql: String, parameters: [String: SQLValue], types: [String: ColumnType],
    row: ([SQLValue]) throws(WarehouseError) -> Void
  ) throws(WarehouseError) -> [String] {
    let statement = try statement(sql)
    var values: [Connection.Parameter] = []
    for name in statement.names {
      guard let value = parameters[name] else {
        let known = parameters.keys.sorted().map { ":" + $0 }.joined(separator: ", ")
        throw WarehouseError(
          .configuration, "the query's parameter :\(name) has no value",
          help: known.isEmpty ? "there are no parameters here" : "those known are \(known)")
      }
      values.append(Connection.Parameter(value, moneyDigits: moneyDigits))
    }
    return try connection.reading(orError: { $0.warehouseError(ofQuery: sql) }) {
      () throws(WarehouseError) in
      var types = TypesOfRow(types)
      values = try settled(values, statement.sql, sql)
      try stream(statement.sql, values) { (result) throws(WarehouseError) in
        try row(try types.values(of: result, moneyDigits: moneyDigits))
      } head: {
        types.read($0)
      }
      return types.names
    }
  }

  /// The names of a statement's result columns, without running it.
  package func columns(of sql: String) throws(WarehouseError) -> [String] {
    let statement = try statement(sql)
    let parameters = statement.names.map { _ in Connection.Parameter(nil) }
    return try connection.reading(orError: { $0.warehouseError(ofQuery: sql) }) {
      () throws(WarehouseError) in
      _ = try settled(parameters, statement.sql, sql)
      do throws(PostgresError) { return try connection.describeColumns().map(\.name) } catch {
        throw error.warehouseError
      }
    }
  }

  /// The words that a statement which only reads begins with. The transaction it is run in refuses
  /// what would write; COPY alone could still write a file on the server.
  private static let readingWords: Set = ["SELECT", "WITH", "VALUES", "TABLE", "EXPLAIN", "SHOW"]

  /// A statement with `$1`, `$2`, … for its parameters, and the name of each.
  private func statement(
    _ sql: String
  ) throws(WarehouseError) -> (sql: String, names: [String]) {
    guard !sql.utf8.contains(0) else {
      throw WarehouseError(.configuration, "the statement has a NUL byte", help: "remove it")
    }
    let bytes = Array(sql.utf8)
    let word = SQLText.firstWord(of: bytes)
    if word.isEmpty {
      throw WarehouseError(
        .configuration, "there is no statement in the query", help: "write one SELECT statement")
    }
    guard Self.readingWords.contains(word) else {
      throw WarehouseError(
        .configuration,
        "the query does not begin as one that reads: \(PostgresError.line(nil, of: sql))",
        help: PostgresError.onlyReads)
    }
    var names: [String] = []
    var rewritten: [UInt8] = []
    var end = 0
    for parameter in SQLText.parameters(in: bytes) {
      rewritten += bytes[end..<parameter.place.lowerBound]
      let known = names.firstIndex(of: parameter.name)
      if known == nil { names.append(parameter.name) }
      rewritten += Array("$\((known ?? names.count - 1) + 1)".utf8)
      end = parameter.place.upperBound
    }
    rewritten += bytes[end...]
    return (String(decoding: rewritten, as: UTF8.self), names)
  }

  /// Prepares the statement, and gives parameters whose type the server cannot tell the type text.
  private func settled(
    _ parameters: [Connection.Parameter], _ sql: String, _ original: String
  ) throws(WarehouseError) -> [Connection.Parameter] {
    var parameters = parameters
    for _ in 0...parameters.count {
      do throws(PostgresError) {
        try connection.execute("SAVEPOINT preparing")
        try connection.prepare(sql, parameters.map(\.type))
        break
      } catch {
        // "could not determine data type of parameter $1", in whatever language.
        let number = error.message.firstMatch(of: #/\$([0-9]+)/#).flatMap { Int($0.output.1) }
        guard ["42P18", "42P08"].contains(error.sqlState), let number,
          parameters.indices.contains(number - 1), parameters[number - 1].type == 0
        else { throw error.warehouseError(ofQuery: original) }
        parameters[number - 1].type = TypeID.text
        _ = try? connection.execute("ROLLBACK TO SAVEPOINT preparing")
      }
    }
    return parameters
  }

  /// Runs the prepared statement and calls `row` with each row as it comes.
  private func stream(
    _ sql: String, _ parameters: [Connection.Parameter],
    _ row: (QueryResult) throws(WarehouseError) -> Void,
    head: (QueryResult) -> Void
  ) throws(WarehouseError) {
    func inWarehouse<Result>(
      _ body: () throws(PostgresError) -> Result
    ) throws(WarehouseError) -> Result {
      do throws(PostgresError) { return try body() } catch {
        throw error.warehouseError(ofQuery: sql)
      }
    }
    try inWarehouse { () throws(PostgresError) in
      try connection.sendPrepared(sql, parameters)
    }
    var isFirst = true
    do throws(WarehouseError) {
      while let result = try inWarehouse({ () throws(PostgresError) in try connection.next(sql) }) {
        if result.isFailure {
          throw connection.error(of: result, sql).warehouseError(ofQuery: sql)
        }
        if isFirst {
          head(result)
          isFirst = false
        }
        if result.status == PGRES_SINGLE_TUPLE { try row(result) }
      }
    } catch {
      // The rest of the rows is thrown away, or the connection could not be used again.
      if !connection.isLost {
        connection.cancel()
        _ = try? connection.finish(sql)
      }
      throw error
    }
  }
}

extension Connection {
  /// Prepares the unnamed statement.
  func prepare(_ sql: String, _ types: [Oid]) throws(PostgresError) {
    guard PQsendPrepare(handle, "", sql, Int32(types.count), types) == 1 else { throw lost(sql) }
    _ = try finish(sql)
  }

  /// Runs the prepared statement; rows come one by one.
  func sendPrepared(_ sql: String, _ parameters: [Parameter]) throws(PostgresError) {
    let texts = parameters.map { $0.text.map { strdup($0) } ?? nil }
    defer { for text in texts { free(text) } }
    let sent = PQsendQueryPrepared(
      handle, "", Int32(parameters.count), texts.map { UnsafePointer($0) }, nil, nil, 0)
    guard sent == 1, PQsetSingleRowMode(handle) == 1 else { throw lost(sql) }
  }
}

extension PostgresError {
  static let onlyReads = "a query only reads: write SELECT, WITH … SELECT, VALUES or EXPLAIN"

  /// The same, as a query says it that tried to write or was more than one statement.
  func warehouseError(ofQuery sql: String) -> WarehouseError {
    switch sqlState {
    case "25006":
      return WarehouseError(.configuration, message, help: Self.onlyReads, line: line)
    case "42601" where message.contains("multiple commands"):
      return WarehouseError(
        .configuration,
        "the query has more than one statement: \(PostgresError.line(nil, of: sql))",
        help: "write one statement; run others separately")
    default: return warehouseError
    }
  }
}
