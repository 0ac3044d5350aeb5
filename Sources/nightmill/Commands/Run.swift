import Engine
import Runner

extension Command {
  static let run = Command(
    name: "run", summary: "extract, transform, check, publish and report: the main job",
    details: [
      "Everything is computed first and published in one transaction, so a run that fails or is "
        + "interrupted changes nothing. The pipeline's data checks look at the tables inside that "
        + "transaction, and a failed one undoes it. Running the same days again replaces their rows.",
      "Ends with 0 when done (also if there was nothing to do), 1 if something failed, 3 if a check "
        + "failed or too many rows were refused, 64 for a wrong command line, 75 if another run is under way, "
        + "78 for a wrong file of the project.",
    ],
    positional: Planning.positional, flags: Planning.flags + [.quiet],
    examples: [
      Example("nightmill run", "the pipeline nightly, for yesterday"),
      Example("nightmill run nightly --from all", "everything there is, as a first run does"),
      Example(
        "nightmill run --from 2026-06-01 --to 2026-06-07 --select +vendor_connections",
        "one stage and what it needs, for a week"),
    ],
    run: { arguments, console throws(RunError) in
      let planning = try Planning(arguments)
      guard let plan = planning.plan else {
        console.note(planning.nothingToDo)
        return .done
      }
      try plan.checkOutput()
      Interrupt.install()
      let migrations = try planning.project.migrations()
      let isQuiet = arguments.isSet(.quiet)
      let progress = Progress(console, isQuiet: isQuiet) {
        // Nothing is published before the last stage has ended.
        if Interrupt.exit != nil { console.stop(Interrupt.error(next: arguments.commandLine)) }
      }
      let outcome: PipelineRun.Outcome
      do throws(RunError) {
        outcome = try PipelineRun(plan, migrations: migrations, observer: progress).run()
      } catch {
        progress.finish()
        guard error.exit == .interrupted else { throw error }
        throw Interrupt.error(next: arguments.commandLine)
      }
      progress.finish()
      var files = ""
      var failure: RunError?
      if outcome.isPublished, plan.options.makesReports, !plan.pipeline.reports.isEmpty {
        let command = reportCommand(arguments, plan)
        do throws(RunError) {
          if let exit = Interrupt.exit {
            throw RunError(
              exit, "interrupted; the tables are published, but the reports are not made",
              help: command)
          }
          files = try Reports.afterRun(
            plan, refused: outcome.quarantined.count, project: planning.project, command: command
          ).text
        } catch {
          failure = error
        }
      }
      if !isQuiet {
        console.show(Summary(plan, outcome, stages: progress.stages, files: files).text)
      }
      if let failure { throw failure }
      return Interrupt.exit ?? .done
    })

  /// The command that makes a run's reports alone.
  private static func reportCommand(_ arguments: Arguments, _ plan: RunPlan) -> String {
    var words = ["nightmill", "report", "--week", plan.context.window.to.weekText]
    if let pipeline = arguments.positionals.first { words += ["--pipeline", pipeline] }
    for flag in [Flag.warehouse, .project] {
      if let value = arguments.text(flag) { words += ["--\(flag.name)", value] }
    }
    return Arguments.line(words)
  }
}
