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
  /// The folder of a report that is made for each row of a query, which may have thousands of files.
  package let folder: String?
  /// Sums of its columns.
  package let totals: [ControlTotal]

  /// A file that was written.
  package init(
    report: String, path: String, rows: Int, bytes: Int, folder: String? = nil,
    totals: [ControlTotal] = []
  ) {
    self.report = report
    self.path = path
    self.rows = rows
    self.bytes = bytes
    self.folder = folder
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
  private let progress: (@Sendable (_ report: String, _ done: Int, _ of: Int) -> Void)?

  /// Reports of a project; `output` is the folder that gets a folder for each period, and `progress` is
  /// told how far a report is that is made for each row of a query.
  package init(
    project: Project, warehouse: any Warehouse, currency: Currency, timeZone: Engine.TimeZone,
    output: String,
    progress: (@Sendable (_ report: String, _ done: Int, _ of: Int) -> Void)? = nil
  ) {
    self.project = project
    self.warehouse = warehouse
    self.currency = currency
    self.timeZone = timeZone
    self.output = output
    self.progress = progress
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
    let runs = try RunFacts.runs(of: warehouse)
    if let last = runs.first, last.currency != currency.text || last.timeZone != timeZone.name {
      throw RunError(
        .configuration,
        "\(warehouse.displayName) was made for \(last.currency) and \(last.timeZone), "
          + "and the reports are asked for in \(currency.text) and \(timeZone.name)",
        help: "use the settings of the pipeline \(last.pipeline), which made it")
    }
    let migrations = try project.migrations()
    let tables = try Runner.warehouse { () throws(WarehouseError) in
      try Registry.scratchWarehouse(migrations, currency: currency)
    }
    func facts(_ report: Report) throws(RunError) -> RunFacts {
      try RunFacts(of: report.stages(on: tables), runs, from: warehouse)
    }
    var contents: [ReportContent] = []
    for report in reports where report.each == nil {
      contents.append(
        try ReportContent(
          report, period: period.rounded(to: report.unit), warehouse: warehouse,
          run: try facts(report),
          currency: currency, format: format))
    }
    var prepared: [(file: AtomicFile, written: WrittenFile)] = []
    for content in contents {
      let folder = "\(output)/\(content.period.label)"
      try file { () throws(FileError) in try makeFolder(folder) }
      let made = try prepare(content, format) { name throws(FileError) in
        try AtomicFile("\(folder)/\(name)")
      }
      for made in made {
        if let other = prepared.first(where: { $0.file.path == made.file.path }) {
          throw RunError(
            .configuration,
            "the reports \(other.written.report) and \(made.written.report) both write "
              + "\(made.file.path)", help: "rename one of the files under csv:")
        }
        prepared.append(made)
      }
    }
    var folders: [AtomicFolder] = []
    var written = prepared.map(\.written)
    for report in reports {
      guard let each = report.each else { continue }
      let (folder, files) = try make(
        report, each, period: period.rounded(to: report.unit), run: try facts(report), format)
      folders.append(folder)
      written += files
    }
    try Self.commit(prepared.map(\.file), folders)
    return written
  }

  /// Gives files and folders their names: all or none.
  private static func commit(
    _ files: [AtomicFile], _ folders: [AtomicFolder]
  ) throws(RunError) {
    do throws(FileError) {
      for folder in folders { try folder.swap() }
      try AtomicFile.commit(files)
    } catch {
      for folder in folders.reversed() { folder.restore() }
      throw RunError(error)
    }
    for folder in folders { folder.forget() }
  }

  /// Makes a report for each row of its query, in a folder of its own. Each is read, written and
  /// checked by itself, so that thousands need no more memory than one.
  private func make(
    _ report: Report, _ each: Report.Each, period: ReportPeriod, run: RunFacts,
    _ format: ReportFormat
  ) throws(RunError) -> (folder: AtomicFolder, files: [WrittenFile]) {
    let subjects = try ReportSource(
      report: report, period: period, warehouse: warehouse, timeZone: timeZone,
      dataUpTo: run.dataUpTo
    ).subjects(each)
    let parent = "\(output)/\(period.label)"
    let folder = try file { () throws(FileError) in
      try makeFolder(parent)
      return try AtomicFolder("\(parent)/\(report.name)")
    }
    var files: [WrittenFile] = []
    for (index, subject) in subjects.enumerated() {
      progress?(report.name, index, subjects.count)
      let made: [(file: AtomicFile, written: WrittenFile)]
      do throws(RunError) {
        let content = try ReportContent(
          report, of: subject, period: period, warehouse: warehouse, run: run, currency: currency,
          format: format)
        made = try prepare(content, format) { name throws(FileError) in try folder.file(name) }
      } catch {
        throw RunError(
          error.exit, "\(each.key) \(quote(subject)): \(error.message)", help: error.help)
      }
      for (file, one) in made {
        try Runner.file { () throws(FileError) in try file.commit(synced: false) }
        let name = one.path.dropFirst(folder.temporaryPath.utf8.count)
        files.append(
          WrittenFile(
            report: one.report, path: folder.path + name, rows: one.rows, bytes: one.bytes,
            folder: folder.path, totals: one.totals))
      }
    }
    progress?(report.name, subjects.count, subjects.count)
    return (folder, files)
  }

  /// Writes a report's files under temporary names; `begin` begins one, which only the group may
  /// read, whoever writes it: names and e-mails stand in reports.
  private func prepare(
    _ content: ReportContent, _ format: ReportFormat,
    begin: (_ name: String) throws(FileError) -> AtomicFile
  ) throws(RunError) -> [(file: AtomicFile, written: WrittenFile)] {
    let name = content.report.name
    let key = content.subject.map(RecipientCopies.fileName) ?? ""
    func begun(_ name: String) throws(RunError) -> AtomicFile {
      try Runner.file { () throws(FileError) in
        try begin(name.replacing("{key}", with: key))
      }
    }
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
    let workbook = try begun("\(base).xlsx")
    let check = try ReportWorkbook(content: content, format: format)
      .write(to: workbook.temporaryPath)
    try check.check(workbook.temporaryPath, for: workbook.path)
    try add(workbook, rows: check.rows, try content.controlTotals(format))
    for output in content.report.files {
      let file = try begun(output.file)
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
