import Engine
import SQLite

/// What the warehouse says about the runs that made a report's tables.
struct RunFacts {
  /// A published run.
  struct Run {
    let id: String
    let pipeline: String
    let finishedAt: Int64
    let from: Day?
    let to: Day
    let timeZone: String
    let currency: String
    let version: String
    let stages: Set<String>
  }

  /// The last run that made any of the tables.
  let last: Run?
  /// The last day for which each of the tables was made that ever was.
  let dataUpTo: Day?
  /// Rows of the last run: source, read, used, filtered, duplicate, superseded, quarantined.
  let sources: [(name: String, counts: [Int64])]
  /// Refused rows of the last run: source and reason, number.
  let refused: [(name: String, count: Int64)]

  /// What is known of the tables of some stages; of all tables where `stages` is empty.
  ///
  /// - Parameter runs: All published runs, the last one first.
  init(
    of stages: Set<String>, _ runs: [Run], from warehouse: any Warehouse
  ) throws(RunError) {
    let own = stages.isEmpty ? runs : runs.filter { !$0.stages.isDisjoint(with: stages) }
    last = own.first
    // A stage that a pipeline leaves out has no table that could lack days.
    let reached = stages.compactMap { stage in
      own.filter { $0.stages.contains(stage) }.map(\.to).max()
    }
    dataUpTo = stages.isEmpty ? own.map(\.to).max() : reached.min()
    guard let id = last?.id else {
      (sources, refused) = ([], [])
      return
    }
    let counts = ["read", "used", "filtered", "duplicate", "superseded", "quarantined"]
    sources = try warehouse.values(
      "SELECT source, \(counts.map { "\"\($0)\"" }.joined(separator: ", ")) FROM source_counts "
        + "WHERE run_id = :run ORDER BY source",
      Dictionary(uniqueKeysWithValues: counts.map { ($0, .integer) }), ["run": .text(id)]
    ).map { row in (Self.text(row[0]), row.dropFirst().map { $0.number ?? 0 }) }
    refused = try warehouse.values(
      """
      SELECT source, reason, COUNT(*) AS refused FROM quarantined_rows
      WHERE run_id = :run GROUP BY source, reason ORDER BY source, reason
      """, ["refused": .integer], ["run": .text(id)]
    ).map { row in ("\(Self.text(row[0])): \(Self.text(row[1]))", row[2].number ?? 0) }
  }

  /// Whether the data reach a day.
  func reaches(_ day: Day) -> Bool { dataUpTo.map { $0 >= day } ?? false }

  /// Whether the data reach the period's end, in words.
  func completeness(of period: ReportPeriod) -> String {
    guard let dataUpTo else { return "no run has been published" }
    if dataUpTo >= period.to { return "complete" }
    if dataUpTo < period.from { return "not begun: data up to \(dataUpTo.text)" }
    return "in progress: data up to \(dataUpTo.text)"
  }

  /// All published runs, the last one first.
  static func runs(of warehouse: any Warehouse) throws(RunError) -> [Run] {
    func day(_ value: ReportValue) -> Day? {
      value.number.map { Day(number: Int32(truncatingIfNeeded: $0)) }
    }
    return try warehouse.values(
      """
      SELECT run_id, pipeline, finished_at, from_day, to_day, timezone, currency, version, stages
      FROM runs ORDER BY finished_at DESC, run_id DESC
      """, ["finished_at": .instant, "from_day": .day, "to_day": .day]
    ).map { row in
      Run(
        id: text(row[0]), pipeline: text(row[1]), finishedAt: row[2].number ?? 0, from: day(row[3]),
        to: day(row[4]) ?? .first, timeZone: text(row[5]), currency: text(row[6]),
        version: text(row[7]), stages: Set(text(row[8]).split(separator: " ").map(String.init)))
    }
  }

  private static func text(_ value: ReportValue) -> String {
    if case .text(let text) = value { text } else { "" }
  }
}

extension Report {
  /// The stages whose tables its queries read, as the tables of the migrations tell.
  func stages(on tables: SQLiteWarehouse) -> Set<String> {
    var queries = sheets.map(\.query)
    if let tiles { queries.append(tiles.query) }
    if let controls { queries.append(controls.query) }
    if let each { queries.append(each.query) }
    var names: Set<String> = []
    for query in queries {
      do throws(WarehouseError) {
        names.formUnion(try tables.tables(of: query.sql))
      } catch {
        // It is told when it is asked.
      }
    }
    var stages: Set<String> = []
    for stage in Registry.stages where stage.readable.contains(where: { names.contains($0.name) }) {
      stages.insert(stage.name)
    }
    return stages
  }
}
