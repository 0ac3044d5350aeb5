import Foundation
import Support
import Synchronization
import Testing

@testable import Engine

/// Payments with a key, an amount, a word and a note: enough for rows that differ in bytes, in
/// values or in neither.
private let contract = Contract(
  source: "payments", key: ["id"],
  fields: [
    .required("id", .text), .required("amount", .money(currency: nil)),
    .optional("kind", .enumerated(Vocabulary(["card", "cash"]))), .optional("note", .text),
  ])

private let layout = RecordLayout(
  fieldCount: 4, bindings: (0..<4).map { ColumnBinding(.field($0)) }, fingerprint: 1)

/// A row as it is written, and what it says (nil where the contract refuses it).
private struct Row {
  let file: Int
  let fields: [String]
  let values: [String]?
}

/// Random rows over few keys; the same values are written in several ways.
private func randomRows(_ count: Int, keys: Int, using generator: inout Support.SeededGenerator)
  -> [Row]
{
  (0..<count).map { _ in
    let key = "k\(Int.random(in: 0..<keys, using: &generator))"
    let tenths = Int.random(in: 10...12, using: &generator)
    let amount = ["\(tenths).3", "\(tenths).30", " +\(tenths).300 "].randomElement(
      using: &generator)!
    let kind = ["card", " CARD", "cash", ""].randomElement(using: &generator)!
    let note = ["", "n"].randomElement(using: &generator)!
    let isRefused = Int.random(in: 0..<8, using: &generator) == 0
    let word = kind.split(separator: " ").joined().lowercased()
    return Row(
      file: Int.random(in: 0..<3, using: &generator),
      fields: [key, isRefused ? "free" : amount, kind, note],
      values: isRefused ? nil : [key, "\(tenths)30", word, note])
  }
}

/// What is used and what is lost.
private struct Outcome: Equatable {
  var used: [[String]] = []
  var losses = Admission.Losses()
}

/// The rule, word for word: of rows with one key the last by file and line is used.
private func model(_ rows: [Row]) -> Outcome {
  let ordered = (0..<3).flatMap { file in rows.filter { $0.file == file } }.compactMap(\.values)
  var last: [String: [String]] = [:]
  for values in ordered { last[values[0]] = values }
  var outcome = Outcome()
  for values in ordered where values == last[values[0]] { outcome.losses.duplicate += 1 }
  outcome.losses.duplicate -= last.count
  for values in ordered where values != last[values[0]] { outcome.losses.superseded += 1 }
  outcome.used = last.values.sorted { $0[0] < $1[0] }
  return outcome
}

private func values(_ batch: Batch) -> [[String]] {
  (0..<batch.count).map { row in
    let kind = batch.integers[2][row]
    return [
      batch.text(0)[row].text, "\(batch.integers[1][row])",
      kind == .absent ? "" : ["card", "cash"][Int(kind)], batch.text(3)[row].text,
    ]
  }
}

/// A pass by hand: batches of `size` rows come in any order, keys hashed as `rehash` says.
private func pass(
  _ rows: [Row], size: Int, _ admission: Admission, threads: Int,
  using generator: inout Support.SeededGenerator,
  rehash: @escaping @Sendable (UInt64) -> UInt64
) throws -> Outcome {
  var batches: [(batch: Batch, file: Int)] = []
  for file in 0..<3 {
    let mine = rows.filter { $0.file == file }
    for first in stride(from: 0, to: mine.count, by: size) {
      let text = mine[first..<min(first + size, mine.count)].flatMap { csvRecord($0.fields) }
      let (batch, _) = decode(
        text, contract, layout, settings: .init(timeZone: .utc, currency: .usd))
      batch.positions = batch.positions.map { first * 1000 + $0 }
      batch.keyHashes = batch.keyHashes.map(rehash)
      batches.append((batch, file))
    }
  }
  batches.shuffle(using: &generator)
  nonisolated(unsafe) let shared = batches
  let used = Mutex<[[String]]>([])
  DispatchQueue.concurrentPerform(iterations: threads) { thread in
    for (number, item) in shared.enumerated() where number % threads == thread {
      admission.admit(item.batch, file: item.file)
      let mine = values(item.batch)
      used.withLock { $0 += mine }
    }
  }
  var outcome = Outcome()
  var all = used.withLock { $0 }
  outcome.losses = try admission.settle(batchSize: 3) { all += values($0) }
  outcome.used = all.sorted { $0[0] < $1[0] }
  return outcome
}

@Suite("Of rows with one key the last is used, however they come in")
struct CSVAdmissionTests {
  static let hashes: [(name: String, rehash: @Sendable (UInt64) -> UInt64)] = [
    ("real hashes", { $0 }), ("two hashes for all keys", { $0 & 1 }), ("one hash", { _ in 0 }),
  ]

