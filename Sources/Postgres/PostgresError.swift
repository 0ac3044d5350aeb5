import CPostgreSQL
import Engine

/// Why PostgreSQL, or the way to it, refused.
package struct PostgresError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure, which decides the exit code.
  package let kind: WarehouseError.Kind
  /// The SQLSTATE, empty where the refusal is not the server's.
  package let sqlState: String
  /// Which database, what was tried, what it answered; never with a password.
  package let message: String
  /// What to do about it.
  package let help: String
  /// The line of the statement that it is about, from 1, where the server knows it.
  package let line: Int?

  /// A refusal that is not the server's.
  init(
    _ kind: WarehouseError.Kind, _ message: String, help: String, sqlState: String = "",
    line: Int? = nil
  ) {
    self.kind = kind
    self.message = message
    self.help = help
    self.sqlState = sqlState
    self.line = line
  }

  package var description: String { "\(message)\n  help: \(help)" }

  /// The same, as every warehouse says it.
  package var warehouseError: WarehouseError {
    WarehouseError(kind, message, help: help, line: line)
  }

  /// Whether the same transaction may succeed when it is tried again: another one was in its way.
  var isConflict: Bool { sqlState == "40001" || sqlState == "40P01" }

  /// The same error with another message.
  func saying(_ message: String) -> PostgresError {
    PostgresError(kind, message, help: help, sqlState: sqlState, line: line)
  }
}

extension PostgresError {
  /// What the server answers to the statement `sql`.
  init(_ result: QueryResult, of url: ConnectionURL, sql: String) {
    let state = result.errorField("C")
    let answer = result.errorField("M")
    let detail = result.errorField("D")
    let hint = result.errorField("H")
    var message = "\(url.masked): \(url.scrubbed(answer.isEmpty ? result.errorText : answer))"
    // The detail of a broken constraint may quote a whole row; the server's own log has it.
    if !detail.isEmpty, !detail.hasPrefix("Failing row") {
      message += "\n  detail: \(url.scrubbed(detail))"
    }
    if !hint.isEmpty { message += "\n  hint: \(url.scrubbed(hint))" }
    let position = Int(result.errorField("P"))
    let line = position.map { 1 + sql.unicodeScalars.prefix($0 - 1).count { $0 == "\n" } }
    message += "\n  statement: \(Self.line(line, of: sql))"
    let (kind, help) = Self.remedy(state)
    self.init(kind, message, help: help, sqlState: state, line: line)
  }

  /// A line of a statement, cut where it would fill the screen; the first that says something
  /// where none is meant.
  static func line(_ number: Int?, of sql: String) -> String {
    let lines = sql.split(separator: "\n", omittingEmptySubsequences: false)
    let meant = number.flatMap { lines.indices.contains($0 - 1) ? lines[$0 - 1] : nil }
    let line = meant ?? lines.first { $0.contains { !$0.isWhitespace } } ?? ""
    return line.count > 120 ? line.prefix(120) + "…" : String(line)
  }

  /// What an SQLSTATE means for whoever runs this; see PostgreSQL's appendix A.
  private static func remedy(_ state: String) -> (WarehouseError.Kind, String) {
    switch state {
    case "42P01":
      return (
        .configuration,
        "check the name (`nightmill list tables`); `nightmill run` makes the tables"
      )
    case "42501":
      return (
        .configuration, "grant the role what it lacks; docs/postgres.md lists what each role needs"
      )
    case "25006":
      return (.configuration, "write to the primary server, with a role that may write")
    case "55P03":
      return (
        .unavailable,
        "another session holds a lock (pg_stat_activity shows which): try later, or wait longer "
          + "with ?lock_timeout=5min"
      )
    case "57014":
      return (
        .failed,
        "the statement took longer than statement_timeout, or was cancelled on the server: allow "
          + "more with ?statement_timeout=1h"
      )
    case "40001", "40P01":
      return (.unavailable, "other sessions were in the way several times: try later")
    case "53100":
      return (.failed, "free space on the server's disk, then run again")
    case "3D000":
      return (.configuration, "create the database (`createdb`) or correct its name in the URL")
    default: break
    }
    switch state.prefix(2) {
    case "08", "53", "57":
      return (.unavailable, "the server is not able to answer now: try later; nothing was changed")
    case "28": return (.configuration, "check user and password (PGPASSFILE, PGSERVICE, the URL)")
    case "22", "25", "42", "0A": return (.configuration, "correct the statement")
    case "23":
      return (
        .failed, "a row breaks a rule of its table (SQL/schema): correct the stage that made it"
      )
    default:
      return (.failed, "SQLSTATE \(state): see PostgreSQL's appendix of error codes")
    }
  }
}
