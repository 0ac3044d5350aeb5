import Engine
import Files
import YAML

/// A file that a report wrote.
package struct WrittenFile: Sendable, Equatable {
  /// The report.
  package let report: String
  /// Its path.
  package let path: String
  /// Rows of data: of a workbook, of all its tables.
  package let rows: Int
  /// Its size.
  package let bytes: Int
  /// Sums of its columns.
  package let totals: [ControlTotal]

  /// A file that was written.
  package init(
    report: String, path: String, rows: Int, bytes: Int, totals: [ControlTotal] = []
  ) {
    self.report = report
    self.path = path
    self.rows = rows
    self.bytes = bytes
    self.totals = totals
  }
}

/// Makes reports from what is published.
///
/// Every file of every report is written aside and checked before the first takes its name, so a
/// report that fails leaves all previous files as they were. The same published content gives the
/// same bytes, but for the sheet About, which names the run.
package struct ReportRun {
  private let project: Project
  private let warehouse: any Warehouse
  private let currency: Currency
  private let timeZone: Engine.TimeZone
  private let output: String

  /// Reports of a project; `output` is the folder that gets a folder for each period.
  package init(
    project: Project, warehouse: any Warehouse, currency: Currency, timeZone: Engine.TimeZone,
    output: String
  ) {
    self.project = project
    self.warehouse = warehouse
    self.currency = currency
    self.timeZone = timeZone
    self.output = output
  }

  /// Makes the named reports for the whole weeks or months that a period lies in.
  ///
  /// - Parameters:
  ///   - names: Reports of the project's folder Reports.
  ///   - period: Some days; a run asks for `ReportPeriod(holding:)` its last day.
  /// - Returns: What was written, in order, workbooks before their CSV files.
  package func make(_ names: [String], period: ReportPeriod) throws(RunError) -> [WrittenFile] {
    let reports = try project.reports(names, moneyDigits: currency.digits)
    let format = ReportFormat(moneyDigits: currency.digits, timeZone: timeZone)
    let run = try RunFacts(from: warehouse)
    if let last = run.last, last.currency != currency.text || last.timeZone != timeZone.name {
      throw RunError(
        .configuration,
        "\(warehouse.displayName) was made for \(last.currency) and \(last.timeZone), "
          + "and the reports are asked for in \(currency.text) and \(timeZone.name)",
        help: "use the settings of the pipeline \(last.pipeline), which made it")
    }
    var contents: [ReportContent] = []
    for report in reports {
      contents.append(
        try ReportContent(
          report, period: period.rounded(to: report.unit), warehouse: warehouse, run: run,
          currency: currency, format: format))
    }
    var prepared: [(file: AtomicFile, written: WrittenFile)] = []
    for content in contents {
      for made in try prepare(content, format) {
        if let other = prepared.first(where: { $0.file.path == made.file.path }) {
          throw RunError(
            .configuration,
            "the reports \(other.written.report) and \(made.written.report) both write "
              + "\(made.file.path)", help: "rename one of the files under csv:")
        }
        prepared.append(made)
      }
    }
    try file { () throws(FileError) in try AtomicFile.commit(prepared.map(\.file)) }
    return prepared.map(\.written)
  }

  private func prepare(
    _ content: ReportContent, _ format: ReportFormat
  ) throws(RunError) -> [(file: AtomicFile, written: WrittenFile)] {
    let name = content.report.name
    let folder = "\(output)/\(content.period.label)"
    try file { () throws(FileError) in try makeFolder(folder) }
    var made: [(file: AtomicFile, written: WrittenFile)] = []
    func add(_ file: AtomicFile, rows: Int, _ totals: [ControlTotal]) throws(RunError) {
      let size = try Runner.file { () throws(FileError) in try file.size() }
      made.append(
        (
          file,
          WrittenFile(report: name, path: file.path, rows: rows, bytes: size, totals: totals)
        ))
    }
    let base = content.report.workbook.replacing("{period}", with: content.period.label)
    let workbook = try begin("\(folder)/\(base).xlsx")
    let check = try ReportWorkbook(content: content, format: format)
      .write(to: workbook.temporaryPath)
    try check.check(workbook.temporaryPath, for: workbook.path)
    try add(workbook, rows: check.rows, try content.controlTotals(format))
    for output in content.report.files {
      let file = try begin("\(folder)/\(output.file)")
      let (bytes, rows) = content.bytes(of: output, format)
      let isWhole = try Runner.file { () throws(FileError) in
        try file.write(bytes)
        return try file.holds(bytes)
      }
      guard isWhole else {
        throw RunError(
          .failed, "\(file.path): the file read again is not what was to be written",
          help: "check the disk, then run the report again; the files of before are unchanged")
      }
      try add(file, rows: rows, content.controlTotals(of: output, format))
    }
    return made
  }

  /// Begins a file that only the group may read, whoever writes it: names and e-mails stand in
  /// reports.
  private func begin(_ path: String) throws(RunError) -> AtomicFile {
    try file { () throws(FileError) in try AtomicFile(path, mode: 0o640) }
  }
}

extension Project {
  /// Reads reports by name, reporting everything that is wrong with any of them.
  package func reports(_ names: [String], moneyDigits: Int) throws(RunError) -> [Report] {
    let known = reportNames
    let problems = Problems()
    let loader = ReportLoader(
      sqlFolder: path("SQL/reports"), world: Self.world, moneyDigits: moneyDigits)
    var reports: [Report] = []
    for (index, name) in names.enumerated() where !names[..<index].contains(name) {
      guard known.contains(name) else {
        throw RunError(
          .usage, "no report is called \"\(name)\"",
          help: nearest(to: name, in: known).map { "did you mean \"\($0)\"?" }
            ?? (known.isEmpty
              ? "there are none in \(path("Reports"))"
              : "there are: \(known.joined(separator: ", "))"))
      }
      if let report = loader.load(file: path("Reports/\(name).yaml"), problems: problems) {
        reports.append(report)
      }
    }
    do throws(YAMLError) { try problems.throwIfAny() } catch { throw RunError(error) }
    return reports
  }
}
