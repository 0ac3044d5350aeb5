import CSQLite
import Engine

// How values lie in the file: money and whole numbers as INTEGER, ratios as REAL, booleans as 0 or
// 1, days and instants as text that sorts as time does.

extension ColumnType {
  /// What a column of this type is declared as.
  var affinity: String {
    switch self {
    case .text, .day, .instant: "TEXT"
    case .integer, .money, .boolean: "INTEGER"
    case .ratio: "REAL"
    }
  }
}

extension Statement {
  /// Binds a value that is not text, given in the unit of its type; `Int64.absent` is NULL.
  ///
  /// Fails for a day or an instant outside the years 0001 to 9999, whose text would not sort.
  func bind(_ value: Int64, as type: ColumnType, at index: Int32) throws(SQLiteError) {
    if value == .absent { return try bindNull(at: index) }
    switch type {
    case .text, .integer, .money, .boolean:
      try bind(value, at: index)
    case .ratio:
      try bind(Double(value) / 1e6, at: index)
    case .day:
      guard let text = StoredTime.text(day: value) else { throw Self.outOfYears(value, "days") }
      try bind(text, at: index)
    case .instant:
      guard let text = StoredTime.text(instant: value) else {
        throw Self.outOfYears(value, "microseconds")
      }
      try bind(text, at: index)
    }
  }

  /// What to say of a day or an instant whose text would not sort.
  static func outOfYears(_ value: Int64, _ unit: String) -> SQLiteError {
    SQLiteError(
      .failed, "\(value) \(unit) since 1970-01-01 is outside the years 0001 to 9999",
      help: "correct the stage or the parameter that gave it")
  }

  /// A value of the current row in the unit of a type that is not text; NULL is `Int64.absent`.
  ///
  /// Money may be REAL, as the mean of amounts is, and is then rounded half away from zero;
  /// anything that is not of the type fails with the column and the value. Ratios beyond ±2 × 10⁹
  /// may lose their last digit.
  func value(_ column: Int32, as type: ColumnType) throws(SQLiteError) -> Int64 {
    let storage = storage(column)
    if storage == SQLITE_NULL { return .absent }
    let value: Int64? =
      switch type {
      case .money where storage == SQLITE_FLOAT: rounded(real(column))
      case .integer, .money: storage == SQLITE_INTEGER ? integer(column) : nil
      case .boolean:
        storage == SQLITE_INTEGER && integer(column) & ~1 == 0 ? integer(column) : nil
      case .ratio:
        storage == SQLITE_FLOAT || storage == SQLITE_INTEGER ? rounded(real(column) * 1e6) : nil
      case .day: storage == SQLITE_TEXT ? withText(column) { Day.parse($0).value } : nil
      case .instant:
        storage == SQLITE_TEXT ? withText(column) { Instant.parse($0, zone: .utc).value } : nil
      case .text: nil
      }
    if let value, value != .absent { return value }
    throw SQLiteError(
      .configuration,
      "column \(name(column)): expected \(type.expectation), found \(shown(column))",
      help: "correct the expression, or the type that the column is declared to have")
  }

  /// The value of the current row as a message shows it.
  func shown(_ column: Int32) -> String {
    switch storage(column) {
    case SQLITE_TEXT: "the text '\(text(column).prefix(80))'"
    case SQLITE_BLOB: "a blob of \(sqlite3_column_bytes(handle, column)) bytes"
    case SQLITE_NULL: "NULL"
    default: text(column)
    }
  }

  /// Half away from zero; nil where it does not fit.
  private func rounded(_ value: Double) -> Int64? {
    Int64(exactly: value.rounded(.toNearestOrAwayFromZero))
  }
}

extension ColumnType {
  fileprivate var expectation: String {
    switch self {
    case .text: "text"
    case .integer: "a whole number"
    case .money: "money in minor units"
    case .day: "a day as YYYY-MM-DD"
    case .instant: "an instant as YYYY-MM-DD HH:MM:SS.ffffff"
    case .boolean: "0 or 1"
    case .ratio: "a number within 64 bits of millionths"
    }
  }
}

/// Days and instants as the file has them.
enum StoredTime {
  /// `YYYY-MM-DD`, nil outside the years 0001 to 9999.
  static func text(day number: Int64) -> [UInt8]? {
    guard let number = Int32(exactly: number), number >= Day.first.number,
      number <= Day.last.number
    else { return nil }
    var bytes: [UInt8] = []
    Day(number: number).append(to: &bytes)
    return bytes
  }

  /// `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, nil outside the years 0001 to 9999.
  static func text(instant: Int64) -> [UInt8]? {
    guard instant >= Instant.first, instant <= Instant.last else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(26)
    Instant.appendWarehouse(instant, to: &bytes)
    return bytes
  }
}
