@testable import Workbook

/// A workbook as finance would get it, with every kind of sheet.
enum SampleWorkbook {
  static let properties = DocumentProperties(
    title: "Weekly vendors & calls 2026-W46", subject: "Calls, connections and lost revenue",
    company: "Example Marketplace Inc.", created: 1_794_787_200)

  static let categories = ["Plumbing", "Roofing", "Cleaning", "Electrical"]

  /// 2026-11-09, a Monday.
  static let monday: Int32 = 20_766

  static func write(to path: String) throws -> WorkbookSummary {
    var file = try XLSXFile(path: path, properties: properties)
    let summary = try file.addSummary(
      name: "Summary", title: "Weekly vendors & calls",
      subtitle: "ISO week 2026-W46, 2026-11-09 to 2026-11-15, compared with 2026-W45",
      tabColor: .navy)
    let vendors = try addVendors(&file)
    let weeks = try addWeeks(&file)
    try fill(&file, summary, vendors: vendors, weeks: weeks)
    try file.addAbout(title: "About this workbook", sections: about)
    return try file.close()
  }

  private static func addVendors(_ file: inout XLSXFile) throws -> TableID {
    let table = try file.addTable(
      TableSheet(
        name: "Vendors",
        titles: ["Vendors by lost revenue", "ISO week 2026-W46 · amounts in USD"],
        columns: [
          TableColumn("Vendor", .text, total: .label("Total")),
          TableColumn("Code", .text),
          TableColumn("Category", .text),
          TableColumn("Week", .day),
          TableColumn("Attempts", .integer, total: .sum),
          TableColumn("Connected", .integer, total: .sum),
          TableColumn("Failures", .integer, total: .sum),
          TableColumn(
            "Connection rate", .percent(decimals: 1),
            total: .ratio(of: ["Connected"], over: ["Connected", "Failures"]),
            rules: [
              .compare(.below, .ratio(500_000), .bad), .compare(.atLeast, .ratio(800_000), .good),
            ]),
          TableColumn(
            "Lost revenue", .money(digits: 2), total: .sum, rules: [.dataBar()]),
          TableColumn("Mean intent", .decimal(decimals: 2), rules: [.threeColors()]),
          TableColumn(
            "Trend", .text, rules: [.text("hot", .good), .text("declining", .bad)]),
          TableColumn("Last call (UTC)", .instant),
        ], frozenColumns: 1, memory: .whole, rangeName: "vendor_weekly", tabColor: .teal))
    var sums = (attempts: Int64(0), connected: Int64(0), failures: Int64(0), lost: Int64(0))
    for index in 0..<36 {
      let position = Int64(index)
      let connected = (position * 37) % 90
      let failures = (position * 53) % 41 + (position == 0 ? 9 : 0)
      let lost = Int64(412_345_67) / (position + 1) - (index == 35 ? 2_000_000 : 0)
      let calls = connected + failures
      let rate: Cell = calls == 0 ? .empty : .ratio((connected * 1_000_000 + calls / 2) / calls)
      let trend = ["hot", "steady", "declining", "new"][index % 4]
      let started = Int64(20_766 + index % 7) * 86_400_000_000 + position * 3_723_000_000
      try file.append(
        [
          .text(index == 3 ? "=Müller & Söhne <GmbH>" : "Vendor \(index + 1) Services"),
          .text("00\(1_234 + index)"), .text(categories[index % 4]), .day(monday),
          .integer(calls + 2), .integer(connected), .integer(failures), rate,
          .money(lost, digits: 2), .ratio(3_000_000 + position * 123_456 % 5_000_000),
          .text(trend), .instant(started, offset: 0),
        ], to: table)
      sums.attempts += calls + 2
      sums.connected += connected
      sums.failures += failures
      sums.lost += lost
    }
    let calls = sums.connected + sums.failures
    try file.finish(
      table,
      totals: [
        .empty, .empty, .empty, .empty, .integer(sums.attempts), .integer(sums.connected),
        .integer(sums.failures), .ratio((sums.connected * 1_000_000 + calls / 2) / calls),
        .money(sums.lost, digits: 2), .empty, .empty, .empty,
      ])
    return table
  }

