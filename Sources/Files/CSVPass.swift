import Engine
import Synchronization
import Threads

/// A file of a source, bound to its contract.
package struct BoundFile: Sendable {
  /// Where it is.
  package let path: String
  /// Its name in messages, in quarantine and in the order of files.
  package let name: String
  /// How its records become rows.
  package let layout: RecordLayout
  /// How it is written down.
  package let dialect: Dialect
  /// The first byte after the header.
  package let dataStart: Int
  /// The physical line there.
  package let dataLine: Int

  /// A file whose header has been read.
  package init(
    path: String, name: String, layout: RecordLayout, dialect: Dialect, dataStart: Int,
    dataLine: Int
  ) {
    self.path = path
    self.name = name
    self.layout = layout
    self.dialect = dialect
    self.dataStart = dataStart
    self.dataLine = dataLine
  }
}

/// How a pass over files is cut up. The result never depends on it.
package struct PassOptions: Sendable {
  /// How many threads work.
  package var threads = 2
  /// How many rows a batch has at most.
  package var batchSize = 4096
  /// How many bytes of a file a worker takes at a time.
  package var chunkSize = 1 << 20
  /// How many bytes beyond a chunk's end are read at first, for its last record; at least 1.
  package var readAhead = 16 << 10
  /// The longest record that is read: beyond it, an open quote counts as stray and anything else
  /// stops the run.
  package var maximumRecord = 64 << 20

  /// Two threads, batches and chunks that fit a core's cache.
  package init() {}
}

/// What one pass over a source's files saw, besides the rows it handed on.
package struct PassCounts: Sendable, Equatable {
  /// Records that are not blank lines.
  package var read = 0
  /// Records that `where` did not want.
  package var filtered = 0
  /// Refused records, by file and line.
  package var quarantined: [QuarantinedRow] = []

  /// Nothing seen.
  package init() {}
}

/// Reads all files of a source once, in parallel chunks, and hands batches to a fold.
package struct CSVPass: Sendable {
  let contract: Contract
  let settings: RecordDecoder.Settings
  let files: [BoundFile]
  let wanted: [Bool]
  let options: PassOptions

  /// A pass over files in the byte order of their names; `wanted` marks the contract's columns that
  /// the fold reads.
  package init(
    contract: Contract, settings: RecordDecoder.Settings, files: [BoundFile], wanted: [Bool],
    options: PassOptions
  ) {
    self.contract = contract
    self.settings = settings
    self.files = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    self.wanted = wanted
    self.options = options
  }

  /// Runs the pass.
  /// - Parameters:
  ///   - makeWorker: Makes what a thread folds into.
  ///   - progress: Told the bytes and rows of each chunk done; returning false stops the pass.
  ///   - fold: Called with each batch and the place of its file; throwing stops the pass.
  /// - Returns: The workers' folds in no particular order, and what was seen.
  package func run<Worker, Failure: Error>(
    makeWorker: @escaping @Sendable () -> Worker,
    progress: @escaping @Sendable (_ bytes: Int, _ rows: Int) -> Bool,
    fold: @escaping @Sendable (inout Worker, Batch, Int) throws(Failure) -> Void
  ) throws(PassError<Failure>) -> (workers: [Worker], counts: PassCounts) {
    let chain = ChunkChain(
      starts: files.map { ChunkChain.Place(offset: $0.dataStart, line: $0.dataLine) })
    let results = Mutex(PassResults<Worker, Failure>())
    let opened = OpenFiles(files.map(\.path))
    runOnThreads(max(1, options.threads)) { _ in
      var state = Folding(worker: makeWorker())
      do throws(PassError<Failure>) {
        var reader = ChunkReader(pass: self, chain: chain)
        while let chunk = chain.next() {
          let file = try PassError<Failure>.file { () throws(FileError) in
            try opened.file(chunk.file)
          }
          try reader.read(chunk, of: file, into: &state, fold: fold)
          if !progress(reader.bytesDone, reader.rowsDone) { throw .cancelled }
        }
      } catch {
        chain.stop()
        let failure = error
        results.withLock { $0.failures.append(failure) }
      }
      let done = state
      results.withLock { $0.add(done) }
    }
    let all = results.withLock { $0 }
    return try all.get()
  }
}

/// Why a pass ended early.
package enum PassError<Failure: Error>: Error {
  /// A file could not be read.
  case file(FileError)
  /// A database could not be read.
  case database(WarehouseError)
  /// The fold refused.
  case fold(Failure)
  /// Whoever watches progress asked for it.
  case cancelled

  /// Whether it is not a failure but was asked for.
  package var isCancellation: Bool {
    if case .cancelled = self { return true }
    return false
  }

  static func file<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(PassError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
  }

  /// The result of what asks a database.
  package static func database<Result>(
    _ body: () throws(WarehouseError) -> Result
  ) throws(PassError) -> Result {
    do throws(WarehouseError) { return try body() } catch { throw .database(error) }
  }
}

/// What one worker has so far.
package struct Folding<Worker> {
  /// What it folds into.
  package var worker: Worker
  /// What it saw.
  package var counts = PassCounts()

  /// A worker that has seen nothing.
  package init(worker: Worker) { self.worker = worker }
}

/// What all workers came to.
package struct PassResults<Worker, Failure: Error>: @unchecked Sendable {
  // Only ever reached through the lock of the pass.
  private var workers: [Worker] = []
  private var counts = PassCounts()
  /// Why workers ended early.
  package var failures: [PassError<Failure>] = []

  /// Nothing yet.
  package init() {}

  /// The workers' folds and what was seen, refused records in order; the first failure, of which
  /// being asked to stop is the least, is thrown instead.
  package func get() throws(PassError<Failure>) -> (workers: [Worker], counts: PassCounts) {
    if let failure = failures.first(where: { !$0.isCancellation }) ?? failures.first {
      throw failure
    }
    var sorted = counts
    sorted.quarantined.sort()
    return (workers, sorted)
  }

  /// Adds what a worker came to.
  package mutating func add(_ folding: Folding<Worker>) {
    workers.append(folding.worker)
    counts.read += folding.counts.read
    counts.filtered += folding.counts.filtered
    counts.quarantined += folding.counts.quarantined
  }
}

/// The files of a pass, each opened when its first chunk is taken.
final class OpenFiles: Sendable {
  private let paths: [String]
  private let files: Mutex<[Int: ByteFile]> = Mutex([:])

  init(_ paths: [String]) { self.paths = paths }

  func file(_ index: Int) throws(FileError) -> ByteFile {
    try files.withLock { (files) throws(FileError) -> ByteFile in
      if let file = files[index] { return file }
      let file = try ByteFile(path: paths[index])
      // Workers are at most one file apart: older ones are let go.
      files = files.filter { $0.key >= index - 2 }
      files[index] = file
      return file
    }
  }
}
