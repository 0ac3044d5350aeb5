import Support

/// Subscriptions, activations and listings for `NastyData`: renewed just in time and just too late,
/// at months' ends, refunded in parts, in full and in a dispute, over several products, by users and
/// by vendors.
struct NastySubscriptions: Random {
  private static let day = 86_400_000_000
  var random: SeededGenerator
  private let days: ClosedRange<Int>

  init(seed: UInt64, days: ClosedRange<Int>) {
    random = SeededGenerator(seed: seed &* 131 &+ 17)
    self.days = days
  }

  private func written(_ micros: Int) -> String { RawTime.text(micros) + "Z" }

  private mutating func instant() -> Int {
    number(days.lowerBound...days.upperBound) * Self.day
      + pick([0, 4 * 3_600_000_000, 5 * 3_600_000_000 - 1, 22 * 3_600_000_000, Self.day - 1])
  }

  /// Adds subscriptions to the transactions, and to users and products the columns that growth asks
  /// for.
  mutating func add(to sources: inout [String: RawSource]) {
    extend("users", in: &sources, ["activated_at"]) {
      [$0.chance(70) ? $0.written($0.instant()) : ""]
    }
    extend("products", in: &sources, ["supplier_id", "listed_at", "delisted_at"]) {
      [
        $0.pick(["", "s1", "s2"]), $0.chance(70) ? $0.written($0.instant()) : "",
        $0.chance(40) ? $0.written($0.instant()) : "",
      ]
    }
    extend("transactions", in: &sources, ["subscription_id", "interval", "interval_count"]) {
      // Of single payments, and of kinds to which an interval means nothing.
      $0.chance(40)
        ? ["", $0.pick(["week", "month", "YEAR"]), "\($0.number(1...6))"] : ["", "", ""]
    }
    guard let header = sources["transactions"]?.header else { return }
    var rows: [[String: String]] = []
    for index in 0..<26 { addSubscription(index, &rows) }
    for row in rows {
      sources["transactions"]?.rows.append(header.map { row[$0] ?? "" })
    }
  }

  private mutating func extend(
    _ name: String, in sources: inout [String: RawSource], _ columns: [String],
    _ values: (inout NastySubscriptions) -> [String]
  ) {
    guard var source = sources[name] else { return }
    source.header += columns
    for row in source.rows.indices { source.rows[row] += values(&self) }
    sources[name] = source
  }

  private mutating func addSubscription(_ index: Int, _ rows: inout [[String: String]]) {
    let unit = pick(["month", "month", "month", "", "week", "year"])
    let count = unit.isEmpty ? 1 : number(1...(unit == "week" ? 6 : 3))
    let length = count * (unit == "week" ? 7 : unit == "year" ? 365 : 30)
    var row = [
      "kind": chance(75) ? "subscription" : "vendor_subscription", "currency": "USD",
      "interval": unit, "interval_count": unit.isEmpty ? "" : "\(count)",
      "user_id": chance(75) ? pick(["x", "u"]) + "\(number(0...9))" : "",
      "vendor_id": chance(60) ? "v\(number(0...7))" : "",
      "product_id": chance(60) ? "p\(number(0...3))" : "",
      "subscription_id": chance(40) ? "sub\(number(0...9))" : "",
    ]
    var at = instant() - number(0...200) * Self.day
    for renewal in 0..<number(1...5) {
      let id = "y\(index)-\(renewal)"
      let amount = number(1...9_999)
      row["transaction_id"] = id
      row["occurred_at"] = written(at)
      row["amount"] = Self.text(amount)
      rows.append(row)
      if chance(35) { addReturns(of: id, amount: amount, after: at, &rows) }
      if chance(20) { row["product_id"] = "p\(number(0...3))" }
      // Early, to the microsecond, within the grace, at its very end, and too late.
      at += length * Self.day + pick([-2, 0, 2, 3, 4, 9]) * Self.day + pick([-1, 0, 1])
    }
  }

  /// Parts that sum up to the amount, or nearly; sometimes all of it comes back.
  private mutating func addReturns(
    of id: String, amount: Int, after at: Int, _ rows: inout [[String: String]]
  ) {
    let parts = chance(50) ? [amount] : [amount - amount / 3, amount / 3 - pick([0, 0, 1, -1])]
    var moment = at
    for (index, part) in parts.enumerated() where part > 0 {
      moment += pick([0, 1, Self.day, 20 * Self.day])
      rows.append([
        "transaction_id": "\(pick(["a", "z"]))\(id)-r\(index)", "occurred_at": written(moment),
        "kind": pick(["refund", "chargeback"]), "amount": Self.text(part), "currency": "USD",
        "reference_id": id,
      ])
    }
    if chance(40) {
      rows.append([
        "transaction_id": "\(id)-won", "occurred_at": written(moment + number(0...9) * Self.day),
        "kind": "dispute_won", "amount": Self.text(parts[0]), "currency": "USD",
        "reference_id": id,
      ])
    }
  }

  private static func text(_ cents: Int) -> String {
    "\(cents / 100)." + String(String(100 + cents % 100).dropFirst())
  }
}
