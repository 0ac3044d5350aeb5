import Foundation
import Glibc
import Support
import Testing

@testable import Workbook

@Suite struct TableTests {
  static let properties = DocumentProperties(title: "Tables", created: 1_700_000_000)

  static let columns = [
    TableColumn("Name", .text, total: .label("Total")),
    TableColumn("Connected", .integer, total: .sum),
    TableColumn("Failures", .integer, total: .sum),
    TableColumn(
      "Rate", .percent(decimals: 1),
      total: .ratio(of: ["Connected"], over: ["Connected", "Failures"])),
    TableColumn("Calls", .integer, total: .count),
    TableColumn("Lost", .money(digits: 2), total: .sum),
  ]

  /// Protects a quiet week: an empty table says so, its totals are 0, and a ratio of nothing is
  /// blank, not 0.
  @Test func emptyTableIsWhole() throws {
    let path = try scratch("empty.xlsx")
    var file = try XLSXFile(path: path, properties: Self.properties)
    let table = try file.addTable(
      TableSheet(name: "Quiet", columns: Self.columns, rangeName: "quiet"))
    try file.finish(
      table,
      totals: [.empty, .integer(0), .integer(0), .empty, .integer(0), .money(0, digits: 2)])
    let summary = try file.close()
    #expect(summary.sheets.map(\.rows) == [0])
    let dump = try Dump(path)
    #expect(dump["Quiet!A2"]?.value == .text("No rows in this period."))
    #expect(dump["Quiet!B3"]?.value == .text("=SUBTOTAL(109,B2:B2)"))
    #expect(dump["Quiet!F3"]?.cached == .number(0))
    #expect(dump["Quiet!D3"]?.value == .text("=IF(B3+C3=0,\"\",(B3)/(B3+C3))"))
    #expect([nil, .text("")].contains(dump["Quiet!D3"]?.cached), "blank, not 0")
    #expect(try dump.sheet("Quiet").autofilter == "A1:F2")
    #expect(dump.file.names?["quiet"] == "'Quiet'!$A$2:$F$2")
  }

  /// Protects big tables from losing their helps: a flat sheet has the same filter, rules and
  /// totals as a whole one.
  @Test(arguments: [TableSheet.Memory.flat, .whole])
  func bothMemoriesGiveTheSameSheet(memory: TableSheet.Memory) throws {
    let path = try scratch("memory-\(memory).xlsx")
    var file = try XLSXFile(path: path, properties: Self.properties)
    var columns = Self.columns
    columns[0].rules = [.text("a \"b\"", .good)]
    columns[1].rules = [.dataBar(), .compare(.above, .integer(3), .warning)]
    columns[5].rules = [.threeColors(), .compare(.below, .money(-150, digits: 2), .bad)]
    let table = try file.addTable(
      TableSheet(name: "T", titles: ["One", "Two"], columns: columns, memory: memory))
    for index in 1...5 as ClosedRange<Int64> {
      try file.append(
        [
          .text("n"), .integer(index), .integer(2), .ratio(1), .empty, .money(-index, digits: 2),
        ], to: table)
    }
    try file.finish(
      table,
      totals: [
        .empty, .integer(15), .integer(10), .ratio(600_000), .integer(0), .money(-15, digits: 2),
      ])
    _ = try file.close()
    let dump = try Dump(path)
    let sheet = try dump.sheet("T")
    #expect(sheet.autofilter == "A4:F9" && sheet.freeze == "A5" && sheet.titleRows == "$4:$4")
    let rules = try #require(sheet.rules)
    #expect(rules.map(\.range).sorted() == ["A5:A9", "B5:B9", "B5:B9", "F5:F9", "F5:F9"])
    let formulas = rules.flatMap(\.formula)
    #expect(formulas.contains("AND(ISNUMBER(F5),F5<-1.5)"))
    #expect(formulas.contains("\"a \"\"b\"\"\""))
    #expect(dump["T!B10"]?.value == .text("=SUBTOTAL(109,B5:B9)"))
    #expect(dump["T!E10"]?.value == .text("=SUBTOTAL(103,E5:E9)"))
    #expect(dump["T!D10"]?.cached == .number(Decimal(string: "0.6")!))
    #expect(dump["T!F10"]?.cached == .number(Decimal(string: "-0.15")!))
    #expect(dump["T!A1"]?.value == .text("One"))
  }

  /// Protects legibility: no column is too narrow for its figures (####) or its header.
  @Test func widthsFollowContent() throws {
    let path = try scratch("widths.xlsx")
    var file = try XLSXFile(path: path, properties: Self.properties)
    let table = try file.addTable(
      TableSheet(
        name: "Wide",
        columns: [
          TableColumn("A", .money(digits: 2), total: .sum), TableColumn("B", .text),
          TableColumn("A considerably longer header", .integer), TableColumn("D", .day, width: 33),
        ]))
    try file.append(
      [
        .money(-12_345_678_901, digits: 2), .text(String(repeating: "w", count: 300)), .integer(1),
        .day(0),
      ], to: table)
    try file.finish(
      table, totals: [.money(-999_999_999_999_999, digits: 2), .empty, .empty, .empty])
    _ = try file.close()
    let widths = try #require(try Dump(path).sheet("Wide").widths)
    // -9,999,999,999,999.99 has 21 characters.
    #expect(try #require(widths["A"]) >= 22)
    #expect(try (60...70).contains(#require(widths["B"])))
    #expect(try (16...27).contains(#require(widths["C"])))
    #expect(try (33...34).contains(#require(widths["D"])))
  }

