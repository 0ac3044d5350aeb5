import Engine
import Files

/// What the last published run of a warehouse says about its tables.
package struct LastRun: Sendable {
  /// The run's ID.
  package let runID: String
  /// The currency of every amount.
  package let currency: Currency
  /// Where its days begin.
  package let timeZone: TimeZone
  /// The days it covered.
  package let window: Window
  /// The stages it ran.
  private let stages: Set<String>

  /// The last day it covered.
  package var lastDay: Day { window.to }

  /// The sources of its pipeline that it read: all of them unless stages were selected.
  func sources(of pipeline: Pipeline) -> Set<String> {
    let own = pipeline.sources.map(\.contract.source)
    let kept = Registry.stages.filter { !$0.isEphemeral && pipeline.stages.contains($0.name) }
    if kept.allSatisfy({ stages.contains($0.name) }) { return Set(own) }
    let made = RunPlan.withEphemeral(stages)
    let read = Registry.stages.filter { made.contains($0.name) }
    return Set(read.flatMap { $0.reads.map(\.source) }).intersection(own)
  }

  /// The last published run of the warehouse of a URL, or the last one of a pipeline; nil where
  /// none was published yet.
  package static func read(_ url: String, of pipeline: String? = nil) throws(RunError) -> LastRun? {
    // Amounts are not read here, so any currency will do.
    let warehouse = try Registry.openWarehouse(url, currency: .defaultCurrency, readOnly: true)
    var values: [SQLValue] = []
    do throws(WarehouseError) {
      try warehouse.query(
        "SELECT run_id, currency, timezone, to_day, from_day, stages FROM runs "
          + "WHERE :pipeline IS NULL OR pipeline = :pipeline "
          + "ORDER BY finished_at DESC, run_id DESC LIMIT 1",
        parameters: ["pipeline": pipeline.map { .text($0) } ?? .null],
        types: ["to_day": .day, "from_day": .day]
      ) { row throws(WarehouseError) in values = row }
    } catch {
      // A database without the table has no run; that it is no warehouse at all shows at the next
      // statement.
      if error.kind == .configuration { return nil }
      throw RunError(error)
    }
    guard values.count == 6, case .text(let runID) = values[0], case .text(let code) = values[1],
      case .text(let zone) = values[2], case .typed(let day, _) = values[3],
      case .text(let stages) = values[5], let currency = Currency(code: code)
    else { return nil }
    var from: Day?
    if case .typed(let day, _) = values[4] { from = Day(number: Int32(day)) }
    do throws(ValueError) {
      return LastRun(
        runID: runID, currency: currency, timeZone: try loadTimeZone(zone),
        window: Window(from: from, to: Day(number: Int32(day))),
        stages: Set(stages.split(separator: " ").map(String.init)))
    } catch {
      throw RunError(.configuration, "run \(runID): \(error)", help: "install tzdata")
    }
  }
}

extension Project {
  /// The URL of the warehouse a pipeline names, its file relative to the project.
  package func warehouse(of pipeline: Pipeline) -> String {
    RunPlan.resolve(url: pipeline.warehouse ?? "sqlite:warehouse.db", in: folder)
  }

  /// The folder for a pipeline's reports, relative to the current one.
  package func output(of pipeline: Pipeline) -> String {
    RunPlan.resolve(pipeline.output ?? "out", in: folder)
  }
}
