import Foundation
import Support
import Testing

@testable import Workbook

@Suite struct SampleTests {
  /// Protects finance's weekly file: another program must find the same figures, formats and helps.
  @Test func readsBackAsWritten() throws {
    let path = try scratch("sample.xlsx")
    let summary = try SampleWorkbook.write(to: path)
    #expect(summary.sheets.map(\.name) == ["Summary", "Vendors", "Weeks", "About"])
    #expect(summary.sheets.map(\.rows) == [0, 36, 12, 0])
    #expect(summary.cutTexts == 0)
    let dump = try Dump(path)

    #expect(dump.file.title == "Weekly vendors & calls 2026-W46")
    #expect(dump.file.created == "2026-11-16 00:00:00")
    #expect(dump.file.names?["vendor_weekly"] == "'Vendors'!$A$5:$L$40")

    let vendors = try dump.sheet("Vendors")
    #expect(vendors.freeze == "B5")
    #expect(vendors.autofilter == "A4:L40", "the totals row must not be filtered away")
    #expect(vendors.titleRows == "$4:$4")
    #expect(vendors.orientation == "landscape" && vendors.paper == 9)
    #expect(vendors.fitToPage == true && vendors.fitWidth == 1 && vendors.fitHeight == 0)
    #expect(vendors.header?.contains("Weekly vendors") == true)
    #expect(vendors.footer == "Page &P of &N")
    #expect(vendors.tabColor == "FF2A9D8F")
    #expect(try dump.sheet("Weeks").paper == 1)
    #expect(
      try Set(#require(vendors.rules).map { "\($0.type) \($0.range)" }) == [
        "expression H5:H40", "dataBar I5:I40", "colorScale J5:J40", "cellIs K5:K40",
      ])

    let first = try #require(dump["Vendors!I5"])
    #expect(first.value == .number(Decimal(string: "412345.67")!))
    #expect(first.format == "#,##0.00;[Red]-#,##0.00")
    #expect(dump["Vendors!B5"]?.value == .text("001234"))
    #expect(dump["Vendors!A8"]?.value == .text("=Müller & Söhne <GmbH>"))
    #expect(dump["Vendors!A8"]?.type == "s")
    #expect(dump["Vendors!D5"]?.value == .text("2026-11-09 00:00:00"))
    #expect(dump["Vendors!D5"]?.format == "yyyy-mm-dd")
    #expect(dump["Vendors!L6"]?.value == .text("2026-11-10 01:02:03"))

    #expect(dump["Vendors!A41"]?.value == .text("Total"))
    #expect(dump["Vendors!I41"]?.value == .text("=SUBTOTAL(109,I5:I40)"))
    #expect(
      dump["Vendors!H41"]?.value == .text("=IF(F41+G41=0,\"\",(F41)/(F41+G41))"))
    let summed = (5...40).compactMap { dump["Vendors!I\($0)"]?.value }
      .reduce(Decimal(0)) { if case .number(let value) = $1 { $0 + value } else { $0 } }
    #expect(dump["Vendors!I41"]?.cached == .number(summed))

    let front = try dump.sheet("Summary")
    #expect(front.charts == 5)
    #expect(front.gridlines == false)
  }

  /// Protects comparisons and caches keyed by a file's hash: there is no clock and no chance in it.
  @Test func sameContentSameBytes() throws {
    let (one, two) = (try scratch("one.xlsx"), try scratch("two.xlsx"))
    _ = try SampleWorkbook.write(to: one)
    // Zip entries carry times of two seconds' resolution.
    Thread.sleep(forTimeInterval: 2.1)
    _ = try SampleWorkbook.write(to: two)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: one))
    #expect(bytes.count > 10_000)
    #expect(try Data(contentsOf: URL(fileURLWithPath: two)) == bytes)
  }
}
