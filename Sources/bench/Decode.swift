import Engine
import Files
import Glibc
import Metrics
import Runner

/// Reads a click log once, through the same pass that a run uses, into batches that nobody folds.
///
/// `onlyWanted` keeps the columns that `product_analytics` reads; without it all of the contract's
/// are made. Prints rows, bytes and seconds.
func decode(_ path: String, onlyWanted: Bool, threads: Int) {
  let contract = Sources.clicks
  let read = ProductAnalytics.reads.flatMap(\.columns)
  let wanted = contract.fields.map { !onlyWanted || read.contains($0.name) }
  var options = PassOptions()
  options.threads = threads
  guard let currency = Currency(code: "USD") else { fail("no US dollar") }
  let pass = CSVPass(
    contract: contract, settings: .init(timeZone: .utc, currency: currency),
    files: [bind(path, to: contract)], wanted: wanted, options: options)
  let start = Clock.now()
  do {
    // What is summed is cheap, and keeps batches from being thought needless.
    let (workers, counts) = try pass.run(
      makeWorker: { 0 }, progress: { _, _ in true },
      fold: { (sum: inout Int, batch: Batch, _: Int) throws(Never) in sum &+= batch.count })
    let seconds = Double(Clock.now() - start) / 1_000_000
    let rows = workers.reduce(0, +)
    print("rows \(rows) refused \(counts.quarantined.count) seconds \(seconds)")
  } catch {
    fail("\(error)")
  }
}

/// Binds a file with a header of the contract's own names.
private func bind(_ path: String, to contract: Contract) -> BoundFile {
  do {
    let file = try ByteFile(path: path)
    var start = [UInt8](repeating: 0, count: 64 << 10)
    let count = try start.withUnsafeMutableBytes { bytes throws(FileError) -> Int in
      // An array of 64 KiB has an address.
      try file.read(at: 0, into: bytes.baseAddress!, count: bytes.count)
    }
    let dialect = Dialect()
    guard
      case .record(let header) = Array(start[..<count]).withView({
        HeaderReader(dialect).read($0, isLast: false)
      })
    else { fail("\(path): no header") }
    let bindings = contract.fields.map { field in
      ColumnBinding(header.names.firstIndex(of: field.name).map { .field($0) } ?? .absent)
    }
    let layout = RecordLayout(
      fieldCount: header.names.count, bindings: bindings, fingerprint: 1)
    return BoundFile(
      path: path, name: path, layout: layout, dialect: dialect, dataStart: header.next,
      dataLine: header.lines + 1)
  } catch {
    fail("\(error)")
  }
}
