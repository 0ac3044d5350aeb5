import Engine

/// The figures of products by day: what the clicks gave, and the sales and refunds of the ledger.
struct ProductDays {
  /// The figures of one product and day.
  private struct Figures {
    var product: Int
    var day: Int32
    var views: Int64 = 0
    var viewers: Int64 = 0
    var carts: Int64 = 0
    var orders: Int64 = 0
    var units: Int64 = 0
    var revenue: Int64 = 0
    var refunds: Int64 = 0

    /// Rows exist where any figure is non-zero; the others follow from these.
    var isEmpty: Bool {
      views == 0 && carts == 0 && orders == 0 && units == 0 && revenue == 0 && refunds == 0
    }
  }

  private var products: StringPool
  private var groups: GroupTable
  private var figures: [Figures]
  private let units: DayTotals

  /// Adds the ledger's rows of the window to the clicks' figures, of which `viewers` are by group.
  init(
    _ clicks: ProductClicks, viewers: [Int64], _ ledger: Ledger, _ window: Window
  ) throws(StageError) {
    products = clicks.products
    groups = clicks.groups
    figures = groups.keys.enumerated().map { group, key in
      Figures(
        product: Int(key.x), day: Int32(truncatingIfNeeded: Int64(bitPattern: key.y)),
        views: clicks.views[group], viewers: viewers[group], carts: clicks.carts[group])
    }
    let codes = CodeMap(products.merge(ledger.products.pool))
    units = Self.units(ledger, codes, keys: products.count, window)
    for row in 0..<ledger.count where window.contains(Int32(ledger.days[row])) {
      let isSale = ledger.isSale(row)
      // A refund is of what was sold: its own product is asked only where no sale is known.
      let original = ledger.originals[row]
      let product = codes[ledger.products.codes[original == .absent ? row : Int(original)]]
      guard product >= 0 else { continue }
      let amount = try ledger.amount(row, for: ProductAnalytics.name)
      let group = group(product: Int(product), day: Int32(ledger.days[row]))
      let place = "product \(products.text(of: Int(product)))"
      if isSale {
        figures[group].orders += 1
        figures[group].units = try ProductAnalytics.sum(
          figures[group].units, ledger.quantities[row], place)
        figures[group].revenue = try ProductAnalytics.sum(
          figures[group].revenue, amount, place)
      } else {
        let isReturn = ledger.kinds[row] == TransactionKind.disputeWon.rawValue
        figures[group].refunds = try ProductAnalytics.sum(
          figures[group].refunds, isReturn ? -amount : amount, place)
      }
    }
  }

  /// Units sold by product and day: the window's, and the 55 days before that its trends look at.
  private static func units(
    _ ledger: Ledger, _ codes: CodeMap, keys: Int, _ window: Window
  ) -> DayTotals {
    let first = window.firstDay(daysBefore: 2 * Int(Trend.span) - 1)
    var entries: [DayTotals.Entry] = []
    for row in 0..<ledger.count where ledger.isSale(row) && ledger.days[row] >= Int64(first) {
      let product = codes[ledger.products.codes[row]]
      guard product >= 0 else { continue }
      entries.append(
        DayTotals.Entry(
          key: Int(product), day: Int32(ledger.days[row]), value: ledger.quantities[row],
          row: row))
    }
    return DayTotals(keys: keys, entries)
  }

  private mutating func group(product: Int, day: Int32) -> Int {
    let group = groups.group(UInt64(product), UInt64(bitPattern: Int64(day)))
    if group == figures.count { figures.append(Figures(product: product, day: day)) }
    return group
  }

  /// The trend of a product on a day.
  private func trend(_ figures: Figures) -> Trend {
    let (product, day, span) = (figures.product, figures.day, Trend.span)
    return Trend(
      now: units.total(product, from: day - span + 1, through: day).sum,
      before: units.total(product, from: day - 2 * span + 1, through: day - span).sum)
  }

  /// Rows of `product_analytics` by product, then day.
  func table() throws(StageError) -> Table {
    let ranks = products.ranks()
    let rows = figures.filter { !$0.isEmpty }.sorted { left, right in
      if left.product != right.product { return ranks[left.product] < ranks[right.product] }
      return left.day < right.day
    }
    var net: [Int64] = []
    for row in rows {
      net.append(
        try ProductAnalytics.sum(
          row.revenue, -row.refunds, "product \(products.text(of: row.product))"))
    }
    let words = StringPool(words: Trend.allCases.map(\.word))
    return Table(
      schema: ProductAnalytics.schema,
      columns: [
        .texts(TextColumn(codes: rows.map { Int32($0.product) }, pool: products)),
        .integers(rows.map { Int64($0.day) }),
        .integers(rows.map(\.views)),
        .integers(rows.map(\.viewers)),
        .integers(rows.map(\.carts)),
        .integers(rows.map(\.orders)),
        .integers(rows.map(\.units)),
        .integers(rows.map(\.revenue)),
        .integers(rows.map(\.refunds)),
        .integers(net),
        .integers(rows.map { ratio($0.carts, $0.views) }),
        .integers(rows.map { ratio($0.orders, $0.carts) }),
        .integers(rows.map { ratio($0.orders, $0.views) }),
        .texts(TextColumn(codes: rows.map { trend($0).rawValue }, pool: words)),
      ])
  }
}
