import Foundation
import Testing

@testable import Runner
@testable import Workbook

@Suite("A workbook is read again before it takes its name")
struct WorkbookCheckTests {
  /// Two sheets of a table of seven rows, five to a sheet, and what they must hold.
  private func write(
    sum: Int64 = 2800, rows: [Int] = [5, 2],
    sheets: [String] = ["Sales & more", "Sales & more (2)"]
  ) throws -> (path: String, check: WorkbookCheck) {
    let path = NSTemporaryDirectory() + "nightmill-check-\(UUID().uuidString).xlsx"
    var file = try XLSXFile(
      path: path, properties: DocumentProperties(title: "T", created: 1), maximumRows: 7)
    let table = try file.addTable(
      TableSheet(
        name: "Sales & more",
        columns: [
          TableColumn("Name", .text), TableColumn("Calls", .integer, total: .sum),
          TableColumn("Amount", .money(digits: 2), total: .sum),
        ]))
    for row in 1...7 as ClosedRange<Int64> {
      try file.append(
        [.text("7 <v>9</v>"), row == 3 ? .empty : .integer(row), .money(row * 100, digits: 2)],
        to: table)
    }
    try file.finish(table, totals: [.empty, .integer(25), .money(2800, digits: 2)])
    var parts = file.parts(of: table)
    _ = try file.close()
    for (index, count) in rows.enumerated() {
      parts[index] = TablePart(
        sheet: sheets[index], firstRow: parts[index].firstRow, rows: count)
    }
    let columns: [(title: String, column: SheetScan.Column, sum: Int64)] = [
      ("Calls", SheetScan.Column(1, digits: 0), 25),
      ("Amount", SheetScan.Column(2, digits: 2), sum),
    ]
    return (
      path, WorkbookCheck(sheets: sheets, tables: [.init(parts: parts, columns: columns)])
    )
  }

  private func failure(_ written: (path: String, check: WorkbookCheck)) -> RunError? {
    defer { unlink(written.path) }
    do throws(RunError) {
      try written.check.check(written.path, for: "out/book.xlsx")
      return nil
    } catch { return error }
  }

  @Test("what was written agrees")
  func agrees() throws {
    let written = try write()
    #expect(written.check.rows == 7)
    #expect(failure(written) == nil)
  }

  @Test("a sum, a row, a sheet that is not what the warehouse gave is told, with both")
  func differs() throws {
    let sum = failure(try write(sum: 2801))
    #expect(sum?.exit == .failed)
    #expect(
      sum?.message
        == "out/book.xlsx: the workbook read again is not what was to be written: Amount of the sheet "
        + "Sales & more adds up to 2800, expected 2801 (in units of the last decimal)")
    #expect(sum?.help.hasSuffix("the files of before are unchanged") == true)
    // Two rows and the totals are there.
    let rows = failure(try write(rows: [5, 4]))
    #expect(rows?.message.hasSuffix("the sheet Sales & more (2) has 3 rows, expected 4") == true)
    let sheets = failure(try write(sheets: ["Sales & more", "Others"]))
    #expect(
      sheets?.message.hasSuffix(
        "its sheets are Sales & more, Sales & more (2), expected Sales & more, Others") == true)
  }

  @Test("a file with a wrong byte or without its end is told", arguments: [0.5, 0.9])
  func damaged(place: Double) throws {
    let written = try write()
    let url = URL(fileURLWithPath: written.path)
    let whole = try Data(contentsOf: url)
    try whole.prefix(Int(place * Double(whole.count))).write(to: url)
    let error = failure(written)
    #expect(error?.message.hasPrefix("out/book.xlsx: the file is damaged: ") == true)
    #expect(error?.help.contains("free space") == true)
  }
}
