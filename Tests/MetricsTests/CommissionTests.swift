import Engine
import Support
import Testing

@testable import Metrics

@Suite("Commissions: who earns what by a sale, and when it is paid")
struct CommissionTests {
  private static func chain() -> MoneyWorld {
    var world = MoneyWorld()
    world.partner("top")
    world.partner("middle", parent: "top")
    world.partner("low", parent: "middle")
    world.user("u", of: "low")
    return world
  }

  // Protects the split of a sale between an owner and those above it, and the sales before which
  // nobody earns.
  @Test func levels() throws {
    var world = Self.chain()
    world.transactions = ["s1,2026-02-01T00:00:00Z,purchase,10.05,USD,u,,"]
    #expect(
      try world.lines(.threeLevels) == [
        "s1,signup,low,1,20.00", "s1,transaction,low,1,1.01", "s1,transaction,middle,2,0.50",
        "s1,transaction,top,3,0.10",
      ])
  }

  // Protects vendors' partners: a vendor's subscription without a user is its user's.
  @Test func vendorsSubscription() throws {
    var world = Self.chain()
    world.vendors = ["v,Vendor,u"]
    world.transactions = ["s1,2026-02-01T00:00:00Z,vendor_subscription,100.00,USD,,,v"]
    #expect(try world.lines(.threeLevels).contains("s1,recurring,low,1,10.00"))
  }

  // Protects the run from going round for ever, and names who must be corrected.
  @Test func cycleOfParents() throws {
    var world = MoneyWorld()
    world.partner("b", parent: "c")
    world.partner("a", parent: "b")
    world.partner("c", parent: "a")
    world.partner("d", parent: "a")
    let error = try #require(throws: StageError.self) { try world.run(.threeLevels) }
    #expect(error.message == "partners are each other's parents: a → b → c → a")
  }

  // Protects against a tier that nobody priced.
  @Test func unknownTier() throws {
    var world = MoneyWorld()
    world.partner("p", tier: "gold")
    let error = try #require(throws: StageError.self) { try world.run(.threeLevels) }
    #expect(error.message == "the program test has no tier gold (partner p); it has t")
  }

  // Protects the ledger from a sum that wraps.
  @Test func overflow() throws {
    var world = Self.chain()
    world.transactions = ["s1,2026-02-01T00:00:00Z,purchase,92233720368547758.07,USD,u,,"]
    let program = CommissionProgram.of { tier in
      tier.rates = [[Rate]](repeating: CommissionProgram.percent(100), count: 4)
      tier.volumeBonus = CommissionProgram.VolumeBonus(
        count: .clients, mode: .points, steps: [.init(at: 1, rate: Rate(scaled: Rate.scale))])
    }
    // As large as an amount can be is fine.
    #expect(try world.lines(program) == ["s1,transaction,low,1,92233720368547758.07"])
    world.transactions.append("s2,2026-02-02T00:00:00Z,purchase,92233720368547758.07,USD,u,,")
    let error = try #require(throws: StageError.self) { try world.run(program) }
    #expect(error.message.contains("low"))
  }

  /// The one line of a sale of 100.00 on 1 January, and its status at the end of March.
  private func status(
    _ change: (inout MoneyWorld, _ id: String) -> Void
  ) throws -> (status: String, payouts: [String]) {
    var world = MoneyWorld()
    world.partner("p")
    world.users = ["u,2026-01-01T00:00:00Z,C-p"]
    world.transactions = ["s1,2026-01-01T00:00:00Z,purchase,100.00,USD,u,,"]
    change(&world, NameUUID.text(NameUUID.id(url: Array(Self.name.utf8))))
    let program = CommissionProgram.of { $0.rates[0] = CommissionProgram.percent(10) }
    let changes = try world.run(program)
    let line = try require(changes["commissions"]).rows.lines(["transaction_id", "status"])
    return (
      try require(line.first { $0.hasPrefix("s1,") }),
      try require(changes["payouts"]).rows.lines(["partner_id", "amount", "decision", "reason"])
    )
  }

  private static let name = "nightmill:commission:transaction:s1:p:1"

  // Protects disputed money: a line that somebody disputes waits, is void if the dispute is upheld,
  // and stands if it is dismissed; what happens after the window is not known yet.
  @Test(arguments: [
    ("2026-02-01T00:00:00Z,,", "disputed"),
    ("2026-02-01T00:00:00Z,2026-03-01T00:00:00Z,dismissed", "approved"),
    ("2026-02-01T00:00:00Z,2026-03-01T00:00:00Z,upheld", "cancelled"),
    ("2026-02-01T00:00:00Z,2026-03-01T00:00:00Z,", "disputed"),
    ("2026-02-01T00:00:00Z,2026-04-01T00:00:00Z,dismissed", "disputed"),
    ("2026-04-01T00:00:00Z,,", "approved"),
  ])
  func disputes(rest: String, expected: String) throws {
    for isByLine in [true, false] {
      let (status, payouts) = try status { world, id in
        world.disputes = ["d," + (isByLine ? "\(id),," : ",s1,p") + ",\(rest)"]
      }
      #expect(status == "s1,\(expected)")
      #expect(payouts.isEmpty == (expected != "approved"))
    }
  }

  // Protects a reversal of a disputed line from being paid while its line waits.
  @Test func reversalOfADisputedLine() throws {
    let (_, payouts) = try status { world, id in
      world.disputes = ["d,\(id),,,2026-02-01T00:00:00Z,,"]
      world.transactions.append("r1,2026-01-05T00:00:00Z,refund,40.00,USD,u,s1,")
    }
    #expect(payouts.isEmpty)
  }

  /// The ID of a line that there is not.
  private static let stranger = "7b0f6f42-0000-5000-8000-000000000000"

  // Protects money from leaving twice: what a person should look at in the payouts that were made.
  @Test(arguments: [
    (["o1,p,10.00,USD,completed,2026-03-01T00:00:00Z,ID"], [""]),
    (["o1,p,9.00,USD,completed,2026-03-01T00:00:00Z,ID"], ["amount_differs"]),
    (["o1,q,10.00,USD,pending,,ID"], ["line_of_another"]),
    (["o1,p,10.00,USD,pending,,ID \(stranger)"], ["unknown_line"]),
    (["o1,p,10.00,USD,pending,,ID nonsense"], ["unknown_line"]),
    (["o1,p,10.00,USD,completed,2026-01-30T23:59:59Z,\(stranger)"], ["before_records"]),
    (["o1,p,10.00,USD,completed,2026-01-31T00:00:00Z,\(stranger)"], ["unknown_line"]),
    (["o1,p,10.00,USD,completed,2026-01-30T23:59:59Z,ID \(stranger)"], ["unknown_line"]),
    (["o1,p,10.00,USD,completed,2026-01-30T23:59:59Z,nonsense"], ["unknown_line"]),
    (["o1,p,10.00,USD,completed,,ID"], ["no_processed_at"]),
    (["o1,p,10.00,USD,failed,2026-03-01T00:00:00Z,ID"], [""]),
    (
      [
        "o1,p,10.00,USD,completed,2026-03-01T00:00:00Z,ID", "o2,p,10.00,USD,pending,,ID",
      ], ["line_paid_twice", "line_paid_twice"]
    ),
  ])
  func register(payouts: [String], notes: [String]) throws {
    var world = MoneyWorld()
    world.partner("p")
    world.users = ["u,2026-01-01T00:00:00Z,C-p"]
    world.transactions = ["s1,2026-01-01T00:00:00Z,purchase,100.00,USD,u,,"]
    let id = NameUUID.text(NameUUID.id(url: Array(Self.name.utf8)))
    world.payouts = payouts.map { $0.replacing("ID", with: id) }
    let program = CommissionProgram.of { $0.rates[0] = CommissionProgram.percent(10) }
    let changes = try world.run(program)
    #expect(try require(changes["payout_register"]).rows.lines(["note"]) == notes)
  }

  // Protects invoices: which fees fall due on which days, once or each month or quarter, in whose
  // favour, and the share of the customers' net revenue.
  @Test func fees() throws {
    var world = MoneyWorld()
    world.partners = [
      "w,C-w,whitelabel,t,active,2026-01-15T00:00:00Z,,bank,,",
      "old,C-old,technology,t,suspended,2025-06-01T00:00:00Z,,bank,,2026-02-10T00:00:00Z",
      "a,C-a,affiliate,t,active,2026-01-01T00:00:00Z,,bank,,",
    ]
    world.user("u", of: "w")
    world.transactions = [
      "s1,2026-01-20T00:00:00Z,purchase,100.00,USD,u,,",
      "r1,2026-02-03T00:00:00Z,refund,10.00,USD,u,s1,",
    ]
    let program = CommissionProgram.of { tier in
      tier.fees.setup = 5000
      tier.fees.monthlyLicense = 1000
      tier.fees.coMarketingBudget = 300
      tier.fees.revenueShare = Rate(scaled: Rate.scale / 10)
    }
    let fees = try require(world.run(program, to: "2026-04-30")["partner_fees"]).rows
    #expect(
      fees.lines(["partner_id", "fee", "day", "amount"]) == [
        "old,co_marketing_budget,2026-01-01,-3.00",
        "old,monthly_license,2026-01-01,10.00",
        "old,monthly_license,2026-02-01,10.00",
        "w,co_marketing_budget,2026-01-15,-3.00",
        "w,co_marketing_budget,2026-04-01,-3.00",
        "w,monthly_license,2026-01-15,10.00",
        "w,monthly_license,2026-02-01,10.00",
        "w,monthly_license,2026-03-01,10.00",
        "w,monthly_license,2026-04-01,10.00",
        "w,revenue_share,2026-01-31,10.00",
        "w,revenue_share,2026-02-28,-1.00",
        "w,setup,2026-01-15,50.00",
      ])
  }
}
