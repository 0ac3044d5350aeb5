import Foundation
import Support
import Testing

@testable import Workbook

/// Tables that go on on further sheets; the limit is lowered so that few rows do.
@Suite struct PartsTests {
  static let properties = DocumentProperties(title: "Parts", created: 1_700_000_000)

  static let columns = [
    TableColumn("Name", .text, total: .label("Total")),
    TableColumn("Calls", .integer, total: .sum, rules: [.dataBar()]),
    TableColumn("Lost", .money(digits: 2), total: .sum),
    TableColumn("Share", .percent(decimals: 1), total: .ratio(of: ["Calls"], over: ["Seen"])),
    TableColumn("Seen", .integer, total: .count),
  ]

  /// Writes `rows` rows, six to a sheet; returns the file as another program reads it.
  static func write(
    _ name: String, rows: Int, memory: TableSheet.Memory = .flat, reserving: [String] = []
  ) throws -> (dump: Dump, summary: WorkbookSummary, parts: [TablePart]) {
    let path = try scratch("parts-\(UUID().uuidString).xlsx")
    var file = try XLSXFile(path: path, properties: Self.properties, maximumRows: 10)
    file.reserve(sheets: reserving)
    let table = try file.addTable(
      TableSheet(
        name: name, titles: ["Title"], columns: columns, frozenColumns: 1, memory: memory,
        rangeName: "all_rows"))
    for row in 0..<Int64(rows) {
      try file.append(
        [
          .text("n\(row)"), .integer(row), .money(row * 101, digits: 2), .ratio(500_000),
          .integer(2 * row),
        ], to: table)
    }
    let sum = Int64(rows * (rows - 1) / 2)
    try file.finish(
      table,
      totals: [
        .empty, .integer(sum), .money(sum * 101, digits: 2), .ratio(500_000), .integer(Int64(rows)),
      ])
    let parts = file.parts(of: table)
    let last = try file.addTable(TableSheet(name: "Last", columns: [TableColumn("A", .integer)]))
    try file.append([.integer(1)], to: last)
    let summary = try file.close()
    return (try Dump(path), summary, parts)
  }

