import Engine
import Foundation
import Support
import Testing

@testable import Runner

@Suite("A report that is made for each row of a query")
struct ReportEachTests {
  /// A report of `leads` by vendor.
  private func bench(_ vendors: [String], yaml: [String: String] = [:]) throws -> ReportBench {
    let bench = try ReportBench()
    var text = """
      title: Leads of a vendor
      summary: what it missed
      period: week
      each: {sql: each.sql, key: vendor_id}
      sheets:
        - name: Leads
          about: a row per week
          sql: leads.sql
          columns: {week: day, lost_revenue: {type: money, total: sum}}
      csv: [{file: "{key}.csv", sheet: Leads}]
      """
    for (old, new) in yaml { text = text.replacingOccurrences(of: old, with: new) }
    try bench.write(text, to: "Reports/mine.yaml")
    try bench.write(
      "SELECT vendor_id FROM leads WHERE week BETWEEN :from AND :to ORDER BY vendor_id",
      to: "SQL/reports/each.sql")
    try bench.write(
      "SELECT week, lost_revenue FROM leads WHERE vendor_id = :vendor_id AND week <= :to ORDER BY week",
      to: "SQL/reports/leads.sql")
    try publish(vendors, in: bench)
    return bench
  }

  private func publish(_ vendors: [String], in bench: ReportBench) throws {
    try bench.publish([
      "leads": ["week,vendor_id,missed_opportunities,lost_revenue,mean_intent"]
        + vendors.map { "2026-11-09,\($0),1,10.00,5" }
    ])
  }

  private func names(_ bench: ReportBench) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: bench.path("mine")).sorted()
  }

  @Test("a workbook and a CSV of its own rows each, and names that no ID can break out of")
  func files() throws {
    let bench = try bench(["v1", "../../v", "V/1", ":vendor_id"])
    let files = try bench.make(["mine"])
    #expect(files.count == 8)
    let names = try names(bench)
    #expect(names.count == 8)
    #expect(names.contains("v1.csv") && names.contains("v1.xlsx"))
    #expect(names.allSatisfy { !$0.hasPrefix(".") && !$0.contains(":") })
    #expect(try bench.text("mine/v1.csv") == "week,lost_revenue\n2026-11-09,10.00\n")
    let dump = try Dump(bench.path("mine/v1.xlsx"))
    #expect(dump.cells.values.contains { $0.value == .text("v1") }, "About says of whom it is")
    #expect(!dump.cells.values.contains { $0.value == .text("Refused rows of that run by reason") })
  }

  @Test("what is no longer there leaves no file; what fails leaves every file as it was")
  func again() throws {
    let bench = try bench(["v1", "v2"])
    try bench.make(["mine"])
    try publish(["v2", "v3"], in: bench)
    try bench.make(["mine"])
    #expect(try names(bench) == ["v2.csv", "v2.xlsx", "v3.csv", "v3.xlsx"])
    let before = try Data(contentsOf: URL(filePath: bench.path("mine/v2.xlsx")))
    try bench.edit("SQL/reports/leads.sql", "lost_revenue FROM", "lost FROM")
    #expect(try bench.failure(["mine"]).contains("vendor_id \"v2\": "))
    #expect(try Data(contentsOf: URL(filePath: bench.path("mine/v2.xlsx"))) == before)
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(bench.folder)/out/2026-W46")
    #expect(left == ["mine"])
  }

  @Test(
    "a mistake is told with its place",
    arguments: [
      ("{key}.csv", "leads.csv", "Reports/mine.yaml:10:7: "),
      ("key: vendor_id", "key: from", "already has a parameter \"from\""),
      ("key: vendor_id", "key: vendr_id", "did you mean"),
      ("each: {sql: each.sql, key: vendor_id}\n", "", "{key} stands for a row of `each`"),
      ("period: week\n", "period: week\nworkbook: leads\n", "its name needs {key}"),
    ])
  func mistakes(old: String, new: String, expected: String) throws {
    let bench = try bench(["v1"], yaml: [old: new])
    let text = try bench.failure(["mine"])
    #expect(text.contains(expected), "\(text)")
  }

  @Test("a row without a key, or two with the same, are told and nothing is written")
  func keys() throws {
    let bench = try bench(["v1"])
    for sql in ["SELECT NULL AS vendor_id", "SELECT 'a' AS vendor_id UNION ALL SELECT 'a'"] {
      try bench.write(sql, to: "SQL/reports/each.sql")
      #expect(try bench.failure(["mine"]).contains("must give a vendor_id in every row, each once"))
    }
    #expect(!FileManager.default.fileExists(atPath: bench.path("mine")))
  }
}
