import Engine
import Files
import Metrics

/// How far a run has come: the stages that wait for their sources, and what the others made.
struct RunWork {
  /// The stages that are not finished, in the plan's order.
  private(set) var waiting: [any StageExecution]
  /// The tables of finished stages, and of upstream ones read from the warehouse, by name.
  private(set) var computed: [String: Table] = [:]
  private let published: [String]
  private var made: [String: [TableChange]] = [:]
  private var results: [SourceResult] = []
  private var sourcesDone: Set<String> = []

  /// No run's.
  init() { (waiting, published) = ([], []) }

  /// A run of which nothing is done.
  init(_ plan: RunPlan) {
    waiting = plan.stages.map { makeExecution($0.init(plan.context)) }
    published = plan.stages.filter { !$0.isEphemeral }.map { $0.name }
  }

  /// What became of each source's rows, sources without rows left out, in the order of their names.
  var counts: [SourceCounts] {
    results.map(\.counts).filter { $0.read > 0 }.sorted { $0.source < $1.source }
  }

  /// The refused records.
  var quarantined: [QuarantinedRow] {
    results.sorted { $0.counts.source < $1.counts.source }.flatMap(\.quarantined)
  }

  /// Whether a stage that is not finished reads a source.
  func needs(source: String) -> Bool { !readers(of: source).isEmpty }

  /// The stages that a pass over a source feeds.
  func readers(of source: String) -> [any StageExecution] {
    waiting.filter { execution in execution.stage.reads.contains { $0.source == source } }
  }

  /// A source is done.
  mutating func add(_ result: SourceResult) {
    results.append(result)
    sourcesDone.insert(result.counts.source)
  }

  /// A table of a stage that is not part of this run.
  mutating func add(upstream table: Table) { computed[table.schema.name] = table }

  /// The next stage whose sources are all done and whose upstream stages are finished; those under
  /// way are neither.
  func nextReady(
    among sources: [String], underWay: Set<String>
  ) -> (any StageExecution)? {
    waiting.first { execution in
      let stage = execution.stage
      return !underWay.contains(stage.name)
        && stage.reads.allSatisfy { read in
          sourcesDone.contains(read.source) || !sources.contains(read.source)
        }
        && stage.upstream.allSatisfy { name in
          !underWay.contains(name) && !waiting.contains { $0.stage.name == name }
        }
    }
  }

  /// A stage has read what others made and has still to be put aside: tables that stay in memory are
  /// let go when no stage needs them any more.
  mutating func hasRead(_ stage: String) {
    waiting.removeAll { $0.stage.name == stage }
    letGo()
  }

  /// A stage is finished.
  mutating func finish(_ stage: String, _ changes: [TableChange]) {
    waiting.removeAll { $0.stage.name == stage }
    for change in changes { computed[change.schema.name] = change.rows }
    if published.contains(stage) {
      made[stage] = changes
    } else {
      kept[stage] = changes.map(\.schema.name)
    }
    letGo()
  }

  /// Stages that nothing waits for: what they keep in memory is of no use.
  mutating func dropUnneeded() {
    while let idle = waiting.last(where: { execution in
      execution.stage.isEphemeral
        && !waiting.contains { $0.stage.upstream.contains(execution.stage.name) }
    }) {
      waiting.removeAll { $0.stage.name == idle.stage.name }
    }
  }

  /// What a stage publishes.
  func changes(of stage: String, isFull: Bool) -> [TableChange] {
    let changes = made[stage] ?? []
    return isFull ? changes.map { $0.replacingAll() } : changes
  }

  /// Tables of ephemeral stages that are finished, by stage.
  private var kept: [String: [String]] = [:]

  private mutating func letGo() {
    for (stage, tables) in kept
    where !waiting.contains(where: { $0.stage.upstream.contains(stage) }) {
      for table in tables { computed[table] = nil }
      kept[stage] = nil
    }
  }
}