  private static func addWeeks(_ file: inout XLSXFile) throws -> TableID {
    let table = try file.addTable(
      TableSheet(
        name: "Weeks", titles: ["Twelve weeks"],
        columns: [
          TableColumn("Week", .day), TableColumn("ISO week", .text),
          TableColumn("Connected", .integer, total: .sum),
          TableColumn("Failures", .integer, total: .sum),
          TableColumn("Net revenue", .money(digits: 2), total: .sum),
        ], memory: .whole, rangeName: "weeks", page: PageSetup(paper: .letter)))
    var sums: [Int64] = [0, 0, 0]
    for week in 0..<12 {
      let values = [
        Int64(900 + week * 31 - week % 3 * 90), Int64(400 - week * 9 + week % 2 * 40),
        Int64(1_250_000 + week * 84_321 - week % 4 * 210_000),
      ]
      try file.append(
        [
          .day(monday - Int32(11 - week) * 7), .text("W\(35 + week)"), .integer(values[0]),
          .integer(values[1]),
          .money(values[2], digits: 2),
        ], to: table)
      for index in 0..<3 { sums[index] += values[index] }
    }
    try file.finish(
      table,
      totals: [.empty, .empty, .integer(sums[0]), .integer(sums[1]), .money(sums[2], digits: 2)])
    return table
  }

  private static func fill(
    _ file: inout XLSXFile, _ summary: SummaryID, vendors: TableID, weeks: TableID
  ) throws {
    try file.place(
      [
        .tiles([
          KPI("Calls attempted", .integer(2_284), .integer, previous: .integer(2_105)),
          KPI(
            "Connection rate", .ratio(655_172), .percent(decimals: 1), previous: .ratio(671_000),
            change: .points),
          KPI(
            "Lost revenue (USD)", .money(172_345_678, digits: 2), .money(digits: 2),
            previous: .money(181_000_000, digits: 2), higherIsBetter: false),
          KPI("Leads", .integer(48), .integer),
        ])
      ], on: summary)
    let week = try file.range(of: "Week", in: weeks)
    try file.place([.heading("Calls and revenue")], on: summary)
    try file.place(
      [
        .chart(
          Chart(
            .line, title: "Calls per week",
            series: [
              .init(
                "Connected", categories: week, values: try file.range(of: "Connected", in: weeks)),
              .init(
                "Failures", categories: week, values: try file.range(of: "Failures", in: weeks)),
            ], categoryTitle: "Week starting", valueTitle: "Calls", categoryStyle: .day)),
        .chart(
          Chart(
            .column, title: "Net revenue per week (USD)",
            series: [
              .init(
                "Net revenue", categories: try file.range(of: "ISO week", in: weeks),
                values: try file.range(of: "Net revenue", in: weeks), color: .teal)
            ], categoryTitle: "ISO week",
            valueStyle: .money(digits: 2), legend: .none)),
      ], on: summary)
    let rows: [[Cell]] = zip(categories, [41, 27, 19, 13] as [Int64]).map { name, share in
      [.text(name), .integer(share * 21), .money(share * 1_234_567, digits: 2)]
    }
    let placed = try file.place(
      [
        .chart(
          Chart(
            .bar, title: "Vendors losing most (USD)",
            series: [
              .init(
                "Lost revenue", categories: try file.range(of: "Vendor", in: vendors).prefix(8),
                values: try file.range(of: "Lost revenue", in: vendors).prefix(8), color: .brick)
            ], valueStyle: .money(digits: 2), legend: .none)),
        .table(
          SmallTable(
            title: "By category",
            columns: [
              .init("Category", .text, span: 2), .init("Calls", .integer, span: 2),
              .init("Lost revenue", .money(digits: 2), span: 2, rules: [.dataBar()]),
            ], rows: rows)),
      ], on: summary)
    try file.place(
      [
        .chart(
          Chart(
            .doughnut, title: "Calls by category",
            series: [
              .init(
                "Calls", categories: placed[1].columns[0], values: placed[1].columns[1])
            ], legend: .right)),
        .chart(
          Chart(
            .stackedColumn, title: "Outcome of calls",
            series: [
              .init(
                "Connected", categories: try file.range(of: "ISO week", in: weeks),
                values: try file.range(of: "Connected", in: weeks)),
              .init(
                "Failures", categories: try file.range(of: "ISO week", in: weeks),
                values: try file.range(of: "Failures", in: weeks)),
            ])),
      ], on: summary)
    try file.place(
      [.note("Lost revenue is an estimate: the value of a booking times the chance of one.")],
      on: summary)
  }

  private static let about = [
    AboutSection(
      "Contents",
      rows: [
        ("Period", .text("2026-11-09 to 2026-11-15 (ISO week 2026-W46)")),
        ("Time zone", .text("UTC")), ("Rows", .integer(36)), ("Complete", .boolean(true)),
        ("Last day", .day(20_772)),
      ]),
    AboutSection(
      "Definitions",
      rows: [
        (
          "Connection rate",
          .text(
            "Connected calls divided by connected calls and failures of the vendor (hang-up, rejection, timeout, busy). Calls cancelled by the caller and network failures count as attempts only. Blank where there were none."
          )
        ),
        (
          "Lost revenue",
          .text(
            "The value of a booking (the source's estimate, else the vendor's mean booking of the last 90 days) times the chance of conversion, rounded to the cent per call."
          )
        ),
      ]),
  ]
}
