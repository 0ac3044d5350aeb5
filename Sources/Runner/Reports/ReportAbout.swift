import Engine
import Workbook

/// What the warehouse says about the runs that made it.
struct RunFacts {
  /// The last published run.
  struct Last {
    let id: String
    let pipeline: String
    let finishedAt: Int64
    let from: Day?
    let to: Day
    let timeZone: String
    let currency: String
    let version: String
  }

  let last: Last?
  /// The last day that any run covers.
  let dataUpTo: Day?
  /// Rows of the last run: source, read, used, filtered, duplicate, superseded, quarantined.
  let sources: [(name: String, counts: [Int64])]
  /// Refused rows of the last run: source and reason, number.
  let refused: [(name: String, count: Int64)]

  init(from warehouse: any Warehouse) throws(RunError) {
    func rows(
      _ sql: String, _ types: [String: ColumnType], _ parameters: [String: SQLValue] = [:]
    ) throws(RunError) -> [[ReportValue]] {
      var found: [[ReportValue]] = []
      do throws(WarehouseError) {
        try warehouse.query(sql, parameters: parameters, types: types) {
          row throws(WarehouseError) in found.append(row.map { ReportValue($0) })
        }
      } catch { throw RunError(error) }
      return found
    }
    func text(_ value: ReportValue) -> String {
      if case .text(let text) = value { text } else { "" }
    }
    func day(_ value: ReportValue) -> Day? {
      value.number.map { Day(number: Int32(truncatingIfNeeded: $0)) }
    }
    let runs = try rows(
      """
      SELECT run_id, pipeline, finished_at, from_day, to_day, timezone, currency, version
      FROM runs ORDER BY finished_at DESC, run_id DESC LIMIT 1
      """, ["finished_at": .instant, "from_day": .day, "to_day": .day])
    last = runs.first.map { row in
      Last(
        id: text(row[0]), pipeline: text(row[1]), finishedAt: row[2].number ?? 0, from: day(row[3]),
        to: day(row[4]) ?? .first, timeZone: text(row[5]), currency: text(row[6]),
        version: text(row[7]))
    }
    dataUpTo = try rows("SELECT MAX(to_day) AS last_day FROM runs", ["last_day": .day])
      .first.flatMap { day($0[0]) }
    guard let id = last?.id else {
      (sources, refused) = ([], [])
      return
    }
    let counts = ["read", "used", "filtered", "duplicate", "superseded", "quarantined"]
    sources = try rows(
      "SELECT source, \(counts.map { "\"\($0)\"" }.joined(separator: ", ")) FROM source_counts "
        + "WHERE run_id = :run ORDER BY source",
      Dictionary(uniqueKeysWithValues: counts.map { ($0, .integer) }), ["run": .text(id)]
    ).map { row in (text(row[0]), row.dropFirst().map { $0.number ?? 0 }) }
    refused = try rows(
      """
      SELECT source, reason, COUNT(*) AS refused FROM quarantined_rows
      WHERE run_id = :run GROUP BY source, reason ORDER BY source, reason
      """, ["refused": .integer], ["run": .text(id)]
    ).map { row in ("\(text(row[0])): \(text(row[1]))", row[2].number ?? 0) }
  }

  /// Whether the data reach a day.
  func reaches(_ day: Day) -> Bool { dataUpTo.map { $0 >= day } ?? false }

  /// Whether the data reach the period's end, in words.
  func completeness(of period: ReportPeriod) -> String {
    guard let dataUpTo else { return "no run has been published" }
    if dataUpTo >= period.to { return "complete" }
    if dataUpTo < period.from { return "not begun: data up to \(dataUpTo.text)" }
    return "in progress: data up to \(dataUpTo.text)"
  }
}

/// The about sheet: where the figures come from, whether they agree, what the words mean.
struct ReportAbout {
  let report: Report
  let subject: String?
  let period: ReportPeriod
  let format: ReportFormat
  let currency: Currency
  private var controls: [(key: String, value: Cell)] = []

  init(
    report: Report, subject: String?, period: ReportPeriod, format: ReportFormat, currency: Currency
  ) {
    self.report = report
    self.subject = subject
    self.period = period
    self.format = format
    self.currency = currency
  }

