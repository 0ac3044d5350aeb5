import Engine
import Files
import Postgres
import Synchronization

/// Reads the rows of a query once and hands batches to a fold: one thread takes rows from the
/// server, the others decode and fold them.
struct QueryPass: Sendable {
  let contract: Contract
  let query: BoundQuery
  let options: PassOptions

  /// Runs the pass, as `CSVPass.run` does for files.
  func run<Worker, Failure: Error>(
    makeWorker: @escaping @Sendable () -> Worker,
    progress: @escaping @Sendable (_ bytes: Int, _ rows: Int) -> Bool,
    fold: @escaping @Sendable (inout Worker, Batch, Int) throws(Failure) -> Void
  ) throws(PassError<Failure>) -> (workers: [Worker], counts: PassCounts) {
    let queue = Monitor(BlockQueue())
    let results = Mutex(PassResults<Worker, Failure>())
    let workers = max(1, options.threads)
    runOnThreads(workers + 1) { thread in
      if thread == 0 {
        do throws(WarehouseError) {
          try query.snapshot.read(query.binding, batchSize: options.batchSize) { rows, bytes in
            queue.wait { $0.take(TypedBlock(rows: rows, bytes: bytes), limit: workers * 2) }
          }
        } catch {
          let failure = PassError<Failure>.database(error)
          results.withLock { if $0.failures.isEmpty { $0.failures.append(failure) } }
        }
        queue.with { $0.isEnded = true }
        return
      }
      var folding = Folding(worker: makeWorker())
      do throws(PassError<Failure>) {
        try work(queue, &folding, progress, fold)
      } catch {
        let failure = error
        results.withLock { $0.failures.append(failure) }
        queue.with { $0.isStopped = true }
      }
      let done = folding
      results.withLock { $0.add(done) }
    }
    let all = results.withLock { $0 }
    return try all.get()
  }

  /// Decodes and folds blocks until there are no more.
  private func work<Worker, Failure: Error>(
    _ queue: Monitor<BlockQueue>, _ folding: inout Folding<Worker>,
    _ progress: (_ bytes: Int, _ rows: Int) -> Bool,
    _ fold: (inout Worker, Batch, Int) throws(Failure) -> Void
  ) throws(PassError<Failure>) {
    let batch = Batch(columnCount: contract.fields.count)
    var decoder = TypedRowDecoder(
      contract: contract, currency: query.currency, columns: query.binding.columns)
    while let block = queue.wait(for: { $0.give() }).first {
      var failure: Failure?
      block.bytes.withView { bytes in
        let refused = decoder.decode(block.rows, of: bytes, into: batch)
        folding.counts.read += block.rows.ends.count
        folding.counts.quarantined += refused.map { quarantined($0, block.rows, bytes) }
        do throws(Failure) { try fold(&folding.worker, batch, 0) } catch { failure = error }
      }
      if let failure { throw .fold(failure) }
      if !progress(block.bytes.count, block.rows.ends.count) { throw .cancelled }
    }
  }

  /// A refused row, with its key to find it by and the value that refused it.
  private func quarantined(
    _ offence: RowOffence, _ rows: TypedRows, _ bytes: ByteView
  ) -> QuarantinedRow {
    let shown = contract.key + (contract.key.contains(offence.column) ? [] : [offence.column])
    let raw = shown.map { column -> String in
      let text = query.binding.text(column, ofRow: offence.row, rows, bytes)
      return "\(contract.fields[column].name)=\(text)"
    }
    return QuarantinedRow(
      query: query.file, row: rows.firstRow + offence.row, offence.column, offence.offence,
      contract: contract, raw: raw.joined(separator: ", "))
  }
}

/// Rows on their way from the server to a worker.
private struct TypedBlock {
  var rows: TypedRows
  var bytes: [UInt8]
}

/// The blocks that wait for a worker.
private struct BlockQueue {
  private var blocks: [TypedBlock] = []
  /// No more blocks come.
  var isEnded = false
  /// Nobody takes blocks any more.
  var isStopped = false

  /// Whether a block was put in; nil while there is no room.
  mutating func take(_ block: TypedBlock, limit: Int) -> Bool? {
    if isStopped { return false }
    guard blocks.count < limit else { return nil }
    blocks.append(block)
    return true
  }

  /// The next block in a list, which is empty if there are no more; nil while one may come.
  mutating func give() -> [TypedBlock]? {
    if isStopped { return [] }
    if !blocks.isEmpty { return [blocks.removeFirst()] }
    return isEnded ? [] : nil
  }
}
