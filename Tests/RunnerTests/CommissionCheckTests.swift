import Engine
import Foundation
import Support
import Testing

@testable import Runner

@Suite("Checks of commissions find what is wrong, and nothing where all is well")
struct CommissionCheckTests {
  private static let line =
    "id,partner_id,transaction_id,amount,currency,status,period_start,period_end,metadata,type,level,day,reversal_of,source_partner_id,user_id,approved_on,base_amount,rate,rule"

  /// A line of the month: its ID, partner, transaction, amount, status, type, and sale reversed.
  private static func line(
    _ id: String, _ partner: String, _ transaction: String, _ amount: String,
    _ status: String = "pending", type: String = "transaction", of sale: String = ""
  ) -> String {
    "\(id),\(partner),\(transaction),\(amount),USD,\(status),2026-10-01,2026-10-31,{},\(type),1,2026-10-05,\(sale),\(partner),u,2026-11-04,100.00,,r"
  }

  /// A sale of 100.00 with 60.00 of lines of which 10.00 was taken back, and a sign-up bonus.
  private static let good = [
    line("1", "a", "s", "40.00"), line("2", "b", "s", "20.00"),
    line("3", "a", "r", "-10.00", of: "s"), line("4", "a", "s", "500.00", type: "signup"),
  ]

  private func rows(_ check: String, _ bench: ReportBench) throws -> Int {
    let sql = try String(
      contentsOfFile: "\(bench.folder)/SQL/checks/\(check).sql", encoding: .utf8)
    let (from, to) = (try #require(Day("2026-10-01")), try #require(Day("2026-10-31")))
    var count = 0
    try bench.warehouse.query(
      sql,
      parameters: [
        "from": .typed(Int64(from.number), .day), "to": .typed(Int64(to.number), .day),
        "from_instant": .typed(bench.zone.firstInstant(of: from), .instant),
        "until_instant": .typed(bench.zone.firstInstant(of: to + 1), .instant),
        "smallest_amount": .typed(1, .money), "most_beside_owner": .typed(600_000, .ratio),
        "most_of_owner_share": .typed(0, .ratio),
      ], types: [:]
    ) { _ throws(WarehouseError) in count += 1 }
    return count
  }

  private func bench(
    lines: [String] = [], earned: (a: String, b: String) = ("530.00", "20.00"),
    status: String = "active",
    net: String = "2000.00", others: [String: [String]] = [:]
  ) throws -> ReportBench {
    let bench = try ReportBench()
    var tables = others
    tables["commissions"] = [Self.line] + Self.good + lines
    tables["partner_analytics"] = [
      "id,partner_id,metric_date,clicks,signups,conversions,revenue,commission_earned,metadata",
      "1,a,2026-10-05,0,0,0,0.00,\(earned.a),{}",
      "2,b,2026-10-05,0,0,0,0.00,\(earned.b),{}",
    ]
    tables["partner_dimension"] = [
      "partner_id,referral_code,partner_type,tier,status,created_at",
      "a,A,reseller,t,active,2026-01-01T00:00:00Z",
      "b,B,reseller,t,\(status),2026-01-01T00:00:00Z",
    ]
    tables["growth_metrics"] = [
      "metric_date,new_users,activated_users,revenue,net_revenue,orders,mrr,arr,active_subscribers,products_listed,products_sold,active_suppliers,dau,wau,mau",
      "2026-10-05,0,0,\(net),\(net),1,0,0,0,0,0,0,0,0,0",
    ]
    try bench.publish(tables)
    return bench
  }

  private static let checks = [
    "commissions-within-sales", "commissions-by-day", "negative-balances",
    "lines-of-inactive-partners", "payout-ratio", "unmatched-adjustments",
    "payouts-of-known-lines",
  ]

  @Test("nothing is found where all is well")
  func good() throws {
    let bench = try bench()
    for check in Self.checks { #expect(try rows(check, bench) == 0, "\(check)") }
  }

  @Test("each finds its own, and no other does")
  func bad() throws {
    let cases: [(check: String, bench: ReportBench)] = [
      (
        "commissions-within-sales",
        try bench(lines: [Self.line("5", "b", "s", "50.01")], earned: ("530.00", "70.01"))
      ),
      // 60 % are the program's most; four lines may be rounded by a cent each.
      (
        "commissions-within-sales",
        try bench(lines: [Self.line("5", "b", "s", "10.05")], earned: ("530.00", "30.05"))
      ),
      ("commissions-by-day", try bench(earned: ("529.99", "20.00"))),
      ("commissions-by-day", try bench(earned: ("530.00", "20.01"))),
      (
        "negative-balances",
        try bench(
          lines: [Self.line("5", "b", "x", "-20.01", of: "y")], earned: ("530.00", "-0.01"))
      ),
      ("lines-of-inactive-partners", try bench(status: "suspended")),
      ("payout-ratio", try bench(net: "1375.00")),
      (
        "unmatched-adjustments",
        try bench(others: [
          "commission_exceptions": [
            "transaction_id,day,kind,amount,user_id,reason",
            "r,2026-10-31,refund,1.00,,original_unknown",
            "s,2026-11-01,refund,1.00,,original_unknown",
          ]
        ])
      ),
      (
        "payouts-of-known-lines",
        try bench(others: [
          "payout_register": [
            "payout_id,partner_id,amount,currency,own_amount,status,processed_at,method,lines,lines_amount,difference,note,as_of",
            "1,a,1.00,USD,1.00,completed,2026-11-01T03:59:59Z,wire,1,1.00,0.00,line_paid_twice,2026-11-01",
            "2,a,1.00,USD,1.00,completed,2026-11-01T04:00:00Z,wire,1,0.00,1.00,unknown_line,2026-11-01",
            "3,a,1.00,USD,1.00,completed,2026-10-10T04:00:00Z,wire,1,1.00,0.00,,2026-11-01",
          ]
        ])
      ),
    ]
    for (name, bench) in cases {
      for check in Self.checks {
        #expect(try rows(check, bench) == (check == name ? 1 : 0), "\(name): \(check)")
      }
    }
  }
}
