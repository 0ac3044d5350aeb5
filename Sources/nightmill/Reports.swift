import Engine
import Files
import Runner

/// Makes reports and says what was written.
struct Reports {
  let project: Project
  let warehouse: any Warehouse
  let currency: Currency
  let timeZone: Engine.TimeZone
  let output: String
  /// Where it is told how far a report is that has many files; nil to be quiet.
  var console: Console?

  /// Lines of files with their rows and sizes.
  struct Files {
    private var columns = TextColumns()

    /// Adds a file.
    mutating func add(_ path: String, rows: Int, bytes: Int) {
      columns.add([path, Figures.count(rows, "row"), fileSize(bytes)])
    }

    /// Adds files, those of a folder with many as one line.
    mutating func add(_ files: [WrittenFile]) {
      for file in files where file.folder == nil {
        add(file.path, rows: file.rows, bytes: file.bytes)
      }
      for folder in Set(files.compactMap(\.folder)).sorted() {
        let own = files.filter { $0.folder == folder }
        add(
          "\(folder)/ (\(Figures.count(own.count, "file")))", rows: own.reduce(0) { $0 + $1.rows },
          bytes: own.reduce(0) { $0 + $1.bytes })
      }
    }

    /// A line each.
    var text: String { columns.text }
  }

  /// Makes reports for a period and tells `observer`, if there is one, of each file; returns what
  /// was written.
  func make(
    _ names: [String], period: ReportPeriod, observer: (any RunObserver)? = nil
  ) throws(RunError) -> Files {
    let run = ReportRun(
      project: project, warehouse: warehouse, currency: currency, timeZone: timeZone,
      output: output, progress: console.map(ReportProgress.init).map { $0.show })
    let written = try run.make(names, period: period)
    for file in written { try Self.tell(observer, of: file) }
    var files = Files()
    files.add(written)
    return files
  }
}

extension Reports {
  /// What a run makes after it has published: the pipeline's reports for the week (or month) of its
  /// last day, and the rows it refused (`refused` is how many). How far they are is told on
  /// `console`, if there is one. Returns what was written.
  ///
  /// What fails here fails after publishing; the error says so, and `command` makes the reports
  /// alone.
  static func afterRun(
    _ plan: RunPlan, refused: Int, project: Project, command: String, observer: any RunObserver,
    console: Console?
  ) throws(RunError) -> Files {
    do throws(RunError) {
      let warehouse = try Registry.openWarehouse(
        plan.warehouse, currency: plan.context.currency, readOnly: true)
      let reports = Reports(
        project: project, warehouse: warehouse, currency: plan.context.currency,
        timeZone: plan.context.timeZone, output: plan.output, console: console)
      let lastDay = plan.context.window.to
      var files = try reports.make(
        plan.pipeline.reports, period: ReportPeriod(holding: lastDay), observer: observer)
      let (path, bytes) = try reports.refusedRows(week: lastDay.weekText)
      files.add(path, rows: refused, bytes: bytes)
      try tell(
        observer,
        of: WrittenFile(report: "quarantined-rows", path: path, rows: refused, bytes: bytes))
      return files
    } catch {
      throw RunError(
        .failed, "the tables are published, but the reports are not made: \(error.message)",
        help: error.help
      ).next(command)
    }
  }

  private static func tell(
    _ observer: (any RunObserver)?, of written: WrittenFile
  ) throws(RunError) {
    guard let observer else { return }
    let bytes = try file { () throws(FileError) in try readWholeFile(written.path) }
    observer.happened(.reportWritten(written, sha256: SHA256.hexadecimal(of: bytes)))
  }

  /// Writes the rows that the last run refused beside the reports. Where it refused none, the file
  /// has its header alone, so that it never tells of another run.
  private func refusedRows(week: String) throws(RunError) -> (path: String, bytes: Int) {
    let folder = "\(output)/\(week)"
    try file { () throws(FileError) in try makeFolder(folder) }
    let path = "\(folder)/quarantined-rows.csv"
    let export = try Export(
      table: "quarantined_rows",
      columns: ["source", "file", "line", "column", "reason", "detail", "raw"])
    let bytes = try export.bytes(from: warehouse, currency: currency)
    try writeFile(bytes, to: path)
    return (path, bytes.count)
  }
}
