import Runner
import YAML

extension Command {
  static let list = Command(
    name: "list", summary: "stages, sources, tables, reports and pipelines, a line each",
    details: [
      "With --select or --exclude it shows which stages a selection means, among those of "
        + "--pipeline or all there are."
    ],
    positional: Positional(
      name: "KIND", summary: "stages, sources, tables, reports or pipelines (default: all)",
      count: 0...1, completes: .words(Listing.Kind.allCases.map(\.rawValue))),
    flags: [.select, .exclude, pipeline, .project],
    examples: [
      Example("nightmill list tables", "the tables of the warehouse and what a row is"),
      Example(
        "nightmill list stages --select +product_analytics", "what that selection would run"),
    ],
    run: { arguments, console throws(RunError) in
      let selects = arguments.text(.select) != nil || arguments.text(.exclude) != nil
      let project = try Project(folder: arguments.text(.project))
      var kind: Listing.Kind?
      if let word = arguments.positionals.first {
        kind = Listing.Kind(rawValue: word)
        if kind == nil { throw unknownKind(word) }
      }
      let name = arguments.text(.pipeline)
      if selects || name != nil {
        if let kind, kind != .stages {
          throw RunError(
            .usage, "--select, --exclude and --pipeline choose stages, not \(kind.rawValue)",
            help: "write `nightmill list stages`")
        }
        var pipeline: Pipeline?
        if let name { pipeline = try project.pipeline(name) }
        try console.result(
          try Listing.stages(
            of: pipeline, select: arguments.text(.select), exclude: arguments.text(.exclude)))
        return .done
      }
      let listing = Listing(project)
      if let kind {
        try console.result(listing.text(kind))
        return .done
      }
      for (index, kind) in Listing.Kind.allCases.enumerated() {
        let lines = listing.text(kind).split(separator: "\n").map { "  \($0)\n" }.joined()
        try console.result("\(index == 0 ? "" : "\n")\(kind.rawValue)\n\(lines)")
      }
      return .done
    })

  private static let pipeline = Flag(
    "pipeline", "NAME", example: "weekly", "only the stages of this pipeline",
    completes: .names(.pipelines))

  private static func unknownKind(_ word: String) -> RunError {
    let kinds = Listing.Kind.allCases.map(\.rawValue)
    return RunError(
      .usage, "there is no list of \"\(word)\"",
      help: nearest(to: word, in: kinds).map { "did you mean \"\($0)\"?" }
        ?? "there are: \(kinds.joined(separator: ", "))")
  }
}
