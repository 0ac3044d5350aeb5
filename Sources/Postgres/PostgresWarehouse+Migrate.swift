import CPostgreSQL
import Engine

extension PostgresWarehouse {
  /// Applies what the schema lacks, each migration in a transaction of its own (inside a
  /// transaction: as a part of it); refuses a schema that a newer or changed project made.
  package func migrate(_ migrations: [Migration]) throws(WarehouseError) {
    for migration in try unapplied(migrations) {
      let text = Self.orderingTextByBytes(
        try migration.statements(types: Migration.postgresTypes))
      try inTransaction { () throws(PostgresError) in try apply(migration, text) }
    }
    try inTransaction { () throws(PostgresError) in try defineMoneyText() }
  }

  private func inTransaction(_ body: () throws(PostgresError) -> Void) throws(WarehouseError) {
    do throws(PostgresError) {
      if connection.isInTransaction { return try body() }
      try connection.transaction("BEGIN", orError: { $0 }) { () throws(PostgresError) in
        try body()
        return true
      }
    } catch {
      throw error.warehouseError
    }
  }

  /// The statements with columns of type `text` given the order of their bytes, whatever the
  /// database's own is: the order that SQLite has, so that reports sort alike.
  private static func orderingTextByBytes(_ sql: String) -> String {
    let bytes = Array(sql.utf8)
    var result: [UInt8] = []
    var end = 0
    for word in SQLText.words(in: bytes) where bytes[word].elementsEqual("text".utf8) {
      result += bytes[end..<word.upperBound] + Array(" COLLATE \"C\"".utf8)
      end = word.upperBound
    }
    return String(decoding: result + bytes[end...], as: UTF8.self)
  }

  /// The migrations that the schema lacks, in order.
  func unapplied(_ migrations: [Migration]) throws(WarehouseError) -> [Migration] {
    var applied: [Int: AppliedMigration] = [:]
    do throws(PostgresError) { applied = try appliedMigrations() } catch {
      throw error.warehouseError
    }
    return try Migration.pending(
      migrations, applied: applied, in: "schema \(url.schema) of \(url.masked)")
  }

  private func appliedMigrations() throws(PostgresError) -> [Int: AppliedMigration] {
    let found = try connection.rows(
      "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_migrations'",
      [.init(url.schema, type: TypeID.text)])
    if found.isEmpty { return [:] }
    let rows = try connection.rows(
      "SELECT number, name, fingerprint, applied_at FROM \(name("schema_migrations"))")
    var applied: [Int: AppliedMigration] = [:]
    for row in rows {
      guard let number = Int(row[0]) else { continue }
      applied[number] = AppliedMigration(name: row[1], fingerprint: row[2], time: row[3])
    }
    return applied
  }

  private func apply(_ migration: Migration, _ text: String) throws(PostgresError) {
    // Two that begin at once apply one after the other.
    try connection.execute("SELECT pg_advisory_xact_lock(\(lockKey("migrate")))")
    if try !hasSchema() { try connection.execute("CREATE SCHEMA \(quoted(url.schema))") }
    try connection.execute(
      """
      CREATE TABLE IF NOT EXISTS \(name("schema_migrations")) (
        number BIGINT PRIMARY KEY, name TEXT NOT NULL, fingerprint TEXT NOT NULL,
        applied_at TEXT NOT NULL)
      """)
    if try appliedMigrations()[migration.number] != nil { return }
    guard !text.utf8.contains(0) else {
      throw PostgresError(.configuration, "\(migration.name) has a NUL byte", help: "remove it")
    }
    do throws(PostgresError) {
      try connection.execute(text)
    } catch {
      throw error.saying("\(migration.name):\(error.line ?? 1): \(error.message)")
    }
    guard connection.isInTransaction else {
      throw PostgresError(
        .configuration,
        "\(migration.name): a statement ended the transaction that a migration is applied in",
        help: "remove COMMIT and ROLLBACK")
    }
    _ = try connection.rows(
      """
      INSERT INTO \(name("schema_migrations"))
      VALUES ($1, $2, $3, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'))
      """,
      [
        .init(String(migration.number), type: TypeID.int8),
        .init(migration.name, type: TypeID.text),
        .init(migration.fingerprint, type: TypeID.text),
      ])
  }

  /// Makes `money_text(x)`: an amount with the decimals of the reporting currency, for statements
  /// written by hand.
  private func defineMoneyText() throws(PostgresError) {
    let body = "SELECT round($1, \(moneyDigits))::text"
    let found = try connection.rows(
      """
      SELECT 1 FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
      WHERE n.nspname = $1 AND p.proname = 'money_text' AND p.prosrc = $2
      """, [.init(url.schema, type: TypeID.text), .init(body, type: TypeID.text)])
    guard found.isEmpty, try hasSchema() else { return }
    try connection.execute(
      "CREATE OR REPLACE FUNCTION \(name("money_text"))(numeric) RETURNS text "
        + "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS \(literal(body))")
  }
}
