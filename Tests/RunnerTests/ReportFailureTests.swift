import Foundation
import Testing

@testable import Runner

@Suite("Reports that cannot be made say why and change nothing")
struct ReportFailureTests {
  @Test("all mistakes of a report file are told at once, each with its place")
  func mistakes() throws {
    let bench = try ReportBench()
    try bench.write(
      """
      title: Mine
      sumary: calls
      period: weekly
      page:
        tiles:
          sql: mine.sql
          figures:
            calls: {type: integr, target: 5}
            rate: {type: percent, of: a, over: b, target: 0.95, better: higher}
        blocks:
          - chart: {kind: pie, title: T, sheet: Call, categories: vendor, series: [calls]}
          - - table: {title: A, sheet: Calls, columns: {vendor: 7}}
            - table: {title: B, sheet: Calls, columns: {calls: 7, vendr: 1}}
      sheets:
        - name: Calls
          about: a row per vendor
          sql: mine.sql
          columns:
            vendor: {type: text, total: sum, colour: red}
            calls: {type: integer, rules: [{below: 95 %, is: bad}, rainbow]}
            share: {type: percent, of: calls, over: all, total: ratio}
      csv:
        - {file: ../calls.csv, sheet: Calls}
        - {file: calls.csv, sheet: Calls, columns: {Day: {parameter: form, format: us_date}}}
      controls:
        sql: none.sql
        figures:
          calls: {type: integer, equals: Calls.call}
      """, to: "Reports/mine.yaml")
    try bench.write(
      "-- :no\nSELECT ':no', CAST('1' AS text)::text\nFROM leads\nWHERE week >= :form",
      to: "SQL/reports/mine.sql")
    let text = try bench.failure(["mine"])
    #expect(
      text.split(separator: "\n").map(String.init) == [
        #"Reports/mine.yaml:1:1: report: the key "summary" is missing; expected a sentence"#,
        #"Reports/mine.yaml:2:1: report: unknown key "sumary" (did you mean "summary"?)"#,
        #"Reports/mine.yaml:3:9: "period" in report: unknown word "weekly" (did you mean "week"?)"#,
        #"Reports/mine.yaml:8:21: "type" in column "calls": unknown word "integr" (did you mean "integer"?)"#,
        #"Reports/mine.yaml:9:53: "target" in column "rate": expected a percentage such as 95 %, found "0.95""#,
        #"Reports/mine.yaml:11:21: "kind" in chart: expected one of line, column, stacked_column, bar, doughnut, found pie"#,
        #"Reports/mine.yaml:11:43: unknown sheet "Call" (did you mean "Calls"?)"#,
        #"Reports/mine.yaml:12:7: item 2 of "blocks" in page: the blocks side by side are 14 columns wide, expected at most 12"#,
        #"Reports/mine.yaml:13:61: the sheet "Calls" has no column "vendr" (did you mean "vendor"?)"#,
        #"Reports/mine.yaml:19:35: "total" in column "vendor": a sum needs the type integer or money, and this is text"#,
        #"Reports/mine.yaml:19:40: column "vendor": unknown key "colour"; expected type, title, width, decimals, total, from, parameter, of, over, rules, print"#,
        #"Reports/mine.yaml:20:46: "below" in rule: expected a whole number, found "95 %""#,
        #"Reports/mine.yaml:20:62: item 2 of "rules" in column "calls": expected one of data_bar, high_is_good, low_is_good, found rainbow"#,
        #"Reports/mine.yaml:21:7: the total of "share" needs a column "all" with total: sum"#,
        #"Reports/mine.yaml:21:7: the total of "share" needs a column "calls" with total: sum"#,
        #"Reports/mine.yaml:23:12: "file" in CSV file: expected a file name such as vendors.csv, found "../calls.csv""#,
        #"Reports/mine.yaml:24:64: unknown parameter "form" (did you mean "from"?)"#,
        #"Reports/mine.yaml:26:8: "sql" in controls: there is no file SQL/reports/none.sql"#,
        #"Reports/mine.yaml:28:36: the sheet "Calls" has no column "call" (did you mean "calls"?)"#,
        #"SQL/reports/mine.sql:4:15: unknown parameter ":form" (did you mean ":from"?)"#,
      ])
  }

  @Test("a column that the query does not give is named with the one that was meant")
  func unknownColumn() throws {
    let bench = try ReportBench()
    try bench.edit(
      "Reports/weekly-products.yaml", "      supplier_id: {", "      supplyer_id: {")
    let text = try bench.failure(["weekly-products"])
    #expect(text.hasPrefix("Reports/weekly-products.yaml:"))
    #expect(
      text.contains(
        ":7: SQL/reports/weekly-products/products.sql gives no column \"supplyer_id\" "
          + "(did you mean \"supplier_id\"?)\n  help: it gives product_id, name, category, "))
  }

  @Test(
    "a report whose figures disagree leaves every earlier file as it was, and nothing half-made")
  func disagreement() throws {
    let bench = try ReportBench.samples()
    let files = try bench.make(["weekly-vendors", "weekly-products"])
    let before = try files.map { try Data(contentsOf: URL(filePath: $0.path)) }
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(bench.folder)/out/2026-W46")
    // Loses the vendors without a week before: a join that should have been LEFT.
    try bench.edit(
      "SQL/reports/weekly-vendors/vendors.sql", "WHERE week BETWEEN :from AND :to\n",
      "WHERE week BETWEEN :from AND :to AND attempts > 20\n")
    let text = try bench.failure(["weekly-products", "weekly-vendors"])
    #expect(
      text.hasPrefix(
        "report weekly-vendors, ISO week 2026-W46, 2026-11-09 to 2026-11-15: Calls is 2930 by "
          + "SQL/reports/weekly-vendors/controls.sql, but Vendors.attempts adds up to "))
    #expect(text.contains("no file was written\n  help: compare the two queries"))
    #expect(try files.map { try Data(contentsOf: URL(filePath: $0.path)) } == before)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(bench.folder)/out/2026-W46").sorted()
        == names.sorted())
  }

  @Test("a name that is no report's is told with the nearest one")
  func unknownName() throws {
    let bench = try ReportBench()
    #expect(
      try bench.failure(["weekly-vendor"])
        == "no report is called \"weekly-vendor\"\n  help: did you mean \"weekly-vendors\"?")
  }

  @Test("reports are not made in another currency or zone than their figures")
  func otherZone() throws {
    let bench = try ReportBench(zone: "Europe/Berlin")
    try bench.publish([
      "runs": [
        "run_id,pipeline,status,started_at,finished_at,from_day,to_day,timezone,currency,version,settings,stages,rows_read,rows_used,rows_quarantined",
        "r,weekly,published,2026-11-16T05:00:00Z,2026-11-16T05:01:00Z,,2026-11-15,America/New_York,USD,0.1.0,f,\(ReportBench.stages),0,0,0",
      ]
    ])
    #expect(
      try bench.failure(["weekly-vendors"])
        == """
        sqlite:w.db was made for USD and America/New_York, and the reports are asked for in USD and Europe/Berlin
          help: use the settings of the pipeline weekly, which made it
        """)
  }
}
