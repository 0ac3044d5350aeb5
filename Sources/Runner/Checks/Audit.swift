import Engine
import Files
import SQLite
import YAML

/// Publishes a run's tables if its data checks hold: they look at what is published joined with
/// what is about to be, inside the publishing transaction, and a failed one undoes it.
struct Audit {
  private let plan: RunPlan
  private let migrations: [Migration]
  private let observer: any RunObserver
  /// Where failing rows are kept.
  private let rowsFolder: String
  /// The tables that each check reads, by its name.
  private let tables: [String: Set<String>]

  /// The audit of a run, which keeps failing rows in a folder; SQL in its checks that the tables do not fit is an error now, before
  /// anything is read.
  init(
    _ plan: RunPlan, migrations: [Migration], observer: any RunObserver, rowsFolder: String
  ) throws(RunError) {
    self.plan = plan
    self.migrations = migrations
    self.observer = observer
    self.rowsFolder = rowsFolder
    tables = try plan.compileChecks(migrations)
  }

  private var checks: [Check] { plan.checks }

  /// Publishes the changes together with what the checks found; a dry run undoes it.
  ///
  /// - Throws: `.rejected` with the failing rows where a check fails: nothing is published then.
  /// - Returns: What each check found.
  func publish(
    _ changes: [TableChange], runID: String, to warehouse: (any Warehouse)?
  ) throws(RunError) -> [CheckResult] {
    let written = Set(changes.map(\.schema.name))
    let context = CheckContext(
      window: plan.context.window, timeZone: plan.context.timeZone,
      currency: plan.context.currency, runID: runID,
      program: plan.pipeline.settings.program)
    let concerned = checks.filter { $0.concerns(written) }
    var results: [CheckResult] = []
    var stop: RunError?
    func look(_ warehouse: any Warehouse) throws(WarehouseError) {
      let coverage = try CheckCoverage(
        of: warehouse, plan.context.window, tables: tables,
        sources: Set(plan.sources.map(\.contract.source)))
      try Check.run(concerned, on: warehouse, in: context, covered: coverage) {
        (result: CheckResult) throws(WarehouseError) in
        // What is not about this run's tables is no news where it was not run.
        if result.status == .skipped, let table = result.table, !written.contains(table) { return }
        let result = plan.options.isDryRun ? result : keepRows(of: result)
        results.append(result)
        observer.happened(.checked(result))
        stop = observer.stopReason
        if let stop { throw WarehouseError(.failed, stop.message, help: stop.help) }
      }
      observer.happened(.audited(results))
    }
    do throws(RunError) {
      if plan.options.isDryRun {
        try rehearse(changes, concerned, look)
      } else if let warehouse {
        try Runner.warehouse { () throws(WarehouseError) in
          try warehouse.publish(changes) { () throws(WarehouseError) in
            try look(warehouse)
            let isRefused = results.contains { $0.status == .failed }
            return isRefused
              ? .refuse : .publish(also: CheckResult.changes(results, runID: runID))
          }
        }
      }
    } catch {
      // Somebody asked the run to stop while the checks looked.
      throw stop ?? error
    }
    try refuse(results)
    for result in results where result.status == .warned {
      observer.warning("check \(result.text)")
    }
    return results
  }

  /// Keeps the failing rows of a check in the run's folder. That they cannot be kept is told, and
  /// changes nothing for the check.
  private func keepRows(of result: CheckResult) -> CheckResult {
    do throws(FileError) {
      return try result.keepingRows(in: rowsFolder)
    } catch {
      observer.warning(
        "the failing rows of check \(result.name) are not kept: \(error.place): \(error.message)")
      return result
    }
  }

