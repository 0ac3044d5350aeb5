import Engine
import Glibc
import Runner

extension Command {
  static let retry = Command(
    name: "retry", summary: "goes on from what a failed or killed run had finished",
    details: [
      "The same command for the same days, with the same ID: stages that were finished are not made "
        + "again, and sources that only they read are not read. If the tables were published "
        + "already, only the reports are made. Without RUN the last run that did not end well.",
      "It refuses (78) if a setting, a mapping, the program or an input file is not what it was, or "
        + "if another run was published since: --force makes a new run of the same command and days "
        + "from the start.",
      "Ends with 0 also if there is nothing to retry, otherwise as `nightmill run` does.",
    ],
    positional: Positional(
      name: "RUN", summary: "a run's ID, or how it begins (default: the last that failed)",
      count: 0...1),
    flags: [force, .warehouse, .timeout, .log, .runs, .project, .quiet],
    examples: [
      Example("nightmill retry", "the last run that did not end well"),
      Example("nightmill retry 20260602T071000Z-1x2y3z", "one by its ID"),
    ],
    run: { arguments, console throws(RunError) in
      let project = try Project(folder: arguments.text(.project))
      let flags = try RunFlags(arguments, project: project)
      let history = RunHistory(runs: flags.runs)
      var chosen: PastRun?
      if let name = arguments.positionals.first {
        chosen = try history.run(name)
      } else {
        chosen = history.lastUnfinished()
      }
      guard let run = chosen else {
        console.note("nothing to retry: no run in \(flags.runs) has failed")
        return .done
      }
      if run.outcome.isGood {
        console.note("nothing to retry: run \(run.runID) ended well (\(run.outcome.words))")
        return .done
      }
      if run.outcome == .running {
        throw RunError(
          .unavailable, "run \(run.runID) is under way",
          help: "wait until it is done; `nightmill history` shows how it ended")
      }
      return try Retrying(run, arguments, flags, console).run()
    })

  fileprivate static let force = Flag(
    switch: "force",
    "if it cannot go on, a new run of the same command and days from the start")
}

/// A retry of one run.
private struct Retrying {
  private let past: PastRun
  private let arguments: Arguments
  private let flags: RunFlags
  private let console: Console
  private let words: [String]
  private let finding: [String]
  private let timeout: Int?

  init(
    _ past: PastRun, _ arguments: Arguments, _ flags: RunFlags, _ console: Console
  ) throws(RunError) {
    self.past = past
    self.arguments = arguments
    // Paths of this command line are from here, those of the run from where it was started.
    self.flags = flags.absolute
    self.console = console
    words = past.command
    finding = arguments.words(of: [.runs, .project])
    timeout = try RunFlags.timeout(arguments)
  }

  func run() throws(RunError) -> ExitCode {
    let planning = try recall()
    let project = planning.project
    guard let plan = planning.plan, let identity = past.identity else { throw notBegun }
    Interrupt.install(timeout: timeout)
    if try past.isPublished(in: plan) {
      let session = try session(project, identity, attempt: past.attempt + 1)
      return try session.reportsOnly(planning, refused: past.rows.quarantined)
    }
    let origins = project.origins(of: planning.pipeline, overrides: planning.overrides)
    let changes = try Retrial(past).changes(since: plan, origins: origins)
    if changes.isEmpty {
      let session = try session(project, identity, attempt: past.attempt + 1)
      return try session.run { () throws(RunError) in planning }
    }
    guard arguments.isSet(Command.force) else {
      throw RunError(
        .configuration,
        "run \(past.runID) cannot go on: " + changes.map { "\n  \($0)" }.joined(),
        help: "a new run of the same command and days starts from nothing"
      ).next(Arguments.line(["nightmill", "retry", past.runID, "--force"] + finding))
    }
    let fresh = RunIdentity()
    try RunFolder(runID: fresh.runID, in: flags.runs).create()
    let session = try session(project, fresh, attempt: 1)
    return try session.run { () throws(RunError) in planning }
  }

  /// The plan of the run's own command line, for its days and with its files and warehouse.
  private func recall() throws(RunError) -> Planning {
    guard past.isPlanned, let to = past.to, let places = past.places,
      let folder = past.workingDirectory, let warehouse = past.warehouse
    else { throw notBegun }
    let here = arguments.text(.warehouse).map { absoluteURL($0) }
    guard here != nil || !warehouse.contains("***") else {
      throw RunError(
        .configuration, "the password of \(warehouse) is not kept",
        help: "give the whole URL with --warehouse")
    }
    let project = arguments.text(.project).map { absolutePath($0) }
    guard chdir(folder) == 0 else {
      throw RunError(
        .configuration,
        "the folder \(folder), where run \(past.runID) was started, cannot be entered: "
          + String(cString: strerror(errno)), help: "make it again, or start a new run")
    }
    let original = try Arguments(Array(words.dropFirst()), of: .run)
    let found = try Project(folder: project ?? original.text(.project))
    return try Planning(
      original, project: found, pipeline: original.positionals.first,
      recalled: Planning.Recalled(
        window: Window(from: past.from, to: to), warehouse: here ?? warehouse,
        inputs: places.inputs, output: places.output))
  }

  private func session(
    _ project: Project, _ identity: RunIdentity, attempt: Int
  ) throws(RunError) -> RunSession {
    try RunSession(
      console, project: project, flags: flags, identity: identity, attempt: attempt, words: words,
      pipeline: past.pipeline, finding: finding)
  }

  private var notBegun: RunError {
    RunError(
      .configuration, "run \(past.runID) stopped before it had read anything",
      help: past.error.map { "it ended with: \($0.message)" } ?? ""
    ).next(words.isEmpty ? "nightmill run" : Arguments.line(["nightmill"] + words))
  }

  private func absoluteURL(_ url: String) -> String {
    url.hasPrefix("sqlite:") ? "sqlite:" + absolutePath(String(url.dropFirst(7))) : url
  }
}
