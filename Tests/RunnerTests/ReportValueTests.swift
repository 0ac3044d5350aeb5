import Engine
import Foundation
import Support
import Testing
import YAML

@testable import Runner

@Suite("Figures of a report are exact")
struct ReportValueTests {
  private func column(_ type: ReportType) -> Report.Column {
    Report.Column(
      key: "c", mark: Mark(file: "r.yaml"), title: "C", type: type, decimals: 2, width: nil,
      origin: .query("c"), total: .none, rules: [])
  }

  @Test(
    "quotients are rounded once, half away from zero, and blank over zero",
    arguments: [
      ([1], [8], ReportType.percent, 125_000), ([2], [3], .percent, 666_667),
      ([1], [2_000_000], .ratio, 1), ([-1], [2_000_000], .ratio, -1),
      ([5], [2], .money, 3), ([-5], [2], .money, -3), ([1, 2], [3, 3], .percent, 500_000),
      ([9_000_000_000_000], [3_000_000_000_000], .ratio, 3_000_000), ([1], [0], .percent, nil),
      ([0], [5], .percent, 0),
    ] as [([Int64], [Int64], ReportType, Int64?)])
  func quotient(above: [Int64], below: [Int64], type: ReportType, expected: Int64?) throws {
    let value = try ReportSource.quotient(above, below, column(type))
    #expect(value == (expected.map { .number($0) } ?? .null))
  }

  @Test(
    "what is written in a report file is taken exactly or not at all",
    arguments: [
      ("95 %", ReportType.percent, 950_000), ("0.5%", .percent, 5_000), ("0.95", .percent, nil),
      ("250.00", .money, 25_000), ("250", .money, 25_000), ("0.001", .money, nil),
      ("-3", .integer, -3), ("3.5", .integer, nil), ("7", .ratio, 7_000_000),
      ("2026-11-09", .day, 20_766), ("2026-02-30", .day, nil),
    ] as [(String, ReportType, Int64?)])
  func written(text: String, type: ReportType, expected: Int64?) {
    #expect(ReportFormat.parse(text, type, moneyDigits: 2) == expected)
  }

  @Test(
    "in a CSV that people open, text that would act as a formula is kept from it; other text is as it was",
    arguments: [
      ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"), ("+1 555", "'+1 555"),
      ("-20% Cleaners", "'-20% Cleaners"), ("@Home", "'@Home"), ("\tx", "'\tx"),
      ("O'Brien", "O'Brien"),
      ("", ""), ("a=b", "a=b"),
    ])
  func formulas(text: String, expected: String) {
    #expect(ReportContent.harmless(text) == expected)
  }

  @Test("parameters are found in SQL, but not in its texts, names, comments and casts")
  func parameters() {
    let sql = """
      -- :comment
      SELECT ':text', ":name", 'it''s :quoted' /* :block
      :more */, a::date, :from
        , :to_day FROM t -- :end
      """
    let uses = SQLParameters.uses(in: Array(sql.utf8), file: "q.sql")
    #expect(uses.map { "\($0.name) \($0.mark)" } == ["from q.sql:3:20", "to_day q.sql:4:5"])
  }
}

@Suite("The shipped report SQL keeps to what SQLite and PostgreSQL share")
struct ReportSQLTests {
  @Test("no function, operator or division that one of them lacks or computes otherwise")
  func portable() throws {
    let folder = "\(PipelineWorld.root)/SQL/reports"
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".sql")
    }
    #expect(files.count >= 12)
    let foreign = try Regex(
      #"(?i)\b(strftime|julianday|date|datetime|ifnull|group_concat|string_agg|date_trunc|to_char|extract|ilike|glob|total|printf|iif|now|interval|returning|rowid|money_text)\b *\(?|::|\|\||\bLIMIT +\d+ *,"#
    )
    for file in files {
      let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      let statement = text.split(separator: "\n").map { line in
        line.split(separator: "--", omittingEmptySubsequences: false)[0]
      }.joined(separator: "\n")
      let found = statement.firstMatch(of: foreign).map { String(statement[$0.range]) }
      #expect(found == nil, "\(file)")
      #expect(
        statement.contains("ORDER BY") || !statement.contains("GROUP BY")
          || file.hasSuffix("week.sql"), "\(file)")
    }
  }

  @Test("a weekly report of a month covers its weeks as wholes, and adds them up")
  func month() throws {
    let bench = try ReportBench.samples()
    let period = try #require(try ReportPeriod.parse(month: "2026-10"))
    let files = try ReportRun(
      project: Project(folder: bench.folder), warehouse: bench.warehouse,
      currency: try #require(Currency(code: "USD")), timeZone: bench.zone,
      output: "\(bench.folder)/out"
    ).make(["weekly-vendors", "weekly-products"], period: period)
    #expect(files[0].path.hasSuffix("/out/2026-09-28_2026-11-01/weekly-vendors.xlsx"))
    let attempts = try bench.query(
      "SELECT SUM(attempts) AS s FROM vendor_weekly WHERE week BETWEEN '2026-09-28' AND '2026-10-26'",
      ["s": .integer])
    let rows = try bench.text("vendors.csv", week: "2026-09-28_2026-11-01").split(separator: "\n")
    let dump = try Dump(files[0].path)
    guard case .typed(let sum, _)? = attempts.first else { return #expect(Bool(false)) }
    #expect(dump["Vendors!D\(rows.count + 4)"]?.cached == .number(Decimal(sum)))
  }
}
