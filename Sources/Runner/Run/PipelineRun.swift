import Engine
import Files
import Glibc
import Metrics

/// One run of a pipeline: extract, transform, publish.
///
/// Everything is computed first; publishing is one transaction at the end, so a run that fails
/// anywhere changes nothing.
package struct PipelineRun {
  private let plan: RunPlan
  private let observer: any RunObserver
  private let migrations: [Migration]

  /// A run of a plan; `migrations` are those of SQL/schema.
  package init(_ plan: RunPlan, migrations: [Migration], observer: any RunObserver) {
    self.plan = plan
    self.migrations = migrations
    self.observer = observer
  }

  /// What a run came to.
  package struct Outcome: Sendable {
    /// The run's ID.
    package let runID: String
    /// What became of each source's rows, sources without rows left out.
    package let counts: [SourceCounts]
    /// The refused records.
    package let quarantined: [QuarantinedRow]
    /// Rows of each table for the window.
    package let tables: [(name: String, rows: Int)]
    /// What the data checks found.
    package let checks: [CheckResult]
    /// Whether the tables were published (a dry run does not).
    package let isPublished: Bool
    /// Seconds from beginning to end.
    package let seconds: Double
  }

  /// Runs, and publishes unless it is a dry run.
  ///
  /// Files are found and bound first, so that a missing file or column stops the run before
  /// anything is opened or read.
  package func run() throws(RunError) -> Outcome {
    let began = now()
    let startedAt = Clock.now()
    let audit = try Audit(plan, migrations: migrations, observer: observer)
    let executions = plan.stages.map { makeExecution($0.init(plan.context)) }
    let sources = try bindSources(executions)
    let warehouse = try open()
    defer { warehouse?.unlock() }

    let (counts, quarantined) = try read(sources)
    var changes = try finish(executions, reading: warehouse)
    let runID = Clock.runID(at: startedAt)
    let tables = changes.map { (name: $0.schema.name, rows: $0.rows.count) }
    warnIfEmpty(changes)
    changes +=
      RunRecord(
        runID: runID, plan: plan, startedAt: startedAt, finishedAt: Clock.now(), counts: counts,
        quarantined: quarantined
      ).changes
    let checks = try audit.publish(changes, runID: runID, to: warehouse)
    return Outcome(
      runID: runID, counts: counts, quarantined: quarantined, tables: tables, checks: checks,
      isPublished: !plan.options.isDryRun, seconds: now() - began)
  }

  /// The warehouse: locked and migrated for a run that publishes; only read by a dry run, and nil
  /// if that finds none.
  private func open() throws(RunError) -> (any Warehouse)? {
    if plan.options.isDryRun {
      guard Registry.warehouseExists(plan.warehouse) else { return nil }
      return try Registry.openWarehouse(
        plan.warehouse, currency: plan.context.currency, readOnly: true)
    }
    let warehouse = try Registry.openWarehouse(
      plan.warehouse, currency: plan.context.currency, readOnly: false)
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.lock()
      try warehouse.migrate(migrations)
    }
    try checkUnits(of: warehouse)
    return warehouse
  }

  /// Refuses a warehouse whose amounts are in another currency, or whose days begin elsewhere, than
  /// this run's: side by side they would be added up.
  private func checkUnits(of warehouse: any Warehouse) throws(RunError) {
    if plan.options.isFullRefresh { return }
    var last: [SQLValue] = []
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.query(
        "SELECT currency, timezone, run_id FROM runs ORDER BY finished_at DESC, run_id DESC LIMIT 1",
        parameters: [:], types: [:]
      ) { row throws(WarehouseError) in last = row }
    }
    let own = [plan.context.currency.text, plan.context.timeZone.name]
    guard last.count == 3, case .text(let currency) = last[0], case .text(let zone) = last[1],
      case .text(let run) = last[2], [currency, zone] != own
    else { return }
    throw RunError(
      .configuration,
      "\(warehouse.displayName) holds amounts in \(currency) and days of \(zone) (run \(run)); this run "
        + "reports in \(own[0]) and \(own[1])",
      help: "use another warehouse for this pipeline, or make every table anew with --full-refresh")
  }

  /// A source with what reads it.
  private typealias BoundSource = (spec: SourceSpec, run: SourceRun)

  private func bindSources(
    _ executions: [any StageExecution]
  ) throws(RunError) -> [BoundSource] {
    var sources: [BoundSource] = []
    for spec in plan.sources {
      let readers = executions.filter { execution in
        execution.stage.reads.contains { $0.source == spec.contract.source }
      }
      let run = try SourceRun(spec, of: plan, readers: readers, observer)
      sources.append((spec, run))
    }
    return sources
  }

  private func read(
    _ sources: [BoundSource]
  ) throws(RunError) -> ([SourceCounts], [QuarantinedRow]) {
    var counts: [SourceCounts] = []
    var quarantined: [QuarantinedRow] = []
    for (spec, run) in sources {
      let result = try run.run(observer)
      if result.counts.read > 0 { counts.append(result.counts) }
      quarantined += result.quarantined
      try checkShare(result, of: spec)
    }
    return (counts, quarantined)
  }

  /// Tells of a window in which nothing happened: most often the files end before it.
  private func warnIfEmpty(_ changes: [TableChange]) {
    let dated = changes.filter { $0.schema.timeColumn != nil }
    guard !dated.isEmpty, dated.allSatisfy({ $0.rows.count == 0 }) else { return }
    if plan.context.taxYear == nil, dated.allSatisfy({ $0.schema.timeColumn == "tax_year" }) {
      return observer.warning(
        "no tax year is set, so no form was made; say `nightmill tax 1099 --year 2026`")
    }
    let window = plan.context.window
    let days = window.from.map { $0 == window.to ? $0.text : "\($0.text) to \(window.to.text)" }
    observer.warning(
      "nothing happened in \(days ?? "all days up to \(window.to.text)"): no table has a row; do the "
        + "files reach that far?")
  }

  /// Stops the run where too many rows of a source were refused.
  private func checkShare(
    _ result: SourceRun.Result, of spec: SourceSpec
  ) throws(RunError) {
    let counts = result.counts
    guard
      spec.maxQuarantined.isExceeded(by: Int64(counts.quarantined), of: Int64(counts.read))
    else { return }
    let first = result.quarantined.prefix(5).map { row in
      "\n  \(row.file):\(row.line): \(row.offence.word): \(row.detail)"
    }
    throw RunError(
      .rejected,
      "source \(counts.source): \(counts.quarantined) of \(counts.read) rows were refused, more than "
        + "\(spec.maxQuarantined) of them; nothing was published" + first.joined(),
      help: "mend the file or its mapping, or raise max_quarantined in \(spec.mark.file)")
  }

  /// Finishes the stages in order, each with the tables it needs; returns the changes to publish.
  private func finish(
    _ executions: [any StageExecution], reading warehouse: (any Warehouse)?
  ) throws(RunError) -> [TableChange] {
    var computed: [String: Table] = [:]
    var changes: [TableChange] = []
    for execution in executions {
      let began = now()
      let stage = execution.stage
      try readUpstream(of: stage, into: &computed, from: warehouse)
      var published: [String: Table] = [:]
      for readBack in stage.readsBack {
        published[readBack.schema.name] = try read(readBack, from: warehouse)
      }
      let tables = Upstream(computed: computed, published: published)
      let made = try Runner.stage { () throws(StageError) in try execution.finish(tables) }
      for change in made { computed[change.schema.name] = change.rows }
      observer.stageEnded(
        stage.name, rows: made.reduce(0) { $0 + $1.rows.count }, seconds: now() - began)
      if !stage.isEphemeral {
        changes += plan.options.isFullRefresh ? made.map(\.replacingEverything) : made
      }
    }
    return changes
  }

  private func read(
    _ readBack: ReadBack, from warehouse: (any Warehouse)?
  ) throws(RunError) -> Table {
    guard let warehouse, !plan.options.isFullRefresh else {
      return Table(empty: readBack.schema.selecting(readBack.columns))
    }
    return try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.read(readBack.schema, columns: readBack.columns, span: readBack.span)
    }
  }

  /// Reads the tables of upstream stages that are not part of this run, as published.
  private func readUpstream(
    of stage: any Stage, into computed: inout [String: Table], from warehouse: (any Warehouse)?
  ) throws(RunError) {
    for name in stage.upstream where !plan.stages.contains(where: { $0.name == name }) {
      guard let type = Registry.stages.first(where: { $0.name == name }) else { continue }
      for schema in type.writes where computed[schema.name] == nil {
        let table = try Runner.warehouse { () throws(WarehouseError) in
          try warehouse?.read(schema, columns: schema.columns.map(\.name), span: .everything)
        }
        guard let table, table.count > 0 else {
          throw RunError(
            .failed, "stage \(stage.name) reads \(schema.name), which is not published yet",
            help: "nightmill run \(plan.pipeline.name) --select +\(stage.name) --from all")
        }
        computed[schema.name] = table
      }
    }
  }
}

extension TableChange {
  /// The same rows as the whole of the table.
  fileprivate var replacingEverything: TableChange {
    TableChange(rows: rows, replaces: .everything)
  }
}
