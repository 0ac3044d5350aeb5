import CPostgreSQL
import Engine

/// Tables kept in a schema of a PostgreSQL database, version 13 or later.
package final class PostgresWarehouse: Warehouse {
  let url: ConnectionURL
  let moneyDigits: Int
  let connection: Connection
  private var isLocked = false

  /// Connects, trying again for some seconds while the server does not answer.
  ///
  /// `moneyDigits` is the number of decimals of the reporting currency, in which amounts are
  /// written.
  package init(url: String, moneyDigits: Int, readOnly: Bool) throws(WarehouseError) {
    self.moneyDigits = moneyDigits
    do throws(PostgresError) {
      self.url = try ConnectionURL(url)
      connection = try Connection(self.url, readOnly: readOnly)
    } catch {
      throw error.warehouseError
    }
  }

  package var displayName: String { url.masked }

  /// The schema of the tables.
  package var schemaName: String { url.schema }

  /// Whether there is a schema of the warehouse's name.
  package func exists() throws(WarehouseError) -> Bool {
    do throws(PostgresError) { return try hasSchema() } catch { throw error.warehouseError }
  }

  func hasSchema() throws(PostgresError) -> Bool {
    try !connection.rows(
      "SELECT 1 FROM pg_namespace WHERE nspname = $1", [.init(url.schema, type: TypeID.text)]
    ).isEmpty
  }

  /// A table's name with its schema.
  func name(_ table: String) -> String { "\(quoted(url.schema)).\(quoted(table))" }

  /// Keeps any other run out with an advisory lock of this session, which the server gives back
  /// when the session ends however it ends.
  package func lock() throws(WarehouseError) {
    guard !isLocked else { return }
    do throws(PostgresError) {
      let key = lockKey("run")
      guard try connection.rows("SELECT pg_try_advisory_lock(\(key))") == [["t"]] else {
        let who = try lockHolder().map { " (\($0))" } ?? ""
        throw PostgresError(
          .unavailable, "\(url.masked): another run\(who) holds the lock of schema \(url.schema)",
          help: "wait until it is done and run again; the lock ends with its session")
      }
      isLocked = true
    } catch {
      throw error.warehouseError
    }
  }

  /// Gives the lock back; nothing happens if it is not held.
  package func unlock() {
    guard isLocked else { return }
    isLocked = false
    // If it fails, the session is over and the lock with it.
    _ = try? connection.execute("SELECT pg_advisory_unlock(\(lockKey("run")))")
  }

  /// The number by which the schema's lock of a purpose is known in the database.
  func lockKey(_ purpose: String) -> Int64 {
    let digits = storedFingerprint("nightmill \(purpose) \(url.schema)").prefix(16)
    return Int64(bitPattern: UInt64(digits, radix: 16) ?? 0)
  }

  /// The version of the libpq library, such as 15.18.
  package static var libraryVersion: String {
    let number = PQlibVersion()
    return "\(number / 10_000).\(number % 10_000)"
  }
}
