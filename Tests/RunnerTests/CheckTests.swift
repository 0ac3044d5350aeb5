import Engine
import Foundation
import SQLite
import Testing
import YAML

@testable import Runner

@Suite("Each data check holds where it should, and names the rows that fail it where it should not")
struct CheckTests {
  /// A check of docs/checks.md on rows that meet it and on rows that do not.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// The section `checks`.
    let yaml: String
    /// Rows with which it holds, by table.
    let holds: [String: [String]]
    /// Rows with which it fails.
    let fails: [String: [String]]
    /// The failing rows as CSV, header first.
    let failing: [String]
    var status = CheckResult.Status.failed

    var testDescription: String { name }
  }

  private static let product =
    "product_id,metric_date,views,unique_viewers,add_to_carts,orders,units,revenue,refunds,net_revenue,trend"
  private static func days(_ rows: String...) -> [String: [String]] {
    ["product_analytics": [product] + rows]
  }

  static let cases = [
    Case(
      name: "not_null", yaml: "product_analytics: [{not_null: [product_id, trend]}]",
      holds: days("p1,2026-03-03,0,0,0,0,0,0,0,0,new", "p2,2026-01-01,0,0,0,0,0,0,0,0,"),
      fails: days("p1,2026-03-03,0,0,0,0,0,0,0,0,", "p2,2026-03-04,0,0,0,0,0,0,0,0,new"),
      failing: ["product_id,metric_date,trend", "p1,2026-03-03,"]),
    Case(
      name: "unique", yaml: "product_analytics: [{unique: [views, revenue]}]",
      holds: days("p1,2026-03-03,1,0,0,0,0,2.00,0,0,new", "p2,2026-03-03,1,0,0,0,0,3.00,0,0,new"),
      fails: days("p1,2026-03-03,1,0,0,0,0,2.00,0,0,new", "p2,2026-03-03,1,0,0,0,0,2.00,0,0,new"),
      failing: ["views,revenue,rows", "1,2.00,2"]),
    Case(
      name: "accepted_values of text",
      yaml: "product_analytics: [{accepted_values: {trend: [new, hot]}}]",
      holds: days("p1,2026-03-03,0,0,0,0,0,0,0,0,hot", "p2,2026-03-03,0,0,0,0,0,0,0,0,"),
      fails: days("p1,2026-03-03,0,0,0,0,0,0,0,0,hott"),
      failing: ["product_id,metric_date,trend", "p1,2026-03-03,hott"]),
    Case(
      name: "accepted_values of booleans",
      yaml: "vendor_weekly: [{accepted_values: {complete: [true]}}]",
      holds: ["vendor_weekly": [week, "2026-03-02,v1,1,1,0,0,0,0,1,0,,true"]],
      fails: ["vendor_weekly": [week, "2026-03-02,v1,1,1,0,0,0,0,1,0,,false"]],
      failing: ["week,vendor_id,complete", "2026-03-02,v1,false"]),
    Case(
      name: "range of money",
      yaml: "product_analytics: [{range: {revenue: {min: 0.50, max: 9.99}}}]",
      holds: days("p1,2026-03-03,0,0,0,0,0,0.50,0,0,new", "p2,2026-03-03,0,0,0,0,0,9.99,0,0,new"),
      fails: days("p1,2026-03-03,0,0,0,0,0,0.49,0,0,new", "p2,2026-03-03,0,0,0,0,0,10.00,0,0,new"),
      failing: ["product_id,metric_date,revenue", "p1,2026-03-03,0.49", "p2,2026-03-03,10.00"]),
    Case(
      name: "relationships",
      yaml: "product_analytics: [{relationships: {product_id: product_dimension.product_id}}]",
      holds: days("p1,2026-03-03,0,0,0,0,0,0,0,0,new").merging([
        "product_dimension": ["product_id,name", "p1,Kettle"]
      ]) { $1 },
      fails: days("p2,2026-03-03,0,0,0,0,0,0,0,0,new").merging([
        "product_dimension": ["product_id,name", "p1,Kettle"]
      ]) { $1 },
      failing: ["product_id,metric_date", "p2,2026-03-03"]),
    Case(
      name: "row_count of the window", yaml: "product_analytics: [{row_count: {min: 1}}]",
      holds: days("p1,2026-03-03,0,0,0,0,0,0,0,0,new"),
      fails: days("p1,2026-03-01,0,0,0,0,0,0,0,0,new"), failing: ["rows", "0"]),
    Case(
      name: "row_count of the table, as a warning",
      yaml: "product_analytics: [{row_count: {max: 1}, of: table, severity: warn}]",
      holds: days("p1,2026-03-03,0,0,0,0,0,0,0,0,new"),
      fails: days("p1,2026-03-03,0,0,0,0,0,0,0,0,new", "p1,2025-03-03,0,0,0,0,0,0,0,0,new"),
      failing: ["rows", "2"], status: .warned),
    Case(
      name: "freshness of days", yaml: "product_analytics: [{freshness: 2 days}]",
      holds: days("p1,2026-03-02,0,0,0,0,0,0,0,0,new"),
      fails: days("p1,2026-03-01,0,0,0,0,0,0,0,0,new"),
      failing: ["latest,oldest_allowed", "2026-03-01,2026-03-02"]),
    Case(
      name: "freshness of instants, by days of the reporting zone",
      yaml: "vendor_connection_analytics: [{freshness: 1 day}]",
      holds: [
        "vendor_connection_analytics": [call, "c1,v1,busy,0,3,0,false,false,2026-03-03T05:00:00Z"]
      ],
      fails: [
        "vendor_connection_analytics": [call, "c1,v1,busy,0,3,0,false,false,2026-03-03T04:59:59Z"]
      ],
      failing: ["latest,oldest_allowed", "2026-03-03T04:59:59Z,2026-03-03T05:00:00Z"]),
    Case(
      name: "freshness of weeks, which last to their Sunday",
      yaml: "vendor_weekly: [{freshness: 3 days}]",
      holds: ["vendor_weekly": [week, "2026-02-23,v1,1,1,0,0,0,0,1,0,,true"]],
      fails: ["vendor_weekly": [week, "2026-02-16,v1,1,1,0,0,0,0,1,0,,true"]],
      failing: ["latest,oldest_allowed", "2026-02-16,2026-02-23"]),
    Case(
      name: "freshness of an empty table", yaml: "product_analytics: [{freshness: 999 days}]",
      holds: days("p1,2026-03-02,0,0,0,0,0,0,0,0,new"), fails: days(),
      failing: ["latest,oldest_allowed", ",2023-06-09"]),
    Case(
      name: "where", yaml: "product_analytics: [{not_null: trend, where: views > 5 -- why not}]",
      holds: days("p1,2026-03-03,5,0,0,0,0,0,0,0,"), fails: days("p1,2026-03-03,6,0,0,0,0,0,0,0,"),
      failing: ["product_id,metric_date,trend", "p1,2026-03-03,"]),
    Case(
      name: "max_failing", yaml: "product_analytics: [{not_null: trend, max_failing: 1}]",
      holds: days("p1,2026-03-03,0,0,0,0,0,0,0,0,"),
      fails: days("p1,2026-03-03,0,0,0,0,0,0,0,0,", "p2,2026-03-03,0,0,0,0,0,0,0,0,"),
      failing: ["product_id,metric_date,trend", "p1,2026-03-03,", "p2,2026-03-03,"]),
    Case(
      name: "sql", yaml: "product_analytics: [{sql: own.sql, columns: {lost: money, at: day}}]",
      holds: days("p1,2026-03-03,0,0,0,0,0,1.00,0,1.00,new"),
      fails: days("p1,2026-03-03,0,0,0,0,0,1.00,0,2.50,new"),
      failing: ["product_id,at,lost", "p1,2026-03-03,1.50"]),
    Case(
      name: "rows that a run keeps about itself",
      yaml: "source_counts: [{row_count: {min: 1}, where: source = 'calls'}]",
      holds: ["source_counts": [counts, "r,calls,1,1,0,0,0,0"]],
      fails: ["source_counts": [counts, "other,calls,1,1,0,0,0,0", "r,users,1,1,0,0,0,0"]],
      failing: ["rows", "0"]),
    Case(
      name: "reconcile sources", yaml: "reconcile: [sources]",
      holds: [
        "source_counts": [counts, "r,calls,10,5,1,1,1,2", "other,calls,10,1,1,1,1,1"],
        "quarantined_rows": [refused, "r,calls,a,1,type", "r,calls,a,2,type"],
      ],
      fails: [
        "source_counts": [counts, "r,calls,10,4,1,1,1,2", "r,users,1,0,0,0,0,1"],
        "quarantined_rows": [refused, "r,calls,a,1,type", "r,calls,a,2,type"],
      ],
      failing: [
        "source,read,used,filtered,duplicate,superseded,quarantined,quarantined_rows",
        "calls,10,4,1,1,1,2,2", "users,1,0,0,0,0,1,0",
      ]),
    Case(
      name: "reconcile sums, of whole weeks",
      yaml: """
        reconcile:
          - name: weeks
            of: weeks
            left: {sum: vendor_weekly.lost_revenue}
            right: {sum: vendor_connection_analytics.estimated_lost_revenue}
        """,
      holds: [
        "vendor_weekly": [week, "2026-03-02,v1,1,1,0,0,0,0,1,3.00,,false"],
        "vendor_connection_analytics": [
          call, "c1,v1,busy,0,3,1.00,false,false,2026-03-02T05:00:00Z",
          "c2,v1,busy,0,3,2.00,false,false,2026-03-04T12:00:00Z",
          "c3,v1,busy,0,3,9.00,false,false,2026-03-02T04:59:59Z",
        ],
      ],
      fails: [
        "vendor_weekly": [week, "2026-03-02,v1,1,1,0,0,0,0,1,3.00,,false"],
        "vendor_connection_analytics": [
          call, "c1,v1,busy,0,3,1.01,false,false,2026-03-02T05:00:00Z",
          "c2,v1,busy,0,3,2.00,false,false,2026-03-04T12:00:00Z",
        ],
      ],
      failing: ["left,right,difference", "3.00,3.01,-0.01"]),
    Case(
      name: "reconcile a source with a table",
      yaml: """
        reconcile:
          - name: vendors
            left: {source: vendors.used}
            right: {count: vendor_dimension, where: "category = 'x'"}
        """,
      holds: [
        "source_counts": [counts, "r,vendors,1,1,0,0,0,0"],
        "vendor_dimension": ["vendor_id,name,category", "v1,Ace,x", "v2,Best,y"],
      ],
      fails: [
        "source_counts": [counts, "r,vendors,2,2,0,0,0,0"],
        "vendor_dimension": ["vendor_id,name,category", "v1,Ace,x", "v2,Best,y"],
      ],
      failing: ["left,right,difference", "2,1,1"]),
  ]

  private static let week =
    "week,vendor_id,attempts,connected,hangups,rejections,timeouts,busy,connection_rate,lost_revenue,mean_intent,complete"
  private static let call =
    "call_id,vendor_id,failure_type,call_duration,customer_intent_score,estimated_lost_revenue,"
    + "followup_sent,converted_after_followup,created_at"
  private static let counts = "run_id,source,read,used,filtered,duplicate,superseded,quarantined"
  private static let refused = "run_id,source,file,line,reason"

  @Test(arguments: cases)
  func check(one: Case) throws {
    for (tables, isGood) in [(one.holds, true), (one.fails, false)] {
      let bench = try ReportBench()
      try bench.publish(tables)
      let check = try #require(Self.checks(one.yaml).first)
      let result = try check.run(on: bench.warehouse, in: Self.context(bench.zone))
      if isGood {
        #expect(result.status == .passed, "\(result.text)")
      } else {
        #expect(result.status == one.status)
        #expect(
          String(decoding: result.csv, as: UTF8.self) == one.failing.joined(separator: "\n") + "\n")
        #expect(result.failing == (result.countsRows ? one.failing.count - 1 : 1))
      }
    }
  }

  /// The checks of a pipeline whose section `checks` is this.
  private static func checks(_ yaml: String) throws -> [Check] {
    let indented = yaml.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    let text = """
      settings: {timezone: America/New_York}
      sources:
        calls: {files: c.csv}
        transactions: {files: t.csv}
        vendors: {files: v.csv}
        clicks: {files: k.csv}
        products: {files: p.csv}
        exchange_rates: {files: e.csv}
      stages: [vendor_connections, product_analytics, vendor_dimension, product_dimension]
      checks:
      \(indented)
      """
    let world = PipelineWorld([
      "P/p.yaml": text,
      "SQL/checks/own.sql": """
      SELECT product_id, metric_date AS at, net_revenue - revenue AS lost FROM product_analytics
      WHERE metric_date BETWEEN :from AND :to AND net_revenue <> revenue -- no semicolon needed
      """,
      "SQL/checks/secret.sql": "SELECT product_id, '123-45-6789' AS tin FROM product_analytics",
    ])
    return try PipelineLoader(known: Registry.knownNames(reports: []), world: world.world)
      .load(file: "P/p.yaml").checks
  }

  /// Tuesday and Wednesday.
  private static func context(_ zone: Engine.TimeZone) throws -> CheckContext {
    CheckContext(
      window: Window(from: Day("2026-03-03"), to: try #require(Day("2026-03-04"))),
      timeZone: zone, currency: .usd, runID: "r")
  }

  @Test("A tax identifier is never shown, whatever a check selects")
  func secrets() throws {
    let bench = try ReportBench()
    try bench.publish(Self.days("p1,2026-03-03,0,0,0,0,0,0,0,0,new"))
    let check = try #require(Self.checks("product_analytics: [{sql: secret.sql}]").first)
    let result = try check.run(on: bench.warehouse, in: Self.context(bench.zone))
    #expect(result.rows == [["p1", "•••"]])
    #expect(!result.text.contains("6789"))
  }

  @Test("Failing rows are kept up to a bound, and the message says how many there are")
  func bound() throws {
    let bench = try ReportBench()
    let rows = (0..<(CheckResult.kept + 7)).map { "p\($0),2026-03-03,0,0,0,0,0,0,0,0," }
    try bench.publish(["product_analytics": [Self.product] + rows])
    let check = try #require(Self.checks("product_analytics: [{not_null: trend}]").first)
    let result = try check.run(on: bench.warehouse, in: Self.context(bench.zone))
      .keepingRows(in: "\(bench.folder)/rows")
    #expect(result.failing == CheckResult.kept + 7)
    #expect(result.text.contains("10007 rows fail"))
    #expect(result.text.contains("and 10002 more"))
    let file = "\(bench.folder)/rows/product_analytics.not_null.trend.csv"
    #expect(result.text.contains("in full: \(file) (the first 10000)"))
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.split(separator: "\n").count == CheckResult.kept + 1)
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect((mode ?? 0o777) & 0o007 == 0, "rows may hold what is not for everyone's eyes")
  }
}
