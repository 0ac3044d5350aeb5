import Engine
import Glibc
import Runner

/// What `run` and `plan` have in common: from arguments to a plan.
struct Planning {
  let project: Project
  let pipeline: Pipeline
  let overrides: SettingsOverrides
  /// nil where no day has passed that there would be something to run for.
  let plan: RunPlan?

  static let positional = Positional(
    name: "PIPELINE", summary: "a pipeline's name or file (default: nightly)", count: 0...1,
    completes: .names(.pipelines))

  static let flags: [Flag] = [
    .from, .to, .select, .exclude, .warehouse, .inputs, .settings, .set, .threads, .fullRefresh,
    dryRun, noReports, .project,
  ]

  static let dryRun = Flag(switch: "dry-run", "do everything but publishing and reports")
  static let noReports = Flag(switch: "no-reports", "make no reports after publishing")

  init(_ arguments: Arguments) throws(RunError) {
    project = try Project(folder: arguments.text(.project))
    overrides = try Self.overrides(arguments)
    pipeline = try project.pipeline(
      arguments.positionals.first ?? "nightly", overrides: overrides)
    let settings = pipeline.settings
    guard let days = settings.days(today: Clock.today(in: settings.timezone)) else {
      plan = nil
      return
    }
    let plan = try RunPlan(
      pipeline, window: Window(from: days.from, to: days.to),
      options: try Self.options(arguments), folder: project.folder)
    try plan.checkReports(of: project)
    self.plan = plan
  }

  /// Why there is nothing to do.
  var nothingToDo: String {
    let first = if case .day(let day)? = pipeline.settings.from { day.text } else { "" }
    return "nothing to do: the first day, \(first), is not over yet in "
      + "\(pipeline.settings.timezone.name); say --to to run it all the same"
  }

  private static func overrides(_ arguments: Arguments) throws(RunError) -> SettingsOverrides {
    var overrides = SettingsOverrides()
    overrides.file = arguments.text(.settings)
    overrides.assignments = arguments.texts(.set)
    overrides.from = arguments.text(.from)
    overrides.to = arguments.text(.to)
    return overrides
  }

  private static func options(_ arguments: Arguments) throws(RunError) -> RunOptions {
    var options = RunOptions()
    options.select = arguments.text(.select)
    options.exclude = arguments.text(.exclude)
    options.warehouse = Published.warehouse(arguments)
    options.inputs = arguments.text(.inputs)
    options.isDryRun = arguments.isSet(dryRun)
    options.makesReports = !arguments.isSet(noReports)
    options.isFullRefresh = arguments.isSet(.fullRefresh)
    let processors = min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), 64)
    options.pass.threads = try arguments.integer(.threads, in: 1...256) ?? processors
    return options
  }
}