  @Test("random rows against a dictionary, also where the hashes of keys collide", arguments: 0..<3)
  func randomRowsAgainstModel(hash: Int) throws {
    var generator = Support.SeededGenerator()
    for round in 0..<60 {
      let keys = [1, 5, 60][round % 3]
      let rows = randomRows(
        Int.random(in: 0...60, using: &generator), keys: keys, using: &generator)
      let size = Int.random(in: 1...20, using: &generator)
      let threads = Int.random(in: 1...4, using: &generator)
      let rehash = Self.hashes[hash].rehash
      let first = Admission(contract: contract)
      var outcome = try pass(
        rows, size: size, first, threads: threads, using: &generator, rehash: rehash)
      if !first.contestedKeys.isEmpty {
        let second = Admission(contract: contract, contested: first.contestedKeys)
        #expect(second.needsAllColumns)
        outcome = try pass(
          rows, size: size, second, threads: threads, using: &generator, rehash: rehash)
        #expect(second.contestedKeys.isEmpty)
      }
      #expect(
        outcome == model(rows),
        "seed \(generator.seed), round \(round), \(Self.hashes[hash].name), \(rows.map(\.fields))")
    }
  }

  private func settle(_ rows: [(file: Int, fields: [String])]) throws -> Outcome {
    var generator = Support.SeededGenerator(seed: 1)
    let rows = rows.map { Row(file: $0.file, fields: $0.fields, values: nil) }
    let first = Admission(contract: contract)
    _ = try pass(rows, size: 2, first, threads: 1, using: &generator) { $0 }
    let second = Admission(contract: contract, contested: first.contestedKeys)
    return try pass(rows, size: 2, second, threads: 1, using: &generator) { $0 }
  }

  @Test("12.3 and 12.30 are duplicates, 12.3 and 12.4 are not")
  func sameValues() throws {
    let outcome = try settle([
      (0, ["a", "12.3", "card", ""]), (0, ["a", "12.30", " Card ", ""]),
      (0, ["b", "12.3", "", ""]), (0, ["b", "12.4", "", ""]),
    ])
    #expect(outcome.losses == Admission.Losses(duplicate: 1, superseded: 1))
    #expect(outcome.used == [["a", "1230", "card", ""], ["b", "1240", "", ""]])
  }

  @Test("spaces in text tell rows apart; keys are compared byte by byte")
  func texts() throws {
    let outcome = try settle([
      (0, ["a", "1", "", "n"]), (0, ["a", "1", "", "n "]), (0, ["A", "1", "", ""]),
      (0, [" a", "1", "", ""]),
    ])
    #expect(outcome.losses == Admission.Losses(duplicate: 0, superseded: 1))
    #expect(outcome.used.map { $0[0] } == [" a", "A", "a"])
    #expect(outcome.used.last?[3] == "n ")
  }

  @Test("the later file wins over the later line, and a refused row supersedes nothing")
  func lastOne() throws {
    let outcome = try settle([
      (1, ["a", "1", "", ""]), (0, ["x", "9", "", ""]), (0, ["a", "2", "", ""]),
      (2, ["a", "free", "", ""]),
    ])
    #expect(outcome.used == [["a", "100", "", ""], ["x", "900", "", ""]])
    #expect(outcome.losses == Admission.Losses(duplicate: 0, superseded: 1))
  }

  @Test("a row that says the same as the last one is a duplicate even if another came between")
  func returned() throws {
    let outcome = try settle([
      (0, ["a", "1", "", ""]), (0, ["a", "2", "", ""]), (0, ["a", "1.0", "", ""]),
    ])
    #expect(outcome.losses == Admission.Losses(duplicate: 1, superseded: 1))
    #expect(outcome.used == [["a", "100", "", ""]])
  }

  @Test("exchange rates are known by currency and day together, in any spelling")
  func compositeKeys() throws {
    let rates = Contract(
      source: "exchange_rates", key: ["currency", "day"],
      fields: [
        .required("currency", .currency), .required("day", .day),
        .required("rate", .exchangeRate),
      ])
    let batch = makeBatch(
      rates,
      [
        ["currency": "EUR", "day": "2026-03-05", "rate": "1.1"],
        ["currency": "EUR", "day": "2026-03-06", "rate": "1.2"],
        ["currency": "GBP", "day": "2026-03-05", "rate": "1.3"],
        ["currency": " eur", "day": "2026-03-05 ", "rate": "1.10"],
      ])
    #expect(batch.keyHashes[0] == batch.keyHashes[3])
    #expect(Set(batch.keyHashes).count == 3)
    let first = Admission(contract: rates)
    let contested = KeyLedger.identity(of: batch.keyHashes[0])
    first.admit(batch, file: 0)
    #expect(first.contestedKeys == [contested])
  }
}
