import Foundation
import Testing

/// `history` and `rejects`: what is known of past runs.
@Suite struct HistoryTests {
  @Test("history lists runs with their outcome, the last one first, and shows one whole")
  func history() throws {
    let project = try TestProject()
    #expect(try project.nightmill(["history"]).err.hasPrefix("no run yet in "))
    _ = try project.nightmill(["run", "--inputs", "nowhere", "--run-id", "first"])
    let run = try project.nightmill(TestProject.everything + ["--quiet", "--run-id", "second"])
    #expect(run.exit == 0)
    let dry = ["--dry-run", "--no-reports", "--quiet", "--run-id", "third"]
    #expect(try project.nightmill(TestProject.everything + dry).exit == 0)
    let csv = try project.nightmill(["history", "--format", "csv"]).out.split(separator: "\n")
    let fields = csv.map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(fields.dropFirst().map { $0[0] } == ["third", "second", "first"])
    let outcome = try #require(fields[0].firstIndex(of: "outcome"))
    #expect(fields.dropFirst().map { $0[outcome] } == ["dry_run", "published", "failed"])
    let last = try project.nightmill(["history", "--last", "1", "--format", "csv"])
    #expect(last.out.split(separator: "\n").count == 2)

    let whole = try project.nightmill(["history", "sec"])
    for words in ["outcome    published, exit 0", "vendor_weekly", "Pipelines/nightly.yaml:"] {
      #expect(whole.out.contains(words), "\(words)\n\(whole.out)")
    }
    let failed = try project.nightmill(["history", "first"])
    #expect(failed.out.contains("next       nightmill retry first"), "\(failed.out)")
    let json = try project.nightmill(["history", "second", "--format", "json"])
    #expect(json.out == project.text("runs/second/run.json"))
    let unknown = try project.nightmill(["history", "secnd"])
    #expect(unknown.exit == 64)
    #expect(unknown.err.contains("did you mean \"second\"?"))
  }

  @Test("A folder in which nothing can be read is not in the way")
  func damaged() throws {
    let project = try TestProject()
    _ = try project.nightmill(["run", "--inputs", "nowhere", "--run-id", "first"])
    for (name, text) in [
      ("empty", ""), ("cut", "{\"schema\": 1, \"run\": \"cu"), ("odd", "[1, 2]"),
    ] {
      try FileManager.default.createDirectory(
        atPath: "\(project.path)/runs/\(name)", withIntermediateDirectories: true)
      try project.write(text, to: "runs/\(name)/run.json")
    }
    let history = try project.nightmill(["history", "--format", "csv"])
    #expect(history.exit == 0, "\(history.err)")
    #expect(history.out.split(separator: "\n").count == 2)
    #expect(try project.nightmill(["retry"]).exit == 1, "the one that failed fails again")
  }

  @Test("rejects counts, shows and exports the rows that a run refused")
  func rejects() throws {
    let project = try TestProject()
    var calls = try #require(project.text("inputs/calls.csv"))
    let width = calls.prefix { $0 != "\n" }.count { $0 == "," }
    let rest = String(repeating: ",", count: width - 2)
    calls += "bad-1,1001,yesterday\(rest)\n"
    calls += "bad-2,\"1001, \"\"quoted\"\"\nand broken\",today\(rest)\n"
    try project.write(calls, to: "inputs/calls.csv")
    let run = try project.nightmill(
      TestProject.everything + ["--quiet", "--no-reports", "--run-id", "r"])
    #expect(run.exit == 0, "\(run.err)")
    let published = try project.nightmill([
      "query", "--format", "csv",
      "SELECT source, reason, count(*) AS rows FROM quarantined_rows GROUP BY source, reason "
        + "ORDER BY source, rows DESC, reason",
    ])
    #expect(try project.nightmill(["rejects", "--format", "csv"]).out == published.out)
    let rows = try project.nightmill(["rejects", "r", "--source", "calls", "--format", "json"])
    let objects = try JSONSerialization.jsonObject(with: Data(rows.out.utf8)) as? [[String: Any]]
    let raws = objects?.compactMap { $0["raw"] as? String } ?? []
    #expect(raws.contains { $0.contains("\"1001, \"\"quoted\"\"\nand broken\"") }, "\(raws)")
    let export = try project.nightmill(["rejects", "--to", "refused.csv"])
    #expect(export.exit == 0)
    #expect(try project.mode("refused.csv") == 0o600)
    let exported = try project.nightmill(["rejects", "--rows", "--format", "csv"])
    #expect(exported.out == project.text("refused.csv"))
    let wrong = try project.nightmill(["rejects", "--reason", "typ"])
    #expect(wrong.exit == 64)
    #expect(wrong.err.contains("did you mean \"type\"?"))
  }

  @Test("No digit of a refused tax profile is anywhere in a run's folder")
  func secrets() throws {
    let project = try TestProject()
    try project.write(
      "partner_id,form,tin_type,tin\np1,W-9,SSN,123-45-6789\np2,W-99,SSN,987-65-4321\n",
      to: "inputs/tax_profiles.csv")
    try project.write(
      """
      max_quarantined: 100 %
      sources:
        tax_profiles: {files: tax_profiles.csv}
        vendors: {files: "vendors*.csv*"}
      stages: [vendor_dimension]
      """, to: "Pipelines/secret.yaml")
    let run = try project.nightmill([
      "run", "secret", "--inputs", "inputs", "--to", "2026-11-15", "--run-id", "r",
      "--warehouse", "sqlite:secret.db",
    ])
    #expect(run.exit == 0, "\(run.err)")
    let rejects = try #require(project.text("runs/r/rejects/tax_profiles.csv"))
    #expect(rejects.contains("***-**-****"))
    for folder in ["runs/r", "runs/r/rejects"] {
      for name in project.names(folder) {
        let text = project.text("\(folder)/\(name)") ?? ""
        #expect(!text.contains("987-65-4321") && !text.contains("6789"), "\(folder)/\(name)")
      }
    }
  }

  @Test("A password of a URL is not kept")
  func passwords() throws {
    let project = try TestProject()
    let run = try project.nightmill([
      "run", "--inputs", "inputs", "--to", "2026-11-15", "--run-id", "r", "--warehouse",
      "postgres://mill:hunter2@db/mill",
    ])
    #expect(run.exit == 64 || run.exit == 78 || run.exit == 75)
    for name in project.names("runs/r") {
      #expect(!(project.text("runs/r/\(name)") ?? "").contains("hunter2"))
    }
  }
}
