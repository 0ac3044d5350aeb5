import Engine
import Foundation
import Support
import Testing

@testable import Runner

/// A folder that is removed with the value.
final class Scratch: Sendable {
  let path = NSTemporaryDirectory() + "nightmill-property-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A new folder inside.
  func folder(_ name: String) throws -> String {
    try FileManager.default.createDirectory(
      atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    return "\(path)/\(name)"
  }
}

/// A pipeline run inside the test's process, the whole way from files to a warehouse and back out
/// as CSV.
struct Job {
  var inputs: String
  var warehouse: String
  var from: String? = "all"
  var to: String
  var zone = "UTC"
  var currency = "USD"
  var pipeline = "conformance"
  /// Whether that is what they earn, rather than what the pipeline says.
  var hasOwnProgram = true
  /// A settings file, whose zone, currency and days then count instead of those above.
  var settings: String?
  /// More of `--set`.
  var assignments: [String] = []
  /// What partners earn, in the reporting currency; Tests/ReferenceSQL/commissions.sql has it, too.
  var program: String {
    let digits = ["JPY": 0, "KWD": 3][currency] ?? 2
    /// An amount from minor units.
    func money(_ minor: Int) -> String {
      let text = String(repeating: "0", count: max(0, digits + 1 - "\(minor)".count)) + "\(minor)"
      return digits == 0 ? text : "\(text.dropLast(digits)).\(text.suffix(digits))"
    }
    return """
      {tiers: {tier1: {signup_bonus: \(money(2000)), minimum_payout: \(money(5000)),
      fees: {setup: \(money(30000)), monthly_license: \(money(10001)), revenue_share: 12.5 %},
      rates: {subscription: [0.1, 0.05, 0.012345], purchase: [0.1 %], booking: [2.5 %, 0.7 %]},
      volume_bonus: {count: clients, mode: multiply, steps: [{at: 1, rate: 5 %}, {at: 2, rate: 10 %}]}},
      tier2: {recurring_months: 1, hold_days: 7,
      fees: {integration: \(money(2500)), custom_card: \(money(1)), support: \(money(999)),
      co_marketing_budget: \(money(4321))},
      rates: {vendor_subscription: [0.333333, 0.01], purchase: [0.125, 0.06, 0.03], subscription: [20 %]},
      volume_bonus: {count: affiliates, mode: points, steps: [{at: 1, rate: 2 %}, {at: 3, rate: 7 %}]}},
      "*": {fees: {support: \(money(1500)), co_marketing_budget: \(money(2500)), revenue_share: 0.033333}}}}
      """
  }
  var options = RunOptions()

  /// Tables that depend on the rows alone: not the record of a run, not the lines that rows stood
  /// on.
  static let tables = [
    "vendor_connection_analytics", "vendor_weekly", "leads", "product_analytics",
    "vendor_dimension", "product_dimension", "click_quality", "referrals", "attribution",
    "partner_analytics", "conversion_funnel", "referral_stats", "fraud_signals", "partner_scores",
    "commissions", "commission_exceptions", "payouts", "payout_register", "partner_fees",
    "reseller_usage",
    "partner_dimension",
    "growth_metrics", "mrr_movements", "customer_ltv", "product_forecast",
  ]

  func plan() throws -> (RunPlan, Project) {
    let project = try Project(folder: PipelineWorld.root)
    var overrides = SettingsOverrides()
    if let settings {
      overrides.file = settings
    } else {
      overrides.assignments = ["timezone=\(zone)", "currency=\(currency)"]
      if hasOwnProgram { overrides.assignments.append("program=\(program)") }
      overrides.from = from
      overrides.to = to
    }
    overrides.assignments += assignments
    let loaded = try project.pipeline(pipeline, overrides: overrides)
    let days = try #require(loaded.settings.days(today: .last))
    var options = options
    options.inputs = inputs
    options.warehouse = "sqlite:" + warehouse
    let plan = try RunPlan(
      loaded, window: Window(from: days.from, to: days.to), options: options,
      folder: URL(filePath: warehouse).deletingLastPathComponent().path)
    return (plan, project)
  }

