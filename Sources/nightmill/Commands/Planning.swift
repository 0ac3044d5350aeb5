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
    .from, .to, .select, .exclude, .warehouse, .inputs, .settings, .set, .threads, .memory,
    .fullRefresh, dryRun, noReports, .project,
  ]

  static let dryRun = Flag(switch: "dry-run", "do everything but publishing and reports")
  static let noReports = Flag(switch: "no-reports", "make no reports after publishing")

  /// Days and places that an earlier attempt settled, over what the command line and the
  /// environment say now.
  struct Recalled {
    let window: Window
    let warehouse: String
    let inputs: String
    let output: String
  }

  init(_ arguments: Arguments) throws(RunError) {
    try self.init(
      arguments, project: try Project(folder: arguments.text(.project)),
      pipeline: arguments.positionals.first)
  }

  /// A plan of a project's pipeline, by default `nightly`; `change` may change the options that the
  /// flags give.
  init(
    _ arguments: Arguments, project: Project, pipeline name: String?, recalled: Recalled? = nil,
    change: (inout RunOptions) -> Void = { _ in }
  ) throws(RunError) {
    self.project = project
    overrides = try Self.overrides(arguments)
    pipeline = try project.pipeline(name ?? "nightly", overrides: overrides)
    var options = try Self.options(arguments)
    change(&options)
    let settings = pipeline.settings
    let days = settings.days(today: Clock.today(in: settings.timezone))
    if let recalled {
      options.warehouse = recalled.warehouse
      options.inputs = recalled.inputs
      options.output = recalled.output
    }
    guard let window = recalled?.window ?? days.map({ Window(from: $0.from, to: $0.to) }) else {
      plan = nil
      return
    }
    let plan = try RunPlan(pipeline, window: window, options: options, folder: project.folder)
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

  static func options(_ arguments: Arguments) throws(RunError) -> RunOptions {
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
    options.memory = try arguments.bytes(.memory, atLeast: 64 << 20)
    return options
  }
}
