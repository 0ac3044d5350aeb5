import Foundation
import Support
import Testing

@testable import Workbook

@Suite struct SummaryTests {
  static let properties = DocumentProperties(title: "Summary", created: 1_700_000_000)

  private func tile(_ kpi: KPI) throws -> Dump {
    let path = try scratch("tile-\(UUID().uuidString).xlsx")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var file = try XLSXFile(path: path, properties: Self.properties)
    let summary = try file.addSummary(name: "S", title: "S")
    try file.place([.tiles([kpi])], on: summary)
    _ = try file.close()
    return try Dump(path)
  }

  /// Protects the first figures anyone reads: the change is a live formula, right, and blank where
  /// it has no meaning.
  @Test(arguments: [
    (Cell.integer(110), Cell.integer(100), "0.1"), (.integer(50), .integer(100), "-0.5"),
    (.money(-50, digits: 2), .money(-100, digits: 2), "0.5"), (.integer(5), .integer(0), ""),
    (.empty, .integer(5), ""),
  ])
  func relativeChange(now: Cell, before: Cell, change: String) throws {
    let dump = try tile(KPI("Calls", now, .integer, previous: before))
    #expect(dump["S!B4"]?.value == .text("Calls"))
    let cell = try #require(dump["S!B6"])
    #expect(cell.value == .text("=IF(OR(B5=\"\",C6=0),\"\",(B5-C6)/ABS(C6))"))
    #expect(cell.format == "▲ 0.0%;▼ 0.0%;0.0%")
    if !change.isEmpty {
      #expect(cell.cached == .number(Decimal(string: change)!))
    } else {
      #expect([nil, .text("")].contains(cell.cached))
    }
    #expect(try dump.sheet("S").rules?.count == 2)
  }

  /// Protects ratios from being compared as percents of percents.
  @Test func ratiosChangeInPoints() throws {
    let dump = try tile(
      KPI(
        "Rate", .ratio(650_000), .percent(decimals: 1), previous: .ratio(625_000), change: .points))
    #expect(dump["S!B6"]?.cached == .number(Decimal(string: "2.5")!))
    #expect(dump["S!B6"]?.value == .text("=IF(B5=\"\",\"\",ROUND((B5-C6)*100,4))"))
    #expect(dump["S!C6"]?.format == "\"before \"0.0%")
    #expect(dump["S!B5"]?.format == "0.0%")
  }

  /// Protects a first period from a made-up comparison.
  @Test(arguments: [Cell?.none, .empty])
  func noEarlierPeriodSaysSo(previous: Cell?) throws {
    let dump = try tile(KPI("Leads", .integer(3), .integer, previous: previous))
    #expect(dump["S!B6"]?.value == .text("no earlier period"))
    #expect(try dump.sheet("S").rules?.isEmpty == true)
  }

  /// Protects the page from overlaps: no two blocks share a cell, whatever their heights.
  @Test func blocksNeverOverlap() throws {
    let path = try scratch("blocks.xlsx")
    var file = try XLSXFile(path: path, properties: Self.properties)
    let summary = try file.addSummary(name: "S", title: "S")
    var areas: [CellRange] = []
    let small = SmallTable(
      title: "T", columns: [.init("A", .text, span: 2), .init("B", .integer)],
      rows: (0..<20).map { [.text("row \($0)"), .integer(Int64($0))] })
    let first = try file.place([.table(small), .table(small)], on: summary)
    areas += first.map(\.area)
    let series = Chart.Series(
      "=not a formula", categories: first[0].columns[0], values: first[0].columns[1])
    for _ in 0..<2 {
      areas += try file.place(
        [
          .chart(Chart(.bar, title: "=1+1", series: [series], columns: 5, rows: 9)),
          .chart(Chart(.doughnut, title: "D", series: [series], columns: 4)), .table(small),
        ], on: summary
      ).map(\.area)
      areas += try file.place(
        [.tiles((0..<6).map { KPI("\($0)", .integer(1), .integer) })], on: summary
      ).map(\.area)
      areas += try file.place([.heading("H")], on: summary).map(\.area)
      areas += try file.place([.note(String(repeating: "note ", count: 100))], on: summary)
        .map(\.area)
    }
    for (index, one) in areas.enumerated() {
      for other in areas[(index + 1)...] {
        let apart =
          one.lastRow < other.firstRow || other.lastRow < one.firstRow
          || one.lastColumn < other.firstColumn || other.lastColumn < one.firstColumn
        #expect(apart, "\(one.reference) and \(other.reference)")
      }
    }
    _ = try file.close()
    let dump = try Dump(path)
    #expect(try dump.sheet("S").charts == 4)
    // Data of the first table, below its title and header.
    #expect(first[0].columns[1].reference == "'S'!$D$6:$D$25")
    #expect(dump["S!D25"]?.value == .number(19))
    let merged = try #require(try dump.sheet("S").merged)
    #expect(merged.count == Set(merged).count && merged.contains("B6:C6"))
  }

  /// Protects charts from drawing values against the wrong categories.
  @Test func unevenSeriesAreRefused() throws {
    var file = try XLSXFile(path: try scratch("uneven.xlsx"), properties: Self.properties)
    let summary = try file.addSummary(name: "S", title: "S")
    let range = CellRange(sheet: "S", firstRow: 5, firstColumn: 1, lastRow: 9, lastColumn: 1)
    let series = Chart.Series("s", categories: range, values: range.prefix(3))
    let error = #expect(throws: WorkbookError.self) {
      try file.place([.chart(Chart(.line, title: "L", series: [series]))], on: summary)
    }
    #expect(error?.found == "5 and 3")
  }
}
