import Engine
import Support
import Testing

@testable import Metrics

/// Commissions day by day, while the partners' rows change between runs: metrics.md sections 5 and 6.
@Suite struct CommissionHistoryTests {
  private static let low = "low,C-low,affiliate,t,active,2025-01-01T00:00:00Z,top,bank,10,"
  private static let top = "top,C-top,affiliate,t,active,2025-01-01T00:00:00Z,,bank,,"

  /// What stands after a run up to 4 February and one for each of the next two days, of which the
  /// first already has the changed partners and the second those of `last`.
  private func history(
    _ changed: [String], last: [String]? = nil
  ) throws -> (lines: [String], payouts: [String]) {
    var world = MoneyWorld()
    world.partners = [Self.low, Self.top]
    world.user("u", of: "low")
    world.transactions = [
      "s1,2026-02-03T00:00:00Z,subscription,100.00,USD,u,,",
      "s2,2026-02-05T00:00:00Z,subscription,100.00,USD,u,,",
      "r1,2026-02-06T00:00:00Z,refund,50.00,USD,u,s1,",
    ]
    var harness = Harness()
    harness.program = CommissionProgram.of { tier in
      tier.rates = [[Rate]](repeating: CommissionProgram.percent(25, 10), count: 4)
      tier.holdDays = 0
    }
    var warehouse = PublishedTables()
    let days = [(nil, "2026-02-04"), ("2026-02-05", "2026-02-05"), ("2026-02-06", "2026-02-06")]
    for (run, (from, to)) in days.enumerated() {
      if run == 1 { world.partners = changed }
      if run == 2 { world.partners = last ?? changed }
      (harness.from, harness.to) = (from, to)
      harness.published = warehouse.tables([Referrals.schema, Commissions.schema])
      warehouse.apply(try harness.run(MoneyWorld.stages + ["referrals"], world.inputs))
    }
    let published = warehouse.tables([Commissions.schema, PayoutProposals.schema])
    return (
      try require(published["commissions"]).lines(["transaction_id", "partner_id", "amount"])
        .sorted(),
      try require(published["payouts"]).lines(["partner_id", "amount", "reason", "lines"]).sorted()
    )
  }

  // Protects what partners were told that they earned: another rate holds from the next run on, and a
  // refund takes back of a line what that line was.
  @Test func anotherRate() throws {
    let (lines, payouts) = try history([
      Self.low.replacing(",10,", with: ",20,"), Self.top,
    ])
    #expect(
      lines == [
        "r1,low,-5.00", "r1,top,-5.00", "s1,low,10.00", "s1,top,10.00", "s2,low,20.00",
        "s2,top,10.00",
      ])
    #expect(payouts == ["low,25.00,tax_form_missing,3", "top,15.00,tax_form_missing,3"])
  }

  // Protects money that is owed: whoever is suspended, without a word of since when, keeps the lines
  // of before; they wait, and refunds still count against them.
  @Test func suspendedWithoutADate() throws {
    let suspended = Self.top.replacing("active", with: "suspended")
    let (lines, payouts) = try history([Self.low, suspended])
    #expect(
      lines == [
        "r1,low,-5.00", "r1,top,-5.00", "s1,low,10.00", "s1,top,10.00", "s2,low,10.00",
      ])
    #expect(payouts == ["low,15.00,tax_form_missing,3", "top,5.00,partner_suspended,2"])
  }

  // Protects payouts from lines that nobody finds in the commissions: who is active again is not owed
  // the shares of the days between.
  @Test func activeAgain() throws {
    let suspended = Self.top.replacing("active", with: "suspended")
    let (lines, payouts) = try history([Self.low, suspended], last: [Self.low, Self.top])
    #expect(
      lines == [
        "r1,low,-5.00", "r1,top,-5.00", "s1,low,10.00", "s1,top,10.00", "s2,low,10.00",
      ])
    #expect(payouts == ["low,15.00,tax_form_missing,3", "top,5.00,tax_form_missing,2"])
  }
}
