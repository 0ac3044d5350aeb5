import Foundation
import Testing

@testable import Metrics

/// The CDNOW customers (Tests/Fixtures/cdnow), for which the papers publish results; they count in
/// weeks, we in days.
@Suite("Lifetime models against the published results for the customers of CDNOW")
struct LifetimeModelTests {
  struct Row {
    let history: PurchaseModel.History
    let spend: SpendModel.History
  }

  static func rows() throws -> [Row] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/cdnow/customers.csv")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map {
      let fields = try $0.split(separator: ",").map { try require(Int32($0)) }
      let mean = fields[0] == 0 ? 0 : Double(fields[3]) / 100 / Double(fields[0])
      return Row(
        history: PurchaseModel.History(repeats: fields[0], recency: fields[1], age: fields[2]),
        spend: SpendModel.History(purchases: fields[0], mean: mean))
    }
  }

  // Fader, Hardie and Lee 2005, table 2: r 0.243, α 4.414, a 0.793, b 2.426.
  @Test func purchaseParameters() throws {
    let rows = try Self.rows()
    #expect(rows.count == 2357)
    let model = try require(PurchaseModel(fittedTo: rows.map(\.history)))
    #expect(abs(model.r - 0.243) < 0.0006, "\(model)")
    #expect(abs(model.alpha / 7 - 4.414) < 0.0006, "\(model)")
    #expect(abs(model.a - 0.793) < 0.0006, "\(model)")
    #expect(abs(model.b - 2.426) < 0.0006, "\(model)")
  }

  // Hardie's note on the Gamma–Gamma model: p 6.25, q 3.74, γ 15.44.
  @Test func spendParameters() throws {
    let model = try require(SpendModel(fittedTo: try Self.rows().map(\.spend)))
    #expect(abs(model.p - 6.25) < 0.006, "\(model)")
    #expect(abs(model.q - 3.74) < 0.006, "\(model)")
    #expect(abs(model.gamma - 15.44) < 0.006, "\(model)")
  }

  // The papers' example: two repeats, the last after 30.43 of 38.86 weeks, buys 1.226 times in the
  // next 39; the others are from the untransformed equation, by mpmath.
  @Test(arguments: [
    (2, 213, 272, 273, 1.2260), (0, 0, 272, 273, 0.19510), (26, 210, 217, 364, 25.0487),
  ])
  func expectedPurchases(
    repeats: Int32, recency: Int32, age: Int32, days: Double, expected: Double
  ) throws {
    let model = PurchaseModel(r: 0.243, alpha: 4.414 * 7, a: 0.793, b: 2.426)
    let history = PurchaseModel.History(repeats: repeats, recency: recency, age: age)
    let found = try require(model.expectedPurchases(history, days: days))
    #expect(abs(found - expected) < 2e-4 * expected, "\(found)")
  }

  // Where few are lost, or all at once, a + b is below 1. By mpmath, from the integral over the
  // probability of a loss that equation 10 solves.
  @Test(arguments: [
    (1.5, 20, 0.2, 0.5, 2.99727271103), (0.5, 30, 0.2, 0.5, 1.04953443991),
    (1.5, 20, 0.2, 0.75, 3.26761318129),
  ])
  func buyersOnceWhereLossesVaryWidely(
    r: Double, alpha: Double, a: Double, b: Double, expected: Double
  ) throws {
    let model = PurchaseModel(r: r, alpha: alpha, a: a, b: b)
    let history = PurchaseModel.History(repeats: 0, recency: 0, age: 100)
    let found = try require(model.expectedPurchases(history, days: 365))
    #expect(abs(found - expected) < 1e-10 * expected, "\(found)")
  }

  // The conditional means of the first ten customers that Hardie's note lists.
  @Test func expectedMeans() throws {
    let model = SpendModel(p: 6.25, q: 3.74, gamma: 15.44)
    let expected = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    for (row, mean) in zip(try Self.rows(), expected) {
      // The note's parameters have more digits than it prints.
      #expect(abs(try require(model.expectedMean(row.spend)) - mean) < 0.06)
    }
  }

  // A limit that is 0 / 0 in the equation: both sides of it must meet there.
  @Test func aOfOneIsNoHole() throws {
    let history = PurchaseModel.History(repeats: 3, recency: 100, age: 120)
    let values = try [0.9999, 1, 1.0001].map { a in
      try require(
        PurchaseModel(r: 0.5, alpha: 30, a: a, b: 2).expectedPurchases(history, days: 365))
    }
    #expect(values[0] > values[1] && values[1] > values[2])
    #expect(abs(values[1] - (values[0] + values[2]) / 2) < 1e-5)
  }

  @Test func probabilitiesAlive() {
    let model = PurchaseModel(r: 0.243, alpha: 30.9, a: 0.793, b: 2.426)
    let alive = { (repeats: Int32, recency: Int32) in
      model.probabilityAlive(
        PurchaseModel.History(repeats: repeats, recency: recency, age: 300))
    }
    #expect(alive(0, 0) == 1)
    #expect(alive(20, 299) > 0.9)
    #expect(alive(20, 20) < 1e-10)
  }

  // The order of customers must not show in a single bit.
  @Test func orderDoesNotShow() throws {
    let rows = try Self.rows()
    let forward = try require(PurchaseModel(fittedTo: rows.map(\.history)))
    let backward = try require(PurchaseModel(fittedTo: rows.reversed().map(\.history)))
    #expect(forward.r == backward.r && forward.alpha == backward.alpha)
    #expect(forward.a == backward.a && forward.b == backward.b)
    let spend = try require(SpendModel(fittedTo: rows.map(\.spend)))
    let other = try require(SpendModel(fittedTo: rows.reversed().map(\.spend)))
    #expect(spend.p == other.p && spend.q == other.q && spend.gamma == other.gamma)
  }

  @Test func tooLittleDataGivesNoModel() throws {
    let rows = try Self.rows()
    #expect(PurchaseModel(fittedTo: rows.prefix(49).map(\.history)) == nil)
    let once = rows.filter { $0.history.repeats == 0 }
    #expect(PurchaseModel(fittedTo: once.map(\.history)) == nil)
    #expect(SpendModel(fittedTo: once.map(\.spend)) == nil)
    #expect(PurchaseModel(fittedTo: []) == nil)
    // All alike: no spread to fit a distribution to.
    let alike = [SpendModel.History](
      repeating: SpendModel.History(purchases: 2, mean: 10), count: 60)
    #expect(SpendModel(fittedTo: alike) == nil)
  }
}
