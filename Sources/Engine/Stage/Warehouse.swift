/// Where tables are kept: a SQLite file, or PostgreSQL.
///
/// One thread uses a warehouse at a time. Readers of the same database see the run before or the
/// run after a publication, never a mix.
package protocol Warehouse: AnyObject {
  /// The URL with any password masked, for messages.
  var displayName: String { get }

  /// Applies the migrations that the database does not have yet, in order, each in a transaction.
  func migrate(_ migrations: [Migration]) throws(WarehouseError)

  /// Keeps any other run out until `unlock`; throws an `.unavailable` error at once if one holds
  /// the lock.
  func lock() throws(WarehouseError)

  /// Lets other runs in again.
  func unlock()

  /// The published rows of a span, in no particular order.
  func read(
    _ schema: TableSchema, columns: [String], span: Span
  ) throws(WarehouseError) -> Table

  /// Makes all changes visible together, in one transaction, or none.
  ///
  /// `audit` is called when they are made and nobody else sees them yet: it may query, and what it
  /// says decides. Where it throws, nothing is published either.
  func publish(
    _ changes: [TableChange], audit: () throws(WarehouseError) -> Verdict
  ) throws(WarehouseError)

  /// Does what `migrate` and `publish` would do, lets `audit` query it, and undoes all of it; other
  /// programs never see any of it.
  func rehearse(
    _ migrations: [Migration], _ changes: [TableChange], audit: () throws(WarehouseError) -> Void
  ) throws(WarehouseError)

  /// Runs `body`, whose queries all see the same publication, whatever is published meanwhile.
  func snapshot(_ body: () throws(WarehouseError) -> Void) throws(WarehouseError)

  /// Runs one read-only statement and calls `row` for each row of its result; any attempt to write
  /// throws.
  ///
  /// `types` says how to read result columns, by name: those come as `.typed` in the unit of their
  /// type (a money column as minor units, whatever the database stores), others as the database
  /// gives them. Returns the names of the result's columns.
  @discardableResult
  func query(
    _ sql: String, parameters: [String: SQLValue], types: [String: ColumnType],
    row: ([SQLValue]) throws(WarehouseError) -> Void
  ) throws(WarehouseError) -> [String]

  /// The names of the columns that a read-only statement gives, without running it.
  func columns(of sql: String) throws(WarehouseError) -> [String]
}

/// What an audit says of changes that are about to be published.
package enum Verdict: Sendable {
  /// They are published, together with more changes, such as the audit's own record.
  case publish(also: [TableChange])
  /// Nothing is published.
  case refuse
}

extension Warehouse {
  /// Makes all changes visible together, in one transaction, or none.
  package func publish(_ changes: [TableChange]) throws(WarehouseError) {
    try publish(changes) { () throws(WarehouseError) in .publish(also: []) }
  }
}

/// A value that goes into or comes out of a statement.
package enum SQLValue: Sendable, Equatable {
  /// NULL.
  case null
  /// A whole number.
  case integer(Int64)
  /// A floating-point number: only ever of an analyst's own expression.
  case real(Double)
  /// Text.
  case text(String)
  /// A value in the unit of a type that is not text, such as minor units for money.
  case typed(Int64, ColumnType)
}

/// A numbered change to the warehouse's tables.
package struct Migration: Sendable {
  /// Its number; migrations are applied in this order, each once.
  package let number: Int
  /// Its file name.
  package let name: String
  /// The statements, with `{{…}}` for types that databases spell differently.
  package let sql: String

  /// A migration from SQL/schema.
  package init(number: Int, name: String, sql: String) {
    self.number = number
    self.name = name
    self.sql = sql
  }
}

/// Why a warehouse refused.
package struct WarehouseError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure, which decides the exit code.
  package enum Kind: Sendable {
    /// Another run holds the lock, or the database cannot be reached: try later.
    case unavailable
    /// The database, a migration or a statement is not what it should be.
    case configuration
    /// Writing or reading failed.
    case failed
    /// Whoever runs this asked for it to stop; the database was told, and nothing was changed.
    case interrupted
  }

  /// The kind of failure.
  package let kind: Kind
  /// Which database, what was tried, what it answered.
  package let message: String
  /// What to do about it.
  package let help: String
  /// The line of the statement, from 1, at which it could not be understood, where that is known.
  package let line: Int?

  /// A warehouse's error.
  package init(_ kind: Kind, _ message: String, help: String, line: Int? = nil) {
    self.kind = kind
    self.message = message
    self.help = help
    self.line = line
  }

  package var description: String { "\(message)\n  help: \(help)" }
}
