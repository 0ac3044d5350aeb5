import Runner

extension Command {
  static let plan = Command(
    name: "plan", summary: "what `run` would do, without doing it",
    details: [
      "Shows the window, the settings and where each is said, the stages in order with what they "
        + "read, restate and write, and the files that are there, with the columns nothing uses. "
        + "The warehouse is not opened. If a file or a column of it is missing, the plan ends as "
        + "the run would."
    ],
    positional: Planning.positional, flags: Planning.flags,
    examples: [
      Example("nightmill plan weekly", "the pipeline weekly, as it would run today"),
      Example("nightmill plan --from all --select product_analytics", "one stage, all days"),
    ],
    run: { arguments, console throws(RunError) in
      let planning = try Planning(arguments)
      guard let plan = planning.plan else {
        console.note(planning.nothingToDo)
        return .done
      }
      try plan.compileChecks(try planning.project.migrations())
      let origins = planning.project.origins(
        of: planning.pipeline, overrides: planning.overrides)
      let (text, problem) = PlanText(plan, origins: origins).make()
      try console.result(text)
      if let problem { throw problem }
      return .done
    })
}
