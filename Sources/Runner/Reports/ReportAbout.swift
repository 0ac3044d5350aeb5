import Engine
import Workbook

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
          "Last run that made its tables",
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
