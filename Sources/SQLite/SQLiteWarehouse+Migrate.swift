import CSQLite
import Engine

extension Migration {
  /// The types that databases spell differently, as SQLite spells them.
  static let sqliteTypes = [
    "serial": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "integer": "INTEGER",
    "money": "INTEGER",
    "ratio": "REAL",
    "boolean": "INTEGER",
    "day": "TEXT",
    "instant": "TEXT",
  ]
}

extension SQLiteWarehouse {
  /// Applies what the file lacks, each migration in a transaction of its own; refuses a file that a
  /// newer or changed project made.
  package func migrate(_ migrations: [Migration]) throws(WarehouseError) {
    // Looking first keeps a run with nothing to apply from taking the write lock.
    for migration in try unapplied(migrations) {
      let text = try migration.statements(types: Migration.sqliteTypes)
      do throws(SQLiteError) { try apply(migration, text) } catch { throw error.warehouseError }
    }
  }

  /// The migrations that the file lacks, in order.
  func unapplied(_ migrations: [Migration]) throws(WarehouseError) -> [Migration] {
    var applied: [Int: AppliedMigration] = [:]
    do throws(SQLiteError) { applied = try appliedMigrations() } catch {
      throw error.warehouseError
    }
    return try Migration.pending(migrations, applied: applied, in: path)
  }

  private func appliedMigrations() throws(SQLiteError) -> [Int: AppliedMigration] {
    let exists = try Statement(
      "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
      on: database
    ).step()
    guard exists else { return [:] }
    let statement = try Statement(
      "SELECT number, name, fingerprint, applied_at FROM schema_migrations", on: database)
    var applied: [Int: AppliedMigration] = [:]
    while try statement.step() {
      applied[Int(statement.integer(0))] = AppliedMigration(
        name: statement.text(1), fingerprint: statement.text(2), time: statement.text(3))
    }
    return applied
  }

  private func apply(_ migration: Migration, _ text: String) throws(SQLiteError) {
    try database.transaction { () throws(SQLiteError) in
      try database.execute(
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
          number INTEGER PRIMARY KEY, name TEXT NOT NULL, fingerprint TEXT NOT NULL,
          applied_at TEXT NOT NULL)
        """)
      // Another run may have applied it since we looked.
      if try appliedMigrations()[migration.number] != nil { return }
      try run(text, of: migration)
      let record = try Statement(
        """
        INSERT INTO schema_migrations
        VALUES (?1, ?2, ?3, strftime('%Y-%m-%d %H:%M:%f000', 'now'))
        """, on: database)
      try record.bind(Int64(migration.number), at: 1)
      try record.bind(migration.name, at: 2)
      try record.bind(migration.fingerprint, at: 3)
      try record.run()
    }
  }

  /// Runs every statement of a migration; errors say the line on which the statement stands.
  private func run(_ text: String, of migration: Migration) throws(SQLiteError) {
    guard !text.utf8.contains(0) else {
      throw SQLiteError(.configuration, "\(migration.name) has a NUL byte", help: "remove it")
    }
    let sql = text.utf8CString
    var start = 0
    while start < sql.count - 1 {
      do throws(SQLiteError) {
        let next = try database.prepare(sql, from: start)
        if let handle = next.handle { try Statement(owning: handle).run() }
        guard database.isInTransaction else {
          throw SQLiteError(
            .configuration, "a statement ended the transaction that a migration is applied in",
            help: "remove COMMIT and ROLLBACK")
        }
        if next.end == start { return }
        start = next.end
      } catch {
        let isBlank = { (byte: CChar) in byte == 32 || (9...13).contains(byte) }
        let first = sql[start...].firstIndex { !isBlank($0) } ?? start
        let line = 1 + sql[..<first].count { $0 == 10 }
        throw SQLiteError(
          error.kind, "\(migration.name):\(line): \(error.message)", help: error.help,
          code: error.code)
      }
    }
  }
}
