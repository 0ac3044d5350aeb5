import Engine
import Runner

/// A run from its plan to its reports, with everything about it kept in its folder; `run` and `retry`
/// differ in how they come to the plan.
struct RunSession {
  let console: Console
  let project: Project
  let flags: RunFlags
  let identity: RunIdentity
  /// What the run says of itself on standard error.
  private let progress: Progress?
  private let recorder: RunRecorder
  /// `nightmill run …`, as it can be typed again.
  private let commandLine: String
  /// Flags that a next command needs to find the run: `--project`, `--runs`.
  private let finding: [String]

  /// Begins a run, or its next attempt; the folder is there.
  init(
    _ console: Console, project: Project, flags: RunFlags, identity: RunIdentity, attempt: Int = 1,
    words: [String], pipeline: String?, finding: [String]
  ) throws(RunError) {
    self.console = console
    self.project = project
    self.flags = flags
    self.identity = identity
    self.finding = finding
    commandLine = Arguments.line(["nightmill"] + words.map { PlannedRun.masked($0) })
    progress = flags.isJSON ? nil : Progress(console, isQuiet: flags.isQuiet)
    let shown: any RunObserver = progress ?? JSONLog(console: console)
    recorder = try RunRecorder(
      RunFolder(runID: identity.runID, in: flags.runs), identity: identity, attempt: attempt,
      command: words, project: project.folder, next: shown)
    recorder.happened(
      .began(runID: identity.runID, pipeline: pipeline, attempt: attempt))
  }

  /// Plans and runs; whatever happens, the run's folder says so afterwards.
  func run(_ makePlanning: () throws(RunError) -> Planning) throws(RunError) -> ExitCode {
    let planning: Planning
    let outcome: PipelineRun.Outcome
    do throws(RunError) {
      planning = try makePlanning()
      guard let plan = planning.plan else {
        if !flags.isJSON { console.note(planning.nothingToDo) }
        return end(.nothingToDo, planning)
      }
      recorder.planned(
        plan, origins: project.origins(of: planning.pipeline, overrides: planning.overrides))
      try plan.checkOutput()
      let migrations = try project.migrations()
      outcome = try PipelineRun(
        plan, migrations: migrations, observer: recorder, identity: identity,
        folder: recorder.folder
      ).run()
    } catch {
      return try fail(error)
    }
    return try report(planning, outcome)
  }

  /// Makes the reports of a run whose tables are published, and nothing else.
  func reportsOnly(_ planning: Planning, refused: Int) throws(RunError) -> ExitCode {
    guard let plan = planning.plan else { return end(.nothingToDo, planning) }
    recorder.planned(
      plan, origins: project.origins(of: planning.pipeline, overrides: planning.overrides))
    recorder.happened(.published)
    recorder.folder.removeStaged()
    let (files, failure) = reports(plan, refused: refused)
    if let failure { return try fail(failure, as: .reportsMissing) }
    if !flags.isQuiet, !flags.isJSON { console.show(files) }
    return end(.published, planning)
  }

  private func report(
    _ planning: Planning, _ outcome: PipelineRun.Outcome
  ) throws(RunError) -> ExitCode {
    guard let plan = planning.plan else { return .done }
    var (files, failure): (String, RunError?) = ("", nil)
    if outcome.isPublished {
      (files, failure) = reports(plan, refused: outcome.quarantined.count)
    }
    progress?.finish()
    if let progress, !flags.isQuiet {
      console.show(Summary(plan, outcome, stages: progress.stages, files: files).text)
    }
    if let failure { return try fail(failure, as: .reportsMissing) }
    return end(outcome.isPublished ? .published : .dryRun, planning)
  }

  /// Makes the pipeline's reports, if it is to make any; returns what was written, or why not.
  private func reports(_ plan: RunPlan, refused: Int) -> (files: String, failure: RunError?) {
    guard plan.options.makesReports, !plan.pipeline.reports.isEmpty else { return ("", nil) }
    do throws(RunError) {
      if let error = Interrupt.error("the tables are published, but the reports are not made") {
        throw error
      }
      let files = try Reports.afterRun(
        plan, refused: refused, project: project, command: retryCommand, observer: recorder,
        console: flags.isQuiet || flags.isJSON ? nil : console)
      return (files.text, nil)
    } catch {
      return ("", error.next(retryCommand))
    }
  }

  private func end(_ outcome: RunOutcome, _ planning: Planning) -> ExitCode {
    recorder.end(outcome, exit: .done)
    RunHistory(runs: flags.runs).prune(keeping: planning.pipeline.settings.keptRuns)
    return .done
  }

  /// Ends a run that failed: the folder says why and what to do next. A command line that was wrong
  /// was no run: it leaves nothing.
  private func fail(
    _ cause: RunError, as outcome: RunOutcome? = nil
  ) throws(RunError) -> ExitCode {
    let outcome = outcome ?? RunOutcome(cause)
    if cause.exit == .usage {
      progress?.finish()
      recorder.folder.remove()
      throw cause
    }
    let error = cause.next(cause.next ?? next(after: outcome))
    recorder.end(outcome, exit: error.exit, error: error)
    if flags.isJSON { return error.exit }
    throw error
  }

  private func next(after outcome: RunOutcome) -> String {
    switch outcome {
    case .configuration: commandLine
    case .rejected where !recorder.hasFailedChecks:
      Arguments.line(["nightmill", "rejects", identity.runID] + finding)
    default: retryCommand
    }
  }

  private var retryCommand: String {
    Arguments.line(["nightmill", "retry", identity.runID] + finding)
  }
}
