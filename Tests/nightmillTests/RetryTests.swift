import Foundation
import Testing

/// What `retry` refuses, and what it does when there is nothing to do.
@Suite struct RetryTests {
  /// A project with a run that was stopped when its small sources were done.
  private static func stopped() throws -> TestProject {
    let project = try TestProject()
    // Rows of the largest source that break its contract: everything else is finished before.
    let clicks = try #require(project.text("inputs/clicks.csv"))
    let header = String(clicks.prefix { $0 != "\n" })
    let more = String(repeating: ",", count: header.split(separator: ",").count - 3)
    let rows = (0..<4000).map { "bad-\($0),yesterday,click\(more)" }
    try project.write(([header] + rows).joined(separator: "\n"), to: "inputs/clicks-bad.csv")
    let run = try project.nightmill(
      TestProject.everything + ["--run-id", "r", "--set", "default_booking_value=5.00"])
    try #require(run.exit == 3, "\(run.err)")
    #expect(run.err.hasSuffix("  next: nightmill rejects r\n"))
    #expect(try project.document("r")["outcome"] as? String == "rejected")
    #expect(!project.names("runs/r/staged").isEmpty)
    #expect(try project.mode("runs/r/staged") == 0o700)
    for name in project.names("runs/r/staged") where name.hasSuffix(".tables") {
      #expect(try project.mode("runs/r/staged/\(name)") == 0o600)
    }
    return project
  }

  @Test("A share of refused rows may be raised: it changes no figure, and the retry goes on")
  func raised() throws {
    let project = try Self.stopped()
    let pipeline = try #require(project.text("Pipelines/nightly.yaml"))
    try project.write(
      pipeline.replacingOccurrences(of: "max_quarantined: 1 %", with: "max_quarantined: 99 %"),
      to: "Pipelines/nightly.yaml")
    let retry = try project.nightmill(["retry"])
    #expect(retry.exit == 0, "\(retry.err)")
    #expect(retry.err.contains("made before"))
    #expect(retry.err.contains("calls: not read again"))
    let document = try project.document("r")
    #expect(document["attempt"] as? Int == 2)
    #expect(document["outcome"] as? String == "published")
    let sources = try #require(document["sources"] as? [[String: Any]])
    let reused = sources.filter { $0["reused"] as? Bool == true }.compactMap {
      $0["source"] as? String
    }
    #expect(reused.contains("calls") && !reused.contains("clicks"))
    let retried = try project.results()
    project.reset()
    #expect(
      try project.nightmill(
        TestProject.everything + ["--set", "default_booking_value=5.00", "--quiet"]
      ).exit == 0)
    let expected = try project.results()
    for (name, value) in expected { #expect(retried[name] == value, "\(name)") }
  }

