import Engine
import Foundation
import Support
import Testing

@testable import Runner

@Suite("partner-statements: each partner's month adds up, and one month leads to the next")
struct ReportStatementsTests {
  private struct Entry {
    let partner: Int
    let day: Day
    let cents: Int64
    let isCounted: Bool
    let isPayout: Bool
  }

  private static func money(_ cents: Int64) -> String {
    var bytes: [UInt8] = []
    Money.append(cents, digits: 2, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Lines and payouts of three months, in the tables and as the entries that count.
  private func publish(_ random: inout SeededGenerator, in bench: ReportBench) throws -> [Entry] {
    var entries: [Entry] = []
    var lines = [
      "id,partner_id,transaction_id,amount,currency,status,period_start,period_end,metadata,type,level,day,reversal_of,source_partner_id,user_id,approved_on,base_amount,rate,rule"
    ]
    var payouts = [
      "payout_id,partner_id,amount,currency,own_amount,status,processed_at,method,lines,lines_amount,difference,note,as_of"
    ]
    let first = try #require(Day("2026-09-01"))
    for number in 0..<Int.random(in: 0...120, using: &random) {
      let partner = Int.random(in: 0..<4, using: &random)
      let day = first + Int.random(in: 0..<91, using: &random)
      let cents = Int64.random(in: -50_000...100_000, using: &random)
      if number % 4 == 0 {
        let status = ["completed", "completed", "pending", "failed"].randomElement(using: &random)!
        let kind = Int.random(in: 0..<3, using: &random)
        let known = Int64.random(in: 0...9_999, using: &random)
        // Noon in New York, so that the day is the same there.
        payouts.append(
          "o\(number),p\(partner),\(kind == 0 ? "" : Self.money(cents)),\(kind == 0 ? "EUR" : "USD"),1.00,\(status),\(day.text)T17:00:00Z,wire,1,\(Self.money(known)),,\(kind == 1 ? "unknown_line" : ""),2026-11-30"
        )
        entries.append(
          Entry(
            partner: partner, day: day, cents: kind < 2 ? known : cents,
            isCounted: status == "completed", isPayout: true))
      } else {
        let status = ["pending", "approved", "paid", "cancelled"].randomElement(using: &random)!
        lines.append(
          "c\(number),p\(partner),t\(number),\(Self.money(cents)),USD,\(status),2026-09-01,2026-09-30,{},transaction,1,\(day.text),\(cents < 0 ? "t0" : ""),p\(partner),u,\(day.text),1.00,0.1,r"
        )
        entries.append(
          Entry(
            partner: partner, day: day, cents: cents, isCounted: status != "cancelled",
            isPayout: false))
      }
    }
    try bench.publish(["commissions": lines, "payout_register": payouts])
    return entries
  }

  @Test(
    "opening + lines − payouts = closing = the next month's opening, of everybody and no other",
    arguments: Soak.seeds([1, 2, 3]))
  func law(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bench = try ReportBench()
    let entries = try publish(&random, in: bench).filter { $0.isCounted || !$0.isPayout }
    for month in ["2026-09", "2026-10", "2026-11"] {
      let period = try #require(try ReportPeriod.parse(month: month))
      _ = try ReportRun(
        project: Project(folder: bench.folder), warehouse: bench.warehouse,
        currency: try #require(Currency(code: "USD")), timeZone: bench.zone,
        output: "\(bench.folder)/out"
      ).make(["partner-statements"], period: period)
      let folder = bench.path("partner-statements", week: month)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let partners = Set(entries.filter { $0.day <= period.to }.map(\.partner))
      #expect(names.count == partners.count * 2, "seed \(seed)")
      for partner in partners {
        let text = try bench.text("partner-statements/p\(partner).csv", week: month)
        let rows = text.split(separator: "\n").dropFirst().map {
          $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let own = entries.filter { $0.partner == partner && $0.isCounted }
        func balance(_ isIn: (Entry) -> Bool) -> String {
          Self.money(own.filter(isIn).reduce(0) { $0 + ($1.isPayout ? -$1.cents : $1.cents) })
        }
        let sum = rows.reduce(Decimal(0)) { $0 + Decimal(string: String($1[8]))! }
        #expect(rows[0][8] == balance { $0.day < period.from }, "seed \(seed)")
        #expect(sum == Decimal(string: balance { $0.day <= period.to }), "seed \(seed)")
        #expect(rows.count == 1 + own.count { $0.day >= period.from && $0.day <= period.to })
      }
    }
  }
}
