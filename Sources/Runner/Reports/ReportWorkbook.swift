import Engine
import Workbook

/// Lays a report's rows out as a workbook: summary, sheets, about.
struct ReportWorkbook {
  let content: ReportContent
  let format: ReportFormat
  /// Rows of a sheet: Excel's limit, unless a test asks for fewer.
  var maximumRows = 1_048_576

  /// Tables up to this many rows are kept in memory where a chart looks, so that previewers show
  /// it; the chart of a larger one appears in programs that calculate.
  private static let mostChartedInMemory = 50_000

  private var report: Report { content.report }

  /// Writes the workbook under a path of the caller's; returns what it must hold.
  func write(to path: String) throws(RunError) -> WorkbookCheck {
    do throws(WorkbookError) {
      return try file(path)
    } catch {
      throw RunError(.failed, "report \(report.name): \(error.message)", help: error.help)
    }
  }

  private func file(_ path: String) throws(WorkbookError) -> WorkbookCheck {
    // The last second of the period: the same content gives the same bytes, whenever it is written.
    let end = format.timeZone.firstInstant(of: content.period.to + 1) / 1_000_000 - 1
    var file = try XLSXFile(
      path: path,
      properties: DocumentProperties(
        title: "\(title) \(content.period.label)", subject: report.summary,
        created: max(1, end)), maximumRows: maximumRows)
    file.reserve(sheets: report.sheets.map(\.name))
    var summary: SummaryID?
    if content.tiles != nil || !report.lines.isEmpty {
      summary = try file.addSummary(
        name: "Summary", title: title, subtitle: subtitle, tabColor: .navy)
    }
    var tables: [TableID] = []
    for (index, sheet) in report.sheets.enumerated() {
      tables.append(try add(sheet, content.sheets[index], to: &file, isCharted: isCharted(index)))
    }
    if let summary { try fill(summary, tables, in: &file) }
    let parts = tables.map { file.parts(of: $0) }
    try file.addAbout(title: "About this report", sections: content.about(parts))
    let sheets = try file.close().sheets.map(\.name)
    return WorkbookCheck(
      sheets: sheets,
      tables: zip(report.sheets, parts).map { sheet, parts in
        WorkbookCheck.Table(parts: parts, columns: sums(of: sheet))
      })
  }

  /// The columns of a sheet that can be added up, with their sums.
  private func sums(
    of sheet: Report.Sheet
  ) -> [(title: String, column: SheetScan.Column, sum: Int64)] {
    let known = content.sums(of: sheet)
    return sheet.columns.enumerated().compactMap { index, column in
      guard let sum = known[index] else { return nil }
      let digits = column.type == .money ? format.moneyDigits : 0
      return (column.title, SheetScan.Column(index, digits: digits), sum)
    }
  }

  private var title: String {
    content.subject.map { "\(report.title) · \($0)" } ?? report.title
  }

  private var subtitle: String {
    guard report.tiles?.isCompared ?? true else {
      return "\(content.period.words) · \(content.completeness)"
    }
    let other =
      content.isWhole ? "compared with \(content.previous.words)" : "not over, not compared"
    return "\(content.period.words) · \(other) · \(content.completeness)"
  }

  private func isCharted(_ sheet: Int) -> Bool {
    report.lines.joined().contains { block in
      if case .chart(let chart) = block { chart.sheet == sheet } else { false }
    }
  }

  private func add(
    _ sheet: Report.Sheet, _ rows: ReportRows, to file: inout XLSXFile, isCharted: Bool
  ) throws(WorkbookError) -> TableID {
    let hasTotals = sheet.columns.contains { $0.total != .none }
    let columns = sheet.columns.enumerated().map { index, column in
      Workbook.TableColumn(
        column.title, style(column), width: column.width.map(Double.init),
        total: total(column, in: sheet, isFirst: hasTotals && index == 0), rules: column.rules,
        isPrinted: column.isPrinted)
    }
    let days = sheet.periods > 1 ? "up to \(content.period.words)" : content.period.words
    let isKept = isCharted && rows.rows.count <= Self.mostChartedInMemory
    let table = try file.addTable(
      TableSheet(
        name: sheet.name,
        titles: [sheet.title, "\(days) · \(sheet.about) · amounts in \(content.currency)"],
        columns: columns, frozenColumns: sheet.frozen, memory: isKept ? .whole : .flat))
    for row in rows.rows {
      try file.append(zip(row, sheet.columns).map { format.cell($0, $1.type) }, to: table)
    }
    try file.finish(table, totals: hasTotals ? content.totals(of: sheet, format) : nil)
    return table
  }

  private func total(
    _ column: Report.Column, in sheet: Report.Sheet, isFirst: Bool
  ) -> Workbook.TableColumn.Total {
    func headers(_ keys: [String]) -> [String] { keys.compactMap { sheet.column($0)?.title } }
    switch column.total {
    case .none: return isFirst ? .label("Total") : .none
    case .sum: return .sum
    case .count: return .count
    case .ratio:
      guard case .quotient(let of, let over) = column.origin else { return .none }
      return .ratio(of: headers(of), over: headers(over))
    }
  }

