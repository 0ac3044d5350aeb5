import Engine

/// The figures of every day of a window, as arrays over days.
struct GrowthDays {
  /// How many days before a day its growth rates look at, that day included.
  static let reach: Int32 = 60
  /// How many days a supplier, or a person of `mau`, counts for.
  static let month = 30

  /// The window's days.
  private let first: Int32
  private let last: Int32
  /// The day of the first place in the arrays that growth rates need: 59 before the window.
  private let base: Int32
  private var newUsers: [Int64]
  private var net: [Int64]
  private var activated: [Int64]
  private var revenue: [Int64]
  private var orders: [Int64]
  private var sold: [Int64]
  private var suppliers: [Int64] = []
  private var listed: [Int64] = []
  /// dau, wau and mau.
  private var active: [[Int64]] = []

  /// The figures of the days from `first` through `last` that do not need who was active.
  init(
    _ partial: GrowthPartial, _ ledger: Ledger, first: Int32, last: Int32
  ) throws(StageError) {
    self.first = first
    self.last = last
    base = first - Self.reach + 1
    let count = Int(last - first) + 1
    let reaching = Int(last - base) + 1
    newUsers = [Int64](repeating: 0, count: reaching)
    net = newUsers
    activated = [Int64](repeating: 0, count: count)
    revenue = activated
    orders = activated
    sold = activated
    for day in partial.created { newUsers[Int(day - base)] += 1 }
    for day in partial.activated where day >= first { activated[Int(day - first)] += 1 }
    countListed(partial.products)
    try addMoney(ledger)
    countSold(partial.products, ledger)
  }

  private mutating func countListed(_ products: GrowthPartial.Products) {
    var changes = [Int64](repeating: 0, count: activated.count + 1)
    for (listed, delisted) in zip(products.listed, products.delisted) {
      let (low, high) = (max(listed, first), min(delisted, last + 1))
      guard low < high else { continue }
      changes[Int(low - first)] += 1
      changes[Int(high - first)] -= 1
    }
    listed = Array(runningSums(of: changes).dropLast())
  }

  private mutating func addMoney(_ ledger: Ledger) throws(StageError) {
    for row in 0..<ledger.count where ledger.days[row] >= Int64(base) {
      let day = Int32(ledger.days[row])
      guard day <= last else { continue }
      let amount = try ledger.amount(row, for: GrowthMetrics.name)
      let place = Int(day - base)
      let isIncome =
        ledger.isSale(row) || ledger.kinds[row] == TransactionKind.disputeWon.rawValue
      net[place] = try GrowthMetrics.sum(
        net[place], isIncome ? amount : -amount, "net revenue of \(Day(number: day).text)")
      guard ledger.isSale(row), day >= first else { continue }
      orders[Int(day - first)] += 1
      revenue[Int(day - first)] = try GrowthMetrics.sum(
        revenue[Int(day - first)], amount, "revenue of \(Day(number: day).text)")
    }
  }

  /// Distinct products sold a day, and distinct suppliers of products sold in 30 days.
  private mutating func countSold(_ products: GrowthPartial.Products, _ ledger: Ledger) {
    // The supplier of each of the ledger's products; a product need not be among the source's.
    var ids = products.ids
    let codes = ids.merge(ledger.products.pool)
    var supplierOf = [Int32](repeating: -1, count: ids.count)
    for (id, supplier) in zip(products.id, products.supplier) { supplierOf[Int(id)] = supplier }
    var seen = GroupTable()
    /// Supplier and day in one word each, for sorting.
    var pairs: [UInt64] = []
    for row in 0..<ledger.count
    where ledger.isSale(row) && ledger.days[row] > Int64(first) - Int64(Self.month) {
      let day = Int32(ledger.days[row])
      guard day <= last, ledger.products.codes[row] >= 0 else { continue }
      let product = codes[Int(ledger.products.codes[row])]
      let known = seen.count
      let group = seen.group(UInt64(product), UInt64(bitPattern: Int64(day)))
      guard group == known else { continue }
      if day >= first { sold[Int(day - first)] += 1 }
      if supplierOf[product] >= 0 {
        pairs.append(
          UInt64(supplierOf[product]) << 32 | UInt64(GrowthPartial.group(ofDay: day)))
      }
    }
    pairs.sort()
    var counts = TrailingCounts(span: Self.month, first: first, last: last)
    for (place, pair) in pairs.enumerated() {
      let following = place + 1 < pairs.count ? pairs[place + 1] : .max
      let isSame = following >> 32 == pair >> 32
      counts.add(
        GrowthPartial.day(ofGroup: Int(pair & 0xFFFF_FFFF)),
        next: isSame ? GrowthPartial.day(ofGroup: Int(following & 0xFFFF_FFFF)) : .max)
    }
    suppliers = counts.totals
  }

  /// Notes who was active; forgotten by the partial.
  mutating func countActive(_ partial: inout GrowthPartial) throws(SpillError) {
    var spans = [1, 7, Self.month].map { TrailingCounts(span: $0, first: first, last: last) }
    try partial.takeDays { day, next in
      for index in spans.indices { spans[index].add(day, next: next) }
    }
    active = spans.map(\.totals)
  }

  /// Rows of `growth_metrics`; throws where a sum is beyond 64 bits.
  func table(_ recurring: RecurringRevenue) throws(StageError) -> Table {
    let (mrr, subscribers) = try recurring.totals(first: first, last: last)
    var arr: [Int64] = []
    for (index, amount) in mrr.enumerated() {
      guard let year = Money.narrow(12 * Int128(amount)) else {
        throw GrowthMetrics.overflowError("arr of \(Day(number: first + Int32(index)).text)")
      }
      arr.append(year)
    }
    let columns: [[Int64]] = [
      (first...last).map { Int64($0) }, Array(newUsers[Int(first - base)...]), activated, revenue,
      Array(net[Int(first - base)...]), orders, mrr, arr, subscribers, listed, sold, suppliers,
      active[0], active[1], active[2], growth(of: net, days: 7), growth(of: net, days: 30),
      growth(of: newUsers, days: 7), growth(of: newUsers, days: 30),
    ]
    return Table(schema: GrowthMetrics.schema, columns: columns.map { .integers($0) })
  }

  /// For each day of the window (the trailing days − the days before them) / the days before them.
  private func growth(of values: [Int64], days: Int) -> [Int64] {
    var sums: [Int128] = [0]
    for value in values { sums.append(sums[sums.count - 1] + Int128(value)) }
    return (Int(first - base)..<values.count).map { place in
      let now = sums[place + 1] - sums[place + 1 - days]
      let before = sums[place + 1 - days] - sums[place + 1 - 2 * days]
      return ratio(now - before, before)
    }
  }
}
