import CPostgreSQL
import Engine

/// The owner of a result; it is cleared when this ends.
///
/// Rows and columns count from 0, as in libpq.
final class QueryResult {
  let handle: OpaquePointer

  /// Takes over a handle that libpq gave.
  init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { PQclear(handle) }

  var status: ExecStatusType { PQresultStatus(handle) }

  /// Whether it says that something failed.
  var isFailure: Bool {
    status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE
      || status == PGRES_NONFATAL_ERROR || status == PGRES_PIPELINE_ABORTED
  }

  var rowCount: Int { Int(PQntuples(handle)) }
  var columnCount: Int { Int(PQnfields(handle)) }

  /// The name of a column.
  func name(_ column: Int) -> String {
    PQfname(handle, Int32(column)).map { String(cString: $0) } ?? ""
  }

  /// The type of a column.
  func type(_ column: Int) -> Oid { PQftype(handle, Int32(column)) }

  func isNull(_ row: Int, _ column: Int) -> Bool {
    PQgetisnull(handle, Int32(row), Int32(column)) != 0
  }

  /// The bytes of a value, valid as long as this.
  func bytes(_ row: Int, _ column: Int) -> ByteView {
    guard let start = PQgetvalue(handle, Int32(row), Int32(column)) else { return .none }
    return ByteView(
      start: UnsafeRawPointer(start), count: Int(PQgetlength(handle, Int32(row), Int32(column))))
  }

  /// A value as text, empty for NULL.
  func text(_ row: Int, _ column: Int) -> String { bytes(row, column).text }

  /// How many rows a statement changed.
  var changedRows: Int {
    PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0
  }

  /// A field of an error by its letter in the protocol (the PG_DIAG_ macros), empty where there is
  /// none.
  func errorField(_ letter: Unicode.Scalar) -> String {
    PQresultErrorField(handle, Int32(letter.value)).map { String(cString: $0) } ?? ""
  }

  /// The whole error as libpq words it.
  var errorText: String {
    PQresultErrorMessage(handle).map { trimmed(String(cString: $0)) } ?? ""
  }
}

/// Without white space at the end.
func trimmed(_ text: String) -> String {
  var text = text
  while text.last?.isWhitespace == true { text.removeLast() }
  // The second line of a message is indented by a tab, which a terminal is not given.
  return text.replacing("\t", with: "  ")
}

/// A name as SQL writes it, whatever it is.
func quoted(_ identifier: String) -> String {
  "\"" + identifier.replacing("\"", with: "\"\"") + "\""
}

/// A text as SQL writes it, whatever it is.
func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
