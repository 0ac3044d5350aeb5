import Foundation
import Testing

/// `check` before a project is put to work, and runs whose checks fail.
@Suite struct CheckTests {
  /// A copy of the project with a small pipeline of its own.
  private final class Copy {
    let scratch: Scratch

    init() throws {
      scratch = try Scratch()
      for folder in ["Pipelines", "SQL", "Reports"] {
        try FileManager.default.copyItem(
          atPath: "\(Binary.root)/\(folder)", toPath: "\(scratch.path)/\(folder)")
      }
      try write(
        """
        call_id,vendor_id,started_at,duration_seconds,outcome
        c1,v1,2026-03-02T12:00:00Z,1,hangup
        c2,v2,2026-03-03T12:00:00Z,1,hangup

        """, to: "calls.csv")
      try write(
        """
        warehouse: sqlite:own.db
        sources:
          calls: {files: calls.csv}
          vendors: {files: none.csv, optional: true}
          transactions: {files: none.csv, optional: true}
          exchange_rates: {files: none.csv, optional: true}
        stages: [vendor_connections, vendor_dimension]
        reports: [weekly-vendors]
        checks:
          vendor_connection_analytics:
            - {accepted_values: {vendor_id: [v1]}}
            - {relationships: {vendor_id: vendor_dimension.vendor_id}, severity: warn}
        """, to: "Pipelines/own.yaml")
    }

    func write(_ text: String, to file: String) throws {
      try text.write(toFile: "\(scratch.path)/\(file)", atomically: true, encoding: .utf8)
    }

    func replace(_ old: String, _ new: String, in file: String) throws {
      let text = try #require(scratch.text(file))
      #expect(text.contains(old))
      try write(text.replacingOccurrences(of: old, with: new), to: file)
    }

    func run(_ arguments: String...) throws -> Binary.Result {
      try Binary.run(arguments, in: scratch.path)
    }

    /// The bytes of the warehouse and of every report.
    func bytes() throws -> [String: Data] {
      var files = ["own.db": try Data(contentsOf: URL(filePath: "\(scratch.path)/own.db"))]
      for name in try FileManager.default.subpathsOfDirectory(atPath: "\(scratch.path)/out") {
        files[name] = FileManager.default.contents(atPath: "\(scratch.path)/out/\(name)")
      }
      return files
    }
  }

