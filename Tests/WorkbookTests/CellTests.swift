import Foundation
import Support
import Testing

@testable import Workbook

@Suite struct CellTests {
  static let properties = DocumentProperties(title: "Cells", created: 1_700_000_000)

  /// Writes one column of cells under a header and reads it back; data begin in row 2.
  private func written(
    _ cells: [Cell], style: CellStyle = .text, memory: TableSheet.Memory = .flat
  ) throws -> (Dump, WorkbookSummary) {
    let path = try scratch("cells-\(UUID().uuidString).xlsx")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var file = try XLSXFile(path: path, properties: Self.properties)
    let table = try file.addTable(
      TableSheet(name: "Data", columns: [TableColumn("Value", style)], memory: memory))
    for cell in cells { try file.append([cell], to: table) }
    let summary = try file.close()
    return (try Dump(path), summary)
  }

  /// Protects readers from code in data, and codes from losing their zeros: text stays the text it
  /// was.
  @Test(arguments: [TableSheet.Memory.flat, .whole])
  func textIsNeverGuessed(memory: TableSheet.Memory) throws {
    let texts = [
      "=1+1", "=cmd|'/c calc'!A0", "+49 30 123456", "-5", "@SUM(A1)", "007", "1e5", "2026-01-02",
      "https://example.com/a?b=c&d=e", "mailto:someone@example.com", "TRUE", "  padded  ",
      "a\tb\nc", "<b>&amp;\"'</b>", "naïve 日本語 🙂", "{=A1}", "#REF!",
    ]
    let (dump, _) = try written(texts.map { .text($0) }, memory: memory)
    for (index, text) in texts.enumerated() {
      let cell = try #require(dump["Data!A\(index + 2)"], "\(text) is missing")
      #expect(cell.value == .text(text))
      #expect(cell.type == "s", "\(text) became \(cell.type ?? "nothing")")
      #expect(cell.link == false)
      #expect(cell.format == "@")
    }
  }

  /// Protects the file from being unreadable: characters XML cannot carry are written Excel's way.
  @Test(arguments: [
    ("a\u{1}b", "a_x0001_b"), ("nul\0end", "nul_x0000_end"), ("cr\rlf", "cr_x000D_lf"),
    ("_x0041_", "_x005F_x0041_"), ("_x004_", "_x004_"), ("snake_xylem", "snake_xylem"),
    ("\u{FFFE}", "_xFFFE_"),
  ])
  func controlCharactersAreEscaped(source: String, stored: String) throws {
    #expect(CellText(source).text == stored)
    let (dump, _) = try written([.text(source)])
    #expect(try !#require(dump["Data!A2"]).value!.description.isEmpty)
  }

  /// Protects against silent loss: a text too long for Excel ends with a mark and is counted with
  /// its place.
  @Test func longTextIsCutVisibly() throws {
    let long = String(repeating: "x", count: 32_768)
    let fits = String(repeating: "y", count: 32_767)
    let pairs = String(repeating: "🙂", count: 20_000)
    let (dump, summary) = try written([.text(long), .text(fits), .text(pairs)])
    #expect(summary.cutTexts == 2)
    #expect(summary.places == ["'Data'!A2", "'Data'!A4"])
    let cut = try #require(dump["Data!A2"]?.value).description
    #expect(cut.hasSuffix("x … [cut]") && cut.utf16.count == 32_767)
    #expect(dump["Data!A3"]?.value == .text(fits))
    let emoji = try #require(dump["Data!A4"]?.value).description
    #expect(emoji.hasSuffix("🙂 … [cut]") && emoji.utf16.count <= 32_767)
  }

