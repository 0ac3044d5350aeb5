import Engine
import Files
import Runner

/// What a run came to, in aligned columns.
struct Summary {
  private let plan: RunPlan
  private let outcome: PipelineRun.Outcome
  private let stages: [Progress.Stage]
  private let files: String

  /// A summary; `files` has a line for each that was written.
  init(
    _ plan: RunPlan, _ outcome: PipelineRun.Outcome, stages: [Progress.Stage], files: String
  ) {
    self.files = files
    self.plan = plan
    self.outcome = outcome
    self.stages = stages
  }

  var text: String {
    "\n" + sources + "\n" + timings + "\n" + tables + "\n" + checks + written + end
  }

  private var sources: String {
    var columns = TextColumns()
    columns.add(
      ["source", "read", "used", "filtered", "duplicate", "superseded", "quarantined"])
    for counts in outcome.counts {
      let figures = [
        counts.read, counts.used, counts.filtered, counts.duplicate, counts.superseded,
        counts.quarantined,
      ]
      columns.add([counts.source] + figures.map(Figures.count))
    }
    return outcome.counts.isEmpty ? "no source had a row\n" : columns.text
  }

  private var timings: String {
    var columns = TextColumns()
    columns.add(["stage", "rows", "seconds"])
    for stage in stages {
      columns.add([
        stage.name, Figures.count(stage.rows),
        stage.seconds.map(Figures.seconds) ?? "made before",
      ])
    }
    return columns.text
  }

  private var tables: String {
    var columns = TextColumns()
    columns.add(["table", "rows"])
    for table in outcome.tables { columns.add([table.name, Figures.count(table.rows)]) }
    return columns.text
  }

  private var checks: String {
    if outcome.checks.isEmpty { return "" }
    var columns = TextColumns(leading: 2)
    columns.add(["check", "status", "failing"])
    let passed = outcome.checks.count { $0.status == .passed }
    columns.add(["\(Figures.count(passed, "check"))", "passed", "0"])
    for check in outcome.checks where check.status != .passed {
      columns.add([check.name, check.status.rawValue, Figures.count(check.failing)])
    }
    let skipped = outcome.checks.compactMap { check in
      check.reason.map { "\(check.name) was not run: \($0)\n" }
    }
    return columns.text + skipped.joined() + "\n"
  }

  private var written: String { files.isEmpty ? "" : "files\n" + files + "\n" }

  private var end: String {
    var columns = TextColumns(leading: 2)
    let window = plan.context.window
    let days = (window.from.map { "\($0.text) to " } ?? "everything up to ") + window.to.text
    columns.add(["days", window.from == window.to ? window.to.text : days])
    columns.add([
      outcome.isPublished ? "published" : "not published",
      outcome.isPublished
        ? Registry.shown(plan.warehouse) : "a dry run leaves the warehouse as it was",
    ])
    if let allowed = plan.options.memory, let peak = peakMemory() {
      let told = "\(Figures.count(peak >> 20)) MiB at most, of \(Figures.count(allowed >> 20)) MiB"
      columns.add(["memory", told + (peak > allowed ? " (more than was allowed)" : "")])
    }
    columns.add(["run", "\(outcome.runID), \(Figures.seconds(outcome.seconds)) s"])
    return columns.text
  }
}
