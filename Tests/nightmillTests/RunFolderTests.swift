import Foundation
import Testing

/// What a run leaves in its folder, whatever becomes of it.
@Suite struct RunFolderTests {
  @Test("A run that went well: its document, its journal, and nobody else may look")
  func published() throws {
    let project = try TestProject()
    let run = try project.nightmill(TestProject.everything + ["--run-id", "monday.1"])
    #expect(run.exit == 0, "\(run.err)")
    let document = try project.document("monday.1")
    #expect(document["outcome"] as? String == "published")
    #expect(document["exit"] as? Int == 0)
    #expect(document["next"] is NSNull)
    let settings = try #require(document["settings"] as? [[String: String]])
    let currency = try #require(settings.first { $0["name"] == "currency" })
    #expect(currency["origin"]?.hasPrefix("Pipelines/nightly.yaml:") == true)
    let files = try #require(document["files"] as? [[String: Any]])
    let workbook = try #require(files.first)
    let data = try Data(
      contentsOf: URL(fileURLWithPath: "\(project.path)/\(workbook["path"] as? String ?? "")"))
    #expect(workbook["bytes"] as? Int == data.count)
    #expect((workbook["control_totals"] as? [String: String])?["Vendors.lost_revenue"] != nil)
    let tables = try #require(document["tables"] as? [[String: Any]])
    let weekly = try #require(tables.first { $0["table"] as? String == "vendor_weekly" })
    let total = try project.nightmill([
      "query", "SELECT money_text(sum(lost_revenue)) AS lost FROM vendor_weekly", "--format", "csv",
    ])
    let control = (weekly["control_totals"] as? [String: String])?["lost_revenue"]
    #expect(total.out == "lost\n\(control ?? "")\n", "control totals are those of the table")

    let steps = project.lines("monday.1").compactMap { $0["event"] as? String }
    #expect(Array(steps.prefix(2)) == ["began", "bound"])
    #expect(steps.last == "ended")
    #expect(steps.contains("source_read") && steps.contains("stage_finished"))
    let published = try #require(steps.firstIndex(of: "published"))
    let reported = try #require(steps.firstIndex(of: "report_written"))
    #expect(published < reported)

    #expect(try project.mode("runs/monday.1") == 0o700)
    #expect(try project.mode("runs/monday.1/rejects") == 0o700)
    for name in project.names("runs/monday.1") where name != "rejects" {
      #expect(try project.mode("runs/monday.1/\(name)") == 0o600, "\(name)")
    }
    for name in project.names("runs/monday.1/rejects") {
      #expect(try project.mode("runs/monday.1/rejects/\(name)") == 0o600, "\(name)")
    }
    #expect(!project.names("runs/monday.1").contains("staged"), "it is published: nothing is kept")
  }

  @Test("A stage that has a source less to wait for is finished before the largest is read")
  func order() throws {
    let project = try TestProject()
    _ = try project.nightmill(TestProject.everything + ["--run-id", "r", "--no-reports"])
    let steps = project.lines("r").map { ($0["event"] as? String, $0["source"] ?? $0["stage"]) }
    func place(_ event: String, _ name: String) -> Int? {
      steps.firstIndex { $0.0 == event && $0.1 as? String == name }
    }
    let finished = try #require(place("stage_finished", "vendor_dimension"))
    #expect(try finished < #require(place("source_read", "clicks")))
  }

  @Test("A failed run says why, where, and the exact next command")
  func failed() throws {
    let project = try TestProject()
    let arguments = ["run", "--inputs", "nowhere", "--to", "2026-11-15", "--run-id", "r"]
    let run = try project.nightmill(arguments)
    #expect(run.exit == 1)
    #expect(run.err.contains("Pipelines/nightly.yaml:"))
    #expect(run.err.hasSuffix("  next: nightmill retry r\n"), "\(run.err)")
    let document = try project.document("r")
    #expect(document["outcome"] as? String == "failed")
    #expect(document["next"] as? String == "nightmill retry r")
    let error = try #require(document["error"] as? [String: String])
    #expect(error["message"]?.contains("no file matches calls*.csv*") == true)
  }

  @Test("A wrong file of the project leaves a document too; a wrong command line leaves nothing")
  func configuration() throws {
    let project = try TestProject()
    try project.write("stages: [vendor_conections]\n", to: "Pipelines/wrong.yaml")
    let run = try project.nightmill(["run", "wrong", "--run-id", "r"])
    #expect(run.exit == 78)
    #expect(run.err.hasSuffix("  next: nightmill run wrong --run-id r\n"), "\(run.err)")
    let document = try project.document("r")
    #expect(document["outcome"] as? String == "configuration")
    #expect(document["pipeline"] == nil)
    #expect(try project.nightmill(["run", "nigthly", "--run-id", "typo"]).exit == 64)
    #expect(try project.nightmill(["run", "--select", "no_stage", "--run-id", "typo"]).exit == 64)
    #expect(project.runs == ["r"])
    let retry = try project.nightmill(["retry"])
    #expect(retry.exit == 78)
    #expect(retry.err.contains("run r stopped before it had read anything"), "\(retry.err)")
  }