  private func style(_ column: Report.Column) -> CellStyle {
    column.type.style(decimals: column.decimals, moneyDigits: format.moneyDigits)
  }

  private func fill(
    _ summary: SummaryID, _ tables: [TableID], in file: inout XLSXFile
  ) throws(WorkbookError) {
    if let tiles = content.tiles { try file.place([.tiles(tiles.map(kpi))], on: summary) }
    for line in report.lines {
      var blocks: [SummaryBlock] = []
      for block in line { blocks.append(try summaryBlock(block, tables, file)) }
      try file.place(blocks, on: summary)
    }
  }

  private func kpi(_ tile: ReportContent.Tile) -> KPI {
    let column = tile.figure.column
    let isCompared = report.tiles?.isCompared ?? true
    var label = column.title
    if column.type == .money { label += " (\(content.currency))" }
    if let target = tile.figure.target {
      let isMet = tile.value.number.map { now in
        tile.figure.higherIsBetter == false ? now <= target : now >= target
      }
      let verdict = isMet.map { $0 ? ": met" : ": missed" } ?? ""
      label += " (target \(tile.figure.targetText)\(verdict))"
    }
    return KPI(
      label, format.cell(tile.value, column.type), style(column),
      previous: tile.previous.map { format.cell($0, column.type) },
      change: isCompared ? column.type == .percent ? .points : .relative : .none,
      higherIsBetter: tile.figure.higherIsBetter)
  }

  private func summaryBlock(
    _ block: Report.Block, _ tables: [TableID], _ file: borrowing XLSXFile
  ) throws(WorkbookError) -> SummaryBlock {
    switch block {
    case .heading(let text): return .heading(text)
    case .note(let text): return .note(text)
    case .table(let table): return .table(smallTable(table))
    case .chart(let chart):
      let sheet = report.sheets[chart.sheet]
      guard !content.sheets[chart.sheet].rows.isEmpty,
        let categories = sheet.column(chart.categories)
      else {
        // A chart of nothing is a white box: words say it better.
        return .table(
          SmallTable(
            title: chart.title,
            columns: [.init("No rows in this period", .text, span: chart.width)], rows: []))
      }
      var series: [Chart.Series] = []
      for key in chart.series {
        guard let column = sheet.column(key) else { continue }
        let id = tables[chart.sheet]
        let names = try file.range(of: categories.title, in: id)
        let values = try file.range(of: column.title, in: id)
        let top = chart.top ?? .max
        series.append(
          Chart.Series(
            column.title, categories: chart.top == nil ? names : names.prefix(top),
            values: chart.top == nil ? values : values.prefix(top)))
      }
      let values = content.sheets[chart.sheet]
      let hasNegatives = chart.series.contains { key in
        values.values(key).prefix(chart.top ?? .max).contains { ($0.number ?? 0) < 0 }
      }
      let valueStyle = sheet.column(chart.series[0]).map { axisStyle($0) } ?? .integer
      let legend: Chart.Legend =
        chart.kind == .doughnut ? .right : series.count > 1 ? .bottom : .none
      // A chart looks at one sheet: of a table on several it says how far it goes.
      let parts = chart.series.isEmpty ? [] : file.parts(of: tables[chart.sheet])
      let isPart = parts.count > 1 && (chart.top ?? .max) > parts[0].rows
      let title = isPart ? "\(chart.title) (the first \(parts[0].rows) rows)" : chart.title
      return .chart(
        Chart(
          chart.kind, title: title, series: series, categoryStyle: style(categories),
          valueStyle: valueStyle, hasNegatives: hasNegatives, legend: legend, columns: chart.width,
          rows: chart.height))
    }
  }

  /// Axes need no cents and no tenths of a per cent.
  private func axisStyle(_ column: Report.Column) -> CellStyle {
    switch column.type {
    case .money: .money(digits: 0)
    case .percent: .percent(decimals: 0)
    default: style(column)
    }
  }

  private func smallTable(_ table: Report.TableOutline) -> SmallTable {
    let sheet = report.sheets[table.sheet]
    let rows = content.sheets[table.sheet]
    let columns = table.columns.compactMap { item in
      sheet.column(item.key).map { (column: $0, span: item.span) }
    }
    var cells: [[Cell]] = []
    for row in rows.rows.prefix(table.top) {
      cells.append(
        columns.map { item in
          guard let index = rows.columns.firstIndex(where: { $0.key == item.column.key }) else {
            return .empty
          }
          return format.cell(row[index], item.column.type)
        })
    }
    if cells.isEmpty {
      cells = [
        columns.enumerated().map { $0.offset == 0 ? .text("none in this period") : .empty }
      ]
    }
    return SmallTable(
      title: table.title,
      columns: columns.map {
        SmallTable.Column($0.column.title, style($0.column), span: $0.span, rules: $0.column.rules)
      }, rows: cells)
  }
}
