import Engine
import Foundation
import Support
import Testing

@testable import Runner

@Suite("commission-register and payouts over the samples: what finance pays by")
struct ReportMoneyTests {
  /// A column of a CSV file behind which no field has a comma.
  private func column(_ name: String, of text: String) throws -> [Substring] {
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let index = try #require(rows[0].firstIndex(of: Substring(name)))
    return rows.dropFirst().map { $0[$0.count - rows[0].count + index] }
  }

  private func cents(_ values: [Substring]) -> Int64 {
    values.reduce(0) {
      $0 + NSDecimalNumber(decimal: Decimal(string: String($1))! * 100).int64Value
    }
  }

  @Test("the month so far, made with the week's: lines and reversals are the partners' days")
  func register() throws {
    let bench = try ReportBench.samples()
    try bench.make(["weekly-partners", "commission-register"])
    let partners = try bench.text("commission-partners.csv", week: "2026-11")
    let sum = cents(try column("net", of: partners))
    let earned = try bench.query(
      "SELECT SUM(commission_earned) AS s FROM partner_analytics WHERE metric_date BETWEEN '2026-11-01' AND '2026-11-30'",
      ["s": .integer])
    #expect(earned == [.typed(sum, .integer)])
    let dump = try Dump(bench.path("commission-register.xlsx", week: "2026-11"))
    #expect(dump.text("Summary!B2").contains("not over, not compared"))
    #expect(
      (5...7).map { dump["Reconciliation!D\($0)"]?.value } == [.number(0), .number(0), .number(0)])
    // What is taken back lies below 0, which the short form would show without its sign.
    let axes = try #require(dump.sheet("Summary").axes)
    #expect(axes.count == 2 && axes[0].contains("\"k\"") && axes[1] == "#,##0")
  }

  @Test("a payout's key and lines are its own, and its lines come to its amount")
  func payouts() throws {
    let bench = try ReportBench.samples()
    try bench.make(["payouts"])
    let text = try bench.text("payouts.csv", week: "2026-11")
    let keys = try column("idempotency_key", of: text)
    #expect(!keys.isEmpty && Set(keys).count == keys.count)
    #expect(keys.allSatisfy { $0.count == 36 })
    #expect(try column("currency", of: text).allSatisfy { $0 == "USD" })
    let lines = try column("commission_ids", of: text).flatMap { $0.split(separator: " ") }
    #expect(Set(lines).count == lines.count)
    let list = lines.map { "'\($0)'" }.joined(separator: ",")
    let due = try bench.query(
      "SELECT SUM(amount) AS s FROM commissions WHERE status = 'approved' AND id IN (\(list))",
      ["s": .integer])
    #expect(due == [.typed(cents(try column("amount", of: text)), .integer)])
    let dump = try Dump(bench.path("payouts.xlsx", week: "2026-11"))
    #expect(!dump.text("Summary!B2").contains("compared"), "proposals have no past")
  }

  @Test("payouts from before these records are history: no difference, and none in the total")
  func history() throws {
    let bench = try ReportBench.samples()
    try bench.make(["payouts"], week: "2026-W42")
    let dump = try Dump(bench.path("payouts.xlsx", week: "2026-10"))
    let register = dump.rows("Register", columns: 13)
    let old = register.filter { $0[12] == "before_records" }
    #expect(!old.isEmpty && old.allSatisfy { $0[10] == "" && $0[11] == "" && $0[9] != "0" })
    #expect(register.contains { $0[12] == "" && $0[11] == "0.00" })
    // Below the header: the parts, then their total.
    let parts = dump.rows("Reconciliation", columns: 7).dropFirst()
    #expect(parts.contains { $0[0] == "before these records" && $0[5] == "" })
    let total = try #require(parts.last)
    #expect(total[0] == "Total")
    let row = 4 + parts.count
    #expect(dump["Reconciliation!C\(row)"]?.cached == .number(Decimal(register.count - 2)))
    #expect(dump["Reconciliation!F\(row)"]?.cached == .number(0))
  }
}
