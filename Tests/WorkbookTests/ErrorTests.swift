import Foundation
import Support
import Testing

@testable import Workbook

@Suite struct ErrorTests {
  static let properties = DocumentProperties(title: "Errors", created: 1_700_000_000)
  static let column = [TableColumn("A", .integer)]

  /// Protects whoever names sheets: each of Excel's rules has a message that says which name and
  /// what to do.
  @Test(arguments: [
    ("", "empty"), ("this name is longer than thirty-one", "35 characters"), ("a/b", "\"/\""),
    ("a[1]", "\"[\""), ("what?", "\"?\""), ("'quoted", "apostrophe"), ("History", "reserves"),
    ("TOTALS", "a second time"),
  ])
  func sheetNamesAreChecked(name: String, reason: String) throws {
    var file = try XLSXFile(path: try scratch("names.xlsx"), properties: Self.properties)
    _ = try file.addTable(TableSheet(name: "Totals", columns: Self.column))
    let error = #expect(throws: WorkbookError.self) {
      _ = try file.addTable(TableSheet(name: name, columns: Self.column))
    }
    #expect(error?.kind == .sheetName)
    #expect(error?.found.contains(reason) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("Rename the sheet") == true)
  }

  /// Protects formulas across sheets: names with spaces and apostrophes are quoted, ranges stay
  /// right.
  @Test func oddSheetNamesWork() throws {
    let path = try scratch("odd.xlsx")
    var file = try XLSXFile(path: path, properties: Self.properties)
    let table = try file.addTable(
      TableSheet(name: "Bob's 1st & best", columns: Self.column, rangeName: "bobs"))
    try file.append([.integer(1)], to: table)
    _ = try file.close()
    #expect(try Dump(path).file.names?["bobs"] == "'Bob''s 1st & best'!$A$2:$A$2")
  }

  /// Protects defined names from colliding with cells or each other.
  @Test(arguments: ["A1", "r1c1", "R", "abc123", "1st", "with space", "", "taken", "TAKEN"])
  func definedNamesAreChecked(name: String) throws {
    var file = try XLSXFile(path: try scratch("ranges.xlsx"), properties: Self.properties)
    let table = try file.addTable(TableSheet(name: "T", columns: Self.column))
    let range = try file.range(of: "A", in: table)
    try file.define(name: "taken", range: range)
    let error = #expect(throws: WorkbookError.self) { try file.define(name: name, range: range) }
    #expect(error?.kind == .definedName)
  }

  /// Protects the operator: an unwritable place is named before any work is done.
  @Test func missingFolderIsNamed() {
    let error = #expect(throws: WorkbookError.self) {
      _ = try XLSXFile(path: "/nonexistent/dir/book.xlsx", properties: Self.properties)
    }
    #expect(error?.kind == .file)
    #expect(error?.found.contains("/nonexistent/dir: No such file or directory") == true)
  }

  /// Protects the last good file: one that was begun and dropped leaves nothing on disk.
  @Test func droppedFileLeavesNothing() throws {
    let path = try scratch("dropped.xlsx")
    do {
      var file = try XLSXFile(path: path, properties: Self.properties)
      let table = try file.addTable(TableSheet(name: "T", columns: Self.column))
      try file.append([.integer(1)], to: table)
      _ = try file.addSummary(name: "S", title: "S")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// Protects report authors: descriptions that contradict themselves are refused with the sheet's
  /// name.
  @Test func contradictionsAreRefused() throws {
    var file = try XLSXFile(path: try scratch("layout.xlsx"), properties: Self.properties)
    let table = try file.addTable(
      TableSheet(
        name: "T",
        columns: [
          TableColumn("A", .integer),
          TableColumn("Rate", .percent(decimals: 1), total: .ratio(of: ["A"], over: ["A"])),
        ]))
    let short = #expect(throws: WorkbookError.self) { try file.append([.empty], to: table) }
    #expect(short?.kind == .rowShape && short?.place == "sheet \"T\", row 2")
    let total = #expect(throws: WorkbookError.self) {
      try file.finish(table, totals: [.empty, .ratio(1)])
    }
    #expect(total?.found == "none below \"A\"")
    let unknown = #expect(throws: WorkbookError.self) {
      _ = try file.range(of: "Nope", in: table)
    }
    #expect(unknown?.expected.contains("A, Rate") == true)
    let twice = #expect(throws: WorkbookError.self) {
      _ = try file.addTable(TableSheet(name: "U", columns: Self.column + Self.column))
    }
    #expect(twice?.found.contains("\"A\" a second time") == true)
    let summary = try file.addSummary(name: "S", title: "S")
    let wide = #expect(throws: WorkbookError.self) {
      try file.place([.note("x"), .note("y")], on: summary)
    }
    #expect(wide?.found == "12 + 12")
  }
}
