import Engine
import Metrics
import Runner
import YAML

/// A stage's result for a window, computed and not published: what `show` and `diff` have in common.
struct StageResult {
  let plan: RunPlan
  /// What the stage would publish, one change for each of its tables that is meant.
  let changes: [TableChange]

  static let positional = Positional(
    name: "STAGE", summary: "a stage; +STAGE computes what it needs too, instead of reading it",
    count: 1...1)

  static let flags: [Flag] = [
    table, .pipeline, .from, .to, .warehouse, .inputs, .settings, .set, .threads, .fullRefresh,
    .project,
  ]

  private static let table = Flag(
    "table", "NAME", example: "vendor_weekly", "only this table of the stage")

  /// Computes a stage; nil where there is no day to compute it for, which is said.
  init?(_ arguments: Arguments, _ console: Console) throws(RunError) {
    let selection = arguments.positionals[0]
    let name = selection.hasPrefix("+") ? String(selection.dropFirst()) : selection
    let type = try Self.stage(name)
    let project = try Project(folder: arguments.text(.project))
    let planning = try Planning(arguments, project: project, pipeline: arguments.text(.pipeline)) {
      $0.select = selection
      $0.isDryRun = true
    }
    guard let plan = planning.plan else {
      console.note(planning.nothingToDo)
      return nil
    }
    var tables = type.writes.map(\.name)
    if let wanted = arguments.text(Self.table) {
      guard tables.contains(wanted) else {
        throw RunError(
          .usage, "--table: stage \(name) makes no table \"\(wanted)\"",
          help: "it makes \(tables.joined(separator: ", "))")
      }
      tables = [wanted]
    }
    Interrupt.install()
    let run = PipelineRun(
      plan, migrations: [], observer: Progress(console, isQuiet: !console.isTerminal))
    changes = try run.changes().filter { tables.contains($0.schema.name) }
    self.plan = plan
  }

  private static func stage(_ name: String) throws(RunError) -> any MetricStage.Type {
    let stages = Registry.stages.filter { !$0.isEphemeral }
    if let found = stages.first(where: { $0.name == name }) { return found }
    if let maker = stages.first(where: { stage in stage.writes.contains { $0.name == name } }) {
      throw RunError(
        .usage, "\(name) is a table, not a stage",
        help: "it is made by \(maker.name): write \(maker.name) --table \(name)")
    }
    let names = stages.map { $0.name }
    throw RunError(
      .usage, "no stage is called \"\(name)\"",
      help: nearest(to: name, in: names).map { "did you mean \"\($0)\"?" }
        ?? "there are: \(names.joined(separator: ", "))")
  }
}
