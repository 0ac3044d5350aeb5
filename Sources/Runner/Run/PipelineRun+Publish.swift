import Engine

extension PipelineRun {
  /// Audits and publishes everything in one transaction, the run's own record with it; a dry run
  /// undoes it. Returns what the checks found.
  ///
  /// The end of the audit is the last moment at which a run can be stopped.
  func publish(
    _ changes: [TableChange], of work: RunWork, to warehouse: (any Warehouse)?, _ audit: Audit
  ) throws(RunError) -> [CheckResult] {
    try stopIfAsked()
    let record = RunRecord(
      runID: identity.runID, plan: plan, startedAt: identity.startedAt, finishedAt: Clock.now(),
      counts: work.counts, quarantined: work.quarantined)
    let checks = try audit.publish(
      changes + record.changes, runID: identity.runID, to: warehouse)
    if !plan.options.isDryRun { observer.happened(.published) }
    return checks
  }
}

/// What a run made of a table.
package struct TableSummary: Sendable {
  /// The table.
  package let name: String
  /// Rows of the window.
  package let rows: Int
  /// Rows from before the window, computed anew.
  package let restated: Int
  /// Keys from before the window that give no row any more.
  package let retired: Int
  /// The sums of its amounts over the rows of the window, as decimals.
  package let totals: [ControlTotal]

  /// What a change says of a table, with amounts of a currency.
  init(_ change: TableChange, _ currency: Currency) {
    name = change.schema.name
    rows = change.rows.count
    restated = change.restated.count
    retired = change.retired.count
    totals = change.schema.columns.filter { $0.type == .money }.map { column in
      let sum = change.rows.integers(column.name).reduce(Int128(0)) { sum, value in
        value == .absent ? sum : sum + Int128(value)
      }
      return ControlTotal(name: column.name, sum, digits: currency.digits)
    }
  }
}
