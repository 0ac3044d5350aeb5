import Engine
import Foundation
import Runner
import Support
import Testing

/// One warehouse in SQLite and one in PostgreSQL, filled from the samples by the same runs: whatever
/// is asked of them, the answers are the same.
@Suite("What is asked of a warehouse is answered alike by SQLite and PostgreSQL")
struct PostgresReportTests {
  /// The samples' runs; their IDs stand in reports, so they are given.
  private static let shared: Result<WarehousePair, any Error> = Result {
    try WarehousePair([
      ["run", "tax", "--set", "tax_year=2026", "--to", "2026-11-15", "--run-id", "tax"],
      ["run", "nightly", "--from", "all", "--to", "2026-11-08", "--run-id", "night"],
      ["run", "weekly", "--to", "2026-11-15", "--run-id", "week"],
    ])
  }
  private let pair: WarehousePair

  init() throws { pair = try Self.shared.get() }

  /// What both answered, where it is the same; the lines that differ are told.
  private func same(
    _ words: [String], exit: Int32 = 0, in place: SourceLocation = #_sourceLocation
  ) throws -> String {
    let results = try pair.nightmill(words)
    let lines = results.map { $0.out.split(separator: "\n", omittingEmptySubsequences: false) }
    let differing = zip(lines[0], lines[1]).first { $0 != $1 }
    #expect(differing == nil, "\(words)", sourceLocation: place)
    #expect(lines[0].count == lines[1].count, "\(words)", sourceLocation: place)
    for result in results {
      #expect(result.exit == exit, "\(words): \(result.err)", sourceLocation: place)
    }
    return results[0].out
  }

  /// Every file of Reports, so that a new report is compared without a word here.
  static let allReports: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(Binary.root)/Reports"))
    return (names ?? []).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }()

  @Test(
    "Every report has the same cells, formulas and styles, and the same bytes of CSV",
    arguments: allReports, ["--week=2026-W46", "--month=2026-10"])
  func reports(name: String, period: String) throws {
    let folder = "\(name)\(period)"
    let results = try pair.nightmill(["report", name, period, "--output", folder])
    for result in results { try #require(result.exit == 0, "\(result.err)") }
    let files = pair.files(folder)
    #expect(files.contains { $0.hasSuffix(".xlsx") })
    let tables = files.filter { $0.hasSuffix(".csv") }.compactMap {
      pair.scratch.text("0/\(folder)/\($0)")
    }
    #expect(tables.contains { $0.utf8.count { $0 == 0x0A } > 1 }, "there is something to compare")
    let differences = try pair.differences(folder)
    #expect(differences == [])
  }

  @Test("What the pipelines made beside their runs is the same")
  func reportsOfRuns() throws {
    let files = pair.files("out")
    for name in ["weekly-growth.xlsx", "payouts.csv", "weekly-vendors.xlsx"] {
      #expect(files.contains { $0.hasSuffix(name) }, "\(files)")
    }
    #expect(try pair.differences("out") == [])
  }

  @Test("`tax 1099` makes the same workbook, files and recipients' copies")
  func tax() throws {
    let pair = try WarehousePair([["tax", "1099", "--year", "2026", "--to", "2026-11-15"]])
    #expect(pair.files("out").contains { $0.contains("1099-copies/") })
    #expect(try pair.differences("out", but: ["Published at", "Run"]) == [])
  }

  @Test("Every table is exported with the same bytes")
  func export() throws {
    for result in try pair.nightmill(["export", "--to", "csv"]) { #expect(result.exit == 0) }
    #expect(pair.files("csv").count >= Registry.readable.count - 1)
    // How long a check took is not the warehouse's matter.
    #expect(try pair.differences("csv").filter { !$0.hasPrefix("check_results.csv") } == [])
    let columns = "run_id,check_name,table_name,severity,status,failing"
    #expect(try same(["export", "check_results", "--columns", columns]).contains("\nweek,"))
    _ = try same(["export", "runs", "--columns", "run_id,pipeline,status,from_day,to_day"])
  }

  @Test(
    "Queries in the common subset give the same bytes in each format",
    arguments: ["table", "csv", "json"])
  func queries(format: String) throws {
    for sql in [
      // Sums, amounts, days, a ratio, a boolean, text and NULL, none of them rounded on the way.
      """
      SELECT name, sum(attempts) AS calls, money_text(sum(lost_revenue)) AS lost
      FROM vendor_weekly JOIN vendor_dimension USING (vendor_id)
      GROUP BY vendor_id, name ORDER BY sum(lost_revenue) DESC, vendor_id LIMIT 20
      """,
      "SELECT metric_date, new_users, money_text(mrr) AS mrr FROM growth_metrics ORDER BY 1",
      "SELECT day, partner_id, status, money_text(amount) AS amount FROM commissions ORDER BY id",
      "SELECT max(created_at) AS last, count(*) AS n FROM vendor_connection_analytics",
      "SELECT product_id, conversion_rate, trend FROM product_analytics ORDER BY 1, metric_date LIMIT 99",
      "SELECT partner_id, week, hold, clicks > 200 AS many FROM fraud_signals ORDER BY 1, 2",
      "SELECT partner_id, company_name, status FROM partner_dimension ORDER BY partner_id",
      "SELECT count(*) AS n FROM quarantined_rows WHERE raw LIKE 'nothing'",
    ] {
      #expect(try same(["query", sql, "--format", format]).utf8.count > 2)
    }
  }

  @Test(
    "show and diff give the same, whatever is read back from the warehouse for it",
    arguments: [
      ["show", "customer_ltv"], ["show", "vendor_connections", "--table", "leads"],
      ["diff", "payouts"], ["diff", "vendor_connections", "--set", "default_booking_value=9.00"],
    ])
  func stages(words: [String]) throws {
    let text = try same(
      words + ["--from", "2026-11-09", "--to", "2026-11-15", "--format", "csv"])
    #expect((text.utf8.count { $0 == 0x0A } > 1) == (words[1] != "payouts"), "\(text)")
  }

  @Test("History, refused rows and data checks are told alike")
  func lookingBack() throws {
    // Without the runs' folders, only the warehouse remembers them.
    let history = try pair.nightmill(["history", "--format", "csv", "--runs", "none"])
    let lists = history.map { result in
      result.out.split(separator: "\n").map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).enumerated()
          .filter { !["started_at", "seconds"].contains(Self.header(result.out, $0.offset)) }
          .map { String($0.element) }
      }
    }
    #expect(lists[0] == lists[1])
    #expect(lists[0].count == 4)
    #expect(try same(["rejects"]).contains("clicks"))
    #expect(try same(["check", "weekly"]).contains("ok    check     weekly: "))
  }

  private static func header(_ csv: String, _ index: Int) -> String {
    String(csv.prefix { $0 != "\n" }.split(separator: ",")[index])
  }
}

