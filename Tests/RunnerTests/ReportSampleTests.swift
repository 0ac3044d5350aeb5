import Engine
import Foundation
import Support
import Testing

@testable import Runner

@Suite("The shipped reports over the shipped samples, read back by another program")
struct ReportSampleTests {
  /// A CSV file's records; the samples' reports have no line breaks in fields.
  private func records(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { line in
      var fields: [String] = [""]
      var isQuoted = false
      var previous: Character = ","
      for character in line {
        switch character {
        case "\"":
          // A quote right after the one that seemed to close the field stands for itself.
          if !isQuoted, previous == "\"" { fields[fields.count - 1].append(character) }
          isQuoted.toggle()
        case "," where !isQuoted: fields.append("")
        default: fields[fields.count - 1].append(character)
        }
        previous = character
      }
      return fields
    }
  }

  @Test(
    "every sheet says what its CSV says, totals are the columns' sums, no text became a formula")
  func sheetsAndFiles() throws {
    let bench = try ReportBench.samples()
    let files = try bench.make(["weekly-vendors", "weekly-products"])
    #expect(files.count == 9)
    let pairs = [
      ("weekly-vendors.xlsx", "Vendors", "vendors.csv"),
      ("weekly-vendors.xlsx", "Leads", "leads.csv"),
      ("weekly-products.xlsx", "Products", "products.csv"),
      ("weekly-products.xlsx", "Movers", "movers.csv"),
    ]
    var dumps: [String: Dump] = [:]
    for book in ["weekly-vendors.xlsx", "weekly-products.xlsx"] {
      dumps[book] = try Dump(bench.path(book))
    }
    for (book, sheet, file) in pairs {
      let dump = try #require(dumps[book])
      let expected = records(try bench.text(file))
      let columns = expected[0].count
      let rows = dump.rows(sheet, columns: columns)
      #expect(rows.count == expected.count + 1, "\(sheet): header, rows, totals")
      for (row, record) in zip(rows.dropFirst(), expected.dropFirst()) {
        #expect(row == record, "\(sheet)")
      }
      for column in 0..<columns {
        let cell = "\(sheet)!\(Dump.letter(column))\(expected.count + 4)"
        guard let line = dump[cell], dump.text(cell).hasPrefix("=SUBTOTAL(109") else { continue }
        let sum = expected.dropFirst().reduce(Decimal(0)) { $0 + Decimal(string: $1[column])! }
        #expect(line.cached == .number(sum), "\(cell)")
      }
    }
    for dump in dumps.values {
      let formulas = dump.cells.values.filter { $0.type == "f" }
      #expect(!formulas.isEmpty)
      for line in formulas {
        guard case .text(let formula)? = line.value else { continue }
        #expect(formula.hasPrefix("=SUBTOTAL(") || formula.hasPrefix("=IF("), "\(line)")
      }
    }
    #expect(
      dumps["weekly-vendors.xlsx"]?.cells.values.contains { $0.value == .text("=Best Locksmiths") }
        ?? false)
  }

  @Test("the sheets add up to the tables, to the cent")
  func warehouseSums() throws {
    let bench = try ReportBench.samples()
    try bench.make(["weekly-vendors", "weekly-products"])
    let lost = try bench.query(
      "SELECT SUM(lost_revenue) AS s FROM vendor_weekly WHERE week = '2026-11-09'", ["s": .integer])
    let net = try bench.query(
      "SELECT SUM(net_revenue) AS s FROM product_analytics WHERE metric_date BETWEEN '2026-11-09' AND '2026-11-15'",
      ["s": .integer])
    func cents(_ file: String, _ column: Int) throws -> Int64 {
      try records(bench.text(file)).dropFirst().reduce(0) {
        $0 + NSDecimalNumber(decimal: Decimal(string: $1[column])! * 100).int64Value
      }
    }
    #expect(lost == [.typed(try cents("vendors.csv", 11), .integer)])
    #expect(net == [.typed(try cents("products.csv", 11), .integer)])
    #expect(net == [.typed(try cents("product-days.csv", 11), .integer)])
  }
}
