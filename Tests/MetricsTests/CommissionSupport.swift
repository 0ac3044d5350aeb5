import Engine
import Support

@testable import Metrics

/// Partners, users and transactions of a test about partners' money, as CSV.
struct MoneyWorld {
  var partners: [String] = []
  var users: [String] = []
  var transactions: [String] = []
  var payouts: [String] = []
  var disputes: [String] = []
  var rates: [String] = []
  var vendors: [String] = []

  /// The stages in order.
  static let stages = [
    "ledger", "buyers", "timelines", "owners", "commission_ledger", "commissions", "payouts",
    "payout_register", "partner_fees",
  ]

  /// The inputs as files.
  var inputs: [String: String] {
    [
      "partners":
        "partner_id,referral_code,partner_type,tier,status,created_at,parent_partner_id,payment_method,commission_rate,status_since\n"
        + partners.map { $0 + "\n" }.joined(),
      "users": "user_id,created_at,referral_code\n" + users.map { $0 + "\n" }.joined(),
      "transactions":
        "transaction_id,occurred_at,kind,amount,currency,user_id,reference_id,vendor_id\n"
        + transactions.map { $0 + "\n" }.joined(),
      "payouts":
        "payout_id,partner_id,amount,currency,status,processed_at,commission_ids\n"
        + payouts.map { $0 + "\n" }.joined(),
      "disputes":
        "dispute_id,commission_id,transaction_id,partner_id,opened_at,resolved_at,outcome\n"
        + disputes.map { $0 + "\n" }.joined(),
      "exchange_rates": "currency,day,rate\n" + rates.map { $0 + "\n" }.joined(),
      "vendors": "vendor_id,name,user_id\n" + vendors.map { $0 + "\n" }.joined(),
    ]
  }

  /// A partner with the code `C-<id>`, active, of tier `t`.
  mutating func partner(_ id: String, parent: String = "", tier: String = "t") {
    partners.append(
      "\(id),C-\(id),affiliate,\(tier),active,2025-01-01T00:00:00Z,\(parent),bank,,")
  }

  /// A user who signed up by a partner's code.
  mutating func user(_ id: String, of partner: String) {
    users.append("\(id),2026-01-02T00:00:00Z,C-\(partner)")
  }

  /// The changes of a run over the first quarter of 2026, or of other days.
  func run(
    _ program: CommissionProgram, from: String? = "2026-01-01", to: String = "2026-03-31",
    workers: Int = 1, batchSize: Int = 8192, seed: UInt64 = 0
  ) throws -> [String: TableChange] {
    var harness = Harness()
    (harness.from, harness.to, harness.program) = (from, to, program)
    (harness.workers, harness.batchSize, harness.seed) = (workers, batchSize, seed)
    return try harness.run(Self.stages, inputs)
  }

  /// The published lines with these columns.
  func lines(
    _ program: CommissionProgram, _ columns: [String] = MoneyWorld.columns,
    to: String = "2026-03-31"
  ) throws -> [String] {
    try require(run(program, to: to)["commissions"]).rows.lines(columns)
  }

  static let columns = ["transaction_id", "type", "partner_id", "level", "amount"]
}

extension CommissionProgram {
  /// A program of one tier `t`.
  static func of(_ change: (inout Tier) -> Void) -> CommissionProgram {
    var tier = Tier()
    change(&tier)
    return CommissionProgram(name: "test", partnerRate: .partner, tiers: ["t": tier])
  }

  /// Rates of one kind of sale, in percent.
  static func percent(_ rates: Int64...) -> [Rate] {
    rates.map { Rate(scaled: Rate.scale / 100 * $0) }
  }

  /// Every kind of sale at 10 %, 5 % and 1 %, with a bonus of 20.00.
  static let threeLevels = of { tier in
    tier.rates = [[Rate]](repeating: percent(10, 5, 1), count: 4)
    tier.signupBonus = 2000
  }
}
