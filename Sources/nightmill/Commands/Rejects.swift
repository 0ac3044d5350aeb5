import Engine
import Runner
import YAML

extension Command {
  static let rejects = Command(
    name: "rejects", summary: "the rows that a run refused: how many and why, or each of them",
    details: [
      "Without --source, --reason or --rows a line for each source and reason with its number; with "
        + "one of them the rows, with file, line and raw text. --to writes the rows to a CSV file "
        + "that only its owner can read. Digits of tax profiles are masked.",
      "Without RUN the last run. Rows are kept in the run's folder until it is pruned; those of "
        + "published runs also in the table quarantined_rows.",
    ],
    positional: Positional(
      name: "RUN", summary: "a run's ID, or how it begins (default: the last run)", count: 0...1),
    flags: [source, reason, rows, destination, .format, .runs, .project],
    examples: [
      Example("nightmill rejects", "how many rows the last run refused, and why"),
      Example("nightmill rejects --source calls --reason type", "those rows"),
      Example("nightmill rejects --to refused.csv", "all of them, as a file to send back"),
    ],
    run: { arguments, console throws(RunError) in
      let project = try Project(folder: arguments.text(.project))
      let history = RunHistory(runs: RunFlags.folder(arguments, project: project))
      let format = try arguments.format()
      guard let run = try arguments.positionals.first.map(history.run) ?? history.all().first else {
        throw RunError(
          .usage, "there is no run in \(history.runs)", help: "make one with `nightmill run`")
      }
      let all = try RejectedRows(in: run.folder).rows
      let chosen = try select(all, arguments)
      if let path = arguments.text(destination) {
        try writeFile(
          QueryOutput.Format.csv.bytes(columns, chosen.map(shown)), to: path, mode: 0o600)
        console.note("\(path): \(Figures.count(chosen.count, "row"))")
        return .done
      }
      if all.isEmpty {
        console.note("run \(run.runID) refused no row")
        if format == .table { return .done }
      }
      let wantsRows =
        arguments.isSet(rows) || arguments.text(source) != nil || arguments.text(reason) != nil
      try console.result(
        wantsRows
          ? format.bytes(columns, chosen.map(shown))
          : format.bytes(["source", "reason", "rows"], counts(chosen)))
      return .done
    })

  private static let source = Flag("source", "NAME", example: "calls", "only rows of this source")
  private static let reason = Flag(
    "reason", "WORD", example: "type", "only rows refused for this reason")
  private static let rows = Flag(switch: "rows", "the rows instead of their numbers")
  private static let destination = Flag(
    "to", "FILE", example: "refused.csv", "writes the rows to a CSV file")
  private static let columns = ["source"] + RejectedRows.columns

  private static func shown(_ row: RejectedRows.Row) -> [ShownValue] {
    [.text(row.source)]
      + zip(RejectedRows.columns, row.values).map { column, value in
        column == "line" ? .figure(value) : .text(value)
      }
  }

  private static func select(
    _ rows: [RejectedRows.Row], _ arguments: Arguments
  ) throws(RunError) -> [RejectedRows.Row] {
    var chosen = rows
    if let name = arguments.text(source) {
      try check(name, source, Registry.sources.map(\.source))
      chosen = chosen.filter { $0.source == name }
    }
    if let word = arguments.text(reason) {
      try check(word, reason, Offence.allCases.map(\.word))
      chosen = chosen.filter { $0.reason == word }
    }
    return chosen
  }

  private static func check(_ word: String, _ flag: Flag, _ known: [String]) throws(RunError) {
    if known.contains(word) { return }
    throw RunError(
      .usage, "--\(flag.name): no \(flag.name) is called \"\(word)\"",
      help: nearest(to: word, in: known).map { "did you mean \"\($0)\"?" }
        ?? "there are: \(known.joined(separator: ", "))")
  }

  private static func counts(_ rows: [RejectedRows.Row]) -> [[ShownValue]] {
    var counts: [[String]: Int] = [:]
    for row in rows { counts[[row.source, row.reason], default: 0] += 1 }
    return counts.sorted { ($0.key[0], -$0.value, $0.key[1]) < ($1.key[0], -$1.value, $1.key[1]) }
      .map { [.text($0.key[0]), .text($0.key[1]), .figure("\($0.value)")] }
  }
}
