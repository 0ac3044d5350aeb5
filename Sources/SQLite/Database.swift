import CSQLite

/// The owner of a connection to a database file; it closes when this ends.
struct Database: ~Copyable {
  let handle: OpaquePointer

  /// Opens a file that exists.
  ///
  /// Waits up to `patience` milliseconds for another program's lock before a statement fails as
  /// busy.
  init(path: String, readOnly: Bool, patience: Int32) throws(SQLiteError) {
    // A leading "./" keeps names such as ":memory:" and "file:…" from meaning anything but a file.
    let file = path.hasPrefix("/") ? path : "./" + path
    var opened: OpaquePointer?
    // One thread uses a connection at a time (`Warehouse`), so its calls need no lock of their own.
    let flags =
      (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(file, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      // A failed open gives a handle too, which must be closed.
      sqlite3_close_v2(opened)
      throw SQLiteError(opening: path, code: code)
    }
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, patience)
  }

  /// Opens an empty database in memory, which is gone when this ends.
  init() throws(SQLiteError) {
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY
    let code = sqlite3_open_v2(":memory:", &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      sqlite3_close_v2(opened)
      throw SQLiteError(opening: "a database in memory", code: code)
    }
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs one statement, ignoring its rows.
  func execute(_ sql: String) throws(SQLiteError) {
    try Statement(sql, on: self).run()
  }

  /// Runs `body` in a transaction that holds the write lock from the start: all of it, or nothing.
  /// Within a transaction it is a part of that one.
  func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
    if isInTransaction { return try body() }
    try transaction(orError: { $0 }) { () throws(SQLiteError) in
      try body()
      return true
    }
  }

  /// Runs `body` in a transaction that holds the write lock from the start, and commits it if
  /// `body` says so; SQLite's own errors become the caller's.
  func transaction<Failure: Error>(
    orError convert: (SQLiteError) -> Failure, _ body: () throws(Failure) -> Bool
  ) throws(Failure) {
    func execute(_ sql: String) throws(Failure) {
      do throws(SQLiteError) { try self.execute(sql) } catch { throw convert(error) }
    }
    try execute("BEGIN IMMEDIATE")
    do throws(Failure) {
      let isKept = try body()
      try execute(isKept ? "COMMIT" : "ROLLBACK")
    } catch {
      // After some failures, such as a full disk, SQLite has rolled back already. If rolling back
      // fails, the journal does it when the file is next opened: the first error is the one to
      // tell.
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
  }

  /// Whether a transaction is open.
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// The first statement of `sql` from byte `start` on, and where it ends; nil if only blanks and
  /// comments are left. The caller owns the handle. `sql` ends with NUL and has no other.
  func prepare(
    _ sql: ContiguousArray<CChar>, from start: Int
  ) throws(SQLiteError) -> (handle: OpaquePointer?, end: Int) {
    var prepared: OpaquePointer?
    var end = start
    let code = sql.withUnsafeBufferPointer { buffer in
      var tail: UnsafePointer<CChar>?
      let from = buffer.baseAddress.map { $0 + start }
      let code = sqlite3_prepare_v2(handle, from, Int32(buffer.count - start), &prepared, &tail)
      if let tail, let from { end = start + (tail - from) }
      return code
    }
    guard code == SQLITE_OK else {
      let offset = Int(sqlite3_error_offset(handle))
      let text = String(decoding: sql.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard offset >= 0 else { throw SQLiteError(connection: handle, sql: text) }
      throw SQLiteError(
        connection: handle, sql: lines(of: text, at: start + offset),
        line: 1 + text.utf8.prefix(start + offset).count { $0 == UInt8(ascii: "\n") })
    }
    return (prepared, end)
  }

  /// The text from the beginning of the line that holds a byte.
  private func lines(of text: String, at offset: Int) -> String {
    let before = text.utf8.prefix(offset)
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { text.utf8.index(after: $0) }
    return String(text[(lineStart ?? text.startIndex)...])
  }
}

/// A name as SQL writes it, whatever it is.
func quoted(_ identifier: String) -> String {
  "\""
    + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    + "\""
}
