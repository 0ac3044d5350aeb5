import Engine
import Files
import Postgres
import Synchronization
import Threads

/// Reads the rows of a query once and hands batches to a fold.
///
/// Some threads take rows from the server, each on a connection of its own, the others decode and
/// fold them; a thread whose rows nobody takes decodes them itself.
struct QueryPass: Sendable {
  let contract: Contract
  let query: BoundQuery
  let options: PassOptions
  /// Whether the rows come in the query's order, which they do in one part only.
  let isInOrder: Bool
  /// The only connection to read on, where others are read on at the same time; nil: as many as are
  /// allowed.
  var lane: QuerySnapshot.Lane?

  /// How many parts there are for each connection, so that all end at about the same time.
  private static let partsPerLane = 4
  /// The fewest rows that are worth a part.
  private static let rowsPerPart = 50_000

  /// Runs the pass, as `CSVPass.run` does for files.
  func run<Worker, Failure: Error>(
    makeWorker: @escaping @Sendable () -> Worker,
    progress: @escaping @Sendable (_ bytes: Int, _ rows: Int) -> Bool,
    fold: @escaping @Sendable (inout Worker, Batch, Int) throws(Failure) -> Void
  ) throws(PassError<Failure>) -> (workers: [Worker], counts: PassCounts) {
    let (lanes, parts) = try PassError<Failure>.database { () throws(WarehouseError) in
      try plan()
    }
    let workers = max(1, options.threads)
    let queue = Monitor(BlockQueue(parts: parts, limit: workers * 2))
    let results = Mutex(PassResults<Worker, Failure>())
    runOnThreads(max(workers, lanes.count)) { thread in
      var decoding = Decoding(pass: self, worker: makeWorker(), progress: progress, fold: fold)
      do throws(PassError<Failure>) {
        if thread < lanes.count { try decoding.read(on: lanes[thread], into: queue) }
        try decoding.work(on: queue)
      } catch {
        let failure = error
        results.withLock { $0.failures.append(failure) }
        queue.with { $0.isStopped = true }
      }
      let done = decoding.folding
      results.withLock { $0.add(done) }
    }
    var (folds, counts) = try results.withLock { $0 }.get()
    if query.binding.isSplit { counts.quarantined = counts.quarantined.numbered }
    return (folds, counts)
  }

  /// The connections to read on, and what is read.
  private func plan() throws(WarehouseError) -> (
    lanes: [QuerySnapshot.Lane], parts: [QuerySnapshot.Part]
  ) {
    let snapshot = query.snapshot
    if let lane { return ([lane], snapshot.whole(query.binding)) }
    let allowed = snapshot.allowedLanes(threads: options.threads)
    let parts =
      isInOrder
      ? snapshot.whole(query.binding)
      : try snapshot.parts(
        of: query.binding, atMost: allowed == 1 ? 1 : allowed * Self.partsPerLane,
        rowsPerPart: Self.rowsPerPart)
    return (try snapshot.lanes(min(allowed, parts.count)), parts)
  }
}

/// A thread of a pass: what it decodes with and folds into.
private struct Decoding<Worker, Failure: Error> {
  let pass: QueryPass
  private(set) var folding: Folding<Worker>
  private let progress: (_ bytes: Int, _ rows: Int) -> Bool
  private let fold: (inout Worker, Batch, Int) throws(Failure) -> Void
  private let batch: Batch
  private var decoder: TypedRowDecoder
  private var rows = TypedRows()

  init(
    pass: QueryPass, worker: Worker, progress: @escaping (_ bytes: Int, _ rows: Int) -> Bool,
    fold: @escaping (inout Worker, Batch, Int) throws(Failure) -> Void
  ) {
    self.pass = pass
    folding = Folding(worker: worker)
    self.progress = progress
    self.fold = fold
    batch = Batch(columnCount: pass.contract.fields.count)
    decoder = TypedRowDecoder(
      contract: pass.contract, currency: pass.query.currency,
      columns: pass.query.binding.columns)
  }

