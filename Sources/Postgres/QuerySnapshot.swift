import CPostgreSQL
import Engine

/// One state of a database, which all queries of a run see from its beginning to its end, on as many
/// connections as read at once.
///
/// The first connection makes it; the others are given it by name (`pg_export_snapshot`), as
/// pg_dump does. One thread at a time binds or begins a pass; in it each lane has a thread of its own.
package final class QuerySnapshot: @unchecked Sendable {
  private let url: ConnectionURL
  /// The connections there are; the first keeps the snapshot alive.
  private var lanes: [Lane]
  /// Whether the server had no room for one more.
  private var isFull = false

  /// A connection that reads rows for one thread at a time.
  package struct Lane: @unchecked Sendable {
    let connection: Connection
  }

  /// Connects and begins.
  package init(url: String) throws(WarehouseError) {
    do throws(PostgresError) {
      self.url = try ConnectionURL(url)
      let connection = try Connection(self.url, readOnly: true)
      try Self.begin(on: connection)
      lanes = [Lane(connection: connection)]
    } catch {
      throw error.warehouseError
    }
  }

  /// Begins on a connection; with the name of a snapshot, in its state.
  private static func begin(
    on connection: Connection, sharing name: String? = nil
  ) throws(PostgresError) {
    var statements = [
      // The operational database's own search path: `schema` is a warehouse's matter.
      "RESET search_path",
      // A snapshot waits while stages are computed: no reason for the server to end it.
      "SET idle_in_transaction_session_timeout = 0",
    ]
    if PQserverVersion(connection.handle) >= 170_000 {
      statements.append("SET transaction_timeout = 0")
    }
    try connection.execute(statements.joined(separator: "; "))
    try connection.execute(
      "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        + (name.map { "; SET TRANSACTION SNAPSHOT \(literal($0))" } ?? ""))
  }

  /// The connection that queries are compiled on.
  var connection: Connection { lanes[0].connection }

  /// How many connections a run may have that works on so many threads.
  package func allowedLanes(threads: Int) -> Int { max(1, url.connections ?? threads) }

  /// Connections that see the snapshot: `count`, or as many as the server has room for. Those that
  /// are opened stay open.
  package func lanes(_ count: Int) throws(WarehouseError) -> [Lane] {
    do throws(PostgresError) {
      while lanes.count < count, !isFull {
        do throws(PostgresError) { lanes.append(try anotherLane()) } catch {
          // Fewer connections only make reading slower.
          guard error.kind == .unavailable, !Cancellation.isRequested else { throw error }
          isFull = true
        }
      }
    } catch {
      throw error.warehouseError
    }
    return Array(lanes.prefix(count))
  }

  private func anotherLane() throws(PostgresError) -> Lane {
    let name = try connection.rows("SELECT pg_export_snapshot()")[0][0]
    let other = try Connection(url, readOnly: true, isPatient: false)
    try Self.begin(on: other, sharing: name)
    return Lane(connection: other)
  }

  /// A query's columns bound to a contract, before any row is read.
  package struct Binding: Sendable {
    /// What is selected: the contract's columns in types that are known.
    let selected: String
    /// The query as an item of FROM, `q`.
    let query: String
    /// The column by whose ranges its rows may be read in parts.
    let split: SplitColumn?
    /// One entry for each of the contract's columns.
    package let columns: [TypedColumn?]
    /// How many columns a row has.
    let fieldCount: Int
    /// The cast of each of them.
    let casts: [String]
    /// The query's columns that the contract does not have, sorted.
    package let extraColumns: [String]

    /// Whether the rows may come in parts, whose order says nothing.
    package var isSplit: Bool { split != nil }
  }

  /// Compiles a query and checks its columns against a contract: names, and types that can be read
  /// as what they should be. `file` is the query's, for messages; `timeZone` that of timestamps
  /// without one; `splitBy` the column by whose ranges its rows may be read in parts.
  package func bind(
    _ sql: String, file: String, to contract: Contract, timeZone: TimeZone, splitBy: String? = nil
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
      return try QueryBinder(
        contract: contract, file: file, timeZone: timeZone, splitBy: splitBy
      ).bind(found, sql)
    } catch {
      throw error.warehouseError
    }
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
