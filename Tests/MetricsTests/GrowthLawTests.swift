import Engine
import Support
import Testing

@testable import Metrics

@Suite("Growth on random rows: laws that hold whatever is sold and refunded")
struct GrowthLawTests {
  /// Random subscriptions of 200 days from 2026-01-01 on, renewed, refunded and won again.
  private func random(_ seed: UInt64) -> GrowthCase {
    var random = SeededGenerator(seed: seed)
    func date(_ day: Int) -> String { Day(number: 20_454 + Int32(day)).text }
    var test = GrowthCase()
    test.harness.from = nil
    test.harness.to = date(200)
    for index in 0..<250 {
      let day = Int.random(in: 0...200, using: &random)
      let unit = ["week", "month", "month", "year", ""].randomElement(using: &random) ?? ""
      let user = ["", "u1", "u2", "u3", "u4", "u5", "u6"].randomElement(using: &random) ?? ""
      let cents = Int.random(in: 1...9999, using: &random)
      test.rows.append(
        "s\(index),\(date(day)),subscription,\(cents / 100).\(10 + cents % 90),\(user),"
          + "p\(Int.random(in: 0...3, using: &random)),,\(unit),"
          + "\(unit.isEmpty ? "" : String(Int.random(in: 1...5, using: &random))),")
      if index % 3 == 0 {
        let kind = index % 2 == 0 ? "refund" : "chargeback"
        test.rows.append("r\(index),\(date(min(200, day + 9))),\(kind),99.99,,,,,,s\(index)")
      }
      if index % 9 == 0 {
        test.rows.append("w\(index),\(date(min(200, day + 20))),dispute_won,99.99,,,,,,s\(index)")
      }
    }
    return test
  }

  // Protects finance: opening and the five movements are closing, closing is the next opening and
  // the MRR of the month's last day, and ARR is twelve times MRR.
  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
  func movementsAddUp(seed: UInt64) throws {
    let changes = try random(seed).run()
    let days = try require(changes["growth_metrics"]).rows
    let months = try require(changes["mrr_movements"]).rows
    #expect(months.count == 6)
    var mrr: [Int64: Int64] = [:]
    for (day, amount) in zip(days.integers("metric_date"), days.integers("mrr")) {
      mrr[day] = amount
    }
    #expect(zip(days.integers("mrr"), days.integers("arr")).allSatisfy { 12 * $0 == $1 })
    var before: Int64 = 0
    for row in 0..<months.count {
      let five = ["new", "reactivated", "expansion", "contraction", "churned"].map {
        months.integers($0)[row]
      }
      let (opening, closing) = (months.integers("opening")[row], months.integers("closing")[row])
      #expect(opening == before, "seed \(seed)")
      #expect(opening + five.reduce(0, +) == closing, "seed \(seed)")
      #expect(five[0] >= 0 && five[1] >= 0 && five[2] >= 0 && five[3] <= 0 && five[4] <= 0)
      let month = Day(number: Int32(months.integers("month")[row]))
      #expect(mrr[Int64(month.lastOfMonth.number)] == closing, "seed \(seed)")
      before = closing
    }
    #expect(before > 0)
  }

  // Protects the nightly run: day by day gives what the whole span gives, without restating.
  @Test(arguments: [UInt64(7), 8])
  func dayByDayEqualsTheWholeSpan(seed: UInt64) throws {
    var test = random(seed)
    let whole = try test.run()
    var warehouse = PublishedTables()
    let first = 20_454 + Int32(20)
    test.harness.to = Day(number: first).text
    warehouse.apply(try test.run())
    for day in (first + 1)...(20_454 + 200) {
      test.harness.from = Day(number: day).text
      test.harness.to = Day(number: day).text
      warehouse.apply(try test.run())
    }
    let tables = warehouse.tables([GrowthMetrics.schema, GrowthMetrics.movementSchema])
    for name in ["growth_metrics", "mrr_movements"] {
      let expected = try require(whole[name]).rows.lines()
      #expect(try require(tables[name]).lines() == expected, "\(name), seed \(seed)")
    }
  }

  // Protects the promise that order, batches and workers never show.
  @Test(arguments: [UInt64(9), 10]) func orderNeverShows(seed: UInt64) throws {
    var test = random(seed)
    let plain = try test.run()
    var random = SeededGenerator(seed: seed)
    test.rows.shuffle(using: &random)
    test.harness.workers = 4
    test.harness.batchSize = 7
    test.harness.seed = seed
    let dealt = try test.run()
    for name in ["growth_metrics", "mrr_movements"] {
      let expected = try require(plain[name]).rows.lines()
      #expect(try require(dealt[name]).rows.lines() == expected, "\(name), seed \(seed)")
    }
  }
}