  /// Reads parts that nobody reads until there are no more.
  mutating func read(
    on lane: QuerySnapshot.Lane, into queue: Monitor<BlockQueue>
  ) throws(PassError<Failure>) {
    while let part = queue.with({ $0.nextPart() }) {
      var failure: PassError<Failure>?
      do throws(WarehouseError) {
        try pass.query.snapshot.read(
          part, on: lane, batchSize: pass.options.batchSize,
          isStopped: {
            // Somebody may want to stop while the server has nothing to give yet.
            if !progress(0, 0) { queue.with { $0.isStopped = true } }
            return queue.with { $0.isStopped }
          }
        ) { block in
          switch queue.with({ $0.take(&block) }) {
          case .taken: return true
          case .stopped: return false
          case .full: break
          }
          do throws(PassError<Failure>) { try decode(block) } catch { failure = error }
          return failure == nil
        }
      } catch {
        // Where others stopped the pass, their reason is the one to tell.
        throw failure ?? (queue.with { $0.isStopped } ? .cancelled : .database(error))
      }
      queue.with { $0.reading -= 1 }
    }
  }

  /// Decodes and folds blocks until there are no more.
  mutating func work(on queue: Monitor<BlockQueue>) throws(PassError<Failure>) {
    while let block = queue.wait(for: { $0.give() }).first {
      try decode(block)
      queue.with { $0.spare.append(block) }
    }
  }

  private mutating func decode(_ block: QuerySnapshot.Block) throws(PassError<Failure>) {
    var failure: Failure?
    pass.query.binding.locateFields(block, in: &rows)
    block.bytes.withView { bytes in
      let refused = decoder.decode(rows, of: bytes, into: batch)
      folding.counts.read += rows.ends.count
      folding.counts.quarantined += refused.map { quarantined($0, rows, bytes) }
      do throws(Failure) { try fold(&folding.worker, batch, 0) } catch { failure = error }
    }
    if let failure { throw .fold(failure) }
    if !progress(block.bytes.count, rows.ends.count) { throw .cancelled }
  }

  /// A refused row, with its key to find it by and the value that refused it.
  private func quarantined(
    _ offence: RowOffence, _ rows: TypedRows, _ bytes: ByteView
  ) -> QuarantinedRow {
    let contract = pass.contract
    let shown = contract.key + (contract.key.contains(offence.column) ? [] : [offence.column])
    let raw = shown.map { column -> String in
      let text = pass.query.binding.text(column, ofRow: offence.row, rows, bytes)
      return "\(contract.fields[column].name)=\(text)"
    }
    return QuarantinedRow(
      query: pass.query.file, row: rows.firstRow + offence.row, offence.column, offence.offence,
      contract: contract, raw: raw.joined(separator: ", "))
  }
}

/// What is still to be read, and the blocks that wait for a worker.
private struct BlockQueue {
  private var parts: ArraySlice<QuerySnapshot.Part>
  private var blocks: [QuerySnapshot.Block] = []
  /// Blocks whose rows are done with.
  var spare: [QuerySnapshot.Block] = []
  private let limit: Int
  /// How many parts are being read.
  var reading = 0
  /// Nobody takes blocks any more.
  var isStopped = false

  init(parts: [QuerySnapshot.Part], limit: Int) {
    self.parts = parts[...]
    self.limit = limit
  }

  /// What became of a block.
  enum Fate {
    case taken
    case full
    case stopped
  }

  mutating func nextPart() -> QuerySnapshot.Part? {
    guard !isStopped, let part = parts.popFirst() else { return nil }
    reading += 1
    return part
  }

  /// Takes a block, if there is room, and leaves another one whose memory can be used.
  mutating func take(_ block: inout QuerySnapshot.Block) -> Fate {
    if isStopped { return .stopped }
    guard blocks.count < limit else { return .full }
    blocks.append(block)
    block = spare.popLast() ?? QuerySnapshot.Block()
    return .taken
  }

  /// The next block in a list, which is empty if there are no more; nil while one may come.
  mutating func give() -> [QuerySnapshot.Block]? {
    if isStopped { return [] }
    if !blocks.isEmpty { return [blocks.removeFirst()] }
    return parts.isEmpty && reading == 0 ? [] : nil
  }
}

extension [QuarantinedRow] {
  /// The rows in the order of what they say, numbered from 1: those of parts have no other number
  /// that does not depend on the parts.
  fileprivate var numbered: [QuarantinedRow] {
    let order = sorted { ($0.raw, $0.column ?? "") < ($1.raw, $1.column ?? "") }
    return order.enumerated().map { index, row in
      QuarantinedRow(
        source: row.source, file: row.file, line: index + 1, column: row.column,
        offence: row.offence, detail: row.detail, raw: row.raw)
    }
  }
}
