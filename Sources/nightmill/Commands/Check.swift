import Runner

extension Command {
  static let check = Command(
    name: "check", summary: "looks the project over: files, tests, and data checks on the tables",
    details: [
      "First every pipeline, mapping, report and SQL file is read, and the SQL compiled against the "
        + "tables, without a connection; with PIPELINE only what that one uses. Then the cases of "
        + "Pipelines/NAME.test.yaml are run, each in a folder of its own. Last the data checks of "
        + "the pipelines look at what is published, where something is: at the days of the "
        + "pipeline's last run, or at those of --from and --to.",
      "Ends with 0 if all is well or there are only warnings, 3 if a test or check fails, 78 if a "
        + "file is wrong; everything that is wrong with the files is shown at once.",
    ],
    positional: Positional(
      name: "PIPELINE", summary: "a pipeline's name or file (default: all there are)", count: 0...1,
      completes: .names(.pipelines)),
    flags: [select, from, to, rows, .warehouse, .project],
    examples: [
      Example("nightmill check", "everything, before it is put to work"),
      Example(
        "nightmill check nightly --select product_analytics --from all",
        "the data checks of one table, on all its days"),
    ],
    run: { arguments, console throws(RunError) in
      let project = try Project(folder: arguments.text(.project))
      var selection = ProjectCheck.Selection()
      selection.select = arguments.text(select)
      selection.from = arguments.text(from)
      selection.to = arguments.text(to)
      selection.warehouse = Published.warehouse(arguments)
      selection.rows = arguments.text(rows)
      let check = try ProjectCheck(
        project, pipeline: arguments.positionals.first, days: selection)
      let tally = Tally()
      let tell = { (finding: ProjectCheck.Finding) throws(RunError) in
        tally.add(finding)
        try console.result(line(finding))
      }
      // Who asks for some of the checks wants to know of those alone.
      if selection.select == nil {
        try check.tellFiles(tell)
        try check.runCases(tell)
      }
      try check.runChecks(selection, tell)
      console.note(tally.text)
      return tally.failed == 0 ? .done : .rejected
    })

  /// How many findings there were of each kind.
  private final class Tally {
    private(set) var failed = 0
    private var warned = 0
    private var skipped = 0
    private var count = 0

    func add(_ finding: ProjectCheck.Finding) {
      if finding.status == .skip { skipped += 1 } else { count += 1 }
      if finding.status == .fail { failed += 1 }
      if finding.status == .warn { warned += 1 }
    }

    var text: String {
      let warnings = warned > 0 ? ", \(Figures.count(warned, "warning"))" : ""
      let end = failed == 0 ? "all is well" : "\(Figures.count(failed)) failed"
      let rest = skipped > 0 ? ", \(Figures.count(skipped)) not run" : ""
      return "\(Figures.count(count)) looked at: \(end)\(warnings)\(rest)"
    }
  }

  /// A finding: a line, and more below it where it is not as it should be.
  private static func line(_ finding: ProjectCheck.Finding) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let start = "\(padded(finding.status.rawValue, 4))  \(padded(finding.kind, 8))  \(finding.name)"
    let lines = finding.detail.split(separator: "\n", omittingEmptySubsequences: false)
    let first = lines.first.map(String.init) ?? ""
    return (first.isEmpty ? start : "\(start)  (\(first))") + "\n"
      + lines.dropFirst().map { "      \($0)\n" }.joined()
  }

  private static let select = Flag(
    "select", "NAMES", example: "product_analytics",
    "only these data checks, and no files and tests: names of checks or tables, in quotes with "
      + "spaces between")
  private static let from = Flag(
    "from", "DAY", example: "2026-06-01", "first day whose rows are checked, or `all`")
  private static let to = Flag("to", "DAY", example: "2026-06-07", "last day, included")
  private static let rows = Flag(
    "rows", "DIR", example: "out/checks", "a folder for the failing rows, a CSV file per check")
}
