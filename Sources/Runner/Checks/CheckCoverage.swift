import Engine

/// Which tables are known for the days that checks look at.
///
/// A run of some stages leaves other tables as they were, and a check that compares both would judge
/// days that nobody has computed yet. So a check runs only where every table that it reads was made,
/// by this run or an earlier one, for all of those days.
struct CheckCoverage {
  private let window: Window
  /// The days of published runs that reach into the window, and the stages of each.
  private let runs: [(days: Window, stages: Set<Substring>)]
  /// The sources whose rows the run counted.
  private let sources: Set<String>
  /// The tables that each check reads, by the check's name.
  private let tables: [String: Set<String>]

  /// What is published in a warehouse for a window, the run that is about to be among it.
  ///
  /// - Parameters:
  ///   - tables: The tables that each check reads, from `Audit.compile`.
  ///   - sources: The sources whose rows the run counted.
  init(
    of warehouse: any Warehouse, _ window: Window, tables: [String: Set<String>],
    sources: Set<String>
  ) throws(WarehouseError) {
    self.window = window
    self.tables = tables
    self.sources = sources
    var runs: [(days: Window, stages: Set<Substring>)] = []
    try warehouse.query(
      "SELECT from_day, to_day, stages FROM runs WHERE to_day >= :from",
      parameters: ["from": .typed(Int64((window.from ?? .first).number), .day)],
      types: ["from_day": .day, "to_day": .day]
    ) { row throws(WarehouseError) in
      guard case .typed(let to, _) = row[1], case .text(let stages) = row[2] else { return }
      var from: Day?
      if case .typed(let day, _) = row[0] { from = Day(number: Int32(day)) }
      runs.append(
        (Window(from: from, to: Day(number: Int32(to))), Set(stages.split(separator: " "))))
    }
    // In the order in which they begin, so that one pass tells how far they reach without a gap.
    self.runs = runs.sorted { ($0.days.from ?? .first) < ($1.days.from ?? .first) }
  }

  /// Why a check cannot be judged, in words; nil if it can.
  func obstacle(to check: Check) -> String? {
    let unknown = (tables[check.name] ?? []).filter { !isKnown($0) }.sorted()
    let uncounted = check.sources.filter { !sources.contains($0) }
    if !unknown.isEmpty {
      return
        "it also reads \(unknown.joined(separator: " and ")), which no run made for all of these days"
    }
    if !uncounted.isEmpty {
      return "the run did not read \(uncounted.joined(separator: " and "))"
    }
    return nil
  }

  private func isKnown(_ table: String) -> Bool {
    guard
      let stage = Registry.stages.first(where: { $0.readable.contains { $0.name == table } }),
      let schema = stage.readable.first(where: { $0.name == table })
    else { return true }
    let own = runs.filter { $0.stages.contains(Substring(stage.name)) }
    // A table without a place in time is that of the last day it was made for.
    if schema.timeColumn == nil { return own.contains { $0.days.to >= window.to } }
    var reached = window.from.map { $0 - 1 }
    for run in own {
      guard let from = run.days.from else {
        reached = max(reached ?? .first, run.days.to)
        continue
      }
      if let end = reached, from <= end + 1 { reached = max(end, run.days.to) }
    }
    return reached.map { $0 >= window.to } ?? false
  }
}

extension Check {
  /// The sources whose counts it compares.
  fileprivate var sources: [String] {
    guard case .totals(let left, let right) = rule else { return [] }
    return [left, right].compactMap { total in
      if case .source(let name, _) = total { name } else { nil }
    }
  }

  /// The result of not being run.
  func skipped(because reason: String) -> CheckResult {
    CheckResult(
      name: name, table: subject?.name, severity: severity, place: "\(mark)",
      expectation: expectation, status: .skipped, failing: 0, countsRows: countsRows, seconds: 0,
      columns: [], rows: [], reason: reason)
  }
}
