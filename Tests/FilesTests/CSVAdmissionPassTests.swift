import Files
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Duplicate keys are settled alike however files are cut up")
struct CSVAdmissionPassTests {
  private let folder = TemporaryFolder()

  private static let contract = Contract(
    source: "payments", key: ["id"],
    fields: [.required("id", .text), .required("amount", .money(currency: nil))])

  private static let layout = RecordLayout(
    fieldCount: 2, bindings: [ColumnBinding(.field(0)), ColumnBinding(.field(1))], fingerprint: 3)

  private struct Result: Equatable {
    var used: [String: Int64] = [:]
    var losses = Admission.Losses()
    var quarantined = 0
    var read = 0
  }

  /// One pass, and a second if keys are contested, as a run makes them.
  private func run(
    _ files: [BoundFile], _ options: PassOptions, memory: BoundedMemory?
  ) throws -> Result {
    let pass = CSVPass(
      contract: Self.contract, settings: .init(timeZone: .utc, currency: .usd), files: files,
      wanted: [true, true], options: options)
    var contested: Set<UInt64> = []
    while true {
      let admission = Admission(
        contract: Self.contract, contested: contested, memory: memory)
      let used = Mutex<[(String, Int64)]>([])
      @Sendable func take(_ batch: Batch) {
        let rows = (0..<batch.count).map { (batch.text(0)[$0].text, batch.integers[1][$0]) }
        used.withLock { $0 += rows }
      }
      let (_, counts) = try pass.run(
        makeWorker: { 0 }, progress: { _, _ in true },
        fold: { (_: inout Int, batch: Batch, file: Int) throws(Never) in
          admission.admit(batch, file: file)
          take(batch)
        })
      try admission.settleSpilled()
      if !admission.contestedKeys.isEmpty {
        #expect(contested.isEmpty, "a third pass is never needed")
        contested = admission.contestedKeys
        continue
      }
      var result = Result(quarantined: counts.quarantined.count, read: counts.read)
      result.losses = try admission.settle(batchSize: 2) { take($0) }
      let all = used.withLock { $0 }
      result.used = Dictionary(uniqueKeysWithValues: all)
      return result
    }
  }

  @Test("Many rows, a few of them repeated, in memory, partly on disk and wholly on disk")
  func manyRows() throws {
    var text = "id,amount\n"
    for number in 0..<60_000 {
      // Some say the same twice, some do not.
      let key = number % 1000 == 999 ? number - 500 : number
      text += "key-\(key),\(key % 1000 == 499 && key % 3000 > 1000 ? number : key).00\n"
    }
    let file = BoundFile(
      path: folder.write("many.csv", Array(text.utf8)), name: "many.csv", layout: Self.layout,
      dialect: Dialect(), dataStart: 10, dataLine: 2)
    var options = PassOptions()
    options.chunkSize = 100_000
    let expected = try run([file], options, memory: nil)
    #expect(expected.losses == Admission.Losses(duplicate: 20, superseded: 40))
    for limit in [0, 400_000, 800_000] {
      let memory = BoundedMemory(budget: MemoryBudget(limit: limit), space: SpillFiles())
      #expect(try run([file], options, memory: memory) == expected, "limit \(limit)")
    }
  }

  @Test("random rows in three files against a dictionary", arguments: 0..<20)
  func randomRows(round: Int) throws {
    var generator = SeededGenerator()
    var expected = Result()
    var last: [String: Int64] = [:]
    var rows: [(key: String, amount: Int64)] = []
    var files: [BoundFile] = []
    for name in ["10.csv", "2.csv", "a.csv"] {
      var text = "id,amount\n"
      for _ in 0..<Int.random(in: 0...30, using: &generator) {
        let key = "k\(Int.random(in: 0..<12, using: &generator))"
        let amount = Int64.random(in: 1...3, using: &generator)
        expected.read += 1
        switch Int.random(in: 0..<6, using: &generator) {
        case 0:
          text += "\(key),free\n"
          expected.quarantined += 1
          continue
        case 1: text += "\"\(key)\",\(amount).0\r\n"
        case 2: text += "\(key), \(amount).00\n\n"
        default: text += "\(key),\(amount)\n"
        }
        rows.append((key, amount * 100))
        last[key] = amount * 100
      }
      let bytes = Array(text.utf8)
      files.append(
        BoundFile(
          path: folder.write(name, bytes), name: name, layout: Self.layout, dialect: Dialect(),
          dataStart: 10, dataLine: 2))
    }
    expected.used = last
    expected.losses.superseded = rows.count { $0.amount != last[$0.key] }
    expected.losses.duplicate = rows.count - last.count - expected.losses.superseded
    for _ in 0..<8 {
      var options = PassOptions()
      options.chunkSize = Int.random(in: 1...400, using: &generator)
      options.readAhead = Int.random(in: 1...50, using: &generator)
      options.batchSize = Int.random(in: 1...10, using: &generator)
      options.threads = Int.random(in: 1...4, using: &generator)
      // From no limit at all to room for no key.
      let limit = [nil, 0, 3000, 100_000].randomElement(using: &generator) ?? nil
      let memory = limit.map {
        BoundedMemory(budget: MemoryBudget(limit: $0), space: SpillFiles())
      }
      let result = try run(files.shuffled(using: &generator), options, memory: memory)
      #expect(memory?.budget.used ?? 0 == 0, "what was taken is given back")
      #expect(result == expected, "seed \(generator.seed), \(options), memory \(limit ?? -1)")
      let lost = result.losses.duplicate + result.losses.superseded
      #expect(result.read == result.used.count + lost + result.quarantined)
    }
  }
}
