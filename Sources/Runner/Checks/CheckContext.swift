import Engine
import Metrics

/// What a check needs to know of the run whose rows it looks at.
package struct CheckContext: Sendable {
  /// The days.
  let window: Window
  /// Where days begin.
  let timeZone: TimeZone
  /// The currency of amounts.
  let currency: Currency
  /// The run, by which rows that each run keeps about itself are found.
  let runID: String
  /// What partners earn by; nil where it is not known, as of what was published before.
  let program: CommissionProgram?

  /// Checks of a run's rows.
  package init(
    window: Window, timeZone: TimeZone, currency: Currency, runID: String,
    program: CommissionProgram? = nil
  ) {
    self.program = program
    self.window = window
    self.timeZone = timeZone
    self.currency = currency
    self.runID = runID
  }

  /// What `:name` in the SQL of checks stands for.
  var parameters: [String: SQLValue] {
    let from = window.from ?? .first
    return [
      "from": .typed(Int64(from.number), .day),
      "to": .typed(Int64(window.to.number), .day),
      "from_week": .typed(Int64((window.from?.weekStart ?? from).number), .day),
      "from_instant": .typed(firstInstant(of: window.from), .instant),
      "until_instant": .typed(timeZone.firstInstant(of: window.to + 1), .instant),
      "run_id": .text(runID),
      "smallest_amount": .typed(1, .money),
      "most_beside_owner": Self.ratio(program?.mostBesideOwner),
      "most_of_owner_share": Self.ratio(program?.mostOfOwnerShare),
    ]
  }

  /// A share as a ratio of six decimals, rounded up so that what is allowed stays so; the whole where
  /// none is known.
  private static func ratio(_ share: Rate?) -> SQLValue {
    let unit = Rate.scale / 1_000_000
    return .typed(((share?.scaled ?? Rate.scale) + unit - 1) / unit, .ratio)
  }

  /// The names of those parameters.
  static let parameterNames = [
    "from", "to", "from_week", "from_instant", "until_instant", "run_id", "smallest_amount",
    "most_beside_owner", "most_of_owner_share",
  ]

  /// The values of a time column that belong to a scope; nil for all. A run of everything has every
  /// row, so that tables are read from end to end, which is quicker than by an index.
  func span(_ schema: TableSchema, _ scope: Check.Scope) -> ClosedRange<Int64>? {
    guard scope != .table, let name = schema.timeColumn, let first = window.from else {
      return nil
    }
    let from = scope == .weeks ? first.weekStart : first
    switch schema.columns[schema.index(of: name)].type {
    case .instant:
      return firstInstant(of: from)...(timeZone.firstInstant(of: window.to + 1) - 1)
    // A whole number is a year.
    case .integer: return Int64(first.year)...Int64(window.to.year)
    default:
      // A week is its Monday: the one of the first day lies before it.
      let start = name == Self.weekColumn ? first.weekStart : from
      return Int64(start.number)...Int64(window.to.number)
    }
  }

  /// The least value of a time column with which a table is not older than `days`.
  func oldest(_ schema: TableSchema, days: Int) -> SQLValue {
    let name = schema.timeName
    let day = window.to - days
    switch schema.columns[schema.index(of: name)].type {
    case .instant: return .typed(timeZone.firstInstant(of: day), .instant)
    case .integer: return .typed(Int64(day.year), .integer)
    default:
      // A week covers its Sunday.
      return .typed(Int64((name == Self.weekColumn ? day - 6 : day).number), .day)
    }
  }

  /// What a column of weeks is called, which hold their Mondays.
  private static let weekColumn = "week"

  private func firstInstant(of day: Day?) -> Int64 {
    day.map { timeZone.firstInstant(of: $0) } ?? Instant.first
  }
}

extension TableSchema {
  /// The time column of a table that the loader made sure has one.
  var timeName: String {
    guard let timeColumn else { preconditionFailure("\(name) has no place in time") }
    return timeColumn
  }
}
