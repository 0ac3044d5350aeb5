import CPostgreSQL
import Engine
import Glibc

// As in SQLite: each set of rows is staged in a temporary table, then compared with the published
// one by SQL, so that only rows that changed are written. Serial numbers are given in the order of
// keys and are taken from the sequence inside the transaction (ALTER SEQUENCE … RESTART is undone
// by a rollback, unlike nextval), so they have no gaps that depend on how often a window was run.
//
// An empty table needs no comparison: its rows are copied into it, in the order of their keys.

extension PostgresWarehouse {
  /// How often the changes are made again where another session's transaction was in the way.
  private static let attempts = 4

  /// Makes all changes in one transaction; any failure, or an audit that refuses, leaves the
  /// tables as they were.
  package func publish(
    _ changes: [TableChange], audit: () throws(WarehouseError) -> Verdict
  ) throws(WarehouseError) {
    try connection.transaction("BEGIN", orError: \.warehouseError) { () throws(WarehouseError) in
      try apply(changes)
      guard case .publish(let more) = try audit() else { return false }
      try apply(more)
      return true
    }
  }

  /// Migrates and makes the changes in a transaction that is always undone.
  package func rehearse(
    _ migrations: [Migration], _ changes: [TableChange], audit: () throws(WarehouseError) -> Void
  ) throws(WarehouseError) {
    try connection.transaction("BEGIN", orError: \.warehouseError) { () throws(WarehouseError) in
      try migrate(migrations)
      try apply(changes)
      try audit()
      return false
    }
  }

  /// Runs `body`, whose queries all see the state of its beginning.
  package func snapshot(_ body: () throws(WarehouseError) -> Void) throws(WarehouseError) {
    try connection.transaction(
      "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", orError: \.warehouseError
    ) { () throws(WarehouseError) in
      try body()
      return false
    }
  }

  /// Makes changes within a transaction. Where another session's transaction is in the way, they
  /// are undone and tried again a little later; what an audit has seen never is.
  private func apply(_ changes: [TableChange]) throws(WarehouseError) {
    var pause: UInt32 = 100_000
    do throws(PostgresError) {
      for attempt in 1... {
        try connection.execute("SAVEPOINT changes")
        do throws(PostgresError) {
          for change in changes { try publish(change) }
          try connection.execute("RELEASE SAVEPOINT changes")
          return
        } catch {
          guard error.isConflict, attempt < Self.attempts, !Cancellation.isRequested else {
            throw error
          }
          try connection.execute("ROLLBACK TO SAVEPOINT changes")
          usleep(pause)
          pause *= 2
        }
      }
    } catch {
      throw error.warehouseError
    }
  }

  private func publish(_ change: TableChange) throws(PostgresError) {
    let schema = change.schema
    if try isEmpty(schema) {
      try fill(change.rows, in: change.order)
    } else if change.rows.count > 0 || change.replaces != .nothing {
      try analyzeIfNew(schema)
      try staged(change.rows, in: change.order) { () throws(PostgresError) in
        try removeUnstaged(schema, in: change.replaces)
        try updateFromStaged(schema)
        try insertFromStaged(schema)
      }
    }
    if change.restated.count > 0 {
      try staged(change.restated) { () throws(PostgresError) in try updateFromStaged(schema) }
    }
    if change.retired.count > 0 {
      try staged(change.retired) { () throws(PostgresError) in
        try connection.execute(
          "DELETE FROM \(name(schema.name)) AS p USING pg_temp.staged AS s WHERE \(schema.keysMatch)"
        )
      }
    }
  }

  private func isEmpty(_ schema: TableSchema) throws(PostgresError) -> Bool {
    try connection.rows("SELECT 1 FROM \(name(schema.name)) LIMIT 1").isEmpty
  }

  /// Lets the planner know a table that it knows nothing of yet: a run that comes soon after the one
  /// that filled it would be planned as if it were small. Not where somebody else works on it.
  private func analyzeIfNew(_ schema: TableSchema) throws(PostgresError) {
    let known = try connection.rows(
      "SELECT 1 FROM pg_class WHERE oid = $1::regclass AND reltuples > 0",
      [.init(name(schema.name), type: TypeID.text)])
    if known.isEmpty { try connection.execute("ANALYZE (SKIP_LOCKED) \(name(schema.name))") }
  }

  /// Inserts the rows of a table that is empty.
  private func fill(_ rows: Table, in order: [Int32]?) throws(PostgresError) {
    if rows.count == 0 { return }
    let schema = rows.schema
    let serial = try serial(of: schema.name)
    try naming(rows) { () throws(PostgresError) in
      try insert(
        rows, into: name(schema.name),
        columns: [serial?.column].compactMap(\.self) + schema.columns.map(\.name),
        rows: order ?? rows.rowsInKeyOrder(), first: serial?.next)
    }
    if let serial { try move(serial.sequence, to: serial.next + Int64(rows.count)) }
  }

