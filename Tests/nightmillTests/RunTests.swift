import Foundation
import Testing

/// Runs of small inputs from beginning to end, as an operator sees them.
@Suite struct RunTests {
  static let inputs = "\(Binary.conformance)/01-vendor-connections"

  /// The arguments of a run of a case into a warehouse of a scratch folder.
  private static func arguments(_ scratch: Scratch, _ command: String = "run") -> [String] {
    [
      command, "conformance", "--inputs", "\(inputs)/inputs", "--settings",
      "\(inputs)/settings.json", "--warehouse", "sqlite:\(scratch.path)/w.db",
    ]
  }

  @Test("A run says what it read, made and published, all on standard error")
  func summary() throws {
    let scratch = try Scratch()
    let run = try Binary.run(Self.arguments(scratch))
    #expect(run.exit == 0)
    #expect(run.out.isEmpty)
    let counts = try Binary.run(
      [
        "query", "SELECT read, used FROM source_counts WHERE source = 'calls'", "--format", "csv",
        "--warehouse", "sqlite:\(scratch.path)/w.db",
      ])
    let figures = counts.out.split(separator: "\n")[1].split(separator: ",")
    let line = try #require(run.err.split(separator: "\n").first { $0.hasPrefix("calls  ") })
    #expect(Array(line.split(separator: " ")[1...2]) == Array(figures))
    for word in ["quarantined", "vendor_weekly", "ledger", "published", "2026-03-31 to 2026-06-10"]
    {
      #expect(run.err.contains(word))
    }
    #expect(!run.err.contains("\u{1B}"), "no colours or redrawn lines in a file")
    let widths = run.err.split(separator: "\n").filter { $0.contains("  ") }
    for line in widths { #expect(line.last != " ") }
  }

  @Test("--quiet says nothing of a run that went well")
  func quiet() throws {
    let scratch = try Scratch()
    let run = try Binary.run(Self.arguments(scratch) + ["--quiet"])
    #expect(run.exit == 0)
    #expect(run.err.isEmpty)
  }

  @Test("A dry run publishes nothing")
  func dryRun() throws {
    let scratch = try Scratch()
    let run = try Binary.run(Self.arguments(scratch) + ["--dry-run"])
    #expect(run.exit == 0)
    #expect(run.err.contains("not published"))
    #expect(scratch.names().isEmpty, "not even a warehouse is made")
  }

  @Test("Days that are not over yet are nothing to do, and no error: a scheduler may ask too early")
  func nothingToDo() throws {
    let scratch = try Scratch()
    let run = try Binary.run(
      ["run", "--from", "9998-01-01", "--warehouse", "sqlite:\(scratch.path)/w.db"])
    #expect(run.exit == 0)
    #expect(run.err.hasPrefix("nothing to do: the first day, 9998-01-01, is not over yet in "))
    #expect(scratch.names().isEmpty)
  }

  @Test("NIGHTMILL_WAREHOUSE is where tables go, unless --warehouse says otherwise")
  func environment() throws {
    let scratch = try Scratch()
    let environment = ["NIGHTMILL_WAREHOUSE": "sqlite:\(scratch.path)/env.db"]
    let arguments = Self.arguments(scratch)
    _ = try Binary.run(arguments, environment: environment)
    #expect(scratch.names().contains("w.db"))
    #expect(!scratch.names().contains("env.db"))
    _ = try Binary.run(Array(arguments.dropLast(2)), environment: environment)
    #expect(scratch.names().contains("env.db"))
    let run = try Binary.run(
      ["query", "SELECT pipeline FROM runs", "--format", "csv"], environment: environment)
    #expect(run.out == "pipeline\nconformance\n")
  }

  @Test("A source without its file fails with the pattern, the folder and the place to mend")
  func missingFile() throws {
    let scratch = try Scratch()
    let arguments = [
      "--inputs", scratch.path, "--from", "2026-06-01", "--to", "2026-06-02", "--warehouse",
      "sqlite:\(scratch.path)/w.db",
    ]
    for command in ["run", "plan"] {
      let result = try Binary.run([command] + arguments)
      #expect(result.exit == 1)
      #expect(
        result.err.contains(
          "source calls: no file matches calls*.csv* in \(scratch.path)\n  help: "))
      #expect(result.err.contains("Pipelines/nightly.yaml:"))
    }
  }

  @Test("More refused rows than allowed end with 3 and name the rows; nothing is published")
  func rejected() throws {
    let scratch = try Scratch()
    let header = "call_id,vendor_id,started_at,duration_seconds,outcome\n"
    try header.appending("c1,v1,yesterday,1,timeout\n").write(
      toFile: "\(scratch.path)/calls.csv", atomically: true, encoding: .utf8)
    try """
    sources:
      calls: {files: calls.csv}
      transactions: {files: none.csv, optional: true}
      vendors: {files: none.csv, optional: true}
      exchange_rates: {files: none.csv, optional: true}
    stages: [vendor_connections]
    """.write(toFile: "\(scratch.path)/small.yaml", atomically: true, encoding: .utf8)
    let run = try Binary.run(
      [
        "run", "\(scratch.path)/small.yaml", "--inputs", scratch.path, "--from", "2026-06-01",
        "--to", "2026-06-02", "--warehouse", "sqlite:\(scratch.path)/w.db",
      ])
    #expect(run.exit == 3, "\(run.err)")
    #expect(run.err.contains("calls.csv:2:"))
    #expect(run.err.contains("nothing was published"))
    #expect(run.err.contains("more than 1 % of them"))
    #expect(run.err.contains("raise max_quarantined in \(scratch.path)/small.yaml"))
  }

