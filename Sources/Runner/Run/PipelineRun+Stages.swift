import Engine
import Files
import Metrics
import Threads

extension PipelineRun {
  /// Takes what an earlier attempt finished; what is missing or damaged is made again. What stays in
  /// memory is not put aside: it is large, and its sources are read again only if a stage needs it.
  ///
  /// Nothing that was made of a query's rows is taken: a database goes on, and tables of two states of
  /// it would not agree.
  func resume(_ work: inout RunWork, from folder: RunFolder) {
    let ofQueries = stagesOfQueries
    var isMadeAgain = false
    for type in plan.stages where !type.isEphemeral {
      guard let changes = folder.changes(of: type) else { continue }
      if ofQueries.contains(type.name) {
        isMadeAgain = true
        continue
      }
      work.finish(type.name, changes)
      observer.happened(.stageReused(stage: type.name, rows: Self.rows(changes)))
    }
    work.dropUnneeded()
    if isMadeAgain {
      observer.warning(
        "the rows of queries are read again, since they may have changed, and all that was made of "
          + "them is made again")
    }
  }

  /// The stages that queries' rows go into, by themselves or by the tables of other stages.
  private var stagesOfQueries: Set<String> {
    let sources = Set(plan.sources.filter { $0.query != nil }.map(\.contract.source))
    var stages: Set<String> = []
    // Each stage comes after those whose tables it reads.
    for stage in plan.stages {
      let isOfQueries =
        stage.reads.contains { sources.contains($0.source) }
        || stage.upstream.contains { stages.contains($0) }
      if isOfQueries { stages.insert(stage.name) }
    }
    return stages
  }

  /// Finishes the stages whose sources have all been read, each with the tables it needs, and puts
  /// what they made aside; two at the same time where `byTwo` says so and neither needs the other.
  func finishReady(
    _ work: inout RunWork, reading warehouse: (any Warehouse)?, byTwo: Bool = false
  ) throws(RunError) {
    let shared = Monitor(Finishing(taking: &work))
    let sources = plan.sources.map(\.contract.source)
    func finishSome() {
      while let execution = shared.wait(for: { $0.next(among: sources) }) {
        let finished = Result { () throws(RunError) in
          try finish(execution, shared, reading: warehouse)
        }
        shared.with { $0.end(execution.stage.name, finished) }
      }
    }
    if byTwo { _ = concurrently(finishSome, finishSome) } else { finishSome() }
    try shared.with { $0.giveBack(&work) }.get()
  }

  private func finish(
    _ execution: any StageExecution, _ shared: Monitor<Finishing>,
    reading warehouse: (any Warehouse)?
  ) throws(RunError) -> [TableChange] {
    let began = now()
    let stage = execution.stage
    // One at a time: a warehouse is one thread's.
    let tables = try shared.with { state in
      Result { () throws(RunError) in try upstream(of: stage, in: &state.work, warehouse) }
    }.get()
    var made = try Runner.stage { () throws(StageError) in try execution.finish(tables) }
    shared.with { $0.work.hasRead(stage.name) }
    if !stage.isEphemeral { made = try putAside(made, of: stage.name) }
    observer.happened(
      .stageFinished(stage: stage.name, rows: Self.rows(made), seconds: now() - began))
    try stopIfAsked()
    return made
  }

  private func upstream(
    of stage: any Stage, in work: inout RunWork, _ warehouse: (any Warehouse)?
  ) throws(RunError) -> Upstream {
    try readUpstream(of: stage, into: &work, from: warehouse)
    var published: [String: Table] = [:]
    for readBack in stage.readsBack {
      published[readBack.schema.name] = try read(readBack, from: warehouse)
    }
    return Upstream(computed: work.computed, published: published)
  }

  /// Puts what a stage made aside in the run's folder; returns it in the order in which it is published.
  private func putAside(
    _ made: [TableChange], of stage: String
  ) throws(RunError) -> [TableChange] {
    let (ordered, saved) = atOnce(
      { made.map { $0.ordered() } },
      { () throws(RunError) in
        guard let folder else { return }
        try file { () throws(FileError) in try folder.save(made, of: stage) }
      })
    try saved.get()
    return try ordered.get()
  }

  private static func rows(_ changes: [TableChange]) -> Int {
    changes.reduce(0) { $0 + $1.rows.count }
  }

  private func read(
    _ readBack: ReadBack, from warehouse: (any Warehouse)?
  ) throws(RunError) -> Table {
    guard let warehouse, !plan.options.isFullRefresh else {
      return Table(empty: readBack.schema.selecting(readBack.columns))
    }
    return try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.read(readBack.schema, columns: readBack.columns, span: readBack.span)
    }
  }

  /// Reads the tables of upstream stages that are not part of this run, as published.
  private func readUpstream(
    of stage: any Stage, into work: inout RunWork, from warehouse: (any Warehouse)?
  ) throws(RunError) {
    for name in stage.upstream where !plan.stages.contains(where: { $0.name == name }) {
      guard let type = Registry.stages.first(where: { $0.name == name }) else { continue }
      for schema in type.writes where work.computed[schema.name] == nil {
        let table = try Runner.warehouse { () throws(WarehouseError) in
          try warehouse?.read(schema, columns: schema.columns.map(\.name), span: .everything)
        }
        guard let table, table.count > 0 else {
          throw RunError(
            .failed, "stage \(stage.name) reads \(schema.name), which is not published yet",
            help: "nightmill run \(plan.pipeline.name) --select +\(stage.name) --from all")
        }
        work.add(upstream: table)
      }
    }
  }
}
