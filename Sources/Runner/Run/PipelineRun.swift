import Engine
import Files
import Glibc
import Metrics
import Threads

/// One run of a pipeline: extract, transform, audit, publish.
///
/// Each stage is finished as soon as all it reads has been read, and put aside in the run's folder, so
/// that a retry goes on from there. Publishing is one transaction at the end: a run that fails
/// anywhere changes nothing.
///
/// The steps are in files of their own: `+Sources`, `+Stages`, `+Warehouse`, `+Publish`.
package struct PipelineRun {
  let plan: RunPlan
  let observer: any RunObserver
  let migrations: [Migration]
  let identity: RunIdentity
  /// Where finished stages are put aside; nil: nowhere.
  let folder: RunFolder?

  /// A run of a plan; `migrations` are those of SQL/schema. Without a folder nothing is put aside.
  package init(
    _ plan: RunPlan, migrations: [Migration], observer: any RunObserver,
    identity: RunIdentity = RunIdentity(), folder: RunFolder? = nil
  ) {
    self.plan = plan
    self.migrations = migrations
    self.observer = observer
    self.identity = identity
    self.folder = folder
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
    if plan.context.memory != nil { returnLargeBlocksAtOnce() }
    let audit = try Audit(
      plan, migrations: migrations, observer: observer,
      rowsFolder: folder?.checks ?? plan.checksFolder(runID: identity.runID))
    for text in plan.costlyTierTexts { observer.warning(text) }
    let sources = try bindSources()
    let warehouse = try open()
    defer { warehouse?.unlock() }
    let work = try compute(sources, reading: warehouse)
    let changes = plan.stages.flatMap {
      work.changes(of: $0.name, isFull: plan.options.isFullRefresh)
    }
    warnIfEmpty(changes)
    observer.happened(.computed(changes.map { TableSummary($0, plan.context.currency) }))
    let checks = try publish(changes, of: work, to: warehouse, audit)
    folder?.removeStaged()
    return Outcome(
      runID: identity.runID, counts: work.counts, quarantined: work.quarantined,
      tables: changes.map { (name: $0.schema.name, rows: $0.rows.count) }, checks: checks,
      isPublished: !plan.options.isDryRun, seconds: now() - began)
  }

  /// What a run would publish, computed with the warehouse only read: for `show` and `diff`.
  package func changes() throws(RunError) -> [TableChange] {
    let sources = try bindSources()
    let warehouse = try openForReading()
    let work = try compute(sources, reading: warehouse)
    return plan.stages.flatMap { work.changes(of: $0.name, isFull: plan.options.isFullRefresh) }
  }

  /// Reads the sources, and finishes each stage as soon as all it reads is there: while the next
  /// source is read, since reading waits for the disk and finishing keeps one processor busy.
  private func compute(
    _ sources: [BoundSource], reading warehouse: (any Warehouse)?
  ) throws(RunError) -> RunWork {
    var work = RunWork(plan)
    if let folder { resume(&work, from: folder) }
    let groups = groups(of: sources)
    for group in groups.together {
      try stopIfAsked()
      try readTogether(group, into: &work, reading: warehouse)
    }
    for source in groups.others {
      try stopIfAsked()
      let name = source.spec.contract.source
      if source.query == nil, !work.needs(source: name), let known = folder?.result(of: name) {
        work.add(known)
        observer.happened(.sourceSkipped(known.counts))
      } else {
        let readers = work.readers(of: name)
        let (result, finished) = atOnce(
          { () throws(RunError) in try read(source, into: readers, observer) },
          { () throws(RunError) in try finishReady(&work, reading: warehouse) })
        work.add(try result.get())
        try finished.get()
      }
    }
    // Two stages at the same time take more memory than one.
    let byTwo = plan.options.pass.threads > 1 && plan.context.memory == nil
    try finishReady(&work, reading: warehouse, byTwo: byTwo)
    return work
  }

  /// Does both, at the same time if the run may use more than one thread.
  func atOnce<Value>(
    _ first: () throws(RunError) -> Value, _ second: () throws(RunError) -> Void
  ) -> (Result<Value, RunError>, Result<Void, RunError>) {
    func makeFirst() -> Result<Value, RunError> { Result(catching: first) }
    func makeSecond() -> Result<Void, RunError> { Result(catching: second) }
    if plan.options.pass.threads > 1 { return concurrently(makeFirst, makeSecond) }
    let made = makeSecond()
    if case .failure(let error) = made { return (.failure(error), made) }
    return (makeFirst(), made)
  }

  /// Stops the run where somebody asked for it; nothing is published then.
  func stopIfAsked() throws(RunError) { if let reason = observer.stopReason { throw reason } }

  /// Tells of a window in which nothing happened: most often the files end before it.
  private func warnIfEmpty(_ changes: [TableChange]) {
    let dated = changes.filter { $0.schema.timeColumn != nil && !$0.schema.isNeverEmpty }
    guard !dated.isEmpty, dated.allSatisfy({ $0.rows.count == 0 }) else { return }
    if plan.context.values[TaxYear.self] == nil,
      dated.allSatisfy({ $0.schema.timeColumn == "tax_year" })
    {
      return observer.warning(
        "no tax year is set, so no form was made; say `nightmill tax 1099 --year 2026`")
    }
    let window = plan.context.window
    let days = window.from.map { $0 == window.to ? $0.text : "\($0.text) to \(window.to.text)" }
    observer.warning(
      "nothing happened in \(days ?? "all days up to \(window.to.text)"): no table has a row of "
        + "these days; do the files reach that far?")
  }
}

/// Which run it is, and when it began.
package struct RunIdentity: Sendable {
  /// Its ID.
  package let runID: String
  /// Microseconds since 1970-01-01T00:00:00Z.
  package let startedAt: Int64

  /// A run that begins now; its ID is made from the time unless one is given.
  package init(runID: String? = nil) {
    startedAt = Clock.now()
    self.runID = runID ?? Clock.runID(at: startedAt)
  }

  /// A run that began before.
  package init(runID: String, startedAt: Int64) {
    self.runID = runID
    self.startedAt = startedAt
  }
}
