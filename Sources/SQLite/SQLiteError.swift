import CSQLite
import Engine

/// Why SQLite, or the file system under it, refused.
package struct SQLiteError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure, which decides the exit code.
  package let kind: WarehouseError.Kind
  /// SQLite's extended result code, 0 where the refusal is not SQLite's.
  package let code: Int32
  /// Which database or file, what was tried, what it answered.
  package let message: String
  /// What to do about it.
  package let help: String
  /// The line of the statement that it is about, from 1, where SQLite knows it.
  let line: Int?

  /// A refusal that is not SQLite's.
  init(
    _ kind: WarehouseError.Kind, _ message: String, help: String, code: Int32 = 0, line: Int? = nil
  ) {
    self.kind = kind
    self.code = code
    self.message = message
    self.help = help
    self.line = line
  }

  /// What a connection says about the call that has just failed, for the statement `sql`.
  init(connection: OpaquePointer, sql: String, line: Int? = nil) {
    let code = sqlite3_extended_errcode(connection)
    let path = sqlite3_db_filename(connection, "main").map { String(cString: $0) } ?? ""
    // A database in memory has no name worth telling.
    let place = path.isEmpty ? "" : "\(path): "
    let answer = String(cString: sqlite3_errmsg(connection))
    let (kind, help) = Self.remedy(code, answer: answer, path: path)
    self.init(
      kind, "\(place)\(answer)\n  statement: \(Self.firstLine(sql))", help: help, code: code,
      line: line)
  }

  /// A call that failed before there was a connection to ask.
  init(opening path: String, code: Int32) {
    let answer = String(cString: sqlite3_errstr(code))
    let (kind, help) = Self.remedy(code, answer: answer, path: path)
    self.init(kind, "cannot open \(path): \(answer)", help: help, code: code)
  }

  package var description: String { "\(message)\n  help: \(help)" }

  /// The same, as every warehouse says it.
  package var warehouseError: WarehouseError {
    WarehouseError(kind, message, help: help, line: line)
  }

  /// The first line that says something, cut where it would fill the screen.
  static func firstLine(_ sql: String) -> String {
    let lines = sql.split(whereSeparator: \.isNewline)
    let line = lines.first { $0.contains { !$0.isWhitespace } } ?? ""
    return line.count > 120 ? line.prefix(120) + "…" : String(line)
  }

  /// The code where a transaction was cut off and may not be undone by who only reads:
  /// SQLITE_READONLY_ROLLBACK, a macro that Swift does not import.
  static let unfinishedCode = SQLITE_READONLY | 3 << 8

  private static func remedy(
    _ code: Int32, answer: String, path: String
  ) -> (WarehouseError.Kind, String) {
    if code == unfinishedCode {
      return (
        .unavailable,
        "a run was killed while it filled \(path) for the first time: `nightmill run` puts it right"
      )
    }
    return switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED:
      (.unavailable, "another program is writing to \(path) (`fuser -v` shows which): try later")
    case SQLITE_FULL:
      (.failed, "free space on its disk (`df -h`) and run again; what was published is unchanged")
    case SQLITE_NOTADB:
      (.configuration, "give the path of a SQLite file, or move this file away to start a new one")
    case SQLITE_CORRUPT:
      (
        .failed,
        "the file is damaged: restore a backup, or save what can be with `sqlite3 .recover`"
      )
    case SQLITE_READONLY, SQLITE_PERM:
      (.configuration, "this needs write permission for the file and for its folder")
    case SQLITE_CANTOPEN:
      (.configuration, "check that the file and its folder exist and may be read and written")
    case SQLITE_IOERR:
      (.failed, "check the disk (`dmesg`, `df -h`) and run again; what was published is unchanged")
    case SQLITE_CONSTRAINT:
      (.failed, "a row breaks a rule of its table (SQL/schema): correct the stage that made it")
    case SQLITE_ERROR where answer.hasPrefix("no such table"):
      (.configuration, "check the name (`nightmill list tables`); `nightmill run` makes the tables")
    case SQLITE_ERROR:
      (.configuration, "correct the statement")
    default:
      (.failed, "SQLite's result code is \(code): see https://sqlite.org/rescode.html")
    }
  }
}
