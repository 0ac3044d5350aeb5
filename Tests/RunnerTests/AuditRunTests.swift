import Engine
import Foundation
import Synchronization
import Testing

@testable import Runner

@Suite("A run whose checks fail changes nothing; one that is only warned publishes")
struct AuditRunTests {
  /// A published day, and a second day that no check has seen yet.
  private struct Setting {
    let scratch: Scratch
    let pipeline: String

    init(_ checks: String, firstDay: String? = "2026-03-02") throws {
      scratch = try Scratch()
      pipeline = "\(scratch.path)/own.yaml"
      try """
      call_id,vendor_id,started_at,duration_seconds,outcome
      c1,v1,2026-03-02T12:00:00Z,1,hangup
      c2,v1,2026-03-03T12:00:00Z,1,hangup
      c3,v2,2026-03-03T13:00:00Z,1,busy

      """.write(toFile: "\(scratch.path)/calls.csv", atomically: true, encoding: .utf8)
      try """
      sources:
        calls: {files: calls.csv}
        vendors: {files: vendors.csv, optional: true}
        transactions: {files: transactions.csv, optional: true}
        exchange_rates: {files: exchange_rates.csv, optional: true}
      stages: [vendor_connections, vendor_dimension]
      checks:
      \(checks.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
      """.write(toFile: pipeline, atomically: true, encoding: .utf8)
      if let firstDay { _ = try run(firstDay) }
    }

    var warehouse: String { "\(scratch.path)/w.db" }

    var bytes: Data { get throws { try Data(contentsOf: URL(filePath: warehouse)) } }

    func run(
      _ day: String, select: String? = nil, isDryRun: Bool = false,
      observer: any RunObserver = SilentObserver()
    ) throws -> PipelineRun.Outcome {
      let project = try Project(folder: PipelineWorld.root)
      var overrides = SettingsOverrides()
      (overrides.from, overrides.to) = (day, day)
      let loaded = try project.pipeline(pipeline, overrides: overrides)
      var options = RunOptions()
      options.warehouse = "sqlite:\(warehouse)"
      options.inputs = scratch.path
      options.isDryRun = isDryRun
      options.select = select
      let to = try #require(Day(day))
      let plan = try RunPlan(
        loaded, window: Window(from: to, to: to), options: options, folder: scratch.path)
      return try PipelineRun(plan, migrations: project.migrations(), observer: observer).run()
    }

    func failure(
      _ day: String, isDryRun: Bool = false, observer: any RunObserver = SilentObserver()
    ) throws -> RunError {
      try #require(throws: RunError.self) {
        _ = try run(day, isDryRun: isDryRun, observer: observer)
      }
    }

    func query(_ sql: String) throws -> [String] {
      let opened = try Registry.openWarehouse(
        "sqlite:\(warehouse)", currency: .usd, readOnly: true)
      var rows: [String] = []
      try opened.query(sql, parameters: [:], types: [:]) { row in
        rows.append(row.map { ShownValue($0).plain }.joined(separator: "|"))
      }
      return rows
    }

