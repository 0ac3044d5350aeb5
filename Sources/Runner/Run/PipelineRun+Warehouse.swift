import Engine

extension PipelineRun {
  /// The warehouse: locked and migrated for a run that publishes; only read by a dry run, and nil
  /// if that finds none.
  func open() throws(RunError) -> (any Warehouse)? {
    if plan.options.isDryRun {
      let warehouse = try openForReading()
      observer.happened(.opened(lastRun: nil))
      return warehouse
    }
    let warehouse = try Registry.openWarehouse(
      plan.warehouse, currency: plan.context.currency, readOnly: false,
      threads: plan.options.pass.threads)
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.lock()
      try warehouse.migrate(migrations)
    }
    let last = try lastRun(of: warehouse)
    try checkUnits(of: warehouse, last)
    try checkID(in: warehouse)
    observer.happened(.opened(lastRun: last?.runID))
    return warehouse
  }

  /// The warehouse for reading, nil if there is none.
  func openForReading() throws(RunError) -> (any Warehouse)? {
    guard Registry.warehouseExists(plan.warehouse) else { return nil }
    return try Registry.openWarehouse(
      plan.warehouse, currency: plan.context.currency, readOnly: true)
  }

  private typealias Last = (runID: String, currency: String, zone: String)

  private func lastRun(of warehouse: any Warehouse) throws(RunError) -> Last? {
    var last: [SQLValue] = []
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.query(
        "SELECT run_id, currency, timezone FROM runs ORDER BY finished_at DESC, run_id DESC LIMIT 1",
        parameters: [:], types: [:]
      ) { row throws(WarehouseError) in last = row }
    }
    guard last.count == 3, case .text(let run) = last[0], case .text(let currency) = last[1],
      case .text(let zone) = last[2]
    else { return nil }
    return (run, currency, zone)
  }

  /// Refuses a warehouse whose amounts are in another currency, or whose days begin elsewhere, than
  /// this run's: side by side they would be added up.
  private func checkUnits(of warehouse: any Warehouse, _ last: Last?) throws(RunError) {
    let own = [plan.context.currency.text, plan.context.timeZone.name]
    guard let last, !plan.options.isFullRefresh, [last.currency, last.zone] != own else { return }
    throw RunError(
      .configuration,
      "\(warehouse.displayName) holds amounts in \(last.currency) and days of \(last.zone) "
        + "(run \(last.runID)); this run reports in \(own[0]) and \(own[1])",
      help: "use another warehouse for this pipeline, or make every table anew with --full-refresh")
  }

  /// Refuses an ID that a published run has, whose folder may be gone.
  private func checkID(in warehouse: any Warehouse) throws(RunError) {
    var isTaken = false
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.query(
        "SELECT 1 FROM runs WHERE run_id = :run", parameters: ["run": .text(identity.runID)],
        types: [:]
      ) { _ throws(WarehouseError) in isTaken = true }
    }
    if isTaken { throw RunFolder.taken(identity.runID) }
  }
}