  @Test("plan reads the headers: a column that is missing is found before the night")
  func planReadsHeaders() throws {
    let scratch = try Scratch()
    try "call_id,vendor,started_at,duration_seconds,outcome,agent\n".write(
      toFile: "\(scratch.path)/calls.csv", atomically: true, encoding: .utf8)
    let arguments = ["plan", "conformance", "--inputs", scratch.path, "--to", "2026-06-02"]
    let refused = try Binary.run(arguments)
    #expect(refused.exit == 78)
    #expect(refused.out.contains("DOES NOT FIT THE SOURCE"))
    #expect(refused.err.contains("the column \"vendor_id\" is missing"), "\(refused.err)")
    try "call_id,vendor_id,started_at,duration_seconds,outcome,agent\n".write(
      toFile: "\(scratch.path)/calls.csv", atomically: true, encoding: .utf8)
    let plan = try Binary.run(arguments)
    #expect(plan.exit == 0, "\(plan.err)")
    #expect(plan.out.contains("not used: agent"))
  }

  // Protects sums over the tables: amounts in two currencies, or days of two zones, must never
  // stand side by side.
  @Test(
    "A warehouse keeps its currency and time zone, unless everything is made anew",
    arguments: ["currency=EUR", "timezone=UTC"])
  func oneCurrencyAndZone(setting: String) throws {
    let scratch = try Scratch()
    #expect(try Binary.run(Self.arguments(scratch)).exit == 0)
    let other = Self.arguments(scratch) + ["--set", setting, "--no-reports"]
    let refused = try Binary.run(other)
    #expect(refused.exit == 78)
    #expect(
      refused.err.contains("holds amounts in USD and days of America/New_York"), "\(refused.err)")
    #expect(refused.err.contains("--full-refresh"))
    // The sales of the case are in dollars and it has no rates, so only the zone can be made anew.
    let anew = try Binary.run(other + ["--full-refresh"])
    #expect(anew.exit == (setting.hasPrefix("timezone") ? 0 : 1), "\(anew.err)")
  }

  @Test("A window in which nothing happened is done, and told: mostly the files end before it")
  func emptyWindow() throws {
    let scratch = try Scratch()
    let days = ["--from", "2020-01-01", "--to", "2020-01-02"]
    let run = try Binary.run(Self.arguments(scratch) + days)
    #expect(run.exit == 0)
    #expect(run.err.contains("nothing happened in 2020-01-01 to 2020-01-02"), "\(run.err)")
  }

  @Test("plan shows the order, the days and the files, and leaves no warehouse behind")
  func plan() throws {
    let scratch = try Scratch()
    let plan = try Binary.run(Self.arguments(scratch, "plan") + ["--set", "currency=EUR"])
    #expect(plan.exit == 0)
    #expect(plan.err.isEmpty)
    for words in [
      "2026-03-31 to 2026-06-10, 72 days", "EUR               --set", "settings.json:",
      "reads     calls, 2026-01-21 to 2026-06-10 (69 days before the window)",
      "needs     ledger", "restates  61 days before the window, from 2026-01-29",
      "writes    vendor_connection_analytics, vendor_weekly, leads",
      "ledger (kept in memory, not published)", "calls: 1 file, ",
      "users: no file, and none is needed",
    ] {
      #expect(plan.out.contains(words), "\(words)\n\(plan.out)")
    }
    let stages = ["1. ledger", "vendor_connections:"].map {
      plan.out.firstRange(of: $0)?.lowerBound
    }
    #expect(try #require(stages[0]) < #require(stages[1]), "a stage comes after those it needs")
    #expect(scratch.names().isEmpty)
  }

  @Test(
    "Ctrl-C and kill end a run with their own exit codes; nothing is published",
    arguments: [
      (SIGINT, Int32(130)), (SIGTERM, Int32(143)),
    ])
  func interrupted(signal: Int32, exit: Int32) throws {
    let scratch = try Scratch()
    let generated = try Binary.run(
      [
        "generate", "--users", "2000", "--to",
        scratch.path,
      ])
    #expect(generated.exit == 0)
    let running = try Binary.start(
      [
        "run", "--from", "all", "--to", "2026-11-15", "--inputs", scratch.path, "--threads", "1",
        "--warehouse", "sqlite:\(scratch.path)/w.db",
      ])
    // The warehouse is locked when the run has begun, and long before it ends.
    while !FileManager.default.fileExists(atPath: "\(scratch.path)/w.db.lock") { usleep(1000) }
    kill(running.process.processIdentifier, signal)
    let run = running.wait()
    #expect(run.exit == exit)
    #expect(run.err.contains("error: interrupted; nothing was published\n"))
    #expect(run.err.contains("\n  next: nightmill retry "))
    let rows = try Binary.run(
      [
        "query", "SELECT count(*) AS n FROM runs", "--format=csv", "--warehouse",
        "sqlite:\(scratch.path)/w.db",
      ])
    #expect(rows.out == "n\n0\n")
  }

  @Test("While a run holds the warehouse another one ends with 75, to be tried later")
  func locked() throws {
    let scratch = try Scratch()
    _ = try Binary.run(["generate", "--users", "2000", "--to", scratch.path])
    let arguments = [
      "run", "--from", "all", "--to", "2026-11-15", "--inputs", scratch.path, "--threads", "1",
      "--warehouse", "sqlite:\(scratch.path)/w.db",
    ]
    let first = try Binary.start(arguments)
    while !FileManager.default.fileExists(atPath: "\(scratch.path)/w.db.lock") { usleep(1000) }
    let second = try Binary.run(arguments)
    #expect(second.exit == 75, "\(second.err)")
    #expect(second.err.contains("\n  help: "))
    #expect(first.wait().exit == 0)
  }
}
