import Engine
import Foundation
import Runner
import Support
import Testing

/// SIGKILL, which no program can prepare for but by what it has written before.
@Suite("Killed at any moment, a run ends as if it had never been killed", .serialized)
struct KillTests {
  private static let command = TestProject.everything + ["--quiet"]

  /// Starts the command, kills it when `isTime`, and goes on: by `retry` (if the run had come so far
  /// as to know what to do), or by the same command. Returns the steps that the killed run had made,
  /// and whether it was retried.
  private static func killed(
    _ project: TestProject, byRetry: Bool, context: String, isTime: () -> Bool
  ) throws -> (steps: [[String: Any]], isRetried: Bool) {
    project.reset()
    let running = try project.start(command + ["--run-id", "killed"])
    while running.process.isRunning, !isTime() { usleep(200) }
    kill(running.process.processIdentifier, SIGKILL)
    let wasKilled = running.wait().exit == 128 + SIGKILL
    let steps = project.lines("killed")
    // With its last step made, the run is over, and only its process was killed.
    if wasKilled, !steps.isEmpty, steps.last?["event"] as? String != "ended" {
      let history = try project.nightmill(["history", "--format", "csv"])
      #expect(history.out.contains(",killed,"), "\(context): \(history.out)")
      if project.text("runs/killed/run.json") != nil {
        #expect(try project.document("killed")["outcome"] as? String == "running", "\(context)")
      }
    }
    let retries = byRetry && project.text("runs/killed/run.json") != nil
    let next = try project.nightmill(retries ? ["retry"] : command)
    #expect(next.exit == 0, "\(context): \(next.err)")
    return (steps, retries)
  }

  private static func events(_ steps: [[String: Any]], _ event: String, _ key: String) -> Set<
    String
  > {
    Set(steps.filter { $0["event"] as? String == event }.compactMap { $0[key] as? String })
  }

  private static let inMemory: Set<String> = [
    "ledger", "buyers", "timelines", "owners", "commission_ledger",
  ]

  @Test("At every step of the journal", arguments: [true, false])
  func steps(byRetry: Bool) throws {
    let project = try TestProject()
    #expect(try project.nightmill(Self.command + ["--run-id", "undisturbed"]).exit == 0)
    let expected = try project.results()
    let count = project.lines("undisturbed").count
    let all = Self.events(project.lines("undisturbed"), "stage_finished", "stage")
      .subtracting(Self.inMemory)
    #expect(count > 20)
    for step in 1...count {
      let (steps, isRetried) = try Self.killed(project, byRetry: byRetry, context: "step \(step)") {
        (project.text("runs/killed/journal.ndjson") ?? "").utf8.count { $0 == 0x0A } >= step
      }
      let results = try project.results()
      #expect(Set(results.keys) == Set(expected.keys), "step \(step)")
      for (name, value) in expected { #expect(results[name] == value, "step \(step): \(name)") }
      guard isRetried else { continue }
      // What was finished is not done again. Only where all was may it be published already, though
      // the journal does not say so yet: then nothing of it is needed.
      let log = project.lines("killed", "log.ndjson")
      let reused = Self.events(log, "stage_reused", "stage")
      // What stays in memory is made again.
      let finished = Self.events(steps, "stage_finished", "stage").subtracting(Self.inMemory)
      #expect(reused.isSuperset(of: finished) || finished == all, "step \(step)")
      #expect(project.runs == ["killed"], "a retry goes on in the same folder")
      #expect(!project.names("runs/killed").contains("staged"))
      #expect(try project.document("killed")["outcome"] as? String == "published")
    }
  }

  @Test("At random moments")
  func moments() throws {
    let seed = ProcessInfo.processInfo.environment["NIGHTMILL_SEED"].flatMap { UInt64($0) } ?? 91
    var random = SeededGenerator(seed: seed)
    let project = try TestProject()
    _ = try project.nightmill(Self.command)
    project.reset()
    let began = Date()
    #expect(try project.nightmill(Self.command).exit == 0)
    let duration = Date().timeIntervalSince(began)
    let expected = try project.results()
    for moment in 0..<50 {
      let share = Double.random(in: 0...1, using: &random)
      let start = Date()
      let context = "killed after \(share) of the run; NIGHTMILL_SEED=\(seed)"
      _ = try Self.killed(project, byRetry: moment % 2 == 0, context: context) {
        Date().timeIntervalSince(start) >= share * duration
      }
      let results = try project.results()
      #expect(Set(results.keys) == Set(expected.keys), "\(context)")
      for (name, value) in expected { #expect(results[name] == value, "\(context): \(name)") }
    }
  }

  // Two settings give two sets of sums. Whoever reads while runs of both go on sees one or the
  // other, together with the run that says so.
  @Test("A reader never sees a mix of two runs")
  func reader() throws {
    let project = try TestProject()
    let variants = ["5.00", "9.00"]
    var sums: [String: [SQLValue]] = [:]
    func read() throws -> [SQLValue] {
      let currency = try #require(Currency(code: "USD"))
      let warehouse = try Registry.openWarehouse(
        "sqlite:\(project.path)/warehouse.db", currency: currency, readOnly: true)
      var row: [SQLValue] = []
      try warehouse.query(
        """
        SELECT (SELECT settings FROM runs ORDER BY finished_at DESC, run_id DESC LIMIT 1),
          (SELECT sum(lost_revenue) FROM vendor_weekly),
          (SELECT sum(estimated_lost_revenue) FROM vendor_connection_analytics),
          (SELECT sum(lost_revenue) FROM leads)
        """, parameters: [:], types: [:]
      ) { row = $0 }
      return row
    }
    func start(_ index: Int) throws -> Binary.Running {
      try project.start(
        Self.command + ["--no-reports", "--set", "default_booking_value=\(variants[index % 2])"])
    }
    for index in 0..<2 {
      #expect(try start(index).wait().exit == 0)
      let row = try read()
      sums["\(row[0])"] = Array(row.dropFirst())
    }
    #expect(sums.count == 2 && Set(sums.values.map { "\($0)" }).count == 2)
    var seen: Set<String> = []
    for index in 0..<4 {
      let running = try start(index)
      while running.process.isRunning {
        let row = try read()
        seen.insert("\(row[0])")
        #expect(sums["\(row[0])"] == Array(row.dropFirst()), "a mix of two runs")
      }
      #expect(running.wait().exit == 0)
    }
    #expect(seen.count == 2, "both were seen")
  }
}
