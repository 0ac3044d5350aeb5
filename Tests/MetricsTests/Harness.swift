import Engine
import Foundation
import Support

@testable import Metrics

/// Runs stages on CSV texts as a run would: decoded, admitted, folded by several workers, merged,
/// finished.
struct Harness {
  var from: String? = "2026-03-01"
  var to = "2026-03-10"
  var timeZone = Engine.TimeZone.utc
  var parameters: [String: String] = [:]
  var program: CommissionProgram?
  /// Rows in a batch, workers, and the seed that deals batches out to them.
  var batchSize = 8192
  var workers = 1
  var seed: UInt64 = 0
  /// What may be held of rows, nil for no limit.
  var memory: BoundedMemory?
  /// Tables that earlier runs published, by name.
  var published: [String: Table] = [:]
  var taxYear: TaxYear?

  func context() throws -> RunContext {
    let currency = try require(Currency(code: "USD"))
    var values = ContextValues()
    values[CommissionProgram.self] = program
    values[TaxYear.self] = taxYear
    return RunContext(
      window: Window(from: from.flatMap { Day($0) }, to: try require(Day(to))),
      timeZone: timeZone, currency: currency,
      parameters: try Parameters(
        parameters, declarations: StageCatalogue.parameters, currency: currency),
      values: values, memory: memory)
  }

  /// The changes of every table that the stages make, by table; `inputs` holds the CSV of each
  /// source.
  func run(_ stages: [String], _ inputs: [String: String]) throws -> [String: TableChange] {
    try run(stages, files: inputs.mapValues { [Array($0.utf8)] })
  }

  /// The same for sources in several files.
  func run(
    _ stages: [String], files inputs: [String: [[UInt8]]]
  ) throws -> [String: TableChange] {
    let context = try context()
    var computed: [String: Table] = [:]
    var changes: [String: TableChange] = [:]
    for name in stages {
      let stage = try require(StageCatalogue.named(name)).make(context)
      for change in try run(stage, inputs, computed) {
        changes[change.schema.name] = change
        computed[change.schema.name] = change.rows
      }
    }
    return changes
  }

  private func run<S: MetricStage>(
    _ stage: S, _ inputs: [String: [[UInt8]]], _ computed: [String: Table]
  ) throws -> [TableChange] {
    var random = SeededGenerator(seed: seed)
    var partials = (0..<workers).map { _ in stage.makePartial() }
    for read in stage.reads {
      let contract = try require(Sources.named(read.source))
      let wanted = contract.fields.map { read.columns.contains($0.name) }
      try decode(inputs[read.source] ?? [], contract, wanted) { batch in
        let worker = Int.random(in: 0..<workers, using: &random)
        try stage.add(batch, of: read.source, to: &partials[worker])
      }
    }
    partials.shuffle(using: &random)
    var merged = partials.removeFirst()
    for partial in partials { try stage.merge(partial, into: &merged) }
    var earlier: [String: Table] = [:]
    for read in stage.readsBack {
      earlier[read.schema.name] =
        published[read.schema.name] ?? Table(empty: read.schema.selecting(read.columns))
    }
    return try stage.finish(merged, Upstream(computed: computed, published: earlier))
  }

  /// The batches of a source's CSV, for a stage that is not finished as others are.
  func decode(_ text: String, of source: String, fold: (Batch) throws -> Void) throws {
    let contract = try require(Sources.named(source))
    try decode([Array(text.utf8)], contract, contract.fields.map { _ in true }, fold: fold)
  }

  private func decode(
    _ files: [[UInt8]], _ contract: Contract, _ wanted: [Bool], fold: (Batch) throws -> Void
  ) throws {
    // The first pass finds keys whose rows differ; the second folds.
    let first = Admission(contract: contract)
    try pass(files, contract, wanted.map { _ in true }) { first.admit($0, file: $1) }
    let contested = first.contestedKeys
    let second = Admission(contract: contract, contested: contested)
    let all = contested.isEmpty ? wanted : wanted.map { _ in true }
    try pass(files, contract, all) { batch, file in
      second.admit(batch, file: file)
      try fold(batch)
    }
    var failure: (any Error)?
    _ = try second.settle(batchSize: batchSize) { batch in
      do { try fold(batch) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func pass(
    _ files: [[UInt8]], _ contract: Contract, _ wanted: [Bool],
    body: (Batch, Int) throws -> Void
  ) throws {
    let batch = Batch(columnCount: contract.fields.count)
    for (number, file) in files.enumerated() {
      var bytes = file
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
      let size = bytes.count
      bytes.append(contentsOf: [UInt8](repeating: 0, count: 64))
      let lineEnd = bytes.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? size
      let header = String(decoding: bytes[..<lineEnd], as: UTF8.self)
        .split(separator: ",", omittingEmptySubsequences: false).map {
          $0.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        }
      let layout = RecordLayout(
        fieldCount: header.count,
        bindings: contract.fields.map { field in
          ColumnBinding(header.firstIndex(of: field.name).map { .field($0) } ?? .absent)
        }, fingerprint: UInt64(number))
      var decoder = RecordDecoder(
        contract: contract, layout: layout,
        settings: RecordDecoder.Settings(timeZone: .utc, currency: try context().currency),
        wanted: wanted)
      try bytes.withUnsafeBytes { buffer in
        let chunk = ByteView(start: try require(buffer.baseAddress), count: size)
        var index = RecordIndex(fieldCount: header.count)
        _ = RecordScanner(Dialect()).scan(
          chunk, from: lineEnd, limit: size, isLast: true, into: &index)
        for low in stride(from: 0, to: index.count, by: batchSize) {
          _ = decoder.decode(
            index, rows: low..<min(low + batchSize, index.count), of: chunk, position: 0,
            line: { _ in 0 }, into: batch)
          try body(batch, number)
        }
      }
    }
  }
}

struct MissingValue: Error {}

func require<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw MissingValue() }
  return value
}

func zone(_ name: String) throws -> Engine.TimeZone {
  let file = URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)")
  return try Engine.TimeZone(name: name, tzif: Array(try Data(contentsOf: file)))
}

extension Table {
  /// The rows as canonical CSV without header, sorted; all columns, or those named.
  func lines(_ names: [String]? = nil) -> [String] {
    let selected = names ?? schema.exportedColumns
    return (0..<count).map { row in
      selected.map { name in cell(schema.index(of: name), row) }.joined(separator: ",")
    }.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  private func cell(_ column: Int, _ row: Int) -> String {
    switch columns[column] {
    case .texts(let values):
      return values.text(row) ?? ""
    case .integers(let values):
      let value = values[row]
      if value == .absent { return "" }
      var bytes: [UInt8] = []
      let described = schema.columns[column]
      CSVEncoder(moneyDigits: 2).append(
        value, as: described.type, decimals: described.decimals, to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