  @Test("The shipped project is as it should be, and says so in lines to search")
  func shipped() throws {
    let copy = try Copy()
    let check = try copy.run("check")
    #expect(check.exit == 0, "\(check.out)\(check.err)")
    let lines = check.out.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("ok  ") })
    for words in ["pipeline  nightly", "report    weekly-vendors", "mapping   twilio-calls"] {
      #expect(check.out.contains(words))
    }
    #expect(lines.contains { $0.contains("test      nightly: ") })
    #expect(check.err.contains("all is well"))
    #expect(!copy.scratch.names().contains("warehouse.db"), "nothing is made")
  }

  @Test("Everything wrong with files is said at once, SQL with the line and the column meant")
  func wrongFiles() throws {
    let copy = try Copy()
    try copy.replace(
      "w.lost_revenue,", "w.lost_revenu,", in: "SQL/reports/weekly-vendors/vendors.sql")
    try copy.replace(
      "net_revenue <> revenue", "net_revenu <> revenue", in: "SQL/checks/product-figures.sql")
    try copy.replace("from: [Status", "form: [Status", in: "Pipelines/mappings/twilio-calls.yaml")
    try copy.replace(
      "metric_date: 2026-03-04", "metric_dat: 2026-03-04", in: "Pipelines/nightly.test.yaml")
    try copy.write("SELECT nix FROM leads", to: "SQL/reports/unused.sql")
    let check = try copy.run("check")
    #expect(check.exit == 78)
    #expect(check.out.isEmpty)
    for words in [
      "SQL/reports/weekly-vendors/vendors.sql:8:1: no such column: w.lost_revenu",
      "(did you mean \"lost_revenue\"?)", "SQL/checks/product-figures.sql:",
      "no such column: net_revenu", "Pipelines/mappings/twilio-calls.yaml:", "unknown key \"form\"",
      "Pipelines/nightly.test.yaml:",
      "has no column \"metric_dat\" (did you mean \"metric_date\"?)",
      "SQL/reports/unused.sql:1:1: no such column: nix",
    ] {
      #expect(check.err.contains(words), "\(words)\n\(check.err)")
    }
  }

  @Test("A column that a report's SQL does not give is found without a warehouse")
  func reportColumn() throws {
    let copy = try Copy()
    try copy.replace("AS connected", "AS conected", in: "SQL/reports/weekly-vendors/categories.sql")
    let check = try copy.run("check", "nightly")
    #expect(check.exit == 78)
    #expect(
      check.err.contains(
        "categories.sql gives no column \"connected\" (did you mean \"conected\"?)"), "\(check.err)"
    )
  }

  @Test("A test that fails ends with 3 and shows what differs")
  func failingTest() throws {
    let copy = try Copy()
    try copy.replace("lost_revenue: 11.67", "lost_revenue: 11.66", in: "Pipelines/weekly.test.yaml")
    let check = try copy.run("check", "weekly")
    #expect(check.exit == 3)
    #expect(
      check.out.contains("lost_revenue is 11.67, expected 11.66 (Pipelines/weekly.test.yaml:"))
    #expect(check.out.contains("FAIL  test      weekly: "))
    #expect(!check.out.contains("nightly"))
  }

  @Test("A failed check ends a run with 3: warehouse and reports stay byte for byte")
  func failingRun() throws {
    let copy = try Copy()
    let first = try copy.run("run", "own", "--from", "2026-03-02", "--to", "2026-03-02")
    #expect(first.exit == 0, "\(first.err)")
    #expect(
      first.err.contains("warning: check vendor_connection_analytics.relationships.vendor_id"))
    #expect(first.err.contains("relationships.vendor_id  warned        1"), "\(first.err)")
    let before = try copy.bytes()
    #expect(before.keys.contains { $0.hasSuffix("weekly-vendors.xlsx") })
    let second = try copy.run("run", "own", "--from", "2026-03-03", "--to", "2026-03-03", "--quiet")
    #expect(second.exit == 3)
    #expect(
      second.err.contains("error: 1 of 2 checks failed; nothing was published"), "\(second.err)")
    #expect(second.err.contains("\n  call_id c2, vendor_id v2\n"))
    let after = try copy.bytes()
    #expect(after == before)
    let dry = try copy.run("run", "own", "--from", "2026-03-03", "--to", "2026-03-03", "--dry-run")
    #expect(dry.exit == 3)
    #expect(try copy.bytes() == before)
  }

  @Test("Data checks look at what is published: at the last run's days, or at those asked for")
  func published() throws {
    let copy = try Copy()
    try copy.replace("[v1]", "[v1, v2]", in: "Pipelines/own.yaml")
    #expect(try copy.run("run", "own", "--from", "all", "--to", "2026-03-02").exit == 0)
    #expect(try copy.run("run", "own", "--from", "2026-03-03", "--to", "2026-03-03").exit == 0)
    try copy.replace("[v1, v2]", "[v1]", in: "Pipelines/own.yaml")
    let last = try copy.run("check", "own", "--rows", "rows")
    #expect(last.exit == 3, "\(last.err)")
    #expect(
      last.out.contains(
        "FAIL  check     own: vendor_connection_analytics.accepted_values.vendor_id"))
    #expect(last.out.contains("call_id c2, vendor_id v2"))
    #expect(last.out.contains("warn  check     own: vendor_connection_analytics.relationships"))
    #expect(
      copy.scratch.text("rows/vendor_connection_analytics.accepted_values.vendor_id.csv")
        == "call_id,vendor_id\nc2,v2\n")
    let earlier = try copy.run("check", "own", "--from", "2026-03-02", "--to", "2026-03-02")
    #expect(earlier.exit == 0, "\(earlier.out)")
    let one = try copy.run(
      "check", "own", "--select", "vendor_connection_analytics.relationships.vendor_id")
    #expect(one.exit == 0)
    #expect(one.out.split(separator: "\n").first?.hasPrefix("warn  check ") == true)
    #expect(!one.out.contains("pipeline"))
    let beyond = try copy.run("check", "own", "--from", "2026-03-02", "--to", "2026-03-09")
    #expect(beyond.exit == 0)
    #expect(beyond.out.contains("skip  check     own: ") && beyond.err.contains(" not run\n"))
    let unknown = try copy.run("check", "own", "--select", "vendor_dimensions")
    #expect(unknown.exit == 64)
    #expect(unknown.err.contains("did you mean \"vendor_dimension\"?"), "\(unknown.err)")
  }
}
