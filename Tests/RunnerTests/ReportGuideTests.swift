import Engine
import Foundation
import Support
import Testing
import YAML

@testable import Runner

@Suite("docs/reports.md says what is so")
struct ReportGuideTests {
  private func guide() throws -> String {
    try String(contentsOfFile: "\(PipelineWorld.root)/docs/reports.md", encoding: .utf8)
  }

  /// The code block of a language.
  private func block(_ language: String) throws -> String {
    let start = try #require(
      try guide().components(separatedBy: "```\(language)\n").dropFirst().first)
    return try #require(start.components(separatedBy: "```").first)
  }

  @Test("the example of the guide works as it stands: ten lines of SQL, twenty of YAML, no Swift")
  func example() throws {
    let bench = try ReportBench.samples()
    try bench.write(try block("sql"), to: "SQL/reports/category-costs.sql")
    try bench.write(try block("yaml"), to: "Reports/category-costs.yaml")
    let period = try #require(try ReportPeriod.parse(month: "2026-10"))
    let files = try ReportRun(
      project: Project(folder: bench.folder), warehouse: bench.warehouse,
      currency: try #require(Currency(code: "USD")), timeZone: bench.zone,
      output: "\(bench.folder)/out"
    ).make(["category-costs"], period: period)
    #expect(files.map(\.rows) == [14, 14])
    let dump = try Dump(bench.path("category-costs.xlsx", week: "2026-10"))
    let total = try bench.query(
      """
      SELECT SUM(estimated_lost_revenue) AS s FROM vendor_connection_analytics
      WHERE created_at >= '2026-10-01 04:00:00.000000' AND created_at < '2026-11-01 04:00:00.000000'
      """, ["s": .integer])
    guard case .typed(let cents, _)? = total.first else { return #expect(Bool(false)) }
    #expect(dump["Categories!C19"]?.cached == .number(Decimal(cents) / 100))
  }

  @Test("every key that the reader knows is in the guide")
  func keys() throws {
    let guide = try guide()
    // What a reader says it expects is all it knows.
    let world = PipelineWorld([
      "R/x.yaml":
        "nonsense: 1\nsheets: [{nonsense: 1, columns: {a: {nonsense: 1}}}]\npage: {nonsense: 1}"
    ]).world
    let problems = Problems()
    _ = ReportLoader(sqlFolder: "S", world: world, moneyDigits: 2)
      .load(file: "R/x.yaml", problems: problems)
    let lists = problems.sorted.map(\.message).filter { $0.contains("unknown key") }
      .compactMap { $0.components(separatedBy: "; expected ").last }
    #expect(lists.count == 4)
    for key in lists.flatMap({ $0.components(separatedBy: ", ") }) {
      #expect(guide.contains("`\(key)`"), "\(key) is not in docs/reports.md")
    }
  }

  @Test("SQL is given what the guide says", arguments: ReportLoader.standardParameters.map(\.name))
  func parameters(name: String) throws {
    #expect(try guide().contains("`:\(name)`"))
  }
}
