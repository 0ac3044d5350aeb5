import Engine
import Files
import YAML

/// Looks a project over without running it: its files, its pipelines' tests, and the data checks on
/// what is published.
package struct ProjectCheck {
  /// Something that was looked at.
  package struct Finding: Sendable {
    /// How it is.
    package enum Status: String, Sendable {
      /// As it should be.
      case ok
      /// Not looked at, for the reason in `detail`.
      case skip
      /// Not as it should be, and no reason to stop.
      case warn
      /// Not as it should be.
      case fail = "FAIL"
    }

    /// How it is.
    package let status: Status
    /// What kind of thing it is.
    package let kind: String
    /// Its name.
    package let name: String
    /// What there is to say of it; several lines where it is not as it should be.
    package let detail: String
  }

  /// Which data checks are run, on the rows of which days.
  package struct Selection: Sendable {
    /// Names of checks and tables, separated by spaces; nil for all checks.
    package var select: String?
    /// The days, as `--from` and `--to` have them; without either those of the pipeline's last run.
    package var from: String?
    /// See `from`.
    package var to: String?
    /// The warehouse's URL instead of the pipelines'.
    package var warehouse: String?
    /// A folder for the failing rows as CSV files; nil for none.
    package var rows: String?

    /// All checks, on the last run's rows.
    package init() {}
  }

  let project: Project
  let names: [String]
  /// Whether everything in the project is meant, not only what some pipelines use.
  let isWhole: Bool
  let pipelines: [Pipeline]
  private let cases: [(pipeline: Pipeline, cases: [PipelineCase])]
  private let migrations: [Migration]
  /// The tables that each check of each pipeline reads, by the check's name.
  private let tables: [[String: Set<String>]]
  /// What is said of the files.
  private let files: [Finding]

  /// Reads the named pipelines, or all there are, with all that they use.
  ///
  /// - Throws: Everything that is wrong with any file, at once.
  package init(
    _ project: Project, pipeline: String?, days: Selection = Selection()
  ) throws(RunError) {
    self.project = project
    isWhole = pipeline == nil
    names = pipeline.map { [$0] } ?? project.pipelineNames
    migrations = try project.migrations()
    let problems = Problems()
    var overrides = SettingsOverrides()
    (overrides.from, overrides.to) = (days.from, days.to)
    var pipelines: [Pipeline] = []
    var cases: [(pipeline: Pipeline, cases: [PipelineCase])] = []
    for name in names {
      let file = try project.pipelineFile(name)
      do throws(YAMLError) {
        let loaded = try project.pipelineLoader.load(file: file, overrides: overrides)
        pipelines.append(loaded)
        cases.append((loaded, project.cases(ofPipelineFile: file, problems: problems)))
      } catch {
        problems.add(error)
      }
    }
    self.pipelines = pipelines
    self.cases = cases
    let migrations = migrations
    let scratch = try warehouse { () throws(WarehouseError) in
      try Registry.scratchWarehouse(
        migrations, currency: pipelines.first?.settings.currency ?? .defaultCurrency)
    }
    var tables: [[String: Set<String>]] = []
    for pipeline in pipelines {
      tables.append(try Audit.compile(pipeline.checks, on: scratch, problems: problems))
    }
    self.tables = tables
    let looked = ProjectFiles(project: project, tables: scratch, problems: problems)
    files = try looked.findings(of: pipelines, isWhole: isWhole)
    do throws(YAMLError) { try problems.throwIfAny() } catch { throw Project.error(error) }
  }

  /// Says what is to say of the files, which are as they should be.
  package func tellFiles(_ tell: (Finding) throws(RunError) -> Void) throws(RunError) {
    for finding in files { try tell(finding) }
  }

  /// Runs the cases of the pipelines' tests.
  package func runCases(_ tell: (Finding) throws(RunError) -> Void) throws(RunError) {
    for (pipeline, cases) in cases {
      for one in cases {
        let differences = try one.run(migrations)
        try tell(
          Finding(
            status: differences.isEmpty ? .ok : .fail, kind: "test",
            name: "\(pipeline.name): \(one.name)",
            detail: ([differences.isEmpty ? "" : "\(one.mark)"] + differences)
              .joined(separator: "\n")))
      }
    }
  }

  /// Runs the data checks on what is published; pipelines without a warehouse or a run are passed
  /// over.
  package func runChecks(
    _ selection: Selection, _ tell: (Finding) throws(RunError) -> Void
  ) throws(RunError) {
    let words = selection.select?.split(separator: " ").map(String.init)
    try checkWords(words ?? [])
    for (pipeline, tables) in zip(pipelines, tables) where !pipeline.checks.isEmpty {
      let url = selection.warehouse ?? project.warehouse(of: pipeline)
      let chosen = pipeline.checks.filter { check in words?.contains(where: check.isMeant) ?? true }
      if chosen.isEmpty { continue }
      for result in try Self.results(chosen, reading: tables, of: pipeline, url, selection) {
        try tell(Finding(result, of: pipeline))
      }
    }
  }

  private func checkWords(_ words: [String]) throws(RunError) {
    let checks = pipelines.flatMap(\.checks)
    for word in words where !checks.contains(where: { $0.isMeant(by: word) }) {
      let known = checks.map(\.name) + Set(checks.flatMap(\.tables)).sorted()
      throw RunError(
        .usage, "--select: no check or checked table is called \"\(word)\"",
        help: nearest(to: word, in: known).map { "did you mean \"\($0)\"?" }
          ?? "there are: \(known.joined(separator: ", "))")
    }
  }

  private static func results(
    _ checks: [Check], reading tables: [String: Set<String>], of pipeline: Pipeline, _ url: String,
    _ selection: Selection
  ) throws(RunError) -> [CheckResult] {
    guard Registry.warehouseExists(url),
      let last = try LastRun.read(url, of: pipeline.name)
    else { return [] }
    var window = last.window
    if selection.from != nil || selection.to != nil {
      guard let days = pipeline.settings.days(today: Clock.today(in: last.timeZone)) else {
        throw RunError(
          .usage, "--from \(selection.from ?? "") is not over yet", help: "give --to as well")
      }
      window = Window(from: days.from, to: days.to)
    }
    let context = CheckContext(
      window: window, timeZone: last.timeZone, currency: last.currency, runID: last.runID)
    let opened = try Registry.openWarehouse(url, currency: last.currency, readOnly: true)
    var results: [CheckResult] = []
    try warehouse { () throws(WarehouseError) in
      try opened.snapshot { () throws(WarehouseError) in
        let coverage = try CheckCoverage(
          of: opened, window, tables: tables, sources: last.sources(of: pipeline))
        try Check.run(checks, on: opened, in: context, covered: coverage) { results.append($0) }
      }
    }
    guard let folder = selection.rows else { return results }
    var kept: [CheckResult] = []
    for result in results {
      kept.append(try file { () throws(FileError) in try result.keepingRows(in: folder) })
    }
    return kept
  }
}

extension ProjectCheck.Finding {
  fileprivate init(_ result: CheckResult, of pipeline: Pipeline) {
    let status: Status =
      switch result.status {
      case .passed: .ok
      case .skipped: .skip
      case .warned: .warn
      case .failed: .fail
      }
    self.init(
      status: status, kind: "check", name: "\(pipeline.name): \(result.name)",
      detail: result.reason.map { "not run, for \($0)" }
        ?? (status == .ok ? "" : "\n\(result.text)"))
  }
}
