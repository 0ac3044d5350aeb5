import Engine
import Postgres
import Synchronization
import Threads

// A server gives the rows of one query on one processor of its own, or waits for its disk; and while
// it does, threads that decode are idle. So queries to one database are read at the same time, as many
// as it allows connections, all of them in one state of it. What each gives is folded as it is when it
// is read alone: a stage's partials merge in any order.
//
// Not where memory has a limit: keys of several sources would be held at once. And not queries that
// are read in parts, each of which has all connections for itself.

extension PipelineRun {
  /// The sources that are read at the same time, each group in one database, and the others.
  func groups(
    of sources: [BoundSource]
  ) -> (together: [[BoundSource]], others: [BoundSource]) {
    var together: [[BoundSource]] = []
    var others: [BoundSource] = []
    for source in sources {
      guard let query = source.query, !query.binding.isSplit, plan.context.memory == nil,
        query.snapshot.allowedLanes(threads: plan.options.pass.threads) > 1
      else {
        others.append(source)
        continue
      }
      if let group = together.firstIndex(where: { $0[0].query?.snapshot === query.snapshot }) {
        together[group].append(source)
      } else {
        together.append([source])
      }
    }
    return (together, others)
  }

  /// Reads sources of one database on several connections at once, and finishes each stage as soon as
  /// all it reads is there. The largest begin first, so that all connections end at about the same
  /// time.
  ///
  /// The first failure stops the others.
  func readTogether(
    _ sources: [BoundSource], into work: inout RunWork, reading warehouse: (any Warehouse)?
  ) throws(RunError) {
    let (ordered, lanes) = try connections(for: sources)
    let observer = StoppableObserver(next: observer)
    // Each pass folds into parts of its own, and has its turn to add them to an execution's sum.
    nonisolated(unsafe) let readers = ordered.map { work.readers(of: $0.spec.contract.source) }
    let reading = Monitor(Reading(count: ordered.count))
    let (_, finished) = concurrently {
      runOnThreads(lanes.count) { thread in
        while let index = reading.with({ $0.next() }) {
          let result = Result { () throws(RunError) in
            try read(ordered[index], into: readers[index], on: lanes[thread], observer)
          }
          // In this order: those who are stopped fail, too, and must come later.
          reading.with { $0.end(result) }
          if case .failure = result { observer.stop() }
        }
      }
    } _: {
      let result = Result { () throws(RunError) in
        for _ in ordered.indices {
          try finishReady(&work, reading: warehouse)
          work.add(try reading.wait { $0.takeFirst() }.get())
        }
      }
      if case .failure = result {
        observer.stop()
        reading.with { $0.isStopped = true }
      }
      return result
    }
    try finished.get()
  }

  /// The sources by their size as the server expects it, and a connection for each of them or fewer.
  private func connections(
    for sources: [BoundSource]
  ) throws(RunError) -> (sources: [BoundSource], lanes: [QuerySnapshot.Lane]) {
    var sized: [(source: BoundSource, bytes: Double)] = []
    var lanes: [QuerySnapshot.Lane] = []
    for source in sources {
      guard let query = source.query else { continue }
      try Runner.warehouse { () throws(WarehouseError) in
        let bytes = try query.snapshot.expectedBytes(of: query.binding)
        sized.append((source, bytes))
        let allowed = query.snapshot.allowedLanes(threads: plan.options.pass.threads)
        lanes = try query.snapshot.lanes(min(allowed, sources.count))
      }
    }
    let order = sized.indices.sorted { (-sized[$0].bytes, $0) < (-sized[$1].bytes, $1) }
    return (order.map { sized[$0].source }, lanes)
  }
}

/// Which of some sources are still to be read, and what became of the others.
private struct Reading {
  private var rest: Range<Int>
  private var results: [Result<SourceResult, RunError>] = []
  /// Nobody begins another source.
  var isStopped = false

  init(count: Int) { rest = 0..<count }

  mutating func next() -> Int? { isStopped ? nil : rest.popFirst() }

  mutating func end(_ result: Result<SourceResult, RunError>) {
    // The first failure is the one to tell: the others were stopped because of it.
    if case .failure = result { isStopped = true }
    results.append(result)
  }

  /// The next result in the order in which they came, nil while there is none.
  mutating func takeFirst() -> Result<SourceResult, RunError>? {
    results.isEmpty ? nil : results.removeFirst()
  }
}

/// Passes everything on, until somebody stops the passes that ask it.
private final class StoppableObserver: RunObserver {
  private let next: any RunObserver
  private let isStopped = Atomic(false)

  init(next: any RunObserver) { self.next = next }

  func stop() { isStopped.store(true, ordering: .relaxed) }

  func happened(_ event: RunEvent) { next.happened(event) }

  func sourceAdvanced(_ source: String, bytes: Int, rows: Int) -> Bool {
    next.sourceAdvanced(source, bytes: bytes, rows: rows)
      && !isStopped.load(ordering: .relaxed)
  }

  var stopReason: RunError? { next.stopReason }
}
