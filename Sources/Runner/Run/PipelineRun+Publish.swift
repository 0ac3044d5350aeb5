import Engine

extension PipelineRun {
  /// Audits and publishes everything in one transaction, the run's own record with it.
  ///
  /// This is the last moment at which a run can be stopped.
  func publish(
    _ changes: [TableChange], of work: RunWork, to warehouse: any Warehouse
  ) throws(RunError) {
    try stopIfAsked()
    let record = RunRecord(
      runID: identity.runID, plan: plan, startedAt: identity.startedAt, finishedAt: Clock.now(),
      counts: work.counts, quarantined: work.quarantined)
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.publish(changes + record.changes)
    }
    observer.happened(.published)
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
