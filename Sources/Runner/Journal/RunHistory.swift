import Engine
import Files
import Glibc
import YAML

/// All runs that have a folder.
package struct RunHistory: Sendable {
  /// The folder of all runs.
  package let runs: String

  /// The runs in a folder, which need not exist.
  package init(runs: String) { self.runs = runs }

  /// The runs, the last one first.
  package func all() -> [PastRun] {
    Project.list(runs).filter(RunFolder.isID).compactMap { PastRun(RunFolder(runID: $0, in: runs)) }
      .sorted { ($0.startedAt, $0.runID) > ($1.startedAt, $1.runID) }
  }

  /// A run by its ID, or by what its ID begins with if that is one run's alone.
  package func run(_ name: String) throws(RunError) -> PastRun {
    if RunFolder.isID(name), let run = PastRun(RunFolder(runID: name, in: runs)) { return run }
    let names = Project.list(runs).filter(RunFolder.isID)
    let matching = names.filter { $0.hasPrefix(name) }
    if matching.count == 1, !name.isEmpty,
      let run = PastRun(RunFolder(runID: matching[0], in: runs))
    {
      return run
    }
    let help =
      matching.count > 1
      ? "\(matching.count) runs begin like that: \(matching.sorted().joined(separator: ", "))"
      : nearest(to: name, in: names).map { "did you mean \"\($0)\"?" }
        ?? "`nightmill history` lists the runs of \(runs)"
    throw RunError(.usage, "no run has the ID \"\(name)\"", help: help)
  }

  /// The last run that did not end well and was not made good by a later one: of the same pipeline,
  /// into the same warehouse, for its days and more.
  package func lastUnfinished() -> PastRun? {
    let all = all()
    for (index, run) in all.enumerated() {
      if run.outcome == .running || run.outcome.isGood || run.isDryRun { continue }
      let isMadeGood = all[..<index].contains { later in
        later.outcome == .published && later.pipeline == run.pipeline
          && (run.to == nil || (later.warehouse == run.warehouse && later.covers(run)))
      }
      if !isMadeGood { return run }
    }
    return nil
  }

  /// Removes the folders of all but the last `number` runs. One that is under way stays, and so does
  /// the last one that can be retried.
  package func prune(keeping number: Int) {
    let names = Project.list(runs).filter(RunFolder.isID)
    guard names.count > number else { return }
    let ages = names.map { name in (name: name, changed: changed(name)) }
    let old = ages.sorted { ($0.changed, $0.name) > ($1.changed, $1.name) }.dropFirst(number)
    var retryable: String?
    for (name, _) in old {
      let folder = RunFolder(runID: name, in: runs)
      guard let run = PastRun(folder), run.outcome != .running else { continue }
      if !run.outcome.isGood {
        retryable = retryable ?? lastUnfinished()?.runID ?? ""
        if retryable == name { continue }
      }
      folder.remove()
    }
  }

  /// When a run's folder was last written to, in nanoseconds.
  private func changed(_ name: String) -> Int64 {
    var status = stat()
    guard stat(RunFolder(runID: name, in: runs).log, &status) == 0 else { return 0 }
    return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
  }
}

extension PastRun {
  /// Whether this run's days and stages include another's.
  fileprivate func covers(_ other: PastRun) -> Bool {
    guard let to, let otherTo = other.to, otherTo <= to else { return false }
    if let from {
      guard let otherFrom = other.from, otherFrom >= from else { return false }
    }
    let stages = Set(list("stages_planned").compactMap(\.text))
    return stages.isSuperset(of: other.list("stages_planned").compactMap(\.text))
  }
}
