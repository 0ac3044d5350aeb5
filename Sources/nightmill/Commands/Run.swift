import Engine
import Runner

extension Command {
  static let run = Command(
    name: "run", summary: "extract, transform, check, publish and report: the main job",
    details: [
      "Everything is computed first and published in one transaction, so a run that fails or is "
        + "interrupted changes nothing. The pipeline's data checks look at the tables inside that "
        + "transaction, and a failed one undoes it. Running the same days again replaces their rows.",
      "Each run keeps what it did in a folder of its own; `nightmill history` lists them, and "
        + "`nightmill retry` goes on from what a failed one had finished.",
      "Ends with 0 when done (also if there was nothing to do), 1 if something failed, 3 if a check "
        + "failed or too many rows were refused, 64 for a wrong command line, 75 if another run is under way, "
        + "78 for a wrong file of the project, 130 after Ctrl-C, 143 after a kill or --timeout.",
    ],
    positional: Planning.positional, flags: Planning.flags + RunFlags.all,
    examples: [
      Example("nightmill run", "the pipeline nightly, for yesterday"),
      Example("nightmill run nightly --from all", "everything there is, as a first run does"),
      Example(
        "nightmill run --from 2026-06-01 --to 2026-06-07 --select +vendor_connections",
        "one stage and what it needs, for a week"),
      Example(
        "nightmill run --run-id 2026-06-01-nightly --timeout 2h --log json",
        "for a scheduler: a name it knows, an end, and events it can read"),
    ],
    run: { arguments, console throws(RunError) in
      let project = try Project(folder: arguments.text(.project))
      let flags = try RunFlags(arguments, project: project)
      let identity = try RunFlags.identity(arguments)
      let timeout = try RunFlags.timeout(arguments)
      Interrupt.install(timeout: timeout)
      try RunFolder(runID: identity.runID, in: flags.runs).create()
      let session = try RunSession(
        console, project: project, flags: flags, identity: identity,
        words: arguments.words, pipeline: arguments.positionals.first ?? "nightly",
        finding: arguments.words(of: [.runs, .project]))
      return try session.run { () throws(RunError) in
        try Planning(arguments, project: project, pipeline: arguments.positionals.first)
      }
    })
}
