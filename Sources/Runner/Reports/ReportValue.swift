import Engine
import Workbook
import YAML

/// What a column of a report holds and how it looks.
package enum ReportType: String, Sendable, CaseIterable {
  /// Text, whatever it begins with.
  case text
  /// Whole numbers.
  case integer
  /// Amounts of the reporting currency.
  case money
  /// Ratios shown as percentages.
  case percent
  /// Ratios and means shown as plain numbers.
  case ratio
  /// Calendar days.
  case day
  /// Calendar days shown as the ISO week they lie in, as text.
  case week
  /// Points in time, shown in the report's zone.
  case instant
  /// True or false.
  case boolean

  /// How the warehouse is to read it.
  var columnType: ColumnType {
    switch self {
    case .text: .text
    case .integer: .integer
    case .money: .money
    case .percent, .ratio: .ratio
    case .day, .week: .day
    case .instant: .instant
    case .boolean: .boolean
    }
  }

  /// Whether values can be added up.
  var isAdditive: Bool { self == .integer || self == .money }

  /// Whether a quotient can be of this type.
  var isQuotient: Bool { self == .percent || self == .ratio || self == .money }

  func style(decimals: Int, moneyDigits: Int) -> CellStyle {
    switch self {
    case .text, .week: .text
    case .integer: .integer
    case .money: .money(digits: moneyDigits)
    case .percent: .percent(decimals: decimals)
    case .ratio: .decimal(decimals: decimals)
    case .day: .day
    case .instant: .instant
    case .boolean: .boolean
    }
  }
}

/// A value of a report, in the unit of its column's type.
enum ReportValue: Sendable, Equatable {
  case null
  case number(Int64)
  case text(String)

  var number: Int64? {
    if case .number(let value) = self { value } else { nil }
  }

  init(_ value: SQLValue) {
    switch value {
    case .null: self = .null
    case .integer(let number), .typed(let number, _):
      self = number == .absent ? .null : .number(number)
    case .real(let number): self = .text("\(number)")
    case .text(let text): self = .text(text)
    }
  }

  /// The value as a parameter of a query.
  func sql(_ type: ReportType) -> SQLValue {
    switch self {
    case .null: .null
    case .number(let number): .typed(number, type.columnType)
    case .text(let text): .text(text)
    }
  }
}

/// How values are shown: the currency's digits and the zone of instants.
struct ReportFormat {
  let moneyDigits: Int
  let timeZone: Engine.TimeZone

  func cell(_ value: ReportValue, _ type: ReportType) -> Cell {
    switch value {
    case .null: return .empty
    case .text(let text): return .text(text)
    case .number(let number):
      switch type {
      case .text, .integer: return .integer(number)
      case .money: return .money(number, digits: moneyDigits)
      case .percent, .ratio: return .ratio(number)
      case .day: return .day(Int32(truncatingIfNeeded: number))
      case .week: return .text(Day(number: Int32(truncatingIfNeeded: number)).weekText)
      case .instant: return .instant(number, offset: Int32(timeZone.offset(at: number)))
      case .boolean: return .boolean(number != 0)
      }
    }
  }

  /// The value as canonical CSV writes it, unquoted; empty for NULL.
  func text(_ value: ReportValue, _ type: ReportType, _ format: Report.CSVColumn.Format = .standard)
    -> String
  {
    switch value {
    case .null: return ""
    case .text(let text): return text
    case .number(let number):
      if format == .usDate, let day = day(number, type) {
        let iso = day.text
        return "\(iso.dropFirst(5).prefix(2))/\(iso.suffix(2))/\(iso.prefix(4))"
      }
      if type == .week { return Day(number: Int32(truncatingIfNeeded: number)).weekText }
      if type == .text { return String(number) }
      var bytes: [UInt8] = []
      CSVEncoder(moneyDigits: moneyDigits).append(number, as: type.columnType, to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private func day(_ number: Int64, _ type: ReportType) -> Day? {
    switch type {
    case .day, .week: Day(number: Int32(truncatingIfNeeded: number))
    case .instant: timeZone.day(of: number)
    default: nil
    }
  }

  /// A value written in a report file, in the unit of its type; nil for what the type does not
  /// take.
  static func parse(_ text: String, _ type: ReportType, moneyDigits: Int) -> Int64? {
    switch type {
    case .text: return nil
    case .integer: return scaled(text, digits: 0)
    case .money: return scaled(text, digits: moneyDigits)
    case .ratio: return scaled(text, digits: 6)
    case .percent:
      guard text.hasSuffix("%") else { return nil }
      var number = text.dropLast()
      while number.last == " " { number = number.dropLast() }
      return scaled(String(number), digits: 4)
    case .day, .week: return Day(text).map { Int64($0.number) }
    case .instant: return nil
    case .boolean: return text == "true" ? 1 : text == "false" ? 0 : nil
    }
  }

  /// What `parse` takes, for messages.
  static func expected(_ type: ReportType, moneyDigits: Int) -> String {
    switch type {
    case .text: "text"
    case .integer: "a whole number"
    case .money: "an amount with at most \(moneyDigits) decimals"
    case .ratio: "a number with at most 6 decimals"
    case .percent: "a percentage such as 95 %"
    case .day, .week: "a day such as 2026-11-09"
    case .instant: "nothing: instants cannot be written here"
    case .boolean: "true or false"
    }
  }

  static func scaled(_ text: String, digits: Int) -> Int64? {
    guard let decimal = ExactDecimal(parsing: text) else { return nil }
    var (value, scale) = (decimal.unscaled, decimal.scale)
    // Zeros say nothing: 50.00 is an amount of a currency without decimals, too.
    while scale > digits, value % 10 == 0 { (value, scale) = (value / 10, scale - 1) }
    guard scale <= digits else { return nil }
    for _ in scale..<digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
    }
    return value
  }
}

extension Warehouse {
  /// All rows that a query gives.
  func values(
    _ sql: String, _ types: [String: ColumnType] = [:], _ parameters: [String: SQLValue] = [:]
  ) throws(RunError) -> [[ReportValue]] {
    var found: [[ReportValue]] = []
    do throws(WarehouseError) {
      try query(sql, parameters: parameters, types: types) { row throws(WarehouseError) in
        found.append(row.map { ReportValue($0) })
      }
    } catch { throw RunError(error) }
    return found
  }
}
