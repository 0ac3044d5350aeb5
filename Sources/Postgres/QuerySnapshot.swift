import CPostgreSQL
import Engine

/// A connection that only reads, and sees one state of a database from its beginning to its end:
/// what all queries of a run are asked on.
///
/// One thread at a time uses it; which one may change from pass to pass.
package final class QuerySnapshot: @unchecked Sendable {
  private let connection: Connection
  /// The URL without its password.
  package let displayName: String

  /// Connects and begins.
  package init(url: String) throws(WarehouseError) {
    do throws(PostgresError) {
      let url = try ConnectionURL(url)
      displayName = url.masked
      connection = try Connection(url, readOnly: true)
      // The operational database's own search path: `schema` is a warehouse's matter.
      try connection.execute("RESET search_path")
      try connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    } catch {
      throw error.warehouseError
    }
  }

  /// A query's columns bound to a contract, before any row is read.
  package struct Binding: Sendable {
    /// The statement that gives the contract's columns in types that are known.
    let copy: String
    /// One entry for each of the contract's columns.
    package let columns: [TypedColumn?]
    /// How many columns a row has.
    let fieldCount: Int
    /// The cast of each of them.
    let casts: [String]
    /// The query's columns that the contract does not have, sorted.
    package let extraColumns: [String]
  }

  /// Compiles a query and checks its columns against a contract: names, and types that can be read
  /// as what they should be. `file` is the query's, for messages; `timeZone` that of timestamps
  /// without one.
  package func bind(
    _ sql: String, file: String, to contract: Contract, timeZone: TimeZone
  ) throws(WarehouseError) -> Binding {
    do throws(PostgresError) {
      let word = SQLText.firstWord(of: Array(sql.utf8))
      guard ["SELECT", "WITH", "VALUES", "TABLE"].contains(word) else {
        throw PostgresError(
          .configuration,
          "\(file): expected one SELECT statement, found \(word.isEmpty ? "none" : word)",
          help: "a source's query only reads")
      }
      var found: [(name: String, type: Oid)] = []
      do throws(PostgresError) {
        try connection.prepare(sql, [])
        found = try connection.describeColumns()
      } catch {
        throw error.saying("\(file):\(error.line ?? 1): \(error.message)")
      }
      return try QueryBinder(contract: contract, file: file, timeZone: timeZone).bind(found, sql)
    } catch {
      throw error.warehouseError
    }
  }

  /// How many bytes of rows are handed on at a time, and how many rows at most.
  private static let blockSize = 1 << 19

  /// Runs a bound query and calls `block` with its rows in order; returning false ends it.
  package func read(
    _ binding: Binding, batchSize: Int, _ block: (_ rows: TypedRows, _ bytes: [UInt8]) -> Bool
  ) throws(WarehouseError) {
    var bytes: [UInt8] = []
    var rows = TypedRows()
    rows.fieldCount = binding.fieldCount
    func flush() throws(WarehouseError) {
      if rows.ends.isEmpty { return }
      guard block(rows, bytes) else {
        throw WarehouseError(.interrupted, "interrupted; nothing was published", help: "")
      }
      rows.firstRow += rows.ends.count
      rows.offsets.removeAll(keepingCapacity: true)
      rows.lengths.removeAll(keepingCapacity: true)
      rows.ends.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: true)
    }
    bytes.reserveCapacity(Self.blockSize * 2)
    try connection.copyOut(binding.copy, orError: \.warehouseError) {
      (tuple) throws(WarehouseError) in
      if bytes.count > 0, bytes.count + tuple.count > Self.blockSize || rows.ends.count == batchSize
      {
        try flush()
      }
      let start = bytes.count
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: tuple.start, count: tuple.count))
      var place = 2
      for _ in 0..<binding.fieldCount {
        let length = tuple.bigEndian32(place)
        place += 4
        rows.offsets.append(UInt32(start + place))
        rows.lengths.append(length)
        if length > 0 { place += Int(length) }
      }
      rows.ends.append(UInt32(bytes.count))
    }
    try flush()
  }
}

extension Connection {
  /// The names and types of the columns that the prepared statement gives.
  func describeColumns() throws(PostgresError) -> [(name: String, type: Oid)] {
    guard PQsendDescribePrepared(handle, "") == 1, let result = try finish("describe") else {
      throw lost("describe")
    }
    return (0..<result.columnCount).map { (result.name($0), result.type($0)) }
  }
}
