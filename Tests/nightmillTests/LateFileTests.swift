import Foundation
import Testing

/// A file that arrives after its day was run: yesterday's clicks, today.
@Suite struct LateFileTests {
  private static let tables = [
    "click_quality", "attribution", "growth_metrics", "mrr_movements", "product_analytics",
  ]

  /// The lines of the clicks, header aside, of 2026-11-13 in New York and of the other days.
  private static func divided(_ lines: [Substring]) -> (late: [Substring], others: [Substring]) {
    var (late, others) = ([Substring](), [Substring]())
    for line in lines {
      let at = line.split(separator: ",", omittingEmptySubsequences: false).dropFirst().first ?? ""
      let isLate = at >= "2026-11-13T05:00:00" && at < "2026-11-14T05:00:00"
      if isLate { late.append(line) } else { others.append(line) }
    }
    return (late, others)
  }

  private static func export(_ project: TestProject) throws -> [String: String] {
    var texts: [String: String] = [:]
    for table in tables {
      let export = try project.nightmill(["export", table])
      try #require(export.exit == 0, "\(export.err)")
      texts[table] = export.out
    }
    return texts
  }

  @Test("the days it touches, run again, are what they had been on time; diff foretells it")
  func clicks() throws {
    let run = ["run", "--inputs", "clean", "--no-reports", "--quiet"]
    let project = try TestProject()
    // Without rows that supersede those of other days: they would bring those days back, too.
    let made = try project.nightmill([
      "generate", "--clean", "--users", "30", "--clicks", "3000", "--calls", "400",
      "--transactions",
      "400", "--to", "clean",
    ])
    try #require(made.exit == 0, "\(made.err)")
    let whole = try #require(project.text("clean/clicks.csv"))
    let first = try project.nightmill(run + ["--from", "all", "--to", "2026-11-15"])
    try #require(first.exit == 0, "\(first.err)")
    let onTime = try Self.export(project)

    project.reset()
    let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
    let (late, others) = Self.divided(Array(lines.dropFirst()))
    try #require(late.count > 10)
    let header = String(lines[0]) + "\n"
    try project.write(header + others.joined(separator: "\n"), to: "clean/clicks.csv")
    let without = try project.nightmill(run + ["--from", "all", "--to", "2026-11-15"])
    try #require(without.exit == 0, "\(without.err)")
    #expect(try Self.export(project)["click_quality"] != onTime["click_quality"])

    try project.write(
      header + late.joined(separator: "\n") + "\n", to: "clean/clicks-2026-11-13.csv")
    let days = ["--inputs", "clean", "--from", "2026-11-13", "--to", "2026-11-15"]
    let diff = ["diff", "click_quality", "--format", "csv"] + days
    let told = try project.nightmill(diff).out.split(separator: "\n").dropFirst()
    let expected = try #require(onTime["click_quality"]).split(separator: "\n")
      .filter { $0.contains(",2026-11-13,") }
    // The whole day was missing: its rows come, and nothing else moves.
    #expect(!expected.isEmpty && told.count == expected.count)
    for row in expected {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      #expect(
        told.contains {
          $0.contains(",added,") && $0.contains("\(fields[0])")
            && $0.contains("2026-11-13") && $0.contains("\(fields[2])")
        }, "\(row)")
    }

    let again = try project.nightmill(run + ["--from", "2026-11-13", "--to", "2026-11-15"])
    try #require(again.exit == 0, "\(again.err)")
    let found = try Self.export(project)
    for table in Self.tables { #expect(found[table] == onTime[table], "\(table)") }
    #expect(try project.nightmill(diff).out.split(separator: "\n").count == 1, "nothing is left")
  }
}
