import Engine
import Runner

extension Command {
  static let report = Command(
    name: "report", summary: "makes reports from what is published",
    details: [
      "Without NAME the reports of the pipeline (--pipeline, by default nightly; if it has none, "
        + "every report there is). Without a period the ISO week of the last published day; a "
        + "report by weeks or months rounds its period to whole ones.",
      "Every file is written aside and checked before the first one takes its name, so reports that "
        + "fail leave the previous ones as they were.",
      Published.details,
    ],
    positional: Positional(
      name: "NAME", summary: "reports of the folder Reports", count: 0...100,
      completes: .names(.reports)),
    flags: [week, month, year, from, to, output] + Published.flags,
    examples: [
      Example("nightmill report weekly-vendors --week 2026-W46", "one report, for one week"),
      Example("nightmill report --month 2026-10", "all reports of the pipeline, for October"),
    ],
    run: { arguments, console throws(RunError) in
      let asked = try ReportPeriod.parse(
        from: arguments.text(from), to: arguments.text(to), week: arguments.text(week),
        month: arguments.text(month), year: arguments.text(year))
      let project = try Project(folder: arguments.text(.project))
      let pipeline = try project.pipeline(arguments.text(.pipeline) ?? "nightly")
      let names = try names(arguments, of: pipeline, in: project)
      let published = try Published(arguments)
      guard let period = asked ?? published.lastDay.map({ ReportPeriod(holding: $0) }) else {
        throw RunError(
          .failed, "\(published.url) has no published run to report on",
          help: "publish one first: nightmill run \(pipeline.name)")
      }
      let reports = Reports(
        project: project, warehouse: try published.open(), currency: published.currency,
        timeZone: published.timeZone,
        output: arguments.text(output) ?? project.output(of: pipeline), console: console)
      console.show(try reports.make(names, period: period).text)
      return .done
    })

  private static func names(
    _ arguments: Arguments, of pipeline: Pipeline, in project: Project
  ) throws(RunError) -> [String] {
    if !arguments.positionals.isEmpty { return arguments.positionals }
    let names = pipeline.reports.isEmpty ? project.reportNames : pipeline.reports
    if names.isEmpty {
      throw RunError(
        .usage, "there are no reports in \(project.path("Reports"))",
        help: "add a report's YAML file there")
    }
    return names
  }

  private static let week = Flag("week", "WEEK", example: "2026-W46", "an ISO week: 2026-W46")
  private static let month = Flag("month", "MONTH", example: "2026-10", "a month: 2026-10")
  private static let year = Flag("year", "YEAR", example: "2026", "a year: 2026")
  private static let from = Flag("from", "DAY", example: "2026-11-09", "first day")
  private static let to = Flag("to", "DAY", example: "2026-11-15", "last day, included")
  private static let output = Flag(
    "output", "DIR", example: "out",
    "the folder that gets a folder for the period (default: as the pipeline says)")
}