  /// Says which number a sequence gives next.
  private func move(_ sequence: String, to next: Int64) throws(PostgresError) {
    try connection.execute("ALTER SEQUENCE \(sequence) RESTART WITH \(next)")
  }

  /// Removes published rows of a span whose key is not staged.
  private func removeUnstaged(_ schema: TableSchema, in span: Span) throws(PostgresError) {
    if span == .nothing { return }
    _ = try connection.rows(
      "DELETE FROM \(name(schema.name)) AS p WHERE \(schema.isWithin(span)) AND "
        + "NOT EXISTS (SELECT 1 FROM pg_temp.staged AS s WHERE \(schema.keysMatch))",
      schema.bounds(of: span))
  }

  /// Gives published rows the values of the staged rows with their keys; rows that have them
  /// already are not touched.
  private func updateFromStaged(_ schema: TableSchema) throws(PostgresError) {
    let values = schema.columns.map(\.name).filter { !schema.key.contains($0) }.map(quoted)
    if values.isEmpty { return }
    let assignments = values.map { "\($0) = s.\($0)" }.joined(separator: ", ")
    let differences = values.map { "p.\($0) IS DISTINCT FROM s.\($0)" }.joined(separator: " OR ")
    try connection.execute(
      "UPDATE \(name(schema.name)) AS p SET \(assignments) FROM pg_temp.staged AS s "
        + "WHERE \(schema.keysMatch) AND (\(differences))")
  }

  /// Inserts the staged rows whose keys are not published, in the order of their keys.
  private func insertFromStaged(_ schema: TableSchema) throws(PostgresError) {
    let table = name(schema.name)
    let columns = schema.columns.map { quoted($0.name) }.joined(separator: ", ")
    let order = schema.key.map { "s." + quoted($0) }.joined(separator: ", ")
    let values = schema.columns.map { "s." + quoted($0.name) }.joined(separator: ", ")
    let new =
      "FROM pg_temp.staged AS s WHERE NOT EXISTS "
      + "(SELECT 1 FROM \(table) AS p WHERE \(schema.keysMatch))"
    guard let serial = try serial(of: schema.name) else {
      try connection.execute("INSERT INTO \(table) (\(columns)) SELECT \(values) \(new)")
      return
    }
    let inserted = try connection.execute(
      "INSERT INTO \(table) (\(quoted(serial.column)), \(columns)) "
        + "SELECT \(serial.next) - 1 + row_number() OVER (ORDER BY \(order)), \(values) \(new)")
    if inserted > 0 { try move(serial.sequence, to: serial.next + Int64(inserted)) }
  }

  /// The column of a table that a sequence numbers, and the number that comes next; nil if it has
  /// none.
  private func serial(
    of table: String
  ) throws(PostgresError) -> (column: String, sequence: String, next: Int64)? {
    let found = try connection.rows(
      """
      SELECT a.attname, d.objid::regclass
      FROM pg_depend AS d
      JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = $1::regclass AND d.deptype IN ('a', 'i')
      """, [.init(name(table), type: TypeID.text)])
    guard let row = found.first else { return nil }
    let next = try connection.rows(
      "SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM \(row[1])")
    return (row[0], row[1], next.first.flatMap { Int64($0[0]) } ?? 1)
  }
}

extension TableSchema {
  /// That the staged row `s` and the published row `p` have the same key.
  fileprivate var keysMatch: String {
    key.map { "p.\(quoted($0)) = s.\(quoted($0))" }.joined(separator: " AND ")
  }

  /// That the published row `p` lies in a span whose bounds are `$1` and `$2`.
  func isWithin(_ span: Span) -> String {
    switch span {
    case .nothing: "FALSE"
    case .everything: "TRUE"
    case .range: "p.\(quoted(timeName)) BETWEEN $1 AND $2"
    }
  }

  /// The bounds of a span as parameters.
  func bounds(of span: Span) -> [Connection.Parameter] {
    guard case .range(let from, let to) = span else { return [] }
    return [from, to].map { Connection.Parameter(.typed($0, timeType), moneyDigits: 0) }
  }

  /// The column a range is about; a range over a table without one is a programming error.
  private var timeName: String {
    guard let timeColumn else { preconditionFailure("\(name) has no place in time") }
    return timeColumn
  }

  private var timeType: ColumnType { columns[index(of: timeName)].type }
}
