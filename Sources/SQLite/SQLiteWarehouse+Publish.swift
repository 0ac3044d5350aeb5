import CSQLite
import Engine

// Each set of rows is first staged into a temporary table ordered by key, then compared with the
// published table by SQL. Upserting row by row would be simpler, but SQLite takes a new serial
// number for every row it tries to insert, so `id`s would have gaps that depend on how often a
// window was run; and what a span replaces needs the set of keys anyway.
//
// An empty table needs neither: its rows are inserted as they are, in the order of their keys. That
// is the first run, and the longest.

extension SQLiteWarehouse {
  /// Makes all changes in one transaction; any failure, or an audit that refuses, leaves the file
  /// as it was.
  package func publish(
    _ changes: [TableChange], audit: () throws(WarehouseError) -> Verdict
  ) throws(WarehouseError) {
    var isPublished = false
    try database.transaction(orError: \.warehouseError) { () throws(WarehouseError) in
      try apply(changes)
      if case .publish(let more) = try audited(changes, audit) {
        try apply(more)
        isPublished = true
      }
      return isPublished
    }
    if !isPublished { return }
    // From here on there is something to read; it cannot be while another program reads already, and
    // then the next to open the file does it.
    try? database.execute("PRAGMA journal_mode = WAL")
    // Folds the log into the file. It cannot while another program reads; then the next publication
    // or the last program to close the file does it. What was committed is safe in either place, so
    // no failure counts.
    try? database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  /// Migrates and makes the changes in a transaction that is always undone.
  package func rehearse(
    _ migrations: [Migration], _ changes: [TableChange], audit: () throws(WarehouseError) -> Void
  ) throws(WarehouseError) {
    try database.transaction(orError: \.warehouseError) { () throws(WarehouseError) in
      try migrate(migrations)
      try apply(changes)
      try audited(changes, audit)
      return false
    }
  }

  /// Runs `body` in a transaction that only reads: in write-ahead mode it sees one state of the
  /// file.
  package func snapshot(_ body: () throws(WarehouseError) -> Void) throws(WarehouseError) {
    do throws(SQLiteError) { try database.execute("BEGIN") } catch { throw error.warehouseError }
    // Nothing was written, so ending it cannot fail in a way that matters.
    defer { try? database.execute("ROLLBACK") }
    try body()
  }

  /// Audits changes; where there are many rows, so do the checks sort.
  private func audited<Result>(
    _ changes: [TableChange], _ audit: () throws(WarehouseError) -> Result
  ) throws(WarehouseError) -> Result {
    let isLarge = changes.contains { $0.rows.count >= Self.manyToSort }
    return isLarge ? try sorting(audit) : try audit()
  }

  private func apply(_ changes: [TableChange]) throws(WarehouseError) {
    do throws(SQLiteError) {
      for change in changes { try publish(change) }
    } catch {
      throw error.warehouseError
    }
  }

  private func publish(_ change: TableChange) throws(SQLiteError) {
    let schema = change.schema
    if try isEmpty(schema) {
      try fill(change.rows, in: change.order)
    } else if change.rows.count > 0 || change.replaces != .nothing {
      try staged(change.rows, in: change.order) { () throws(SQLiteError) in
        try removeUnstaged(schema, in: change.replaces)
        try updateFromStaged(schema)
        try insertFromStaged(schema)
      }
    }
    if change.restated.count > 0 {
      try staged(change.restated) { () throws(SQLiteError) in try updateFromStaged(schema) }
    }
    if change.retired.count > 0 {
      try staged(change.retired) { () throws(SQLiteError) in try removeStaged(schema) }
    }
  }

  private func isEmpty(_ schema: TableSchema) throws(SQLiteError) -> Bool {
    try !Statement("SELECT 1 FROM main.\(quoted(schema.name)) LIMIT 1", on: database).step()
  }

  /// Inserts the rows of a table that is empty.
  ///
  /// Making an index of many rows is much quicker than adding to it row by row in another order
  /// than its own, so indexes that are not part of a constraint go and come back, as declared.
  private func fill(_ rows: Table, in order: [Int32]?) throws(SQLiteError) {
    let table = "main.\(quoted(rows.schema.name))"
    let indexes = rows.count < Self.manyRows ? [] : try declaredIndexes(of: rows.schema)
    for index in indexes { try database.execute("DROP INDEX main.\(quoted(index.name))") }
    try insert(rows, in: order, into: table)
    if indexes.isEmpty { return }
    try sorting { () throws(SQLiteError) in
      for index in indexes { try database.execute(index.sql) }
    }
  }

  /// Runs `body` so that many rows are sorted quickly, for an index or to be grouped.
  ///
  /// What is sorted goes to a temporary file in pieces of the cache's size, instead of taking memory of
  /// its own for each row; pieces that fit the processor's cache are sorted in half the time of
  /// larger ones, and several at once. Once there is a temporary table SQLite refuses to change
  /// temp_store within a transaction; then, as where any of this fails, it only takes longer.
  private func sorting<Result, Failure>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try? database.execute("PRAGMA temp_store = FILE")
    try? database.execute("PRAGMA cache_size = -8192")
    if threads > 1 { try? database.execute("PRAGMA threads = \(threads)") }
    defer {
      try? database.execute("PRAGMA threads = 0")
      try? database.execute("PRAGMA cache_size = \(Self.cacheSize)")
      try? database.execute("PRAGMA temp_store = MEMORY")
    }
    return try body()
  }

