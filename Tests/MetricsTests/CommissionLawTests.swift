import Engine
import Support
import Testing

@testable import Metrics

@Suite("Commissions on random sales: what must hold whatever happens")
struct CommissionLawTests {
  static let seeds: [UInt64] = [1, 2, 3, .random(in: 4...1_000_000)]

  /// A chain of partners with users and sales of odd amounts, in two currencies.
  private static func world(_ random: inout SeededGenerator) -> MoneyWorld {
    var world = MoneyWorld()
    for index in 0..<6 {
      world.partner(
        "p\(index)", parent: index == 0 ? "" : "p\(Int.random(in: 0..<index, using: &random))")
    }
    for index in 0..<20 {
      world.user("u\(index)", of: "p\(Int.random(in: 0..<6, using: &random))")
    }
    world.rates = ["EUR,2026-01-01,1.0937", "EUR,2026-01-08,1.1055", "EUR,2026-01-15,1.1"]
    for index in 0..<60 {
      let day = 3 + Int.random(in: 0..<18, using: &random)
      let kind = ["purchase", "booking", "subscription"].randomElement(using: &random) ?? ""
      let currency = Bool.random(using: &random) ? "USD" : "EUR"
      world.transactions.append(
        "s\(index),2026-01-\(day < 10 ? "0" : "")\(day)T10:00:00Z,\(kind),"
          + "\(amount(Int.random(in: 1...30_000, using: &random))),\(currency),"
          + "u\(Int.random(in: 0..<20, using: &random)),,")
    }
    return world
  }

  private static func amount(_ cents: Int) -> String {
    "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }

  /// Of a transaction's row: its ID, the cents, and the rest of what an adjustment needs.
  private static func sale(_ row: String) -> (
    id: String, cents: Int, currency: String, user: String
  ) {
    let cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return (cells[0], Int(cells[3].replacing(".", with: "")) ?? 0, cells[4], cells[5])
  }

  /// The sum of all lines per partner, type and level.
  private static func balances(_ world: MoneyWorld) throws -> [String] {
    let lines = try require(world.run(.threeLevels)["commissions"]).rows
    let (partners, types) = (lines.texts("partner_id"), lines.texts("type"))
    let (levels, amounts) = (lines.integers("level"), lines.integers("amount"))
    var sums: [String: Int64] = [:]
    for row in 0..<lines.count {
      let key = "\(partners.text(row) ?? "") \(types.text(row) ?? "") \(levels[row])"
      sums[key, default: 0] += amounts[row]
    }
    return sums.filter { $0.value != 0 }.map { "\($0.key) \($0.value)" }.sorted()
  }

  // Protects partners and us alike: parts of a refund take back exactly what the whole would.
  @Test(arguments: seeds)
  func partsOfARefundAreTheWhole(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sold = Self.world(&random)
    var (inParts, atOnce) = (sold, sold)
    for row in sold.transactions where Bool.random(using: &random) {
      let sale = Self.sale(row)
      let refunded = Int.random(in: 1...sale.cents, using: &random)
      var cuts = [0, refunded]
      for _ in 0..<3 { cuts.append(Int.random(in: 0...refunded, using: &random)) }
      cuts.sort()
      for (index, (low, high)) in zip(cuts, cuts.dropFirst()).enumerated() where high > low {
        inParts.transactions.append(
          "\(sale.id)-r\(index),2026-01-2\(4 + index)T00:00:00Z,refund,\(Self.amount(high - low)),"
            + "\(sale.currency),\(sale.user),\(sale.id),")
      }
      atOnce.transactions.append(
        "\(sale.id)-r,2026-01-28T00:00:00Z,chargeback,\(Self.amount(refunded)),\(sale.currency),"
          + "\(sale.user),\(sale.id),")
    }
    #expect(try Self.balances(inParts) == Self.balances(atOnce), "seed \(seed)")
  }

  // Protects partners: a dispute that is won leaves things as if nothing had happened.
  @Test(arguments: seeds)
  func aWonDisputeUndoesItsChargeback(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sold = Self.world(&random)
    var disputed = sold
    for row in sold.transactions where Bool.random(using: &random) {
      let sale = Self.sale(row)
      let taken = Self.amount(Int.random(in: 1...sale.cents, using: &random))
      let rest = "\(taken),\(sale.currency),\(sale.user),\(sale.id),"
      disputed.transactions.append("\(sale.id)-c,2026-01-25T00:00:00Z,chargeback,\(rest)")
      disputed.transactions.append("\(sale.id)-d,2026-03-20T00:00:00Z,dispute_won,\(rest)")
    }
    #expect(try Self.balances(disputed) == Self.balances(sold), "seed \(seed)")
  }

  // Protects repeatability: the order in which rows arrive, and who reads them, changes no line.
  @Test(arguments: seeds)
  func orderDoesNotShow(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var world = Self.world(&random)
    let expected = try require(world.run(.threeLevels)["commissions"]).rows.lines()
    world.transactions.shuffle(using: &random)
    world.partners.shuffle(using: &random)
    world.users.shuffle(using: &random)
    let found = try world.run(
      .threeLevels, workers: 3, batchSize: Int.random(in: 1...9, using: &random), seed: seed)
    #expect(try require(found["commissions"]).rows.lines() == expected, "seed \(seed)")
  }
}
