import Engine
import Support
import Testing

@testable import Metrics

@Suite("Ledger: transactions in order, linked and converted")
struct LedgerTests {
  private static let header =
    "transaction_id,occurred_at,kind,amount,currency,product_id,reference_id\n"

  private func ledger(_ rows: String, rates: String = "") throws -> Table {
    let changes = try Harness().run(
      ["ledger"],
      [
        "transactions": Self.header + rows,
        "exchange_rates": "currency,day,rate\n" + rates,
      ])
    return try require(changes["ledger"]).rows
  }

  // Protects refunds: an adjustment finds its sale only if that came before it, an ID deciding at
  // one instant; sales of nothing and other adjustments are no originals.
  @Test func adjustmentsFindTheirSale() throws {
    let table = try ledger(
      """
      s1,2026-03-01T10:00:00Z,purchase,10.00,USD,,
      a0,2026-03-01T10:00:00Z,refund,1.00,USD,,s1
      t1,2026-03-01T10:00:00Z,refund,2.00,USD,,s1
      r2,2026-03-02T10:00:00Z,chargeback,3.00,USD,,s1
      r3,2026-03-02T11:00:00Z,dispute_won,3.00,USD,,r2
      z0,2026-03-03T10:00:00Z,purchase,0.00,USD,,
      r4,2026-03-03T11:00:00Z,refund,1.00,USD,,z0
      r5,2026-03-03T12:00:00Z,refund,1.00,USD,,
      late,2026-03-11T00:00:00Z,purchase,5.00,USD,,
      """)
    // Rows by ID; `original` counts from the first in order of time: a0, s1, t1, …
    #expect(
      table.lines(["transaction_id", "original"]) == [
        "a0,", "r2,1", "r3,", "r4,", "r5,", "s1,", "t1,1",
      ])
  }

  // Protects converted refunds to the cent: parts at the sale's rate add up to the converted sale
  // however the cents round, and a dispute won takes back exactly what its chargeback took.
  @Test func partialRefundsAddUp() throws {
    let table = try ledger(
      """
      s1,2026-03-01T10:00:00Z,purchase,1.00,EUR,,
      r1,2026-03-02T10:00:00Z,refund,0.33,EUR,,s1
      r2,2026-03-03T10:00:00Z,refund,0.33,EUR,,s1
      r3,2026-03-04T10:00:00Z,refund,0.34,EUR,,s1
      s2,2026-03-01T11:00:00Z,purchase,0.03,EUR,,
      c1,2026-03-02T11:00:00Z,chargeback,0.01,EUR,,s2
      c2,2026-03-03T11:00:00Z,chargeback,0.01,EUR,,s2
      d2,2026-03-04T11:00:00Z,dispute_won,0.01,EUR,,s2
      d3,2026-03-05T11:00:00Z,dispute_won,0.02,EUR,,s2
      """, rates: "EUR,2026-03-01,1.5\nEUR,2026-03-02,9")
    // 1.50 = 0.50 + 0.49 + 0.51: 0.495 → 0.50, 0.99, 1.50. Then 0.015 → 0.02, 0.03, 0.02, and
    // −0.015 → −0.02.
    #expect(
      table.lines(["transaction_id", "amount"]) == [
        "c1,0.02", "c2,0.01", "d2,0.01", "d3,0.04", "r1,0.50", "r2,0.49", "r3,0.51", "s1,1.50",
        "s2,0.05",
      ])
  }

  // Protects conversion: the latest rate of the day or the 7 days before; an adjustment in another
  // currency than its sale uses its own day; minor units of both currencies count.
  @Test func ratesOfTheDayOrTheWeekBefore() throws {
    let table = try ledger(
      """
      a,2026-03-01T10:00:00Z,purchase,1.00,EUR,,
      b,2026-03-07T10:00:00Z,purchase,1.00,EUR,,
      c,2026-03-08T10:00:00Z,purchase,1.00,EUR,,
      d,2026-03-09T10:00:00Z,refund,1,JPY,,a
      e,2026-03-09T10:00:00Z,purchase,1.234,KWD,,
      f,2026-03-09T10:00:00Z,refund,1.00,USD,,a
      """,
      rates: """
        EUR,2026-02-22,1.1
        EUR,2026-02-28,1.2
        EUR,2026-03-08,1.4
        EUR,2026-03-10,2
        JPY,2026-03-09,0.0065
        KWD,2026-03-02,3.25
        """)
    #expect(
      table.lines(["transaction_id", "amount"]) == [
        "a,1.20", "b,1.20", "c,1.40", "d,0.01", "e,4.01", "f,1.00",
      ])
  }

  // Protects a run from stopping for an amount that no figure needs, and from going on with one
  // that a figure does need: the message names transaction, currency and day, and what to add.
  @Test func missingRateStopsOnlyWhoNeedsIt() throws {
    let rows = """
      s1,2026-02-01T10:00:00Z,purchase,1.00,EUR,p,
      r1,2026-03-02T10:00:00Z,refund,0.50,EUR,,s1
      """
    let inputs = ["transactions": Self.header + rows]
    let stages = ["ledger", "product_analytics"]
    let error = #expect(throws: StageError.self) { try Harness().run(stages, inputs) }
    #expect(
      error?.description == """
        stage product_analytics: transaction r1: no exchange rate of EUR for 2026-02-01 or the 7 days before
          help: add a row (EUR, 2026-02-01, rate) to the source exchange_rates
        """)
    // The next day's window does not look at either amount.
    let changes = try Harness(from: "2026-03-03").run(stages, inputs)
    #expect(changes["product_analytics"]?.rows.count == 0)
  }

  // Protects totals from wrapping around silently.
  @Test func overflowIsAnError() {
    let rows = """
      s1,2026-03-02T10:00:00Z,purchase,92233720368547758.07,USD,p,
      s2,2026-03-02T11:00:00Z,purchase,0.01,USD,p,
      """
    let error = #expect(throws: StageError.self) {
      try Harness().run(
        ["ledger", "product_analytics"], ["transactions": Self.header + rows])
    }
    #expect(error?.message.hasPrefix("product p: the result is beyond") == true)
  }
}

@Suite("Totals over days")
struct DayTotalsTests {
  // Protects every mean and trend: totals by binary search equal the sums of the obvious scan.
  @Test(arguments: [UInt64(1), 2, 3]) func totalsEqualAScan(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var entries: [DayTotals.Entry] = []
    for row in 0..<200 {
      entries.append(
        DayTotals.Entry(
          key: Int.random(in: 0..<5, using: &random), day: Int32(row / 7),
          value: Bool.random(using: &random) ? Int64.random(in: 0..<99, using: &random) : .absent,
          row: row))
    }
    let totals = DayTotals(keys: 6, entries)
    for _ in 0..<200 {
      let key = Int.random(in: 0..<6, using: &random)
      let from = Int32.random(in: -3..<32, using: &random)
      let through = from + Int32.random(in: -1..<20, using: &random)
      let span = entries.filter { $0.key == key && $0.day >= from && $0.day <= through }
      let expected = DayTotals.Total(
        sum: span.reduce(0) { $0 + ($1.value == .absent ? 0 : Int128($1.value)) },
        count: Int64(span.count), unknownRow: span.first { $0.value == .absent }?.row)
      #expect(totals.total(key, from: from, through: through) == expected, "seed \(seed)")
    }
  }
}
