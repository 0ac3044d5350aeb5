import Foundation
import Testing

/// Reports after a run, and made again: the files finance gets, and what is said when they cannot
/// be made.
@Suite struct ReportTests {
  /// The pipeline of the conformance cases with a report, written into `output`.
  private static func pipeline(_ scratch: Scratch, output: String) throws -> String {
    let shipped = try String(
      contentsOfFile: "\(Binary.root)/Pipelines/conformance.yaml", encoding: .utf8)
    let path = "\(scratch.path)/reporting.yaml"
    try "\(shipped)\noutput: \(output)\nreports: [weekly-vendors]\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private static func run(_ scratch: Scratch, _ pipeline: String) throws -> Binary.Result {
    let folder = "\(Binary.conformance)/13-bad-rows"
    return try Binary.run([
      "run", pipeline, "--inputs", "\(folder)/inputs", "--settings", "\(folder)/settings.json",
      "--warehouse", "sqlite:\(scratch.path)/w.db",
    ])
  }

  @Test("A run leaves the week's reports and the refused rows; `report` makes the same CSV again")
  func afterRun() throws {
    let scratch = try Scratch()
    let pipeline = try Self.pipeline(scratch, output: "\(scratch.path)/out")
    let run = try Self.run(scratch, pipeline)
    #expect(run.exit == 0, "\(run.err)")
    let names = scratch.names("out/2026-W11")
    #expect(names.contains("weekly-vendors.xlsx"))
    #expect(run.err.contains("\(scratch.path)/out/2026-W11/weekly-vendors.xlsx"))

    let refused = try #require(scratch.text("out/2026-W11/quarantined-rows.csv"))
    let expected = try String(
      contentsOfFile: "\(Binary.conformance)/13-bad-rows/expected/quarantined_rows.csv",
      encoding: .utf8)
    #expect(refused.hasPrefix("source,file,line,column,reason,detail,raw\n"))
    for line in expected.split(separator: "\n").dropFirst() {
      #expect(refused.contains("\n\(line),"), "each refused row, with what was expected and found")
    }

    let first = scratch.text("out/2026-W11/vendors.csv")
    let report = try Binary.run([
      "report", "weekly-vendors", "--week", "2026-W11", "--pipeline", pipeline, "--output",
      "\(scratch.path)/again", "--warehouse", "sqlite:\(scratch.path)/w.db",
    ])
    #expect(report.exit == 0, "\(report.err)")
    #expect(scratch.text("again/2026-W11/vendors.csv") == first)
    #expect(first != nil)
  }

  @Test("A report that fails after publishing says the tables are there, and its command works")
  func failingReport() throws {
    let scratch = try Scratch()
    // A folder where the file should be.
    try FileManager.default.createDirectory(
      atPath: "\(scratch.path)/out/2026-W11/weekly-vendors.xlsx/in/the/way",
      withIntermediateDirectories: true)
    let run = try Self.run(
      scratch, try Self.pipeline(scratch, output: "\(scratch.path)/out"))
    #expect(run.exit == 1)
    #expect(run.err.contains("error: the tables are published, but the reports are not made: "))
    let last = try #require(run.err.split(separator: "\n").last)
    let start = try #require(last.firstRange(of: "nightmill retry")?.lowerBound)
    let command = String(last[start...])
    #expect(scratch.names("out/2026-W11") == ["weekly-vendors.xlsx"], "no part of a report")
    try FileManager.default.removeItem(atPath: "\(scratch.path)/out")
    let again = try Binary.run(command.split(separator: " ").dropFirst().map(String.init))
    #expect(again.exit == 0, "\(command)\n\(again.err)")
    #expect(scratch.names("out/2026-W11").contains("weekly-vendors.xlsx"))
  }

  @Test(
    "Periods that make no sense are refused before anything is opened",
    arguments: [
      (["--week", "2026-W60"], "--week: expected one such as 2026-W46, found \"2026-W60\""),
      (["--month", "2026-13"], "--month: expected one such as 2026-10, found \"2026-13\""),
      (["--week", "2026-W46", "--year", "2026"], "--week and --year name different periods"),
      (
        ["--from", "2026-11-15", "--to", "2026-11-09"],
        "the last day, 2026-11-09, is before the first, 2026-11-15"
      ),
    ])
  func wrongPeriod(flags: [String], message: String) throws {
    let result = try Binary.run(["report"] + flags)
    #expect(result.exit == 64)
    #expect(result.err.hasPrefix("error: \(message)\n  help: "))
  }

  @Test("A warehouse without a run has nothing to report on")
  func noRun() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/empty.db"
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let result = try Binary.run(["report", "weekly-vendors", "--warehouse", "sqlite:\(path)"])
    #expect(result.exit == 1)
    #expect(
      result.err == "error: sqlite:\(path) has no published run to report on\n"
        + "  help: publish one first: nightmill run nightly\n")
  }
}
