import Engine
import Metrics

/// What a run's figures depend on besides its inputs; see the specification of metrics.
package struct Settings: Sendable {
  /// Where a day begins and ends in reports.
  package internal(set) var timezone = Engine.TimeZone.utc
  /// The currency all money is reported in.
  package internal(set) var currency: Currency
  /// Which days are run where neither `from` nor `to` is said.
  package internal(set) var window = Window.yesterday
  /// The first day, if said.
  package internal(set) var from: From?
  /// The last day, if said.
  package internal(set) var to: Day?
  /// The year of tax forms, if said.
  package internal(set) var taxYear: Int?
  /// How many runs' folders are kept; figures do not depend on it.
  package internal(set) var keptRuns = 50
  /// Settings of stages by name, as written; each was accepted by its declaration.
  package internal(set) var parameters: [String: String] = [:]
  /// The commission program, if any.
  package internal(set) var program: CommissionProgram?
  /// The program as canonical text: the same text for the same terms.
  package internal(set) var programText: String?

  /// The first day of a run.
  package enum From: Sendable, Equatable {
    /// Everything there is.
    case all
    /// A day, itself included.
    case day(Day)
  }

  /// Which days a run covers that was not told.
  package enum Window: String, Sendable, CaseIterable {
    /// The day before today.
    case yesterday
    /// The seven days before today.
    case last7Days = "last_7_days"
    /// The last complete ISO week, Monday to Sunday.
    case lastWeek = "last_week"
    /// The last complete calendar month.
    case lastMonth = "last_month"
  }

  /// The days of a run: without a first one, everything up to the last.
  package struct Days: Sendable, Equatable {
    /// The first day, nil for everything there is.
    package let from: Day?
    /// The last day, included.
    package let to: Day
  }

  /// The settings of a pipeline that says nothing: UTC, US dollars, yesterday.
  package init(currency: Currency) { self.currency = currency }

  /// The days to run.
  ///
  /// - Parameter today: the current day in `timezone`.
  /// - Returns: nil where `from` lies after the last complete day and no `to` is said: there is
  ///   nothing to run yet.
  package func days(today: Day) -> Days? {
    switch (from, to) {
    case (nil, nil): return window.days(today: today)
    case (nil, let to?): return Days(from: window.firstDay(endingOn: to), to: to)
    case (.all, let to): return Days(from: nil, to: to ?? today - 1)
    case (.day(let from), let to):
      let last = to ?? today - 1
      return from <= last ? Days(from: from, to: last) : nil
    }
  }

  /// The settings as text, a line each: the same text for the same settings however they were
  /// written down. Inline programs may hold environment values: hash it, do not print it.
  package var fingerprintText: String {
    var lines = ["timezone=\(timezone.name)", "currency=\(currency.text)"]
    switch (from, to) {
    case (nil, nil): lines.append("window=\(window.rawValue)")
    case (nil, _): lines.append("window=\(window.rawValue)")
    case (.all, _): lines.append("from=all")
    case (.day(let day), _): lines.append("from=\(day.text)")
    }
    if let to { lines.append("to=\(to.text)") }
    if let taxYear { lines.append("tax_year=\(taxYear)") }
    for (name, text) in parameters.sorted(by: { $0.key < $1.key }) {
      lines.append("parameters.\(name)=\(text)")
    }
    if let programText { lines.append("program=\(programText)") }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Currency {
  /// The reporting currency of a pipeline that says none: US dollars, which are in the list of
  /// currencies, so the fallback is never seen.
  package static let defaultCurrency = Currency(code: "USD") ?? Currency.all[0]
}

extension Settings.Window {
  func days(today: Day) -> Settings.Days {
    switch self {
    case .yesterday, .last7Days:
      let last = today - 1
      return Settings.Days(from: firstDay(endingOn: last), to: last)
    case .lastWeek:
      return Settings.Days(from: today.weekStart - 7, to: today.weekStart - 1)
    case .lastMonth:
      let last = today.firstOfMonth - 1
      return Settings.Days(from: last.firstOfMonth, to: last)
    }
  }

  /// The first day of a window that was told its last one: of the week or month that day is in.
  func firstDay(endingOn last: Day) -> Day {
    switch self {
    case .yesterday: last
    case .last7Days: last - 6
    case .lastWeek: last.weekStart
    case .lastMonth: last.firstOfMonth
    }
  }
}
