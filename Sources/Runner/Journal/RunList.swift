import Engine

/// Past runs as rows: those with a folder, and those that only a warehouse still knows.
package struct RunList {
  /// The columns of the rows.
  package static let columns = [
    "run", "pipeline", "started_at", "seconds", "from", "to", "outcome", "exit", "published",
    "read", "quarantined", "rows",
  ]

  /// The rows, the last run first.
  package let rows: [[ShownValue]]

  /// The runs of a history, joined with those of the warehouse of a URL, if there is one.
  package init(_ history: RunHistory, warehouse: String?) throws(RunError) {
    var published: [PublishedRuns.Row] = []
    if let warehouse { published = try PublishedRuns(warehouse).rows }
    let ids = Set(published.map(\.runID))
    let runs = history.all()
    var all = runs.map { run in
      (run.startedAt, Self.row(run, isPublished: run.isPublished || ids.contains(run.runID)))
    }
    let known = Set(runs.map(\.runID))
    all += published.filter { !known.contains($0.runID) }.map { ($0.startedAt, Self.row($0)) }
    rows = all.sorted { $0.0 > $1.0 }.map { $0.1 }
  }

  private static func row(_ run: PastRun, isPublished: Bool) -> [ShownValue] {
    func figure(_ text: String?) -> ShownValue { text.map { .figure($0) } ?? .null }
    func text(_ text: String?) -> ShownValue { text.map { .text($0) } ?? .null }
    let (read, quarantined) = run.rows
    return [
      .text(run.runID), text(run.pipeline), .text(run.startedAt), figure(run.seconds),
      run.to == nil ? .null : .text(run.from?.text ?? "all"), text(run.to?.text),
      .text(run.outcome.rawValue), figure(run.exit.map { "\($0)" }),
      .figure(isPublished ? "true" : "false"), .figure("\(read)"), .figure("\(quarantined)"),
      .figure("\(run.tableRows)"),
    ]
  }

  private static func row(_ run: PublishedRuns.Row) -> [ShownValue] {
    [
      .text(run.runID), .text(run.pipeline), .text(run.startedAt),
      .figure(JSON.seconds(run.seconds).line), .text(run.from?.text ?? "all"),
      .text(run.to.text), .text(RunOutcome.published.rawValue), .null, .figure("true"),
      .figure("\(run.rows.read)"), .figure("\(run.rows.quarantined)"), .null,
    ]
  }
}