  @Test(
    "An ID is a plain name that no other run has",
    arguments: ["", "../x", ".hidden", "-x", "a b", "ü", "a/b", String(repeating: "x", count: 101)])
  func identifiers(text: String) throws {
    let result = try Binary.run(["run", "--run-id=\(text)"])
    #expect(result.exit == 64)
    #expect(result.err.contains("--run-id"))
  }

  @Test("An ID that is taken is refused, even if only the warehouse remembers it")
  func taken() throws {
    let project = try TestProject()
    let arguments = TestProject.everything + ["--no-reports", "--quiet", "--run-id", "r"]
    #expect(try project.nightmill(arguments).exit == 0)
    #expect(try project.nightmill(arguments).exit == 64)
    #expect(try project.document("r")["outcome"] as? String == "published", "it is left alone")
    try FileManager.default.removeItem(atPath: "\(project.path)/runs/r")
    let again = try project.nightmill(arguments)
    #expect(again.exit == 64)
    #expect(again.err.contains("there is a run with the ID \"r\" already"), "\(again.err)")
  }

  @Test(
    "Signals and --timeout stop a run with a whole document; nothing is published",
    arguments: [
      (SIGINT, Int32(130), "interrupted"), (SIGTERM, 143, "interrupted"),
      (SIGALRM, 143, "timed_out"),
    ])
  func stopped(signal: Int32, exit: Int32, outcome: String) throws {
    let project = try TestProject(users: 2000)
    // The end of --timeout is a signal the process sends itself, so it can be sent from here too.
    let running = try project.start(
      TestProject.everything + ["--run-id", "r", "--threads", "1", "--timeout", "1h"])
    while project.lines("r").count < 3 { usleep(500) }
    kill(running.process.processIdentifier, signal)
    let run = running.wait()
    #expect(run.exit == exit, "\(run.err)")
    #expect(run.err.contains("nothing was published"))
    let document = try project.document("r")
    #expect(document["outcome"] as? String == outcome)
    #expect(document["exit"] as? Int32 == exit)
    #expect(document["published"] as? Bool == false)
    #expect(project.lines("r").last?["event"] as? String == "ended")
    let retry = try project.nightmill(["retry", "--no-such"])
    #expect(retry.exit == 64)
    #expect(try project.nightmill(["retry", "--quiet"]).exit == 0)
    #expect(try project.document("r")["attempt"] as? Int == 2)
  }

  @Test(
    "A duration has a unit and is more than nothing",
    arguments: ["0s", "5", "5x", "-1s", "s", "1.5h", "1h30"])
  func durations(text: String) throws {
    let result = try Binary.run(["run", "--timeout=\(text)"])
    #expect(result.exit == 64)
    #expect(result.err.contains("--timeout: expected a duration"))
  }

  @Test("--log json: an object for each event, and nothing else")
  func log() throws {
    let project = try TestProject()
    let run = try project.nightmill(TestProject.everything + ["--run-id", "r", "--log", "json"])
    #expect(run.exit == 0)
    let events = try run.err.split(separator: "\n").map { line in
      try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
    #expect(events.allSatisfy { $0["time"] is String && $0["event"] is String })
    #expect(
      events.compactMap { $0["event"] as? String }
        == project.lines("r", "log.ndjson").compactMap { $0["event"] as? String })
    let failed = try project.nightmill(["run", "--inputs", "nowhere", "--log", "json"])
    #expect(failed.exit == 1)
    let last = try #require(failed.err.split(separator: "\n").last)
    let ended = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
    #expect((ended?["next"] as? String)?.hasPrefix("nightmill retry ") == true)
    #expect(try project.nightmill(["run", "--log", "xml"]).exit == 64)
  }

  @Test("Old folders go, but not the last run that can be retried")
  func pruning() throws {
    let project = try TestProject()
    let short = [
      "--inputs", "inputs", "--from", "2026-11-15", "--to", "2026-11-15", "--no-reports",
    ]
    #expect(try project.nightmill(["run", "--inputs", "nowhere", "--run-id", "failed"]).exit == 1)
    for number in 1...4 {
      let run = try project.nightmill(
        ["run"] + short + ["--run-id", "r\(number)", "--set", "keep_runs=2"])
      #expect(run.exit == 0, "\(run.err)")
    }
    #expect(project.runs == ["failed", "r3", "r4"])
    let history = try project.nightmill(["history", "--format", "csv"])
    let known = history.out.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }
    #expect(known == ["r4", "r3", "r2", "r1", "failed"], "the warehouse knows the others")
  }
}
