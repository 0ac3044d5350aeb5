import Engine
import Support
import Testing

@testable import Metrics

@Suite("Forecasts of products: the method, its errors and its interval")
struct ForecastTests {
  /// Units of a product that sells around `mean` a day, more at the end of a week.
  private func regular(_ days: Int, mean: Int, seed: UInt64, growth: Double = 0) -> [Double] {
    var random = SeededGenerator(seed: seed)
    return (0..<days).map { day in
      let weekday = day % 7 >= 5 ? 2.0 : 1.0
      let noise = (0..<4).reduce(0) { sum, _ in sum + Int.random(in: 0...mean, using: &random) }
      return (weekday * (Double(noise) + growth * Double(day))).rounded()
    }
  }

  private func rare(_ days: Int, everyDays: Int, seed: UInt64) -> [Double] {
    var random = SeededGenerator(seed: seed)
    let later = (1..<days).map { _ in
      Int.random(in: 0..<everyDays, using: &random) == 0
        ? Double(Int.random(in: 1...3, using: &random)) : 0
    }
    return [1] + later
  }

  // Protects the choice: noise around a level is what smoothing is for, and it must show in the
  // errors that the table publishes.
  @Test(arguments: [UInt64(1), 2, 3, 4, 5])
  func smoothingBeatsLastWeek(seed: UInt64) throws {
    let forecast = Forecast(regular(364, mean: 10, seed: seed))
    #expect(forecast.method == .holtWinters, "seed \(seed)")
    let (error, naive) = (try require(forecast.error), try require(forecast.naiveError))
    #expect(error < naive)
    // Weekends sell twice as much.
    #expect(forecast.units[(5 - 364 % 7 + 7) % 7] > 1.5 * forecast.units[(1 - 364 % 7 + 7) % 7])
  }

  // A series that repeats exactly leaves nothing to beat, and no error to scale by.
  @Test func whatRepeatsIsRepeated() {
    let weeks = (0..<364).map { Double([1, 2, 3, 4, 5, 6, 7][$0 % 7]) }
    let forecast = Forecast(weeks)
    #expect(forecast.method == .seasonalNaive)
    #expect(forecast.units == (0..<28).map { weeks[($0 + 364) % 7] })
    #expect(forecast.error == 0 && forecast.naiveError == 0 && forecast.scale == nil)
    #expect(forecast.lower.map { $0 ?? -1 } == forecast.units)
  }

  // Protects slow products: their rate, not what last week happened to be.
  @Test(arguments: [UInt64(1), 2, 3])
  func rareProductsSellAtTheirRate(seed: UInt64) throws {
    let forecast = Forecast(rare(364, everyDays: 8, seed: seed))
    #expect([.crostonSBA, .crostonTSB].contains(forecast.method))
    // Two units every eighth day.
    #expect(forecast.units.allSatisfy { $0 == forecast.units[0] && abs($0 - 0.25) < 0.12 })
  }

  // The days before the first sale of a series are no interval between sales: the product may be
  // older than its series.
  @Test func whatWasBeforeTheSeriesIsUnknown() {
    func rate(after days: Int) -> Double {
      var croston = Croston()
      for day in 0..<days { croston.follow(day == days - 1 ? 4 : 0) }
      for day in 1...40 { croston.follow(day % 8 == 0 ? 4 : 0) }
      return croston.rate
    }
    #expect(rate(after: 1) == 0.95 * 4 / 8)
    #expect(rate(after: 7) == rate(after: 1))
  }

  // Over many products the errors must be the smaller ones.
  @Test func ratesBeatLastWeek() throws {
    var (error, naive) = (0.0, 0.0)
    for seed in UInt64(1)...40 {
      let forecast = Forecast(rare(364, everyDays: 8, seed: seed))
      error += try require(forecast.error)
      naive += try require(forecast.naiveError)
    }
    #expect(error < 0.85 * naive, "\(error) \(naive)")
  }

  // A product that has not sold for half a year is expected to sell nothing.
  @Test func whatHasEndedIsOver() {
    let forecast = Forecast(rare(182, everyDays: 4, seed: 7) + [Double](repeating: 0, count: 182))
    #expect(forecast.method == .crostonTSB)
    #expect(forecast.units[0] < 0.01)
  }