/// The projects, which have the repository's pipelines, SQL and reports and a folder `out` and runs
/// of their own.
private final class WarehousePair: Sendable {
  let scratch: Scratch
  let warehouses: [String]

  /// Two projects with these runs.
  init(_ commands: [[String]]) throws {
    scratch = try Scratch()
    warehouses = ["sqlite:warehouse.db", try PostgresServer.shared.newDatabase()]
    for index in warehouses.indices {
      let folder = "\(scratch.path)/\(index)"
      try FileManager.default.createDirectory(
        atPath: "\(folder)/Samples", withIntermediateDirectories: true)
      let samples = try FileManager.default.contentsOfDirectory(atPath: "\(Binary.root)/Samples")
      for name in ["Pipelines", "SQL", "Reports"] + samples.map({ "Samples/\($0)" }) {
        try FileManager.default.createSymbolicLink(
          atPath: "\(folder)/\(name)", withDestinationPath: "\(Binary.root)/\(name)")
      }
      // The samples have no accounts of resellers.
      try """
      account_id,partner_id,plan,vendor_id
      a1,prt_0003,starter,1001
      a2,prt_0003,professional,1002
      a3,prt_0013,enterprise,1003
      """.write(
        toFile: "\(folder)/Samples/reseller_accounts.csv", atomically: true, encoding: .utf8)
    }
    for words in commands {
      for result in try nightmill(words + ["--quiet"]) {
        try #require(result.exit == 0, "\(result.err)")
      }
    }
  }

  /// The same command on both warehouses.
  func nightmill(_ words: [String]) throws -> [Binary.Result] {
    try warehouses.indices.map { index in
      try Binary.run(
        words, in: "\(scratch.path)/\(index)",
        environment: ["NIGHTMILL_WAREHOUSE": warehouses[index], "NIGHTMILL_RUNS": ""])
    }
  }

  /// In what a folder of both projects differs, a line each.
  func differences(
    _ folder: String, but labels: [String] = ["Published at"]
  ) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", "\(Binary.root)/Tests/Support/Python/differences.py"]
      + warehouses.indices.map { "\(scratch.path)/\($0)/\(folder)" }
      + ["--but"] + labels
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  func files(_ folder: String) -> [String] {
    (try? FileManager.default.subpathsOfDirectory(atPath: "\(scratch.path)/0/\(folder)")) ?? []
  }
}