  @Test(
    "Refused, with the reason: an input, a setting, a mapping, another run",
    arguments: [
      ("input", "inputs/calls.csv was written to since"),
      ("new", "inputs/calls-2.csv is new"),
      ("gone", "inputs/clicks-bad.csv is gone"),
      ("setting", "the setting conversion_per_point was 0.05, is 0.06"),
      ("mapping", "the files or the mapping of the source calls are said otherwise"),
      ("run", "run other was published since"),
    ])
  func refused(change: String, reason: String) throws {
    let project = try Self.stopped()
    let pipeline = try #require(project.text("Pipelines/nightly.yaml"))
    func edit(_ old: String, _ new: String) throws {
      #expect(pipeline.contains(old))
      try project.write(
        pipeline.replacingOccurrences(of: old, with: new), to: "Pipelines/nightly.yaml")
    }
    switch change {
    case "input":
      let calls = try #require(project.text("inputs/calls.csv"))
      try project.write(calls, to: "inputs/calls.csv")
    case "new":
      let calls = try #require(project.text("inputs/calls.csv"))
      try project.write(calls, to: "inputs/calls-2.csv")
    case "gone":
      try FileManager.default.removeItem(atPath: "\(project.path)/inputs/clicks-bad.csv")
    case "setting": try edit("conversion_per_point: 0.05", "conversion_per_point: 0.06")
    case "mapping":
      try edit(
        "    files: calls*.csv*", "    timezone: Asia/Tokyo\n    files: calls*.csv*")
    default:
      let other = try project.nightmill([
        "run", "--inputs", "inputs", "--from", "2026-11-14", "--to", "2026-11-14", "--run-id",
        "other",
        "--select", "vendor_connections", "--no-reports", "--quiet",
      ])
      #expect(other.exit == 0, "\(other.err)")
    }
    let retry = try project.nightmill(["retry", "r"])
    #expect(retry.exit == 78, "\(retry.err)")
    #expect(retry.err.contains("run r cannot go on:"))
    #expect(retry.err.contains(reason), "\(retry.err)")
    #expect(retry.err.hasSuffix("  next: nightmill retry r --force\n"))
    #expect(try project.document("r")["attempt"] as? Int == 1, "nothing was touched")
    guard change == "gone" else { return }
    let forced = try project.nightmill(["retry", "r", "--force", "--quiet"])
    #expect(forced.exit == 0, "\(forced.err)")
    #expect(project.runs.count == 2, "a new run from the start")
    #expect(try project.nightmill(["retry"]).err.hasPrefix("nothing to retry: "), "made good")
  }

  @Test("What was put aside and is damaged is made again")
  func damaged() throws {
    let project = try Self.stopped()
    for name in project.names("runs/r/staged") where name.hasSuffix(".tables") {
      let path = "\(project.path)/runs/r/staged/\(name)"
      var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
      bytes[bytes.count / 2] ^= 4
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
    let pipeline = try #require(project.text("Pipelines/nightly.yaml"))
    try project.write(
      pipeline.replacingOccurrences(of: "max_quarantined: 1 %", with: "max_quarantined: 99 %"),
      to: "Pipelines/nightly.yaml")
    let retry = try project.nightmill(["retry"])
    #expect(retry.exit == 0, "\(retry.err)")
    #expect(!retry.err.contains("made before"))
  }

  @Test("Reports that fail after publishing are made by retry, and nothing else is done")
  func reportsOnly() throws {
    let project = try TestProject()
    // A folder stands where the workbook is to be: noticed only when it is put there.
    let workbook = "\(project.path)/out/2026-W46/weekly-vendors.xlsx"
    try FileManager.default.createDirectory(
      atPath: workbook, withIntermediateDirectories: true)
    let run = try project.nightmill(TestProject.everything + ["--run-id", "r", "--quiet"])
    #expect(run.exit == 1)
    #expect(run.err.contains("the tables are published, but the reports are not made"))
    #expect(run.err.hasSuffix("  next: nightmill retry r\n"), "\(run.err)")
    #expect(try project.document("r")["outcome"] as? String == "reports_missing")
    try FileManager.default.removeItem(atPath: workbook)
    // The inputs do not matter any more.
    try FileManager.default.removeItem(atPath: "\(project.path)/inputs")
    let retry = try project.nightmill(["retry"])
    #expect(retry.exit == 0, "\(retry.err)")
    #expect(retry.err.contains("weekly-vendors.xlsx"))
    #expect(try project.document("r")["outcome"] as? String == "published")
    let rows = try project.nightmill(["query", "SELECT count(*) AS n FROM runs", "--format", "csv"])
    #expect(rows.out == "n\n1\n")
  }

  @Test("Nothing to retry is no error")
  func nothing() throws {
    let project = try TestProject()
    let none = try project.nightmill(["retry"])
    #expect(none.exit == 0)
    #expect(none.err.hasPrefix("nothing to retry: "))
    #expect(try project.nightmill(TestProject.everything + ["--quiet", "--run-id", "r"]).exit == 0)
    let good = try project.nightmill(["retry", "r"])
    #expect(good.exit == 0)
    #expect(good.err == "nothing to retry: run r ended well (published)\n")
    let unknown = try project.nightmill(["retry", "s"])
    #expect(unknown.exit == 64)
  }
}
