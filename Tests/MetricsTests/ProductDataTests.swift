import Engine
import Support
import Testing

@testable import Metrics

@Suite("Product analytics on random rows")
struct ProductDataTests {
  private static let stages = ["ledger", "product_analytics"]

  // Protects the promise that row order, batches and workers never show, also not in converted
  // refunds.
  @Test(arguments: [UInt64(1), 2, 3, 4]) func orderNeverShows(seed: UInt64) throws {
    var data = ProductData(seed: seed)
    let plain = try data.harness(to: 60).run(Self.stages, data.inputs)
    var dealt = data.harness(to: 60)
    dealt.workers = 4
    dealt.batchSize = 11
    dealt.seed = seed
    data.shuffle()
    let again = try dealt.run(Self.stages, data.inputs)
    let expected = try require(plain["product_analytics"]).rows.lines()
    #expect(expected.count > 100)
    #expect(try require(again["product_analytics"]).rows.lines() == expected, "seed \(seed)")
  }

  // Protects a paid week from being rewritten: day by day gives what the whole span gives, without
  // restating.
  @Test(arguments: [(UInt64(5), 1), (6, 8)])
  func dayByDayEqualsTheWholeSpan(seed: UInt64, step: Int) throws {
    let data = ProductData(seed: seed)
    let whole = try data.harness(to: 60).run(Self.stages, data.inputs)
    var warehouse = PublishedTables()
    warehouse.apply(try data.harness(to: 4).run(Self.stages, data.inputs))
    for day in stride(from: 5, through: 60, by: step) {
      let harness = data.harness(from: day, to: min(day + step - 1, 60))
      warehouse.apply(try harness.run(Self.stages, data.inputs))
    }
    let expected = try require(whole["product_analytics"]).rows.lines()
    let found = try require(
      warehouse.tables([ProductAnalytics.schema])["product_analytics"])
    #expect(found.lines() == expected, "seed \(seed)")
  }
}

/// Random clicks and transactions of 60 days from 2026-01-01 on, in two currencies.
struct ProductData {
  private var clicks: [String] = []
  private var transactions: [String] = []
  private var random: SeededGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    let events = ["view", "view", "view", "add_to_cart", "click", "search"]
    let agents = ["Mozilla", "Safari", "Googlebot", ""]
    for click in 0..<800 {
      clicks.append(
        "k\(click),\(instant()),\(pick(events)),\(pick(["", "w1", "w2", "w3"])),"
          + "\(pick(["", "u1", "w1"])),\(pick(["p1", "p2", "p3", ""])),"
          + "\(pick(["1.1.1.1", "2.2.2.2", ""])),\(pick(agents))")
    }
    let kinds = ["purchase", "booking", "refund", "chargeback", "dispute_won"]
    for number in 0..<400 {
      let kind = pick(kinds)
      let reference =
        kind == "purchase" || kind == "booking"
        ? "" : "t\(Int.random(in: 0..<400, using: &random))"
      transactions.append(
        "t\(number),\(instant()),\(kind),\(Int.random(in: 0..<30, using: &random)).07,"
          + "\(pick(["USD", "EUR"])),\(pick(["p1", "p2", "p3", ""])),"
          + "\(pick(["", "1", "2", "5"])),\(reference)")
    }
  }

  private mutating func pick(_ words: [String]) -> String {
    words.randomElement(using: &random) ?? ""
  }

  private mutating func instant() -> String {
    let day = date(Int.random(in: 0...60, using: &random))
    return "\(day)T\(pick(["00", "06", "12", "18"])):00:00Z"
  }

  private func date(_ day: Int) -> String { Day(number: 20_454 + Int32(day)).text }

  mutating func shuffle() {
    clicks.shuffle(using: &random)
    transactions.shuffle(using: &random)
  }

  /// A harness for days counted from 2026-01-01; without `from`, for everything.
  func harness(from: Int? = nil, to: Int) -> Harness {
    Harness(from: from.map(date), to: date(to))
  }

  /// The sources as CSV; a rate every third day.
  var inputs: [String: String] {
    [
      "clicks": "click_id,clicked_at,event,visitor_id,user_id,product_id,ip,user_agent\n"
        + clicks.joined(separator: "\n"),
      "transactions":
        "transaction_id,occurred_at,kind,amount,currency,product_id,quantity,reference_id\n"
        + transactions.joined(separator: "\n"),
      "exchange_rates": "currency,day,rate\n"
        + stride(from: 0, through: 60, by: 3).map { "EUR,\(date($0)),1.\(100 + $0)7" }
        .joined(separator: "\n"),
    ]
  }
}