  // Protects what the interval promises: four days in five of a year to come lie in it.
  @Test func intervalsHoldWhatTheyPromise() throws {
    var (inside, all) = (0, 0)
    for seed in UInt64(1)...40 {
      let series = regular(392, mean: 8, seed: seed)
      let forecast = Forecast(Array(series.prefix(364)))
      for day in 0..<28 {
        let actual = series[364 + day]
        all += 1
        if actual >= (forecast.lower[day] ?? 0), actual <= (forecast.upper[day] ?? 0) {
          inside += 1
        }
      }
    }
    let share = Double(inside) / Double(all)
    #expect(share > 0.74 && share < 0.88, "\(share)")
  }

  // Protects young products from methods that need more days than there are.
  @Test(arguments: 1...90)
  func anyLengthWorks(days: Int) throws {
    for series in [regular(days, mean: 5, seed: 9), rare(days, everyDays: 3, seed: 9)] {
      let forecast = Forecast(series)
      #expect(forecast.units.count == 28 && forecast.units.allSatisfy { $0 >= 0 && $0.isFinite })
      #expect((forecast.method == .mean) == (days < 14))
      #expect((forecast.error != nil) == (days >= 56), "\(days)")
      #expect((forecast.lower[0] != nil) == (days > 1))
      for day in 0..<28 {
        if let low = forecast.lower[day], let high = forecast.upper[day] {
          #expect(low <= forecast.units[day] && forecast.units[day] <= high)
        }
      }
    }
  }

  private let header = "transaction_id,occurred_at,kind,amount,currency,product_id,quantity"

  private func sales(_ product: String, _ days: [String]) -> String {
    days.map { "\(product)\($0),\($0)T12:00:00Z,purchase,5.00,USD,\(product),2" }
      .joined(separator: "\n")
  }

  // Protects the table: who is in it, for which days, and that an older run leaves a newer one be.
  @Test func tableOfProducts() throws {
    var harness = Harness(from: "2026-03-10", to: "2026-03-10")
    let inputs = [
      "transactions": [
        header, sales("a", ["2026-03-09", "2026-03-10", "2026-03-11"]),
        sales("gone", ["2026-03-10"]),
        sales("later", ["2026-03-11"]), sales("old", ["2025-03-11"]), sales("b", ["2025-03-12"]),
      ].joined(separator: "\n"),
      "products":
        "product_id,name,delisted_at\ngone,G,2026-03-10T23:00:00Z\na,A,2026-03-11T00:00:00Z",
    ]
    let stages = ["ledger", "product_forecast"]
    let change = try require(harness.run(stages, inputs)["product_forecast"])
    #expect(change.replaces == .everything)
    let lines = change.rows.lines()
    #expect(lines.count == 56)
    #expect(lines.first == "a,2026-03-11,2.00,2.00,2.00,mean,,,,,2026-03-10")
    #expect(
      lines.last == "b,2026-04-07,0.00,0.00,0.00,croston_tsb,0.0001,0.0000,0.0103,0.0000,2026-03-10"
    )
    harness.published["product_forecast"] = change.rows
    harness.to = "2026-03-09"
    harness.from = "2026-03-09"
    let older = try require(harness.run(stages, inputs)["product_forecast"])
    #expect(older.rows.count == 0 && older.replaces == .nothing)
  }

  // Protects the promise that order, batches and workers never show.
  @Test(arguments: [UInt64(1), 2]) func orderNeverShows(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var rows = (0..<3000).map { index in
      let day = Day(number: 20_300 + Int32.random(in: 0...220, using: &random)).text
      let product = Int.random(in: 0..<12, using: &random)
      return "t\(index),\(day)T12:00:00Z,purchase,5.00,USD,p\(product),"
        + "\(Int.random(in: 1...4, using: &random))"
    }
    var harness = Harness(from: nil, to: Day(number: 20_520).text)
    let plain = try harness.run(
      ["ledger", "product_forecast"],
      ["transactions": ([header] + rows).joined(separator: "\n")])
    rows.shuffle(using: &random)
    harness.batchSize = 13
    harness.workers = 3
    let dealt = try harness.run(
      ["ledger", "product_forecast"],
      ["transactions": ([header] + rows).joined(separator: "\n")])
    let expected = try require(plain["product_forecast"]).rows.lines()
    #expect(expected.count == 12 * 28)
    #expect(try require(dealt["product_forecast"]).rows.lines() == expected, "seed \(seed)")
  }
}