  /// Holds the control figures against the sheets; throws where they must agree and do not.
  mutating func check(source: ReportSource, sheets: [ReportRows]) throws(RunError) {
    guard let wanted = report.controls else { return }
    let columns = wanted.figures.map(\.column)
    let values = try source.figures(columns, of: wanted.query, mark: wanted.mark, in: period)
    for (figure, value) in zip(wanted.figures, values) {
      let column = figure.column
      controls.append((column.title, format.cell(value, column.type)))
      var agreeing: [String] = []
      var differing: [String] = []
      for (references, mustAgree) in [(figure.equals, true), (figure.compares, false)] {
        for reference in references {
          let found = try Self.value(of: reference, sheets)
          let own = value.number ?? 0
          if own == found {
            agreeing.append(reference.text)
            continue
          }
          let texts = [own, found].map { format.text(.number($0), column.type) }
          if mustAgree {
            throw RunError(
              .failed,
              "report \(report.name), \(period.words): \(column.title) is \(texts[0]) by "
                + "\(wanted.query.file), but \(reference.text) adds up to \(texts[1]) "
                + "(\(column.mark)); no file was written",
              help: "compare the two queries; a join that loses or doubles rows is the usual cause")
          }
          differing.append("\(reference.text) (\(texts[1]))")
        }
      }
      for (word, names) in [("agrees with", agreeing), ("differs from", differing)]
      where !names.isEmpty {
        controls.append(("    \(word)", .text(names.joined(separator: ", "))))
      }
    }
  }

  /// The rows of each table and, where it needs several sheets, which ones.
  private static func counts(
    _ report: Report, _ tables: [[TablePart]]
  ) -> [(key: String, value: Cell)] {
    zip(report.sheets, tables).map { sheet, parts in
      let rows = parts.reduce(0) { $0 + $1.rows }
      let list = parts.map { "\($0.sheet) (\($0.rows) rows)" }.joined(separator: ", ")
      let sheets = parts.count > 1 ? " · on \(parts.count) sheets: \(list)" : ""
      return ("Rows of \(sheet.name)", .text("\(rows) · \(sheet.about)\(sheets)"))
    }
  }

  private static func value(
    of reference: Report.Reference, _ sheets: [ReportRows]
  ) throws(RunError) -> Int64 {
    let rows = sheets[reference.sheet]
    guard let column = reference.column else { return Int64(rows.rows.count) }
    return try rows.sum(column)
  }

  /// The sections in the order of the sheet; `tables` are the sheets that each table stands on.
  func sections(
    run: RunFacts, completeness: String, tables: [[TablePart]]
  ) -> [AboutSection] {
    var sections = [
      AboutSection(
        "This report",
        rows: [
          ("Report", .text("\(report.title): \(report.summary)")),
          ("Period", .text(period.words)),
          ("Compared with", .text(comparedWith(run))),
          ("State", .text(completeness)),
          ("Data as of", run.dataUpTo.map { .day($0.number) } ?? .text("nothing published yet")),
          ("Time zone", .text("\(format.timeZone.name): days, weeks and times are of this zone")),
          ("Currency", .text("\(currency.text), \(currency.digits) decimals")),
        ])
    ]
    if let each = report.each, let subject {
      sections[0].rows.insert((each.key, .text(subject)), at: 1)
    }
    if let last = run.last {
      let window = "\(last.from?.text ?? "the beginning") to \(last.to.text)"
      sections.append(
        AboutSection(
          "Last published run",
          rows: [
            ("Run", .text(last.id)), ("Pipeline", .text(last.pipeline)),
            ("Published at", format.cell(.number(last.finishedAt), .instant)),
            ("Days it made", .text(window)), ("Nightmill", .text(last.version)),
          ]))
      // What the business read and refused is none of the business of whoever gets a single one.
      if report.each == nil { sections += Self.rows(run) }
    }
    if !controls.isEmpty { sections.append(AboutSection("Control totals", rows: controls)) }
    sections.append(AboutSection("Sheets", rows: Self.counts(report, tables)))
    if !report.parameters.isEmpty {
      sections.append(
        AboutSection(
          "Parameters",
          rows: report.parameters.map { parameter in
            (
              parameter.name,
              .text("\(parameter.written): \(parameter.summary)")
            )
          }))
    }
    if !report.definitions.isEmpty {
      sections.append(
        AboutSection("Definitions", rows: report.definitions.map { ($0.term, .text($0.text)) }))
    }
    return sections
  }

  /// What the last run read and refused.
  private static func rows(_ run: RunFacts) -> [AboutSection] {
    let names = ["read", "used", "filtered", "duplicate", "superseded", "refused"]
    return [
      AboutSection(
        "Rows of that run by source",
        rows: run.sources.map { source in
          let parts = zip(source.counts, names).filter { $0.0 != 0 || $0.1 == "read" }
          return (
            source.name, .text(parts.map { "\($0.1) \($0.0)" }.joined(separator: " · "))
          )
        }),
      AboutSection(
        "Refused rows of that run by reason",
        rows: run.refused.isEmpty
          ? [("None", .text("every row was accepted"))]
          : run.refused.map { ($0.name, .integer($0.count)) }),
    ]
  }

  private func comparedWith(_ run: RunFacts) -> String {
    guard report.tiles?.isCompared ?? true else { return "nothing" }
    return run.reaches(period.to)
      ? period.previous(by: report.unit).words : "nothing: the period is not over"
  }
}