  /// Protects who receives a big report: nothing is lost at the end of a sheet, and each sheet can
  /// be used by itself.
  @Test(arguments: [TableSheet.Memory.flat, .whole])
  func rowsGoOn(memory: TableSheet.Memory) throws {
    let (dump, summary, parts) = try Self.write("Calls", rows: 14, memory: memory)
    let names = ["Calls", "Calls (2)", "Calls (3)"]
    #expect(summary.sheets.map(\.name) == names + ["Last"])
    #expect(summary.sheets.map(\.rows) == [6, 6, 2, 1])
    #expect(parts.map(\.sheet) == names && parts.map(\.rows) == [6, 6, 2])
    for row in 0..<14 {
      let (name, place) = (names[row / 6], 4 + row % 6)
      #expect(dump["\(name)!A\(place)"]?.value == .text("n\(row)"))
      #expect(dump["\(name)!B\(place)"]?.value == .number(Decimal(row)))
      #expect(dump["\(name)!C\(place)"]?.value == .number(Decimal(row * 101) / 100))
      #expect(dump["\(name)!D\(place)"]?.value == .number(Decimal(string: "0.5")!))
      #expect(dump["\(name)!E\(place)"]?.value == .number(Decimal(2 * row)))
      #expect(dump["\(name)!C\(place)"]?.format == "#,##0.00;[Red]-#,##0.00")
    }
    for (index, name) in names.enumerated() {
      let sheet = try dump.sheet(name)
      let last = index == 2 ? 5 : 9
      #expect(sheet.autofilter == "A3:E\(last)" && sheet.freeze == "B4")
      #expect(sheet.titleRows == "$3:$3")
      #expect(sheet.rules?.map(\.range) == ["B4:B\(last)"])
      #expect(try sheet.widths == dump.sheet("Calls").widths)
      for (column, item) in Self.columns.enumerated() {
        #expect(dump["\(name)!\(Names.column(column))3"]?.value == .text(item.header))
      }
    }
    #expect(dump["Calls!A1"]?.value == .text("Title"))
    #expect(dump["Calls (2)!A1"]?.value == .text("Title (2)"))
    #expect(dump["Calls!A10"]?.value == .text("Continued on the sheet Calls (2)."))
    #expect(dump["Calls (2)!A10"]?.value == .text("Continued on the sheet Calls (3)."))
    #expect(dump["Calls!B10"] == nil && dump["Calls (3)!A7"] == nil)
    #expect(
      dump.file.names?["all_rows"]
        == "'Calls'!$A$4:$E$9,'Calls (2)'!$A$4:$E$9,'Calls (3)'!$A$4:$E$5")
  }

  /// Protects totals: one row at the very end, over all sheets.
  @Test func totalsCoverAllParts() throws {
    let (dump, _, _) = try Self.write("Bob's", rows: 13)
    #expect(dump["Bob's (3)!A5"]?.value == .text("Total of 3 sheets"))
    #expect(
      dump["Bob's (3)!B5"]?.value
        == .text("=SUBTOTAL(109,'Bob''s'!B4:B9,'Bob''s (2)'!B4:B9,B4:B4)"))
    #expect(dump["Bob's (3)!B5"]?.cached == .number(78))
    #expect(dump["Bob's (3)!C5"]?.cached == .number(Decimal(string: "78.78")!))
    #expect(
      dump["Bob's (3)!E5"]?.value
        == .text("=SUBTOTAL(103,'Bob''s'!E4:E9,'Bob''s (2)'!E4:E9,E4:E4)"))
    #expect(dump["Bob's (3)!D5"]?.value == .text("=IF(E5=0,\"\",(B5)/(E5))"))
  }

  /// Protects the edge: a sheet that is exactly full has its totals and no next sheet.
  @Test(arguments: [(6, ["T", "Last"], "T!B10"), (7, ["T", "T (2)", "Last"], "T (2)!B5")])
  func fullSheet(rows: Int, sheets: [String], total: String) throws {
    let (dump, summary, _) = try Self.write("T", rows: rows)
    #expect(summary.sheets.map(\.name) == sheets)
    #expect(dump[total]?.cached == .number(Decimal(rows * (rows - 1) / 2)))
  }

  /// Protects the file from names that Excel refuses or a sheet has: 31 characters at most, cut
  /// where a character ends; names that come later are left to them.
  @Test(arguments: [
    ("exactly thirty-one characters!!", [String](), "exactly thirty-one characte (2)"),
    ("Half of a long name, then a gap here", [], ""),
    ("Emoji at the edge of it: 👩‍👩‍👧", [], "Emoji at the edge of it: (2)"),
    ("Calls", ["calls (2)"], "Calls (3)"),
    ("Calls", ["Last", "CALLS (2)", "Calls (3)"], "Calls (4)"),
  ])
  func namesAreUnique(name: String, reserved: [String], second: String) throws {
    guard name.utf16.count <= 31 else {
      #expect(throws: WorkbookError.self) { try Self.write(name, rows: 7) }
      return
    }
    let (_, summary, _) = try Self.write(name, rows: 7, reserving: reserved)
    #expect(summary.sheets.map(\.name) == [name, second, "Last"])
    #expect(second.utf16.count <= 31)
  }

  /// Protects against a limit under which nothing fits.
  @Test func limitWithoutRoomIsRefused() throws {
    var file = try XLSXFile(
      path: try scratch("limit.xlsx"), properties: Self.properties, maximumRows: 4)
    let error = #expect(throws: WorkbookError.self) {
      _ = try file.addTable(TableSheet(name: "T", titles: ["Title"], columns: Self.columns))
    }
    #expect(error?.expected == "5 rows for titles, header, a row and totals")
  }
}
