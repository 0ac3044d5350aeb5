import Engine
import Runner

extension Command {
  static let history = Command(
    name: "history", summary: "past runs, how they ended, and one run whole",
    details: [
      "The runs that have a folder, and those that only the warehouse still knows. A run whose "
        + "process ended without a word is called killed. With RUN everything about it: settings and "
        + "where they are said, sources, stages, tables, files, and how it ended.",
      Published.details,
    ],
    positional: Positional(
      name: "RUN", summary: "a run's ID, or how it begins, to see it whole", count: 0...1),
    flags: [last, .format, .runs] + Published.flags,
    examples: [
      Example("nightmill history", "the last 20 runs"),
      Example("nightmill history --last 100 --format csv", "more of them, for another program"),
      Example("nightmill history 20260602T071000Z-1x2y3z", "one run whole"),
    ],
    run: { arguments, console throws(RunError) in
      let format = try arguments.format()
      let number = try arguments.integer(last, in: 1...1_000_000) ?? 20
      let project = try Project(folder: arguments.text(.project))
      let history = RunHistory(runs: RunFlags.folder(arguments, project: project))
      if let name = arguments.positionals.first {
        let details = RunDetails(try history.run(name))
        switch format {
        case .json: try console.result(details.document)
        case .table: try console.result(details.text)
        case .csv: try console.result(format.bytes(RunDetails.columns, details.rows))
        }
        return .done
      }
      let rows = try RunList(history, warehouse: warehouse(arguments, project, console)).rows
      if rows.isEmpty, format == .table {
        console.note("no run yet in \(history.runs)")
        return .done
      }
      try console.result(format.bytes(RunList.columns, Array(rows.prefix(number))))
      return .done
    })

  private static let last = Flag("last", "N", example: "100", "how many runs (default: 20)")

  /// The warehouse whose runs are shown too; nil where the pipeline that names it is wrong: history
  /// is what one looks at then.
  private static func warehouse(
    _ arguments: Arguments, _ project: Project, _ console: Console
  ) -> String? {
    if let url = Published.warehouse(arguments) { return url }
    do throws(RunError) {
      return project.warehouse(
        of: try project.pipeline(arguments.text(.pipeline) ?? "nightly"))
    } catch {
      console.warn("runs that only the warehouse knows are not shown: \(error.message)")
      return nil
    }
  }
}
