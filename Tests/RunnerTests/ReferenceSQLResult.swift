import CSQLite
import Foundation

extension ReferenceDatabase {
  /// A table that was computed, as an export would show it: its header without the types, and its
  /// rows, sorted.
  struct Result {
    let columns: [String]
    /// How many decimals a column of floating point numbers is rounded to where it is published;
    /// nil of other columns.
    let decimals: [Int?]
    var rows: [[String]]

    /// Takes over what was found wherever it is what a number, which is written in all its digits
    /// here, is rounded to: half a unit of its last decimal away, and a thousand millionth more.
    mutating func round(as found: [[String]]) {
      for (index, other) in found.enumerated() where index < rows.count {
        for (column, places) in decimals.enumerated() {
          guard let places, let left = Double(other[column]),
            let right = Double(rows[index][column])
          else { continue }
          let room = 0.5 * pow(10, -Double(places)) + 1e-9 * max(1, abs(right))
          if abs(left - right) <= room { rows[index][column] = other[column] }
        }
      }
    }
  }

  /// The rows of `r_<table>`.
  func result(_ table: String) throws -> Result {
    // What follows a colon says how a value is shown.
    let names = try query("SELECT name FROM pragma_table_info('r_\(table)')") { statement, _ in
      String(cString: sqlite3_column_text(statement, 0)).split(separator: ":").map(String.init)
    }
    let decimals = names.map { $0.count > 1 ? self.decimals(of: $0[1]) : nil }
    let rows = try query("SELECT * FROM r_\(table)") { statement, columns in
      zip(columns, zip(names, decimals)).map { column, kind in
        if sqlite3_column_type(statement, column) == SQLITE_NULL { return "" }
        if kind.1 != nil { return "\(sqlite3_column_double(statement, column))" }
        guard kind.0.count > 1 else {
          return String(cString: sqlite3_column_text(statement, column))
        }
        return show(Int(sqlite3_column_int64(statement, column)), kind.0[1])
      }
    }
    return Result(
      columns: names.map { $0[0] }, decimals: decimals, rows: rows.sorted(by: Self.isBefore))
  }

  private func decimals(of kind: String) -> Int? {
    guard kind.hasPrefix("real") else { return nil }
    return Int(kind.dropFirst(4)) ?? ["JPY": 0, "KWD": 3][parameters.currency] ?? 2
  }

  private static func isBefore(_ left: [String], _ right: [String]) -> Bool {
    for (a, b) in zip(left, right) where a != b {
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    }
    return false
  }

  private func show(_ value: Int, _ kind: String) -> String {
    switch kind {
    case "boolean": value == 0 ? "false" : "true"
    case "day": RawTime.dayText(value)
    case "instant": Self.trimmed(RawTime.text(value)) + "Z"
    case "ratio": Self.decimal(value, unit: 1_000_000)
    case "tenthousandths": Self.decimal(value, unit: 10_000)
    default: Self.decimal(value, unit: Self.units[parameters.currency]!)
    }
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    return String(text.reversed().drop { $0 == "0" }.reversed())
  }

  private static func decimal(_ value: Int, unit: Int) -> String {
    let sign = value < 0 ? "-" : ""
    if unit == 1 { return "\(value)" }
    let (whole, rest) = (abs(value) / unit, abs(value) % unit)
    return "\(sign)\(whole).\(String(unit + rest).dropFirst())"
  }
}
