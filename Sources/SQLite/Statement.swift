import CSQLite
import Engine

/// The owner of a prepared statement; it is finalized when this ends, which must be before its
/// database closes.
///
/// Parameters count from 1, columns from 0, as in SQLite.
struct Statement: ~Copyable {
  let handle: OpaquePointer

  /// Takes over a handle that `Database.prepare` gave.
  init(owning handle: OpaquePointer) { self.handle = handle }

  /// Compiles a text of one statement.
  init(_ sql: String, on database: borrowing Database) throws(SQLiteError) {
    guard let handle = try database.prepare(sql.utf8CString, from: 0).handle else {
      throw SQLiteError(.configuration, "there is no statement in the text", help: "write one")
    }
    self.handle = handle
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: Running

  /// Goes to the next row; false after the last.
  func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw failure
    }
  }

  /// Runs to the end, ignoring rows, and makes ready to run again with other values.
  func run() throws(SQLiteError) {
    // After a failure the statement must be reset as well, or its locks stay.
    defer { sqlite3_reset(handle) }
    while try step() {}
  }

  // MARK: Values in

  /// Binds NULL.
  func bindNull(at index: Int32) throws(SQLiteError) { try check(sqlite3_bind_null(handle, index)) }

  /// Binds a whole number.
  func bind(_ value: Int64, at index: Int32) throws(SQLiteError) {
    try check(sqlite3_bind_int64(handle, index, value))
  }

  /// Binds a floating-point number.
  func bind(_ value: Double, at index: Int32) throws(SQLiteError) {
    try check(sqlite3_bind_double(handle, index, value))
  }

  /// Binds text; SQLite copies the bytes.
  func bind(_ text: ByteView, at index: Int32) throws(SQLiteError) {
    // SQLITE_TRANSIENT, which C spells as a cast of −1 that Swift does not import: "copy the bytes
    // now".
    let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    let start = text.start.assumingMemoryBound(to: CChar.self)
    try check(
      sqlite3_bind_text64(handle, index, start, UInt64(text.count), copy, UInt8(SQLITE_UTF8)))
  }

  /// Binds text.
  func bind(_ bytes: [UInt8], at index: Int32) throws(SQLiteError) {
    let failed = bytes.withUnsafeBytes { buffer -> SQLiteError? in
      let view = buffer.baseAddress.map { ByteView(start: $0, count: buffer.count) } ?? .none
      do throws(SQLiteError) { try bind(view, at: index) } catch { return error }
      return nil
    }
    if let failed { throw failed }
  }

  /// Binds text.
  func bind(_ text: String, at index: Int32) throws(SQLiteError) {
    try bind(Array(text.utf8), at: index)
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    if code != SQLITE_OK { throw failure }
  }

  /// What the connection says about the call that has just failed.
  private var failure: SQLiteError {
    // A statement always has a connection, and its text was kept when it was prepared.
    let sql = sqlite3_sql(handle).map { String(cString: $0) } ?? ""
    return SQLiteError(connection: sqlite3_db_handle(handle), sql: sql)
  }

  // MARK: Values out

  /// How many columns a row has.
  var columnCount: Int32 { sqlite3_column_count(handle) }

  /// The name of a column of the result.
  func name(_ column: Int32) -> String {
    sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
  }

  /// How the current row stores a column: `SQLITE_INTEGER`, `SQLITE_TEXT` and so on.
  func storage(_ column: Int32) -> Int32 { sqlite3_column_type(handle, column) }

  /// Whether the current row has no value.
  func isNull(_ column: Int32) -> Bool { storage(column) == SQLITE_NULL }

  /// A whole number of the current row.
  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// A floating-point number of the current row.
  func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

  /// Calls `body` with a text of the current row, which is valid inside `body` only; a number is
  /// written out.
  func withText<Result>(_ column: Int32, _ body: (ByteView) -> Result) -> Result {
    guard let start = sqlite3_column_text(handle, column) else { return body(.none) }
    let count = Int(sqlite3_column_bytes(handle, column))
    return body(ByteView(start: UnsafeRawPointer(start), count: count))
  }

  /// A text of the current row; a number is written out.
  func text(_ column: Int32) -> String { withText(column) { $0.text } }
}
