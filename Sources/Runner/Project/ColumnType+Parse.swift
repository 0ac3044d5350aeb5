import Engine

extension ColumnType {
  /// A value that a person wrote, in the unit of the type; nil for what the type does not take, and
  /// for text, which is what it is. Instants without an offset are UTC.
  func parse(_ text: String, moneyDigits: Int) -> Int64? {
    switch self {
    case .text: nil
    case .integer: ReportFormat.scaled(text, digits: 0)
    case .money: ReportFormat.scaled(text, digits: moneyDigits)
    case .ratio: ReportFormat.scaled(text, digits: 6)
    case .day: Day(text).map { Int64($0.number) }
    case .instant: Array(text.utf8).withView { Instant.parse($0, zone: .utc).value }
    case .boolean: text == "true" ? 1 : text == "false" ? 0 : nil
    }
  }

  /// What `parse` takes, for messages.
  func expected(moneyDigits: Int) -> String {
    switch self {
    case .text: "text"
    case .integer: "a whole number"
    case .money: "an amount with at most \(moneyDigits) decimals"
    case .ratio: "a number with at most 6 decimals"
    case .day: "a day such as 2026-11-09"
    case .instant: "an instant such as 2026-11-09T23:15:00Z"
    case .boolean: "true or false"
    }
  }
}