  /// Lets the checks look at what would be published. Where there is no warehouse yet, at one in
  /// memory.
  private func rehearse(
    _ changes: [TableChange], _ concerned: [Check],
    _ look: (any Warehouse) throws(WarehouseError) -> Void
  ) throws(RunError) {
    if concerned.isEmpty { return }
    let currency = plan.context.currency
    guard Registry.warehouseExists(plan.warehouse) else {
      return try Runner.warehouse { () throws(WarehouseError) in
        let warehouse = try Registry.scratchWarehouse([], currency: currency)
        try warehouse.rehearse(migrations, changes) { () throws(WarehouseError) in
          try look(warehouse)
        }
      }
    }
    guard Registry.isWritable(plan.warehouse) else {
      return observer.warning(
        "the \(concerned.count) checks were not run: they look at the changes inside a transaction, "
          + "for which \(plan.warehouse) must be writable")
    }
    let warehouse = try Registry.openWarehouse(plan.warehouse, currency: currency, readOnly: false)
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.lock()
      defer { warehouse.unlock() }
      try warehouse.rehearse(migrations, changes) { () throws(WarehouseError) in
        try look(warehouse)
      }
    }
  }

  private func refuse(_ results: [CheckResult]) throws(RunError) {
    let failed = results.filter { $0.status == .failed }
    if failed.isEmpty { return }
    let count = "\(failed.count) of \(results.count) checks failed; nothing was published"
    throw RunError(
      .rejected, "\(count)\n" + failed.map(\.text).joined(separator: "\n"),
      help: "mend what the failing rows come from, or the check, and run again")
  }

  /// Compiles the checks' statements, adding what the tables do not have to `problems`; returns the
  /// tables that each reads, by its name.
  @discardableResult
  static func compile(
    _ checks: [Check], on warehouse: SQLiteWarehouse, problems: Problems
  ) throws(RunError) -> [String: Set<String>] {
    var tables: [String: Set<String>] = [:]
    let context = CheckContext(
      window: Window(from: nil, to: .last - 1), timeZone: .utc, currency: .defaultCurrency,
      runID: "")
    for check in checks {
      let sql = CheckQuery(check, in: context).sql
      if case .query(let query) = check.rule,
        SQLCheck(warehouse, problems).columns(of: sql, file: query.file) == nil
      {
        continue
      }
      do throws(WarehouseError) {
        tables[check.name] = try warehouse.tables(of: sql)
      } catch {
        problems.add(
          check.conditionMark ?? check.mark, "check \(quote(check.name)): \(error.summary)",
          suggestion: error.nearestName)
      }
    }
    return tables
  }
}

extension RunPlan {
  /// The checks that the run must pass.
  package var checks: [Check] { options.runsChecks ? pipeline.checks : [] }

  /// Compiles the checks against the tables of the migrations, without a connection; throws
  /// everything that the tables do not have. Returns the tables that each check reads, by its name.
  @discardableResult
  package func compileChecks(
    _ migrations: [Migration]
  ) throws(RunError) -> [String: Set<String>] {
    if checks.isEmpty { return [:] }
    let currency = context.currency
    let tables = try Runner.warehouse { () throws(WarehouseError) in
      try Registry.scratchWarehouse(migrations, currency: currency)
    }
    let problems = Problems()
    let read = try Audit.compile(checks, on: tables, problems: problems)
    do throws(YAMLError) { try problems.throwIfAny() } catch { throw RunError(error) }
    return read
  }
}

extension Check {
  /// Where SQL of a person stands in it, which is what cannot be understood if anything cannot.
  fileprivate var conditionMark: Mark? {
    if let condition { return condition.mark }
    guard case .totals(let left, let right) = rule else { return nil }
    let conditions = [left, right].compactMap { total -> Condition? in
      switch total {
      case .sum(_, _, let condition), .count(_, let condition): condition
      case .source: nil
      }
    }
    return conditions.first?.mark
  }
}

extension CheckResult {
  /// What checks found, as rows of a run.
  static func changes(_ results: [CheckResult], runID: String) -> [TableChange] {
    if results.isEmpty { return [] }
    func texts(_ value: (CheckResult) -> String?) -> TableColumn {
      var column = TextColumn()
      for result in results { column.append(value(result)) }
      return .texts(column)
    }
    let rows = Table(
      schema: RunTables.checkResults,
      columns: [
        texts(\.name), texts(\.table), texts(\.severity.rawValue), texts(\.status.rawValue),
        .integers(results.map { Int64($0.failing) }),
        .integers(results.map { Int64($0.seconds * 1e6) }), texts { _ in runID },
      ])
    return [TableChange(rows: rows, replaces: .nothing)]
  }
}
