import CSQLite
import Engine

extension SQLiteWarehouse {
  /// Applies what the file lacks, each migration in a transaction of its own; refuses a file that a
  /// newer or changed project made.
  package func migrate(_ migrations: [Migration]) throws(WarehouseError) {
    do throws(SQLiteError) {
      // Looking first keeps a run with nothing to apply from taking the write lock.
      for migration in try unapplied(migrations) { try apply(migration) }
    } catch {
      throw error.warehouseError
    }
  }

  /// The migrations that the file lacks, in order.
  func unapplied(_ migrations: [Migration]) throws(SQLiteError) -> [Migration] {
    let ordered = migrations.sorted { $0.number < $1.number }
    for (earlier, later) in zip(ordered, ordered.dropFirst())
    where earlier.number == later.number {
      throw SQLiteError(
        .configuration, "\(earlier.name) and \(later.name) have the same number",
        help: "number the migrations of SQL/schema one after the other")
    }
    let applied = try appliedMigrations()
    try check(ordered, against: applied)
    return ordered.filter { applied[$0.number] == nil }
  }

  private struct Applied {
    let name: String
    let fingerprint: String
    let time: String
  }

  private func appliedMigrations() throws(SQLiteError) -> [Int: Applied] {
    let exists = try Statement(
      "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
      on: database
    ).step()
    guard exists else { return [:] }
    let statement = try Statement(
      "SELECT number, name, fingerprint, applied_at FROM schema_migrations", on: database)
    var applied: [Int: Applied] = [:]
    while try statement.step() {
      applied[Int(statement.integer(0))] = Applied(
        name: statement.text(1), fingerprint: statement.text(2), time: statement.text(3))
    }
    return applied
  }

  private func check(
    _ migrations: [Migration], against applied: [Int: Applied]
  ) throws(SQLiteError) {
    let newest = applied.keys.max() ?? .min
    for (number, known) in applied.sorted(by: { $0.key < $1.key })
    where !migrations.contains(where: { $0.number == number }) {
      let isNewer = number > (migrations.last?.number ?? .min)
      throw SQLiteError(
        .configuration,
        "\(path) has migration \(number) (\(known.name)), "
          + (isNewer
            ? "made by a newer nightmill" : "applied \(known.time), which is not in SQL/schema"),
        help: isNewer ? "upgrade nightmill" : "restore the file \(known.name)")
    }
    for migration in migrations {
      guard let known = applied[migration.number] else {
        guard migration.number > newest else {
          throw SQLiteError(
            .configuration,
            "\(migration.name) is not applied, but migration \(newest) already is in \(path)",
            help: "give it a number after \(newest)")
        }
        continue
      }
      if known.fingerprint != migration.fingerprint {
        throw SQLiteError(
          .configuration,
          "\(migration.name) was changed after it was applied to \(path) (\(known.time) UTC)",
          help: "restore the file and put the change in a new migration")
      }
    }
  }

  private func apply(_ migration: Migration) throws(SQLiteError) {
    let text = try migration.statements(types: Migration.sqliteTypes)
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
