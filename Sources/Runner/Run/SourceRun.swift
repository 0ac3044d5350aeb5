import Engine
import Files
import Glibc
import Postgres

/// A source of a run: its contract, its bound files and the stages that read it.
struct SourceRun {
  let contract: Contract
  let settings: RecordDecoder.Settings
  let files: [BoundFile]
  let readers: [any StageExecution]
  let options: PassOptions
  /// What may be held of keys, and where the rest goes; nil where memory has no limit.
  let memory: BoundedMemory?
  /// The query that gives the rows of a source without files.
  var query: BoundQuery?
  /// The connection it is read on, where other queries are read at the same time.
  var lane: QuerySnapshot.Lane?

  /// Reads the source and folds its rows into the stages; `bytes` is what its files hold on disk.
  /// Returns what became of the rows, and how many seconds it took.
  ///
  /// One pass, unless rows with the same key differ: then it is repeated with those rows held aside
  /// (see `Admission`).
  func run(
    _ observer: any RunObserver, bytes: Int
  ) throws(RunError) -> (result: SourceResult, seconds: Double) {
    let started = now()
    observer.happened(.sourceBegan(source: contract.source, files: files.count, bytes: bytes))
    let (workers, counts, losses) = try fold(observer)
    returnFreeMemory()
    for worker in workers {
      for (execution, part) in zip(readers, worker.parts) {
        try stage { () throws(StageError) in try execution.absorb(part) }
      }
    }
    returnFreeMemory()
    var total = SourceCounts(source: contract.source)
    total.read = counts.read
    total.used = workers.reduce(0) { $0 + $1.used }
    total.filtered = counts.filtered
    total.duplicate = losses.duplicate
    total.superseded = losses.superseded
    total.quarantined = counts.quarantined.count
    return (SourceResult(counts: total, quarantined: counts.quarantined), now() - started)
  }

  /// What the workers folded of the rows that are used. The keys seen are let go of before anything
  /// is merged.
  private func fold(
    _ observer: any RunObserver
  ) throws(RunError) -> (workers: [Worker], counts: PassCounts, losses: Admission.Losses) {
    var admission = Admission(contract: contract, memory: memory)
    var (workers, counts) = try pass(admission, observer)
    try spilling { () throws(SpillError) in try admission.settleSpilled() }
    if !admission.contestedKeys.isEmpty {
      admission = Admission(
        contract: contract, contested: admission.contestedKeys, memory: memory)
      workers = []
      observer.happened(.sourceRestarted(source: contract.source))
      (workers, counts) = try pass(admission, observer)
    }
    let losses = try settle(admission, &workers)
    return (workers, counts, losses)
  }

  /// What a worker folds into: a part for each stage that reads the source.
  private struct Worker {
    var parts: [any StageWorker]
    /// Rows the parts were given: counted here rather than computed from the others, so that a row
    /// which is lost on the way shows.
    var used = 0
  }

  private func pass(
    _ admission: Admission, _ observer: any RunObserver
  ) throws(RunError) -> (workers: [Worker], counts: PassCounts) {
    let reads = readers.compactMap { execution in
      execution.stage.reads.first { $0.source == contract.source }
    }
    let names = Set(reads.flatMap(\.columns))
    let wanted = contract.fields.map { admission.needsAllColumns || names.contains($0.name) }
    let factories = readers.map(\.makeWorker)
    let source = contract.source
    let makeWorker: @Sendable () -> Worker = { Worker(parts: factories.map { $0() }) }
    let progress: @Sendable (Int, Int) -> Bool = {
      observer.sourceAdvanced(source, bytes: $0, rows: $1)
    }
    let fold: @Sendable (inout Worker, Batch, Int) throws(StageError) -> Void = {
      (worker, batch, file) throws(StageError) in
      admission.admit(batch, file: file)
      guard batch.count > 0, !admission.isContested else { return }
      for part in worker.parts { try part.add(batch, of: source) }
      worker.used += batch.count
    }
    do throws(PassError<StageError>) {
      if let query {
        // Rows of contested keys are told apart by their place.
        return try QueryPass(
          contract: contract, query: query, options: options,
          isInOrder: admission.needsAllColumns || !query.binding.isSplit, lane: lane
        ).run(makeWorker: makeWorker, progress: progress, fold: fold)
      }
      return try CSVPass(
        contract: contract, settings: settings, files: files, wanted: wanted, options: options
      ).run(makeWorker: makeWorker, progress: progress, fold: fold)
    } catch {
      switch error {
      case .database(let error): throw observer.stopReason ?? RunError(error)
      case .file(let error): throw RunError(error)
      case .fold(let error): throw RunError(error)
      case .cancelled:
        throw observer.stopReason
          ?? RunError(.interrupted, "interrupted; nothing was published", help: "")
      }
    }
  }

  private func settle(
    _ admission: Admission, _ workers: inout [Worker]
  ) throws(RunError) -> Admission.Losses {
    if workers.isEmpty { workers = [Worker(parts: readers.map { $0.makeWorker() })] }
    let first = workers[0]
    var used = 0
    let losses = try stage { () throws(StageError) in
      try admission.settle(batchSize: options.batchSize) { (batch) throws(StageError) in
        for part in first.parts { try part.add(batch, of: contract.source) }
        used += batch.count
      }
    }
    workers[0].used += used
    return losses
  }
}

/// Seconds of a clock that never goes back.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
