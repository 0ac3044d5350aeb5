import Engine
import Files

/// What a run leaves about itself in the warehouse, published together with its tables.
struct RunRecord {
  let runID: String
  let plan: RunPlan
  let startedAt: Int64
  let finishedAt: Int64
  let counts: [SourceCounts]
  let quarantined: [QuarantinedRow]

  /// The rows of `runs`, `source_counts` and `quarantined_rows`; earlier runs' rows stay.
  var changes: [TableChange] {
    [
      run, SourceResult.counts(counts, runID: runID),
      SourceResult.refused(quarantined, runID: runID),
    ].map { TableChange(rows: $0, replaces: .nothing) }
  }

  private var run: Table {
    let window = plan.context.window
    let stages = plan.stages.filter { !$0.isEphemeral }.map { $0.name }
    return Table(
      schema: RunTables.runs,
      columns: [
        texts([runID]), texts([plan.pipeline.name]), texts(["published"]),
        .integers([startedAt]), .integers([finishedAt]),
        .integers([window.from.map { Int64($0.number) } ?? .absent]),
        .integers([Int64(window.to.number)]),
        texts([plan.context.timeZone.name]), texts([plan.context.currency.text]),
        texts([Registry.version]), texts([fingerprint]), texts([stages.joined(separator: " ")]),
        .integers([Int64(counts.reduce(0) { $0 + $1.read })]),
        .integers([Int64(counts.reduce(0) { $0 + $1.used })]),
        .integers([Int64(counts.reduce(0) { $0 + $1.quarantined })]),
      ])
  }

  /// A short name for the settings: runs with the same one were made alike.
  private var fingerprint: String {
    storedFingerprint(plan.pipeline.settings.fingerprintText)
  }
}