  /// From how many rows on indexes are made anew.
  private static let manyRows = 2000
  /// From how many rows on of a table its checks sort more than fits the processor's caches.
  private static let manyToSort = 100_000

  private func declaredIndexes(
    of schema: TableSchema
  ) throws(SQLiteError) -> [(name: String, sql: String)] {
    let statement = try Statement(
      """
      SELECT name, sql FROM main.sqlite_schema
      WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL ORDER BY rowid
      """, on: database)
    try statement.bind(schema.name, at: 1)
    var indexes: [(name: String, sql: String)] = []
    while try statement.step() { indexes.append((statement.text(0), statement.text(1))) }
    return indexes
  }

  /// Removes published rows of a span whose key is not staged.
  private func removeUnstaged(_ schema: TableSchema, in span: Span) throws(SQLiteError) {
    if span == .nothing { return }
    var sql = "DELETE FROM main.\(quoted(schema.name)) AS p WHERE "
    if case .range = span { sql += "p.\(quoted(schema.timeName)) BETWEEN ?1 AND ?2 AND " }
    sql += "NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE \(schema.keysMatch))"
    let statement = try Statement(sql, on: database)
    if case .range(let from, let to) = span {
      try statement.bind(from, as: schema.timeType, at: 1)
      try statement.bind(to, as: schema.timeType, at: 2)
    }
    try statement.run()
  }

  /// Gives published rows the values of the staged rows with their keys; rows that have them
  /// already are not touched.
  private func updateFromStaged(_ schema: TableSchema) throws(SQLiteError) {
    let values = schema.columns.map(\.name).filter { !schema.key.contains($0) }.map(quoted)
    if values.isEmpty { return }
    let assignments = values.map { "\($0) = s.\($0)" }.joined(separator: ", ")
    let differences = values.map { "p.\($0) IS NOT s.\($0)" }.joined(separator: " OR ")
    // The `+` keeps the planner from looking staged rows up for each published row: the window is
    // small, the table is years.
    let match = schema.key.map { "p.\(quoted($0)) = +s.\(quoted($0))" }.joined(separator: " AND ")
    try database.execute(
      "UPDATE main.\(quoted(schema.name)) AS p SET \(assignments) FROM temp.staged AS s "
        + "WHERE \(match) AND (\(differences))")
  }

  /// Inserts the staged rows whose keys are not published, in the order of their keys, so that
  /// serial numbers do not depend on the order a stage happened to make rows in.
  private func insertFromStaged(_ schema: TableSchema) throws(SQLiteError) {
    let table = "main.\(quoted(schema.name))"
    let columns = schema.columns.map { quoted($0.name) }.joined(separator: ", ")
    let order = schema.key.map(quoted).joined(separator: ", ")
    try database.execute(
      "INSERT INTO \(table) (\(columns)) SELECT \(columns) FROM temp.staged AS s WHERE NOT EXISTS "
        + "(SELECT 1 FROM \(table) AS p WHERE \(schema.keysMatch)) ORDER BY \(order)")
  }

  /// Removes published rows whose key is staged. CROSS JOIN makes SQLite go through the staged
  /// keys.
  private func removeStaged(_ schema: TableSchema) throws(SQLiteError) {
    let table = "main.\(quoted(schema.name))"
    try database.execute(
      "DELETE FROM \(table) WHERE rowid IN "
        + "(SELECT p.rowid FROM temp.staged AS s CROSS JOIN \(table) AS p WHERE \(schema.keysMatch))"
    )
  }
}

extension TableSchema {
  /// That the staged row `s` and the published row `p` have the same key.
  fileprivate var keysMatch: String {
    key.map { "p.\(quoted($0)) = s.\(quoted($0))" }.joined(separator: " AND ")
  }
}
