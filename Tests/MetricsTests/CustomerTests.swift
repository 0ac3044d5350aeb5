import Engine
import Support
import Testing

@testable import Metrics

@Suite("Customers: what the newest run says of them")
struct CustomerTests {
  private static let stages = ["ledger", "buyers", "customer_ltv"]
  private static let header =
    "transaction_id,occurred_at,kind,amount,currency,user_id,reference_id\n"
  private static let estimate = [
    "expected_purchases_365", "probability_alive", "expected_average_value", "bgnbd_ltv",
  ]

  /// Sales of random customers over 300 days: some come often, some once, some stop.
  private func sales(_ seed: UInt64, customers: Int) -> [String] {
    var random = SeededGenerator(seed: seed)
    var rows: [String] = []
    for customer in 0..<customers {
      var day = Int.random(in: 0...200, using: &random)
      let gap = Int.random(in: 3...60, using: &random)
      let mean = Int.random(in: 10...90, using: &random)
      // Customers must differ in this too: of a loss that is the same for all no fit is clear.
      let loyalty = Int.random(in: 30...99, using: &random)
      repeat {
        let text = Day(number: 20_454 + Int32(day)).text
        let amount = mean + Int.random(in: 0...9, using: &random)
        rows.append("t\(rows.count),\(text)T12:00:00Z,purchase,\(amount).00,USD,u\(customer),")
        day += Int.random(in: 1...(2 * gap), using: &random)
      } while day < 300 && Int.random(in: 0..<100, using: &random) < loyalty
    }
    return rows
  }

  private func harness() -> Harness { Harness(from: nil, to: Day(number: 20_454 + 300).text) }

  // Protects the four columns from nonsense: what they say is possible, and more of it of those who
  // came often and lately.
  @Test(arguments: [UInt64(1), 2]) func estimates(seed: UInt64) throws {
    let rows = sales(seed, customers: 200)
    let inputs = ["transactions": Self.header + rows.joined(separator: "\n")]
    let table = try require(harness().run(Self.stages, inputs)["customer_ltv"]).rows
    #expect(table.count == 200)
    let purchases = table.integers("expected_purchases_365")
    let alive = table.integers("probability_alive")
    let mean = table.integers("expected_average_value")
    let value = table.integers("bgnbd_ltv")
    for row in 0..<table.count {
      #expect(purchases[row] >= 0 && alive[row] >= 0 && alive[row] <= 1_000_000)
      #expect(mean[row] > 500 && mean[row] < 10_500, "seed \(seed)")
      let product = Double(purchases[row]) / 1e6 * Double(mean[row])
      #expect(abs(Double(value[row]) - product) <= 2 + product * 1e-3)
      if table.integers("days_active")[row] == 1 { #expect(alive[row] == 1_000_000) }
    }
    // The order of rows, and who counted them, show in no digit.
    var dealt = harness()
    dealt.workers = 3
    dealt.batchSize = 11
    var random = SeededGenerator(seed: seed)
    let shuffled = Self.header + rows.shuffled(using: &random).joined(separator: "\n")
    let again = try require(
      dealt.run(Self.stages, ["transactions": shuffled])["customer_ltv"]
    ).rows
    let columns = CustomerLTV.schema.columns.map(\.name)
    #expect(again.lines(columns) == table.lines(columns))
  }

  // Protects from estimates that a handful of customers cannot give: blank, and all else as ever.
  @Test func tooFewCustomersHaveNoEstimate() throws {
    let inputs = [
      "transactions": Self.header + sales(3, customers: 20).joined(separator: "\n")
    ]
    let table = try require(harness().run(Self.stages, inputs)["customer_ltv"]).rows
    #expect(table.count == 20)
    for name in Self.estimate.prefix(2) + ["bgnbd_ltv"] {
      #expect(table.integers(name).allSatisfy { $0 == .absent }, "\(name)")
    }
  }

  // Protects customers from being turned back in time by a backfill.
  @Test func anOlderRunLeavesNewerRowsAlone() throws {
    let inputs = [
      "transactions": Self.header
        + "1,2026-03-01,purchase,5.00,USD,u,\n2,2026-03-09,purchase,7.00,USD,u,"
    ]
    var warehouse = PublishedTables()
    for (day, expected) in [
      ("2026-03-05", "u,5.00,1"), ("2026-03-10", "u,12.00,2"), ("2026-03-07", "u,12.00,2"),
      ("2026-03-10", "u,12.00,2"),
    ] {
      var harness = Harness(from: day, to: day)
      harness.published = warehouse.tables([CustomerLTV.schema])
      warehouse.apply(try harness.run(Self.stages, inputs))
      let table = try require(warehouse.tables([CustomerLTV.schema])["customer_ltv"])
      #expect(table.lines(["user_id", "total_spend", "orders"]) == [expected], "\(day)")
    }
  }

  // Protects the rule for whom a refund counts: its sale's user, nobody if that is nobody's, and
  // its own only where no sale is known.
  @Test func refundsFollowTheirSales() throws {
    let inputs = [
      "transactions": Self.header
        + """
        1,2026-03-01,purchase,50.00,USD,u,
        2,2026-03-01,purchase,50.00,USD,,
        3,2026-03-02,refund,1.00,USD,,1
        4,2026-03-02,refund,2.00,USD,u,2
        5,2026-03-02,refund,4.00,USD,u,
        6,2026-03-02,refund,8.00,USD,w,1
        """
    ]
    let table = try require(Harness().run(Self.stages, inputs)["customer_ltv"]).rows
    #expect(table.lines(["user_id", "total_spend"]) == ["u,37.00"])
  }
}
