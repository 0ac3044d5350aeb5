import Engine

/// The days a report is about, both ends included.
package struct ReportPeriod: Sendable, Equatable {
  /// What a report counts by: periods are rounded out to whole ones.
  package enum Unit: String, Sendable, CaseIterable {
    /// Calendar days.
    case day
    /// ISO weeks, Monday to Sunday.
    case week
    /// Calendar months.
    case month
    /// Calendar years.
    case year
  }

  /// The first day.
  package let from: Day
  /// The last day.
  package let to: Day

  /// The days from one to another; `to` must not be before `from`.
  package init(from: Day, to: Day) {
    precondition(from <= to, "a period ends before it begins")
    self.from = from
    self.to = to
  }

  /// A day; a report makes of it the whole week, month or year it lies in. What a run asks for: the
  /// period of its last day.
  package init(holding day: Day) { self.init(from: day, to: day) }

  /// The ISO week of a text such as `2026-W46`; nil for anything else.
  package init?(week text: String) {
    guard let monday = Day(week: text) else { return nil }
    self.init(from: monday, to: monday + 6)
  }

  /// The month of a text such as `2026-10`; nil for anything else.
  package init?(month text: String) {
    guard text.utf8.count == 7, let first = Day("\(text)-01") else { return nil }
    self.init(from: first, to: first.lastOfMonth)
  }

  /// The year of a text such as `2026`; nil for anything else.
  package init?(year text: String) {
    guard text.utf8.count == 4, let first = Day("\(text)-01-01") else { return nil }
    self.init(from: first, to: first.lastOfYear)
  }

  /// Rounded out to whole weeks, months or years.
  package func rounded(to unit: Unit) -> ReportPeriod {
    switch unit {
    case .day: self
    case .week: ReportPeriod(from: from.weekStart, to: to.weekStart + 6)
    case .month: ReportPeriod(from: from.firstOfMonth, to: to.lastOfMonth)
    case .year: ReportPeriod(from: from.firstOfYear, to: to.lastOfYear)
    }
  }

  /// The period of the same number of days, weeks, months or years that ends the day before this one,
  /// which is whole units.
  package func previous(by unit: Unit) -> ReportPeriod {
    switch unit {
    case .day, .week: return ReportPeriod(from: from - (to - from + 1), to: from - 1)
    case .month, .year:
      let months = (to.year - from.year) * 12 + to.month - from.month + 1
      return ReportPeriod(from: from.adding(months: -months), to: from - 1)
    }
  }

  /// The name of the period, which is also its folder's: `2026-11-09`, `2026-W46`, `2026-10`,
  /// `2026`, or both days.
  package var label: String {
    if from == to { return from.text }
    if from.weekday == 0, to - from == 6 { return from.weekText }
    if self == ReportPeriod(from: from.firstOfYear, to: from.lastOfYear) {
      return String(from.text.prefix(4))
    }
    if self == ReportPeriod(from: from.firstOfMonth, to: from.lastOfMonth) {
      return String(from.text.prefix(7))
    }
    return "\(from.text)_\(to.text)"
  }

  /// The period for people: `ISO week 2026-W46, 2026-11-09 to 2026-11-15`.
  package var words: String {
    let days = "\(from.text) to \(to.text)"
    if from == to { return from.text }
    if from.weekday == 0, to - from == 6 { return "ISO week \(label), \(days)" }
    return label.utf8.contains(UInt8(ascii: "_")) ? days : "\(label), \(days)"
  }
}

extension ReportPeriod {
  /// The period that the options of `report` name: `--week`, `--month`, `--year`, or `--from` with
  /// `--to`.
  ///
  /// - Returns: nil where nothing is said.
  package static func parse(
    from: String? = nil, to: String? = nil, week: String? = nil, month: String? = nil,
    year: String? = nil
  ) throws(RunError) -> ReportPeriod? {
    let named: [(flag: String, text: String?, example: String, period: ReportPeriod?)] = [
      ("--week", week, "2026-W46", week.flatMap { ReportPeriod(week: $0) }),
      ("--month", month, "2026-10", month.flatMap { ReportPeriod(month: $0) }),
      ("--year", year, "2026", year.flatMap { ReportPeriod(year: $0) }),
    ]
    let given = named.filter { $0.text != nil }
    let flags = given.map(\.flag) + (from != nil || to != nil ? ["--from/--to"] : [])
    guard flags.count <= 1 else {
      throw RunError(
        .usage, "\(flags.joined(separator: " and ")) name different periods", help: "give one")
    }
    if let one = given.first {
      if let period = one.period { return period }
      throw RunError(
        .usage, "\(one.flag): expected one such as \(one.example), found \(quote(one.text ?? ""))",
        help: "write \(one.flag) \(one.example)")
    }
    guard from != nil || to != nil else { return nil }
    let days = try [("--from", from ?? to), ("--to", to ?? from)].map {
      (flag, text) throws(RunError) in
      if let day = Day(text ?? "") { return day }
      throw RunError(
        .usage, "\(flag): expected a day such as 2026-11-09, found \(quote(text ?? ""))",
        help: "write \(flag) 2026-11-09")
    }
    guard days[0] <= days[1] else {
      throw RunError(
        .usage, "the last day, \(days[1].text), is before the first, \(days[0].text)",
        help: "exchange --from and --to")
    }
    return ReportPeriod(from: days[0], to: days[1])
  }
}