  /// Protects paper: it ends before what is not for it, and takes the totals in.
  @Test func printsWhatIsForPaper() throws {
    let path = try scratch("paper.xlsx")
    var file = try XLSXFile(path: path, properties: Self.properties)
    let table = try file.addTable(
      TableSheet(
        name: "Lines", titles: ["Lines"],
        columns: [
          TableColumn("Day", .day), TableColumn("Amount", .integer, total: .sum),
          TableColumn("ID", .text, isPrinted: false),
        ]))
    try file.append([.day(0), .integer(1), .text("x")], to: table)
    try file.append([.day(1), .integer(2), .text("y")], to: table)
    try file.finish(table, totals: [.empty, .integer(3), .empty])
    let odd = TableSheet(
      name: "Odd", columns: [TableColumn("A", .text, isPrinted: false), TableColumn("B", .text)])
    #expect(throws: WorkbookError.self) { try file.addTable(odd) }
    _ = try file.close()
    #expect(try Dump(path).sheet("Lines").printArea == "'Lines'!$A$1:$B$6")
  }

  /// Protects paper: what would print too small to be read takes pages side by side, each with the
  /// columns that say what a row is.
  @Test(arguments: [(13, 1), (14, 2), (60, 6)])
  func wideTablesTakePagesSideBySide(columns: Int, pages: Int) throws {
    let path = try scratch("side-by-side-\(columns).xlsx")
    var file = try XLSXFile(path: path, properties: Self.properties)
    var spec = TableSheet(
      name: "Wide",
      columns: (0..<columns).map { TableColumn("C\($0)", .integer, width: 18) }, frozenColumns: 2)
    // What is not for paper takes none.
    spec.columns.append(TableColumn("ID", .text, width: 200, isPrinted: false))
    let table = try file.addTable(spec)
    try file.append((0..<columns).map { .integer(Int64($0)) } + [.text("x")], to: table)
    try file.finish(table)
    _ = try file.close()
    let sheet = try Dump(path).sheet("Wide")
    #expect(sheet.fitWidth == pages && sheet.fitHeight == 0)
    #expect(sheet.titleColumns == (pages > 1 ? "$A:$B" : nil))
  }

  /// Protects the machine: a big table is written in flat memory.
  @Test func bigTableStaysFlat() async {
    // In a process of its own: other tests run in this one, and what they hold is not the table's.
    await #expect(processExitsWith: .success) { try Self.writeBigTable() }
  }

  private static func writeBigTable() throws {
    let path = try scratch("big.xlsx")
    defer { unlink(path) }
    var file = try XLSXFile(path: path, properties: Self.properties)
    let summary = try file.addSummary(name: "Summary", title: "Big")
    let table = try file.addTable(
      TableSheet(
        name: "Big",
        columns: (0..<10).map {
          TableColumn("C\($0)", $0 < 5 ? .text : .money(digits: 2), total: $0 < 5 ? .none : .sum)
        }))
    var row: [Cell] = []
    var resident = 0
    for index in 0..<200_000 {
      if index == 20_000 { resident = Self.residentBytes() }
      row.removeAll(keepingCapacity: true)
      for column in 0..<10 {
        row.append(
          column < 5
            ? .text("row \(index) column \(column)")
            : .money(Int64(index) * 1_003 + Int64(column), digits: 2))
      }
      try file.append(row, to: table)
    }
    let grown = Self.residentBytes() - resident
    // 1.8 million cells kept in memory would take well over 150 MB.
    precondition(grown < 60_000_000, "grew by \(grown) bytes")
    // The sheet in front is still open to random access.
    try file.place([.note("After the rows.")], on: summary)
    let rows = try file.close().sheets.map(\.rows)
    precondition(rows == [0, 200_000], "rows \(rows)")
  }

  private static func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = Int(text.split(separator: " ")[1])
    else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Protects against a file Excel would repair by dropping rows.
  @Test func rowsBeyondTheSheetGoOnTheNext() throws {
    var file = try XLSXFile(path: try scratch("rows.xlsx"), properties: Self.properties)
    let table = try file.addTable(TableSheet(name: "Rows", columns: [TableColumn("N", .integer)]))
    let row = [Cell.integer(1)]
    // Header and a row for totals leave two fewer; all but the last are skipped to save time.
    file.tables[0].parts[0].rows = 1_048_576 - 3
    try file.append(row, to: table)
    try file.append(row, to: table)
    #expect(file.parts(of: table).map(\.rows) == [1_048_574, 1])
  }
}
