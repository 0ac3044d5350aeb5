import Engine
import Foundation
import Testing

@testable import Runner

@Suite("Everything wrong with the checks of a pipeline is said at once, with its place")
struct CheckProblemTests {
  private func problems(_ checks: String, sql: [String: String] = [:]) -> [String] {
    let indented = checks.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "  \($0)" }.joined(separator: "\n")
    var files = [
      "P/p.yaml": """
      checks:
      \(indented)
      sources: {clicks: {files: k.csv}, transactions: {files: t.csv}, products: {files: p.csv}, exchange_rates: {files: e.csv}}
      stages: [product_analytics, product_dimension]
      """
    ]
    for (name, text) in sql { files["SQL/checks/\(name)"] = text }
    do {
      _ = try PipelineLoader(
        known: Registry.knownNames(reports: []), world: PipelineWorld(files).world
      ).load(file: "P/p.yaml")
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test("a page of mistakes")
  func page() {
    let found = problems(
      #"""
      product_analytic: []
      vendor_weekly: []
      product_analytics:
        - {not_nul: trend}
        - {not_null: trendd, severity: warning}
        - {not_null: trend, unique: trend}
        - {severity: warn}
        - trend
        - {accepted_values: {revenue: [1.001]}}
        - {range: {trend: {min: 1}}}
        - {range: {views: {min: 5, max: 4}}}
        - {relationships: {product_id: product_dimension.produkt_id}}
        - {relationships: {views: product_dimension.product_id}}
        - {row_count: {}}
        - {row_count: {min: 1}, max_failing: 2}
        - {freshness: a day}
        - {sql: absent.sql}
        - {sql: wrong.sql, of: table}
        - {not_null: views, name: a/b}
        - {unique: views}
        - {unique: views}
      product_dimension:
        - {freshness: 1 day}
      reconcile:
        - source
        - {name: a, left: {sum: product_analytics.trend}, right: {count: nothing}}
        - {left: {count: product_dimension}, right: {source: product.usd}}
        - {name: b, left: {count: product_dimension}, right: {sum: product_analytics.revenue}}
      """#,
      sql: ["wrong.sql": "SELECT 1\nWHERE 1 = :form"])
    let expected = #"""
      P/p.yaml:2:3: unknown table "product_analytic" (did you mean "product_analytics"?)
      P/p.yaml:3:3: no stage of the pipeline makes the table "vendor_weekly", so it cannot be checked
      P/p.yaml:5:8: check of "product_analytics": unknown key "not_nul" (did you mean "not_null"?)
      P/p.yaml:6:18: the table "product_analytics" has no column "trendd" (did you mean "trend"?)
      P/p.yaml:6:36: "severity" in check of "product_analytics": expected one of error, warn, found warning
      P/p.yaml:7:7: item 3 of "product_analytics" of "checks" in pipeline: expected one of not_null, unique, accepted_values, range, relationships, row_count, freshness, sql, found "not_null" and "unique"; make them checks of their own
      P/p.yaml:8:7: item 4 of "product_analytics" of "checks" in pipeline: expected one of not_null, unique, accepted_values, range, relationships, row_count, freshness, sql, found none
      P/p.yaml:9:7: item 5 of "product_analytics" of "checks" in pipeline: expected a check such as not_null: [product_id], found trend
      P/p.yaml:10:36: item 1 of "revenue" of "accepted_values" in check of "product_analytics": expected an amount with at most 2 decimals, found 1.001
      P/p.yaml:11:23: "trend" of "range" in check of "product_analytics": the column is text, which has no range
      P/p.yaml:12:23: "views" of "range" in check of "product_analytics": min is above max; exchange them
      P/p.yaml:13:36: the table "product_dimension" has no column "produkt_id" (did you mean "product_id"?)
      P/p.yaml:14:31: "views" of "relationships" in check of "product_analytics": views is integer and product_id is text; expected columns of one type
      P/p.yaml:15:19: "row_count" in check of "product_analytics": expected min or max or both, such as {min: 1}
      P/p.yaml:16:42: "max_failing" in check of "product_analytics": means nothing to row_count; say min and max
      P/p.yaml:17:19: "freshness" in check of "product_analytics": expected a number of days such as 1 day, found a day
      P/p.yaml:18:13: "sql" in check of "product_analytics": there is no file SQL/checks/absent.sql
      P/p.yaml:19:28: "of" in check of "product_analytics": means nothing to sql; write it in the SQL file
      P/p.yaml:20:31: "name" in check of "product_analytics": expected letters, digits, "_", "-" and ".", found "a/b"
      P/p.yaml:22:7: two checks are called "product_analytics.unique.views", the other on line 21; give one a "name"
      P/p.yaml:24:19: "freshness" in check of "product_dimension": the table "product_dimension" has no place in time
      P/p.yaml:26:7: item 1 of "reconcile" of "checks" in pipeline: expected sources, or a mapping with name, left and right, found source (did you mean "sources"?)
      P/p.yaml:27:29: "sum" in "left" of reconcile: trend is text; expected a column of money or integers
      P/p.yaml:27:70: unknown table "nothing"; expected one of
      P/p.yaml:28:7: reconcile: the key "name" is missing; expected the check's name
      P/p.yaml:28:58: unknown count "usd" (did you mean "used"?)
      P/p.yaml:28:58: unknown source "product" (did you mean "products"?)
      P/p.yaml:29:7: item 4 of "reconcile" of "checks" in pipeline: left is integer and right is money; expected one type
      SQL/checks/wrong.sql:2:11: unknown parameter ":form" (did you mean ":from"?)
      """#.split(separator: "\n").map(String.init)
    for (line, wanted) in zip(found, expected) { #expect(line.hasPrefix(wanted)) }
    #expect(found.count == expected.count, "\(found.joined(separator: "\n"))")
  }

  @Test("SQL that the tables do not fit is found before a row is read, with its place")
  func compiled() throws {
    let scratch = try Scratch()
    let project = try Project(folder: PipelineWorld.root)
    let path = "\(scratch.path)/own.yaml"
    try """
    sources: {products: {files: p.csv, optional: true}}
    stages: [product_dimension]
    checks:
      product_dimension:
        - {not_null: name, where: categry = 'x'}
        - {not_null: [product_id], where: "1 = 1) OR (1"}
      reconcile:
        - {name: a, left: {count: product_dimension, where: nam = ''}, right: {count: product_dimension}}
    """.write(toFile: path, atomically: true, encoding: .utf8)
    var overrides = SettingsOverrides()
    (overrides.from, overrides.to) = ("all", "2026-03-04")
    let pipeline = try project.pipeline(path, overrides: overrides)
    var options = RunOptions()
    options.warehouse = "sqlite:\(scratch.path)/w.db"
    let plan = try RunPlan(
      pipeline, window: Window(from: nil, to: try #require(Day("2026-03-04"))), options: options,
      folder: scratch.path)
    let migrations = try project.migrations()
    let error = try #require(throws: RunError.self) {
      try PipelineRun(plan, migrations: migrations, observer: SilentObserver()).run()
    }
    #expect(error.exit == .configuration)
    let lines = error.message.split(separator: "\n").map(String.init)
    let expected = [
      #":5:31: check "product_dimension.not_null.name": no such column: categry (did you mean "category"?)"#,
      #":8:57: check "a": no such column: nam (did you mean "name"?)"#,
    ]
    for (line, wanted) in zip(lines, expected) { #expect(line == path + wanted) }
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/w.db"))
  }
}
