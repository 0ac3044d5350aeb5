import Engine
import Support

/// Products that sell in every way that a forecast tells apart, for as many days as decide how:
/// steadily, by weekday, rarely, at the limit of rarely, ever less, ever more, no longer.
struct NastySales: Random {
  private static let day = 86_400_000_000
  /// Days since the first sale: those at which methods, backtests and histories begin, and beside.
  private static let ages = [
    1, 2, 13, 14, 15, 27, 28, 29, 55, 56, 57, 62, 63, 69, 70, 76, 77, 78, 100, 112, 200, 363, 364,
    365, 366, 420,
  ]

  var random: SeededGenerator
  /// Days since 1970.
  private let last: Int
  private var sales: [[String]] = []
  private var products: [[String]] = []

  init(seed: UInt64, last: Int) {
    random = SeededGenerator(seed: seed &* 71 &+ 29)
    self.last = last
  }

  /// Products and their sales, refunds of some among them.
  mutating func sources() -> [String: RawSource] {
    for age in Self.ages {
      for pattern in 0..<9 where chance(45) || age >= 56 && chance(60) { add(age, pattern) }
    }
    return [
      "products": RawSource(header: ["product_id", "name", "delisted_at"], rows: products),
      "transactions": RawSource(
        header: [
          "transaction_id", "occurred_at", "kind", "amount", "currency", "product_id", "quantity",
          "reference_id",
        ], rows: sales),
    ]
  }

  private mutating func add(_ age: Int, _ pattern: Int) {
    let product = "f\(products.count)"
    // The first instant after the window, the last one in it, and long before.
    let delisted =
      chance(80) ? "" : RawTime.text((last + 1) * Self.day - pick([0, 1, 40 * Self.day]))
    products.append([product, "Product \(product)", delisted.isEmpty ? "" : delisted + "Z"])
    let base = number(1...30)
    let weekdays = (0..<7).map { _ in number(0...base) }
    // Some have stopped selling, a few of them just within the year that counts or before it.
    let end = chance(75) ? last : last - pick([number(0...60), 363, 364])
    for place in 0..<age {
      let day = last - age + 1 + place
      if place > 0, day > end { break }
      var units = units(pattern, place, age, base, weekdays)
      // Its first day is one with a sale.
      if place == 0 { units = max(1, units) }
      sell(units, of: product, on: day)
    }
  }

  private mutating func units(
    _ pattern: Int, _ place: Int, _ age: Int, _ base: Int, _ weekdays: [Int]
  ) -> Int {
    switch pattern {
    case 0: base
    case 1: 1 + weekdays[place % 7]
    case 2: max(0, base + weekdays[place % 7] * 2 + place / 10 + number(-3...3))
    case 3: max(0, base + weekdays[place % 7] + (age - place) / 3 - 20 + number(-2...2))
    // 25 of 33 days is just not rare, 3 of 4 is.
    case 4: place % 33 % 4 == 3 && place % 33 < 32 ? 0 : number(1...base)
    case 5: place % 4 == 3 ? 0 : number(1...base)
    case 6: chance(12) ? number(1...20) : 0
    // So steadily that the days between sales tell more than their share.
    case 7: place % (9 + base / 2) == 0 ? base : 0
    default: chance(max(1, 60 * (age - place) / age - 10)) ? number(1...3) : 0
    }
  }

  /// A day's units in one sale or several; a sale without a quantity is one unit.
  private mutating func sell(_ units: Int, of product: String, on day: Int) {
    var left = units
    while left > 0 {
      let part = chance(80) ? left : number(1...left)
      left -= part
      let id = "s\(sales.count)"
      let at = day * Self.day + pick([0, 4 * 3_600_000_000, 12 * 3_600_000_000, Self.day - 1])
      sales.append([
        id, RawTime.text(at) + "Z", pick(["purchase", "booking"]), "1.00", "USD", product,
        part == 1 && chance(50) ? "" : "\(part)", "",
      ])
      guard chance(3) else { continue }
      sales.append([
        id + "r", RawTime.text(at + 1) + "Z", "refund", "1.00", "USD", product, "\(part)", id,
      ])
    }
  }
}
