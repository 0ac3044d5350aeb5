import Foundation
import Support
import Testing

@testable import Runner

@Suite("The same rows give the same bytes, however they are cut, packed and shared out")
struct PropertyTests {
  /// Everything an export can show of a run.
  static let everything = Job.tables + ["quarantined_rows", "source_counts"]

  /// The folder of conformance cases; NIGHTMILL_CONFORMANCE names another.
  static let cases =
    ProcessInfo.processInfo.environment["NIGHTMILL_CONFORMANCE"]
    ?? "\(PipelineWorld.root)/Tests/Fixtures/conformance"

  static let batchSizes = [1, 7, 4096]
  static let chunkSizes = [64, 257, 4 << 10, 1 << 20]

  /// Threads race and chunks cut rows anywhere: neither may ever show in a report.
  @Test(
    "threads, batches and chunks: bad rows and repeated keys too",
    arguments: ["13-bad-rows", "15-mixed", "16-mixed-levels"])
  func cutsOfCases(name: String) throws {
    let scratch = try Scratch()
    var job = Job(
      inputs: "\(Self.cases)/\(name)/inputs", warehouse: "\(scratch.path)/base.db", to: "",
      settings: "\(Self.cases)/\(name)/settings.json")
    try checkCuts(
      of: &job, scratch, name, threads: name == "13-bad-rows" || Soak.isOn ? 1...8 : 1...3)
  }

  @Test("threads, batches and chunks, on inputs made to collide")
  func cutsOfNastyData() throws {
    for seed in Soak.seeds([11]) {
      let scratch = try Scratch()
      try NastyData(seed: seed).write(to: scratch.folder("inputs"))
      var job = Job(
        inputs: "\(scratch.path)/inputs", warehouse: "\(scratch.path)/base.db",
        from: "2026-09-01", to: "2026-11-15", zone: "America/New_York")
      try checkCuts(of: &job, scratch, "NIGHTMILL_SEED=\(seed)", threads: 1...8)
    }
  }

  private func checkCuts(
    of job: inout Job, _ scratch: Scratch, _ context: String, threads: ClosedRange<Int>
  ) throws {
    job.options.pass.threads = 1
    try job.run()
    let expected = try job.exports(Self.everything)
    var turn = 0
    for count in threads {
      for batch in Self.batchSizes.shuffled().prefix(Soak.isOn ? 3 : 1) {
        let chunk = Self.chunkSizes[turn % Self.chunkSizes.count]
        turn += 1
        job.options.pass.threads = count
        job.options.pass.batchSize = batch
        job.options.pass.chunkSize = chunk
        job.options.pass.readAhead = [1, 100, 16 << 10][turn % 3]
        job.warehouse = "\(scratch.path)/\(turn).db"
        try job.run()
        expectSame(
          try job.exports(Self.everything), expected,
          "\(context): \(count) threads, batches of \(batch), chunks of \(chunk) bytes")
      }
    }
  }

  /// How a folder of inputs is written down.
  struct Layout: Sendable, CustomTestStringConvertible {
    var name: String
    var pieces = 1
    var isShuffled = false
    var isGzipped = false
    var hasShuffledColumns = false
    var lineEnd = "\n"
    var hasByteOrderMark = false
    var isQuoted = false
    var testDescription: String { name }
  }

  static let layouts = [
    Layout(name: "shuffled", isShuffled: true),
    Layout(name: "split", pieces: 5),
    Layout(name: "split and shuffled", pieces: 3, isShuffled: true, hasShuffledColumns: true),
    Layout(name: "gzipped", isGzipped: true),
    Layout(
      name: "split, shuffled, gzipped, CRLF", pieces: 4, isShuffled: true, isGzipped: true,
      lineEnd: "\r\n", hasByteOrderMark: true),
    Layout(
      name: "quoted, CR, columns in another order", hasShuffledColumns: true, lineEnd: "\r",
      isQuoted: true),
  ]

  /// An export split by month, sorted another way or packed is the same export.
  @Test("files split, packed, shuffled, written another way", arguments: layouts)
  func layout(layout: Layout) throws {
    for seed in Soak.seeds([21]) {
      let scratch = try Scratch()
      let data = NastyData(seed: seed)
      try data.write(to: scratch.folder("plain"))
      var job = Job(
        inputs: "\(scratch.path)/plain", warehouse: "\(scratch.path)/plain.db",
        from: "2026-09-01", to: "2026-11-15", zone: "America/New_York")
      try job.run()
      let tables = Job.tables + ["source_counts"]
      let expected = try job.exports(tables)
      job.inputs = try scratch.folder("other")
      job.warehouse = "\(scratch.path)/other.db"
      var random = SeededGenerator(seed: seed)
      for (name, source) in data.sources.sorted(by: { $0.key < $1.key }) {
        try Self.write(source, name, in: job.inputs, layout, &random)
      }
      try job.run()
      expectSame(
        try job.exports(tables), expected, "\(layout.name), NIGHTMILL_SEED=\(seed)")
    }
  }

  private static func write(
    _ source: RawSource, _ name: String, in folder: String, _ layout: Layout,
    _ random: inout SeededGenerator
  ) throws {
    var rows = source.rows
    if layout.isShuffled { rows.shuffle(using: &random) }
    var pieces = [[[String]]](repeating: [], count: layout.pieces)
    for row in rows { pieces[Int.random(in: 0..<layout.pieces, using: &random)].append(row) }
    for (index, rows) in pieces.enumerated() {
      var order = Array(source.header.indices)
      if layout.hasShuffledColumns { order.shuffle(using: &random) }
      let piece = RawSource(
        header: order.map { source.header[$0] }, rows: rows.map { row in order.map { row[$0] } })
      let path = "\(folder)/\(name)" + (layout.pieces > 1 ? "-\(index)" : "") + ".csv"
      try RawFile.write(
        piece, to: path, lineEnd: layout.lineEnd, mark: layout.hasByteOrderMark,
        quoted: layout.isQuoted)
      if layout.isGzipped { try RawFile.gzip(path) }
    }
  }

  /// Packing a case's files changes neither which row of a key is last nor the line a bad row
  /// stands on.
  @Test("cases gzipped", arguments: ["13-bad-rows", "15-mixed", "16-mixed-levels"])
  func gzippedCases(name: String) throws {
    let scratch = try Scratch()
    var job = Job(
      inputs: "\(Self.cases)/\(name)/inputs", warehouse: "\(scratch.path)/plain.db", to: "",
      settings: "\(Self.cases)/\(name)/settings.json")
    try job.run()
    let tables = Job.tables + ["source_counts"]
    let expected = try job.exports(tables)
    let columns = ["source", "line", "column", "reason"]
    let refused = try job.export("quarantined_rows", columns: columns)
    let packed = try scratch.folder("packed")
    for file in try FileManager.default.contentsOfDirectory(atPath: job.inputs) {
      try FileManager.default.copyItem(atPath: "\(job.inputs)/\(file)", toPath: "\(packed)/\(file)")
      if file.hasSuffix(".csv") { try RawFile.gzip("\(packed)/\(file)") }
    }
    job.inputs = packed
    job.warehouse = "\(scratch.path)/packed.db"
    job.options.pass.chunkSize = 1000
    try job.run()
    expectSame(try job.exports(tables), expected, "\(name) gzipped")
    // Line numbers are of the file itself, in the order of the files' names.
    #expect(try job.export("quarantined_rows", columns: columns) == refused)
  }
}
