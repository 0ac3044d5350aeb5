import Engine
import Support
import Testing

@testable import Metrics

@Suite("Product analytics")
struct ProductTests {
  // Protects the trend at its limits, where a rounded or floating comparison would tip over.
  @Test(arguments: [
    (Int128(0), Int128(0), Trend.new), (5, 4, .new), (9, 0, .new), (5, 5, .steady), (10, 0, .hot),
    (0, 10, .declining), (175, 140, .hot), (170, 136, .steady), (1249, 1000, .steady),
    (1250, 1000, .hot), (140, 175, .declining), (136, 170, .steady), (801, 1000, .steady),
    (800, 1000, .declining), (6, 4, .steady),
    (Int128(Int64.max) * 1000, 1, .hot), (1, Int128(Int64.max) * 1000, .declining),
  ])
  func trendLimits(now: Int128, before: Int128, expected: Trend) {
    #expect(Trend(now: now, before: before) == expected)
  }

  // Protects ratios: rounded half away from zero to millionths, no value for a zero denominator.
  @Test(arguments: [
    (Int64(3), Int64(7), Int64(428_571)), (2, 3, 666_667), (1, 2_000_000, 1), (-1, 2_000_000, -1),
    (1, 2_000_001, 0), (0, 5, 0), (5, 0, .absent), (0, 0, .absent), (3, 2, 1_500_000),
  ])
  func ratios(numerator: Int64, denominator: Int64, expected: Int64) {
    #expect(ratio(numerator, denominator) == expected)
  }

  // Protects unique viewers: a user and a visitor of the same name are two, an address and agent
  // divide where they divide, and who left no key is a view only.
  @Test func viewersAreToldApart() throws {
    let clicks = """
      click_id,clicked_at,event,visitor_id,user_id,product_id,ip,user_agent
      1,2026-03-02T08:00:00Z,view,7,,p,1.1.1.1,Mozilla
      2,2026-03-02T08:00:01Z,view,,7,p,1.1.1.1,Mozilla
      3,2026-03-02T08:00:02Z,view,7,8,p,2.2.2.2,Other
      4,2026-03-02T08:00:03Z,view,,,p,1.1.1.1,1Mozilla
      5,2026-03-02T08:00:04Z,view,,,p,1.1.1.11,Mozilla
      6,2026-03-02T08:00:05Z,view,,,p,,Mozilla
      7,2026-03-02T08:00:06Z,view,,,p,1.1.1.1,1Mozilla
      """
    let changes = try Harness().run(["ledger", "product_analytics"], ["clicks": clicks])
    #expect(
      changes["product_analytics"]?.rows.lines(["views", "unique_viewers"]) == ["7,4"])
  }

  // Protects the rule that rows exist where a figure is non-zero: a refund that a won dispute takes
  // back on the same day leaves none.
  @Test func noRowWithoutFigures() throws {
    let transactions = """
      transaction_id,occurred_at,kind,amount,currency,product_id,reference_id
      s,2026-02-01T10:00:00Z,purchase,10.00,USD,p,
      c,2026-03-02T10:00:00Z,chargeback,10.00,USD,,s
      d,2026-03-02T11:00:00Z,dispute_won,10.00,USD,,s
      """
    let changes = try Harness().run(
      ["ledger", "product_analytics"], ["transactions": transactions])
    #expect(changes["product_analytics"]?.rows.count == 0)
  }
}

@Suite("Distinct table")
struct DistinctTableTests {
  // Protects unique counts: however rows are dealt to tables and merged, the counts are those of a
  // set.
  @Test(arguments: [UInt64(1), 2, 3]) func countsEqualASet(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var sets = [Set<Int>](repeating: [], count: 4)
    var tables = [DistinctTable(), DistinctTable()]
    for _ in 0..<5_000 {
      let group = Int.random(in: 0..<4, using: &random)
      let key = Int.random(in: 0..<1_000, using: &random)
      sets[group].insert(key)
      let table = Int.random(in: 0..<2, using: &random)
      let print = Array("visitor-\(key)".utf8).withView { Fingerprint($0, namespace: 1) }
      // The second table numbers its groups the other way round.
      _ = tables[table].insert(table == 0 ? group : 3 - group, print)
    }
    tables[0].merge(tables[1], groups: [3, 2, 1, 0])
    var counts = [0, 0, 0, 0]
    tables[0].forEach { group, _ in counts[group] += 1 }
    #expect(counts == sets.map(\.count), "seed \(seed)")
    #expect(tables[0].count == sets.map(\.count).reduce(0, +), "seed \(seed)")
  }
}
