import Engine
import Files
import YAML

/// Whether a run can go on from what its earlier attempt finished: only if everything that its
/// figures depend on is as it was.
package struct Retrial {
  private let run: PastRun

  /// The retrial of a run.
  package init(_ run: PastRun) { self.run = run }

  /// What is no longer as it was, a line each; empty where the run can go on. A run that has
  /// finished nothing can always go on.
  package func changes(since plan: RunPlan, origins: SettingsOrigins) throws(RunError) -> [String] {
    guard hasStaged else { return [] }
    var changes: [String] = []
    if let version = run.version, version != Registry.version {
      changes.append("nightmill was \(version), is \(Registry.version)")
    }
    changes += compare(PlannedRun(plan, origins: origins))
    changes += try compareInputs(plan)
    return changes + (try compareWarehouse(plan))
  }

  /// Stages read back what earlier runs published.
  private func compareWarehouse(_ plan: RunPlan) throws(RunError) -> [String] {
    let before = run.text("last_run")
    guard Registry.warehouseExists(plan.warehouse) else {
      return before == nil ? [] : ["the warehouse is gone"]
    }
    let last = try LastRun.read(plan.warehouse)?.runID
    if last == before { return [] }
    return [last.map { "run \($0) was published since" } ?? "the warehouse is another"]
  }

  private var hasStaged: Bool {
    Project.list(run.folder.staged).contains { $0.hasSuffix(".tables") }
      || !Project.list("\(run.folder.staged)/sources").isEmpty
  }

  private func compare(_ now: PlannedRun) -> [String] {
    var changes: [String] = []
    func differs(_ what: String, _ before: String?, _ after: String) {
      if let before, before != after { changes.append("\(what) was \(before), is \(after)") }
    }
    let before = Dictionary(
      run.list("settings").compactMap { node in
        node["name"]?.text.map { ($0, node["value"]?.text) }
      }, uniquingKeysWith: { first, _ in first })
    for setting in now.settings {
      differs("the setting \(setting.name)", before[setting.name] ?? "not said", setting.value)
    }
    for (name, _) in before where !now.settings.contains(where: { $0.name == name }) {
      changes.append("the setting \(name) is not said any more")
    }
    differs(
      "the list of stages",
      run.list("stages_planned").compactMap(\.text).joined(separator: " "),
      now.stages.joined(separator: " "))
    let mappings = run.mapping("mappings")
    for (source, fingerprint) in now.mappings
    where mappings.first(where: { $0.key.text == source })?.value.text != fingerprint {
      changes.append("the files or the mapping of the source \(source) are said otherwise")
    }
    if mappings.count > now.mappings.count { changes.append("a source was taken out") }
    return changes.sorted()
  }

  private func compareInputs(_ plan: RunPlan) throws(RunError) -> [String] {
    var changes: [String] = []
    var before: [String: Node] = [:]
    for node in run.list("inputs_read") { before[node["path"]?.text ?? ""] = node }
    for spec in plan.sources {
      for path in try paths(of: spec, in: plan.inputs) {
        guard let old = before.removeValue(forKey: path) else {
          changes.append("\(path) is new")
          continue
        }
        let now = try file { () throws(FileError) in try FileFingerprint(path: path) }
        let isSame =
          old["bytes"]?.text == "\(now.bytes)" && old["modified_ns"]?.text == "\(now.modified)"
          && old["sample_sha256"]?.text == now.sample
        if !isSame { changes.append("\(path) was written to since") }
      }
    }
    return changes + before.keys.sorted().map { "\($0) is gone" }
  }

  /// What a source is made from: its files, or the file of its query.
  private func paths(of spec: SourceSpec, in folder: String) throws(RunError) -> [String] {
    if let query = spec.query { return [absolutePath(query.file)] }
    return try SourceFiles(spec: spec, folder: folder).find().map { absolutePath($0.path) }
  }
}

extension PastRun {
  /// The version of the program that made it.
  var version: String? { document("versions", "nightmill") }

  private func document(_ key: String, _ inner: String) -> String? {
    mapping(key).first { $0.key.text == inner }?.value.text
  }
}
