import CSQLite
import Engine

/// Tables kept in one SQLite file.
///
/// The file is in write-ahead mode, so readers never wait for a run and a run never waits for
/// readers; after each publication the log is folded back and one file remains.
///
/// A file that this connection made is not, until its first publication: there is nothing to read in
/// it yet, and pages that are new need not be written to a log first, only once.
package final class SQLiteWarehouse: Warehouse {
  /// The path as given.
  package let path: String
  let database: Database
  /// How many threads a large table may be written with.
  let threads: Int
  var runLock: RunLock?

  /// How much of the file is kept in memory; SQLite takes numbers below 0 as KiB.
  static let cacheSize = -65536

  /// Opens the file, creating it unless `readOnly`; its folder must exist.
  ///
  /// `moneyDigits` is the number of decimals of the reporting currency, for the SQL function
  /// `money_text`. `patience` is how many milliseconds a statement waits for another program's
  /// write to end. With more than one of `threads`, others make the rows of a large table and sort
  /// its indexes.
  package init(
    path: String, moneyDigits: Int, readOnly: Bool, threads: Int = 1, patience: Int32 = 5000
  ) throws(WarehouseError) {
    do throws(SQLiteError) {
      try DatabaseFile.check(path, creates: !readOnly)
      database = try Database.opened(path, readOnly: readOnly, patience: patience)
      self.path = path
      self.threads = threads
      // What a statement needs in between is asked for at random: a file would be slow.
      try database.execute("PRAGMA temp_store = MEMORY")
      try database.execute("PRAGMA cache_size = \(Self.cacheSize)")
      if !readOnly {
        // Of a new file only: half the pages, and a fifth less time to fill it.
        try database.execute("PRAGMA page_size = 8192")
        if try !database.isEmpty { try database.execute("PRAGMA journal_mode = WAL") }
        // A run that was reported as published must survive a power cut.
        try database.execute("PRAGMA synchronous = FULL")
      }
      try database.defineMoneyText(digits: moneyDigits)
    } catch {
      throw error.warehouseError
    }
  }

  /// A warehouse in memory, which is gone with this object: for rehearsals where there is no file
  /// yet, and for compiling statements without one.
  package init(inMemoryWithMoneyDigits moneyDigits: Int) throws(WarehouseError) {
    do throws(SQLiteError) {
      database = try Database()
      path = ":memory:"
      threads = 1
      try database.defineMoneyText(digits: moneyDigits)
    } catch {
      throw error.warehouseError
    }
  }

  package var displayName: String { "sqlite:\(path)" }

  /// The version of the SQLite library, such as 3.40.1.
  package static var libraryVersion: String { String(cString: sqlite3_libversion()) }
}

extension Database {
  /// Opens a file and reads of it: only that finds out one that is no database, or may not be read.
  ///
  /// What a run left that was killed while it filled a new file is undone first, which takes a
  /// connection that may write.
  fileprivate static func opened(
    _ path: String, readOnly: Bool, patience: Int32
  ) throws(SQLiteError) -> Database {
    func open(readOnly: Bool) throws(SQLiteError) -> Database {
      let database = try Database(path: path, readOnly: readOnly, patience: patience)
      try database.execute("SELECT count(*) FROM sqlite_schema")
      return database
    }
    do throws(SQLiteError) { return try open(readOnly: readOnly) } catch {
      guard error.code == SQLiteError.unfinishedCode else { throw error }
      do throws(SQLiteError) { _ = try open(readOnly: false) } catch let other {
        throw other.code & 0xFF == SQLITE_READONLY ? error : other
      }
      return try open(readOnly: readOnly)
    }
  }

  /// Whether nothing was ever written to the file.
  fileprivate var isEmpty: Bool {
    get throws(SQLiteError) {
      let statement = try Statement("PRAGMA page_count", on: self)
      return try !statement.step() || statement.integer(0) == 0
    }
  }

  /// Defines `money_text(x)`: minor units as decimal text of the reporting currency, for statements
  /// written by hand.
  fileprivate func defineMoneyText(digits: Int) throws(SQLiteError) {
    // The digits travel in the bits of the context pointer, which is never followed. Never null:
    // one is added.
    let context = UnsafeMutableRawPointer(bitPattern: digits + 1)
    let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
    let code = sqlite3_create_function_v2(
      handle, "money_text", 1, flags, context,
      { call, _, arguments in
        guard let argument = arguments?[0] else { return }
        var minor: Int64?
        switch sqlite3_value_type(argument) {
        case SQLITE_NULL: return sqlite3_result_null(call)
        case SQLITE_INTEGER: minor = sqlite3_value_int64(argument)
        case SQLITE_FLOAT:
          minor = Int64(
            exactly: sqlite3_value_double(argument).rounded(.toNearestOrAwayFromZero))
        default: break
        }
        guard let minor else {
          return sqlite3_result_error(call, "money_text expects an amount in minor units", -1)
        }
        let digits = Int(bitPattern: sqlite3_user_data(call)) - 1
        var text: [UInt8] = []
        Money.append(minor, digits: digits, to: &text)
        // SQLITE_TRANSIENT: "copy the bytes now".
        let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        text.withUnsafeBytes { buffer in
          let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
          sqlite3_result_text(call, start, Int32(buffer.count), copy)
        }
      }, nil, nil, nil)
    if code != SQLITE_OK { throw SQLiteError(connection: handle, sql: "money_text") }
  }
}
