import Engine
import Support
import Testing

@testable import Metrics

@Suite("Distinct pairs beyond the memory budget")
struct DistinctPairsTests {
  private struct Pair: Hashable {
    let group: Int
    let key: Int
  }

  /// Random pairs dealt to three workers, each of which numbers its groups in its own way, and merged.
  private func dealt(
    _ random: inout SeededGenerator, limit: Int?, room: SpillRoom
  ) throws -> (pairs: DistinctPairs, expected: Set<Pair>, memory: BoundedMemory?) {
    let memory = limit.map { BoundedMemory(budget: MemoryBudget(limit: $0), space: room) }
    let groups = 40
    var numbers = (0..<3).map { worker in
      // What worker's group number stands for which group; the first has the common ones.
      worker == 0 ? Array(0..<groups) : Array(0..<groups).shuffled(using: &random)
    }
    var workers = (0..<3).map { _ in DistinctPairs(memory) }
    var expected = Set<Pair>()
    for _ in 0..<400 {
      let worker = Int.random(in: 0..<3, using: &random)
      var some: [(group: Int, print: Fingerprint)] = []
      for _ in 0..<Int.random(in: 0...128, using: &random) {
        let own = Int.random(in: 0..<groups, using: &random)
        let key = Int.random(in: 0..<2_000, using: &random)
        expected.insert(Pair(group: numbers[worker][own], key: key))
        some.append((own, Self.print(key)))
      }
      try workers[worker].insert(some)
    }
    // Two unite before the third joins: what was mapped once is mapped again.
    let second = numbers[1]
    try workers[1].merge(
      workers[2], groups: numbers[2].map { try #require(second.firstIndex(of: $0)) })
    try workers[0].merge(workers[1], groups: second)
    numbers.removeAll()
    return (workers[0], expected, memory)
  }

  private static func print(_ key: Int) -> Fingerprint {
    Array("person-\(key)".utf8).withView { Fingerprint($0, namespace: 1) }
  }

  private static let limits: [Int?] = [nil, 0, 30_000, 400_000, .max]

  // Protects unique counts: where the pairs lay never shows, and what was held is given back.
  @Test(arguments: [UInt64(1), 2], limits) func countsAreThoseOfASet(seed: UInt64, limit: Int?)
    throws
  {
    var random = SeededGenerator(seed: seed)
    let room = SpillRoom()
    var (pairs, expected, memory) = try dealt(&random, limit: limit, room: room)
    var counts: [Int: Int] = [:]
    try pairs.takeParts { part in part.forEach { group, _ in counts[group, default: 0] += 1 } }
    #expect(counts == expected.reduce(into: [:]) { $0[$1.group, default: 0] += 1 }, "seed \(seed)")
    #expect(memory?.budget.used ?? 0 == 0)
    let isSpilled = room.stores.load(ordering: .relaxed) > 0
    #expect(isSpilled == (limit.map { $0 < 1_000_000 } ?? false))
  }

  // Protects active users: each group of a person is followed by the person's next one.
  @Test(arguments: [UInt64(3), 4], limits) func runsAreThoseOfASet(seed: UInt64, limit: Int?) throws
  {
    var random = SeededGenerator(seed: seed)
    var (pairs, expected, memory) = try dealt(&random, limit: limit, room: SpillRoom())
    var found: [String: Int] = [:]
    try pairs.takeParts { part in
      part.takeRuns { group, next in found["\(group) \(next)", default: 0] += 1 }
    }
    var steps: [String: Int] = [:]
    for (_, run) in Dictionary(grouping: expected, by: \.key) {
      let groups = run.map(\.group).sorted()
      for (group, next) in zip(groups, groups.dropFirst() + [.max]) {
        steps["\(group) \(next)", default: 0] += 1
      }
    }
    #expect(found == steps, "seed \(seed)")
    #expect(memory?.budget.used ?? 0 == 0)
  }

  // Protects the tables: no budget, however small, shows in them.
  @Test(arguments: [UInt64(1), 2]) func tablesAreTheSame(seed: UInt64) throws {
    let stages = ["ledger", "buyers", "product_analytics", "growth_metrics"]
    let data = ProductData(seed: seed)
    let plain = try data.harness(to: 60).run(stages, data.inputs)
    for limit in [0, 20_000, .max] {
      let room = SpillRoom()
      var harness = data.harness(to: 60)
      harness.workers = 3
      harness.batchSize = 50
      harness.seed = seed
      harness.memory = BoundedMemory(budget: MemoryBudget(limit: limit), space: room)
      let again = try harness.run(stages, data.inputs)
      for table in ["product_analytics", "growth_metrics"] {
        let expected = try require(plain[table]).rows.lines()
        #expect(expected.count > 50)
        #expect(
          try require(again[table]).rows.lines() == expected, "\(table), \(limit), seed \(seed)")
      }
      #expect(harness.memory?.budget.used == 0, "what was held was given back")
      if limit == 0 { #expect(room.stores.load(ordering: .relaxed) >= 3) }
    }
  }
}
