import Engine

/// What a data check found.
package struct CheckResult: Sendable {
  /// How a check ended.
  package enum Status: String, Sendable {
    /// It holds.
    case passed
    /// It does not hold, and is of severity `warn`.
    case warned
    /// It does not hold, and is of severity `error`.
    case failed
    /// It was not run: it reads tables that are not known for the days it is about.
    case skipped
  }

  /// The check.
  package let name: String
  /// The table it is about, nil for one that compares several.
  package let table: String?
  /// What a failure does.
  package let severity: Check.Severity
  /// Where the check is said, as `file:line:column`.
  package let place: String
  /// What must hold, in words.
  package let expectation: String
  /// How it ended.
  package let status: Status
  /// How many rows fail, or 1 for a check of one figure that fails.
  package let failing: Int
  /// Whether `failing` counts rows of the table.
  package let countsRows: Bool
  /// How long it took.
  package let seconds: Double
  /// The columns of the failing rows.
  package let columns: [String]
  /// The first failing rows as canonical text, at most `CheckResult.kept`; values of columns that
  /// hold secrets are masked.
  package let rows: [[String]]
  /// Why it was not run, where it was skipped.
  package var reason: String?
  /// The file that holds them, once it is written.
  package internal(set) var file: String?

  /// Failing rows that are kept of one check.
  package static let kept = 10_000
  /// Failing rows that messages show.
  private static let shown = 5

  /// The check, how much fails, and the first failing rows, a line each.
  package var text: String {
    if let reason { return "\(name): not run, for \(reason) (\(place))" }
    let rowsFail = failing == 1 ? "1 row fails" : "\(failing) rows fail"
    let fails = countsRows ? rowsFail : "it does not hold"
    var lines = ["\(name): \(expectation): \(fails) (\(place))"]
    lines += rows.prefix(Self.shown).map { row in
      "  " + zip(columns, row).map { "\($0) \($1.isEmpty ? "(none)" : $1)" }.joined(separator: ", ")
    }
    let left = failing - min(rows.count, Self.shown)
    if left > 0, countsRows { lines.append("  and \(left) more") }
    if let file {
      let bound = failing > rows.count && countsRows ? " (the first \(rows.count))" : ""
      lines.append("  in full: \(file)\(bound)")
    }
    return lines.joined(separator: "\n")
  }

  /// The failing rows as CSV.
  var csv: [UInt8] {
    // Fields are text already, so the encoder's digits are never used.
    let encoder = CSVEncoder(moneyDigits: 0)
    var bytes: [UInt8] = []
    for row in [columns] + rows {
      for (index, field) in row.enumerated() {
        if index > 0 { bytes.append(0x2C) }
        encoder.append(text: field.utf8, to: &bytes)
      }
      bytes.append(0x0A)
    }
    return bytes
  }
}