  @discardableResult
  func run() throws -> PipelineRun.Outcome {
    let (plan, project) = try plan()
    return try PipelineRun(
      plan, migrations: project.migrations(), observer: SilentObserver()
    ).run()
  }

  /// Runs it, and expects it to fail.
  func failure() throws -> RunError {
    let (plan, project) = try plan()
    let migrations = try project.migrations()
    return try #require(throws: RunError.self) {
      try PipelineRun(plan, migrations: migrations, observer: SilentObserver()).run()
    }
  }

  /// The same job over other days.
  func over(_ from: String, _ to: String) -> Job {
    var copy = self
    copy.from = from
    copy.to = to
    return copy
  }

  /// A table of the warehouse as `export` writes it.
  func export(_ table: String, columns: [String]? = nil) throws -> String {
    let currency = try #require(Currency(code: currency))
    let opened = try Registry.openWarehouse(
      "sqlite:" + warehouse, currency: currency, readOnly: true)
    let bytes = try Export(table: table, columns: columns).bytes(from: opened, currency: currency)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The exported tables by name.
  func exports(_ tables: [String] = Job.tables) throws -> [String: String] {
    var all: [String: String] = [:]
    for table in tables { all[table] = try export(table) }
    return all
  }

  /// The serial numbers of the failed calls.
  func serials() throws -> String {
    let opened = try Registry.openWarehouse(
      "sqlite:" + warehouse, currency: .usd, readOnly: true)
    var lines: [String] = []
    try opened.query(
      "SELECT call_id, id FROM vendor_connection_analytics ORDER BY call_id", parameters: [:],
      types: [:]
    ) { row in lines.append("\(row)") }
    return lines.joined(separator: "\n")
  }

  /// How many runs the warehouse has a record of.
  func runCount() throws -> Int {
    let opened = try Registry.openWarehouse(
      "sqlite:" + warehouse, currency: .usd, readOnly: true)
    var count = 0
    try opened.query("SELECT run_id FROM runs", parameters: [:], types: [:]) { _ in count += 1 }
    return count
  }
}

/// Expects two sets of exported tables to be the same bytes, and shows the first lines that are
/// not.
func expectSame(
  _ found: [String: String], _ expected: [String: String], _ context: String,
  _ location: SourceLocation = #_sourceLocation
) {
  for (name, text) in expected.sorted(by: { $0.key < $1.key }) where found[name] != text {
    Issue.record(
      "\(context): \(name) differs\n\(difference(found[name] ?? "", text))",
      sourceLocation: location)
  }
}

/// The first lines that only one of two texts has.
func difference(_ found: String, _ expected: String) -> String {
  let left = found.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  let right = expected.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  let (only, missing) = (Set(left).subtracting(right), Set(right).subtracting(left))
  var text = "header: \(right.first ?? "")\n"
  text += "\(only.count) lines too many, \(missing.count) missing\n"
  for line in left where only.contains(line) { text += "found    \(line)\n" }
  for line in right where missing.contains(line) { text += "expected \(line)\n" }
  return text.split(separator: "\n").prefix(16).joined(separator: "\n")
}

/// How much randomness a test run may cost.
enum Soak {
  /// Whether there is time for much more than usual.
  static let isOn = ProcessInfo.processInfo.environment["NIGHTMILL_SOAK"] == "1"

  /// The seeds to try: the one of NIGHTMILL_SEED alone, to run a failure again, else the usual ones
  /// and a random one.
  static func seeds(_ usual: [UInt64]) -> [UInt64] {
    if let text = ProcessInfo.processInfo.environment["NIGHTMILL_SEED"], let seed = UInt64(text) {
      return [seed]
    }
    let count = isOn ? 40 : 1
    return usual + (0..<count).map { _ in UInt64.random(in: 1000..<1_000_000_000) }
  }
}