  /// Protects cents: the stored number's shortest decimal is the amount, up to Excel's 15 digits.
  @Test func moneyIsExact() throws {
    var random = SplitMix(state: 20_261_121)
    var amounts: [(minor: Int64, digits: Int)] = [
      (0, 2), (1, 2), (-1, 2), (10, 2), (29, 2), (999_999_999_999_999, 2),
      (-999_999_999_999_999, 2), (123_456_789_012_345, 3), (5, 0), (1, 6),
    ]
    for _ in 0..<200 {
      amounts.append(
        (Int64(random.next() % 1_999_999_999_999_999) - 999_999_999_999_999, 2))
    }
    let (dump, _) = try written(
      amounts.map { .money($0.minor, digits: $0.digits) }, style: .money(digits: 2))
    for (index, amount) in amounts.enumerated() {
      let exact = Decimal(amount.minor) / pow(Decimal(10), amount.digits)
      #expect(
        dump["Data!A\(index + 2)"]?.value == .number(exact),
        "\(amount), seed 20261121")
    }
    #expect(dump["Data!A2"]?.format == "#,##0.00;[Red]-#,##0.00")
    #expect(
      dump["Data!A9"]?.format == "#,##0.000;[Red]-#,##0.000", "its own digits, not the column's")
  }

  /// Protects large figures: what Excel would round is refused, not rounded.
  @Test(arguments: [
    Cell.integer(1_000_000_000_000_000), .money(.min, digits: 2), .money(5, digits: 7),
    .ratio(.max),
  ])
  func numbersExcelCannotKeepAreRefused(cell: Cell) throws {
    var file = try XLSXFile(path: try scratch("long.xlsx"), properties: Self.properties)
    let table = try file.addTable(
      TableSheet(name: "Data", columns: [TableColumn("Value", .integer)]))
    let error = #expect(throws: WorkbookError.self) { try file.append([cell], to: table) }
    #expect(error?.kind == .numberTooLong)
    #expect(error?.place == "sheet \"Data\", cell A2")
    #expect(error?.help.contains("text") == true)
  }

  /// Protects filters and pivots over time: days and instants are dates to Excel, and right at the
  /// edges.
  @Test func daysAndInstantsAreDates() throws {
    let (dump, summary) = try written(
      [
        .day(0), .day(20_772), .day(-25_508), .day(2_932_896), .day(-25_509), .day(-719_162),
        .instant(1_794_787_199_000_000, offset: 0),
        .instant(1_794_787_199_000_000, offset: -18_000),
        .instant(-2_300_000_000_000_000, offset: 0), .boolean(true), .ratio(255_000), .empty,
        .text(""), .integer(-1_234_567),
      ])
    func shown(_ row: Int) -> String? { dump["Data!A\(row)"]?.value?.description }
    #expect(shown(2) == "1970-01-01 00:00:00" && dump["Data!A2"]?.type == "d")
    #expect(shown(3) == "2026-11-15 00:00:00")
    #expect(shown(4) == "1900-03-01 00:00:00")
    #expect(shown(5) == "9999-12-31 00:00:00")
    #expect(shown(6) == "1900-02-28" && dump["Data!A6"]?.type == "s")
    #expect(shown(7) == "0001-01-01")
    #expect(shown(8) == "2026-11-15 23:59:59" && dump["Data!A8"]?.type == "d")
    #expect(shown(9) == "2026-11-15 18:59:59", "five hours west of UTC")
    #expect(shown(10) == "1897-02-11 15:06:40" && dump["Data!A10"]?.type == "s")
    #expect(dump["Data!A8"]?.format == "yyyy-mm-dd hh:mm:ss")
    #expect(summary.datesAsText == 3)
    #expect(dump["Data!A11"]?.value == .boolean(true))
    #expect(dump["Data!A12"]?.value == .number(Decimal(string: "0.255")!))
    #expect(dump["Data!A12"]?.format == "0.0%")
    #expect(dump["Data!A13"] == nil && dump["Data!A14"] == nil)
    #expect(dump["Data!A15"]?.value == .number(-1_234_567))
  }
}

/// A small seeded generator, so that a failing case can be run again.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
