import Engine
import Workbook

/// Everything a report says about a period, read from the warehouse before anything is written.
struct ReportContent {
  /// A figure of the summary with that of the period before, nil if nothing was there or the period
  /// is not over.
  struct Tile {
    let figure: Report.Figure
    let value: ReportValue
    let previous: ReportValue?
  }

  let report: Report
  /// What it is of, where it is made for each row of a query.
  let subject: String?
  let period: ReportPeriod
  let previous: ReportPeriod
  let currency: String
  let completeness: String
  /// Whether there are data up to the period's end: a part is not compared with a whole.
  let isWhole: Bool
  let tiles: [Tile]?
  let sheets: [ReportRows]
  /// The totals of each sheet's columns.
  private let totals: [String: [ReportValue]]
  /// The sums of each sheet's columns, nil for those that cannot be added up.
  private let sums: [String: [Int64?]]
  private let about: ReportAbout
  private let run: RunFacts
  private let source: ReportSource

  /// Asks the warehouse for everything, and checks the control figures.
  init(
    _ report: Report, of subject: String? = nil, period: ReportPeriod, warehouse: any Warehouse,
    run: RunFacts, currency: Currency, format: ReportFormat
  ) throws(RunError) {
    self.report = report
    self.subject = subject
    self.period = period
    previous = period.previous(by: report.unit)
    self.currency = currency.text
    let source = ReportSource(
      report: report, period: period, warehouse: warehouse, timeZone: format.timeZone,
      dataUpTo: run.dataUpTo, subject: subject)
    self.source = source
    completeness = run.completeness(of: period)
    isWhole = run.reaches(period.to)
    var sheets: [ReportRows] = []
    var totals: [String: [ReportValue]] = [:]
    var sums: [String: [Int64?]] = [:]
    for sheet in report.sheets {
      let rows = try source.rows(of: sheet)
      var values: [ReportValue] = []
      for column in sheet.columns { values.append(try rows.total(of: column)) }
      totals[sheet.name] = values
      var own: [Int64?] = []
      for column in sheet.columns {
        own.append(column.type.isAdditive ? try rows.sum(column.key) : nil)
      }
      sums[sheet.name] = own
      sheets.append(rows)
    }
    self.sheets = sheets
    self.totals = totals
    self.sums = sums
    var tiles: [Tile]?
    if let wanted = report.tiles {
      let columns = wanted.figures.map(\.column)
      let now = try source.figures(
        columns, of: wanted.query, mark: wanted.mark, in: period)
      let then =
        wanted.isCompared
        ? try source.figures(
          columns, of: wanted.query, mark: wanted.mark, in: period.previous(by: report.unit)) : now
      let hadData = wanted.isCompared && isWhole && !ReportSource.isBlank(then, columns)
      tiles = wanted.figures.indices.map { index in
        Tile(
          figure: wanted.figures[index], value: now[index],
          previous: hadData && then[index] != .null ? then[index] : nil)
      }
    }
    self.tiles = tiles
    var about = ReportAbout(
      report: report, subject: subject, period: period, format: format, currency: currency)
    try about.check(source: source, sheets: sheets)
    self.about = about
    self.run = run
  }

  /// What About says; `tables` are the sheets that each table stands on.
  func about(_ tables: [[TablePart]]) -> [AboutSection] {
    about.sections(run: run, completeness: completeness, tables: tables)
  }

  /// What stands below a sheet's columns.
  func totals(of sheet: Report.Sheet, _ format: ReportFormat) -> [Cell] {
    zip(totals[sheet.name] ?? [], sheet.columns).map { value, column in
      format.cell(value, column.total == .count ? .integer : column.type)
    }
  }

  /// What a sheet's columns add up to, nil for those that cannot be.
  func sums(of sheet: Report.Sheet) -> [Int64?] { sums[sheet.name] ?? [] }

  /// A CSV file's bytes, and how many rows it has.
  func bytes(of output: Report.CSVOutput, _ format: ReportFormat) -> (bytes: [UInt8], rows: Int) {
    let rows = sheets[output.sheet]
    let places = Dictionary(
      rows.columns.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    var bytes: [UInt8] = []
    append(output.columns.map(\.header), to: &bytes)
    let condition = output.only.flatMap { places[$0] }
    var count = 0
    for row in rows.rows {
      if let condition, row[condition] != .number(1) { continue }
      count += 1
      append(
        output.columns.map { column in
          switch column.value {
          case .constant(let text): return text
          case .parameter(let name):
            let (value, type) = source.parameter(name, in: period)
            return format.text(value, type, column.format)
          case .column(let key):
            guard let place = places[key] else { return "" }
            let text = format.text(row[place], rows.columns[place].type, column.format)
            guard output.isForPeople, case .text = row[place] else { return text }
            return Self.harmless(text)
          }
        }, to: &bytes)
    }
    return (bytes, count)
  }

  /// Text that a spreadsheet program would take for a formula, with an apostrophe in front, which
  /// it takes for "this is text".
  static func harmless(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return text }
    return "=+-@\t\r＝＋－＠".unicodeScalars.contains(first) ? "'" + text : text
  }

  private func append(_ fields: [String], to bytes: inout [UInt8]) {
    let encoder = CSVEncoder(moneyDigits: 0)
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      encoder.append(text: field.utf8, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}
