import CSQLite
import Engine
import Foundation
import Support
import Testing

@testable import Runner

/// One warehouse with a published run, and inputs that the next run would change all tables with.
private struct Published {
  let scratch: Scratch
  let job: Job
  let before: [String: String]

  init(pipeline: String = "nightly") throws {
    scratch = try Scratch()
    let data = NastyData(seed: 41)
    try data.write(to: scratch.folder("inputs"))
    job = Job(
      inputs: "\(scratch.path)/inputs", warehouse: "\(scratch.path)/warehouse.db", from: "all",
      to: "2026-10-20", pipeline: pipeline)
    try job.run()
    before = try job.exports(PropertyTests.everything)
  }

  /// The run that is to fail.
  var next: Job { job.over("2026-09-01", "2026-11-15") }

  /// Appends bytes to an input file.
  func append(_ bytes: [UInt8], to file: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: "\(job.inputs)/\(file)"))
    try handle.seekToEnd()
    try handle.write(contentsOf: bytes)
    try handle.close()
  }

  func expectUntouched(_ context: String, _ location: SourceLocation = #_sourceLocation) throws {
    expectSame(try job.exports(PropertyTests.everything), before, context, location)
    #expect(try job.runCount() == 1, "\(context): a run is on record", sourceLocation: location)
  }
}

@Suite("A run that fails, or is killed, leaves yesterday's tables as they were")
struct PublishingTests {
  /// What goes wrong with the inputs, how the run ends, and what its message must name.
  enum Fault: String, CaseIterable, Sendable {
    case tooManyBadRows, columnGone, fileGone, rateGone, corruptGzip, cutGzip, emptyFile

    var exit: ExitCode {
      switch self {
      case .tooManyBadRows: .rejected
      case .columnGone: .configuration
      default: .failed
      }
    }

    var names: [String] {
      switch self {
      case .tooManyBadRows: ["calls", "max_quarantined", "nothing was published"]
      case .columnGone: ["transactions.csv", "occurred_at"]
      case .fileGone: ["clicks", "--inputs"]
      case .rateGone: ["exchange rate", "exchange_rates"]
      case .corruptGzip, .cutGzip: ["clicks.csv.gz"]
      case .emptyFile: ["products.csv", "empty"]
      }
    }
  }

  /// A morning after a broken export: the reports must still show the last good run, and the
  /// message what to mend.
  @Test("broken inputs", arguments: Fault.allCases)
  func brokenInputs(fault: Fault) throws {
    let published = try Published()
    let inputs = published.job.inputs
    switch fault {
    case .tooManyBadRows:
      for index in 0..<20 {
        try published.append(Array("bad\(index),v1,yesterday,1,hangup,,,\n".utf8), to: "calls.csv")
      }
    case .columnGone:
      let text = try String(contentsOfFile: "\(inputs)/transactions.csv", encoding: .utf8)
      try text.replacingOccurrences(of: "occurred_at", with: "ocurred_at")
        .write(toFile: "\(inputs)/transactions.csv", atomically: true, encoding: .utf8)
    case .fileGone: try FileManager.default.removeItem(atPath: "\(inputs)/clicks.csv")
    case .rateGone:
      try "currency,day,rate\n".write(
        toFile: "\(inputs)/exchange_rates.csv", atomically: true, encoding: .utf8)
    case .corruptGzip, .cutGzip:
      try RawFile.gzip("\(inputs)/clicks.csv")
      let url = URL(filePath: "\(inputs)/clicks.csv.gz")
      var data = try Data(contentsOf: url)
      if fault == .cutGzip {
        data.removeLast(9)
      } else {
        // In the checksum at the end: all rows were read by then.
        data[data.count - 6] ^= 0x55
      }
      try data.write(to: url)
    case .emptyFile: try Data().write(to: URL(filePath: "\(inputs)/products.csv"))
    }
    let error = try published.next.failure()
    #expect(error.exit == fault.exit, "\(error)")
    for name in fault.names { #expect("\(error)".contains(name), "\(name) is not in: \(error)") }
    try published.expectUntouched(fault.rawValue)
  }

  /// The tables are published together: if the last cannot be written, neither is the first.
  @Test(
    "a table that cannot be written",
    arguments: ["vendor_connection_analytics", "product_analytics", "runs", "quarantined_rows"])
  func unwritableTable(table: String) throws {
    let published = try Published(pipeline: "conformance")
    try published.append(Array("bad,v1,yesterday,1,hangup,,,\n".utf8), to: "calls.csv")
    try Self.execute(
      "CREATE TRIGGER refuse BEFORE INSERT ON \(table) BEGIN SELECT RAISE(ABORT, 'refused by the test'); END",
      on: published.job.warehouse)
    let error = try published.next.failure()
    #expect(error.exit == .failed)
    #expect("\(error)".contains("refused by the test"))
    try published.expectUntouched(table)
    // Once it can be written, the same run goes through.
    try Self.execute("DROP TRIGGER refuse", on: published.job.warehouse)
    try published.next.run()
    #expect(try published.job.exports() != published.before.filter { Job.tables.contains($0.key) })
    #expect(try published.job.runCount() == 2)
  }

  /// A warehouse that cannot be used is told before hours of reading, and none is left half made.
  @Test("a warehouse that is no database, or lies nowhere")
  func unusableWarehouse() throws {
    let published = try Published()
    var job = published.next
    job.warehouse = "\(published.scratch.path)/no/such/folder/warehouse.db"
    #expect(try job.failure().exit == .configuration)
    job.warehouse = "\(published.scratch.path)/notes.txt"
    let text = String(repeating: "These are notes, not a database.\n", count: 100)
    try text.write(toFile: job.warehouse, atomically: true, encoding: .utf8)
    #expect(try job.failure().exit == .configuration)
    #expect(try String(contentsOfFile: job.warehouse, encoding: .utf8) == text)
    job.warehouse = published.scratch.path
    #expect(try job.failure().exit == .configuration)
  }

  /// Two nightly jobs started at once must not both publish; the second says to try later.
  @Test("a second run while one holds the lock")
  func locked() throws {
    let published = try Published()
    let holder = try Registry.openWarehouse(
      "sqlite:" + published.job.warehouse, currency: .usd, readOnly: false)
    try holder.lock()
    let error = try published.next.failure()
    #expect(error.exit == .unavailable)
    #expect("\(error)".contains("lock"))
    try published.expectUntouched("locked")
    // Readers are not kept out, and the next run is not either once the lock is let go.
    holder.unlock()
    try published.next.run()
    #expect(try published.job.runCount() == 2)
  }

  /// A dry run is for looking: it may not leave anything behind.
  @Test("a dry run")
  func dryRun() throws {
    let published = try Published()
    var job = published.next
    job.options.isDryRun = true
    let outcome = try job.run()
    #expect(!outcome.isPublished)
    #expect(outcome.tables.contains { $0.name == "product_analytics" && $0.rows > 0 })
    try published.expectUntouched("dry run")
  }

  static func execute(_ sql: String, on path: String) throws {
    var handle: OpaquePointer?
    defer { sqlite3_close(handle) }
    try #require(sqlite3_open(path, &handle) == SQLITE_OK)
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    try #require(code == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle)))")
  }
}