    /// Files in the folder that keeps failing rows, with their text.
    var kept: [String: String] {
      let runs = "\(scratch.path)/runs"
      var files: [String: String] = [:]
      for case let name as String in FileManager.default.enumerator(atPath: runs) ?? .init()
      where name.contains("/checks/") {
        files[String(name.split(separator: "/").last ?? "")] = try? String(
          contentsOfFile: "\(runs)/\(name)", encoding: .utf8)
      }
      return files
    }
  }

  /// Remembers what checks found, and what is published while they look.
  private final class Watcher: RunObserver {
    let results = Mutex<[CheckResult]>([])
    let warnings = Mutex<[String]>([])
    let seen = Mutex<Set<String>>([])
    private let look: @Sendable () -> String

    init(_ look: @escaping @Sendable () -> String = { "" }) { self.look = look }

    func happened(_ event: RunEvent) {
      switch event {
      case .warning(let message): warnings.withLock { $0.append(message) }
      case .checked(let result):
        results.withLock { $0.append(result) }
        let now = look()
        seen.withLock { _ = $0.insert(now) }
      default: break
      }
    }
  }

  /// Holds on the first day, fails on the second.
  private static let strict = """
    vendor_connection_analytics:
      - {accepted_values: {vendor_id: [v1]}}
      - {not_null: call_id}
    """

  @Test("The file stays byte for byte; the message names the rows, and they are kept in full")
  func failing() throws {
    let setting = try Setting(Self.strict)
    let before = try setting.bytes
    let watcher = Watcher()
    let error = try setting.failure("2026-03-03", observer: watcher)
    #expect(error.exit == .rejected)
    let text = error.description
    #expect(text.contains("1 of 2 checks failed; nothing was published"))
    #expect(
      text.contains(
        "vendor_connection_analytics.accepted_values.vendor_id: vendor_id must be one of v1: "
          + "1 row fails (\(setting.pipeline):9:7)"), "\(text)")
    #expect(text.contains("\n  call_id c3, vendor_id v2\n"), "\(text)")
    #expect(try setting.bytes == before)
    #expect(!FileManager.default.fileExists(atPath: setting.warehouse + "-wal"))
    let file = "vendor_connection_analytics.accepted_values.vendor_id.csv"
    #expect(setting.kept == [file: "call_id,vendor_id\nc3,v2\n"])
    #expect(text.contains("in full: \(setting.scratch.path)/runs/"))
    // Every check ran, so that all that is wrong is known at once.
    #expect(watcher.results.withLock { $0.map(\.status) } == [.failed, .passed])
    #expect(try setting.query("SELECT count(*) FROM runs") == ["1"])
  }

  @Test("What failed once is published when it has been mended")
  func mended() throws {
    let setting = try Setting(Self.strict)
    _ = try setting.failure("2026-03-03")
    let text = try String(contentsOfFile: setting.pipeline, encoding: .utf8)
    try text.replacingOccurrences(of: "[v1]", with: "[v1, v2]").write(
      toFile: setting.pipeline, atomically: true, encoding: .utf8)
    let outcome = try setting.run("2026-03-03")
    #expect(outcome.isPublished)
    #expect(
      try setting.query("SELECT call_id FROM vendor_connection_analytics ORDER BY 1").count == 3)
  }

  @Test("A warning publishes, is told and is on record")
  func warning() throws {
    let setting = try Setting(
      "vendor_connection_analytics: [{accepted_values: {vendor_id: [v1]}, severity: warn}]")
    let watcher = Watcher()
    let outcome = try setting.run("2026-03-03", observer: watcher)
    #expect(outcome.isPublished)
    #expect(outcome.checks.map(\.status) == [.warned])
    #expect(outcome.checks.map(\.failing) == [1])
    let warnings = watcher.warnings.withLock { $0 }
    #expect(warnings.contains { $0.contains("accepted_values.vendor_id") && $0.contains("v2") })
    #expect(
      try setting.query(
        "SELECT status, severity, failing FROM check_results ORDER BY status")
        == ["passed|warn|0", "warned|warn|1"])
  }

  @Test("A reader who looks while checks look never sees rows that are then refused")
  func reader() throws {
    let setting = try Setting(Self.strict)
    let path = setting.warehouse
    let watcher = Watcher {
      let opened = try? Registry.openWarehouse("sqlite:\(path)", currency: .usd, readOnly: true)
      var keys = ""
      _ = try? opened?.query(
        "SELECT call_id FROM vendor_connection_analytics ORDER BY call_id", parameters: [:],
        types: [:]
      ) { row in keys += ShownValue(row[0]).plain }
      return keys
    }
    _ = try setting.failure("2026-03-03", observer: watcher)
    #expect(watcher.seen.withLock { $0 } == ["c1"])
  }

  @Test("A dry run looks too, and leaves nothing: neither rows nor files")
  func dryRun() throws {
    let setting = try Setting(Self.strict)
    let before = try setting.bytes
    let error = try setting.failure("2026-03-03", isDryRun: true)
    #expect(error.exit == .rejected)
    #expect(error.description.contains("call_id c3, vendor_id v2"))
    #expect(try setting.bytes == before)
    #expect(setting.kept.isEmpty)
    let good = try setting.run("2026-03-02", isDryRun: true)
    #expect(good.checks.map(\.status) == [.passed, .passed])
    #expect(try setting.bytes == before)
    // Without a warehouse there is one in memory, and still none on the disk.
    try FileManager.default.removeItem(atPath: setting.warehouse)
    #expect(try setting.failure("2026-03-03", isDryRun: true).exit == .rejected)
    #expect(!FileManager.default.fileExists(atPath: setting.warehouse))
  }

  /// A check of two stages' tables that never holds, and one of a source that only one stage reads.
  private static let ofTwo = """
    vendor_connection_analytics:
      - {relationships: {vendor_id: vendor_dimension.vendor_id}, name: known, severity: warn}
    reconcile:
      - name: calls_and_vendors
        left: {source: calls.used}
        right: {count: vendor_dimension}
        severity: warn
    """

  @Test("A check whose tables were not all made for the days is skipped, and says which")
  func notCovered() throws {
    let setting = try Setting(Self.ofTwo, firstDay: nil)
    func statuses(_ day: String, _ select: String? = nil) throws -> [String] {
      try setting.run(day, select: select).checks.map { "\($0.name) \($0.status)" }
    }
    let alone = try setting.run("2026-03-02", select: "vendor_connections").checks
    #expect(alone.map(\.status) == [.skipped])
    #expect(
      alone[0].reason
        == "it also reads vendor_dimension, which no run made for all of these days")
    #expect(try setting.query("SELECT status FROM check_results") == ["skipped"])
    // Both were made for the day by now, each by a run of its own; this one does not read the calls.
    #expect(
      try statuses("2026-03-02", "vendor_dimension") == [
        "known warned", "calls_and_vendors skipped",
      ])
    #expect(try statuses("2026-03-02", "vendor_connections") == ["known warned"])
    #expect(try statuses("2026-03-03", "vendor_connections") == ["known skipped"])
    #expect(try statuses("2026-03-03") == ["known warned", "calls_and_vendors warned"])
  }

  @Test("A check of tables that a run does not write does not stop it")
  func notConcerned() throws {
    let setting = try Setting("vendor_weekly: [{row_count: {min: 99}, of: table, severity: warn}]")
    let project = try Project(folder: PipelineWorld.root)
    let loaded = try project.pipeline(setting.pipeline)
    #expect(loaded.checks[0].concerns(["vendor_weekly", "leads"]))
    #expect(!loaded.checks[0].concerns(["vendor_dimension"]))
  }
}
