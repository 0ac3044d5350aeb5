import Engine

/// How good each partner's traffic is, over the 90 days up to the window's end, and their rank.
///
/// `conversion_low` is the lower end of the 95 % Wilson interval of first sales per accepted click
/// (E. B. Wilson, JASA 22, 1927): unlike the rate itself it does not let a partner with one lucky
/// click lead. `refund_rate` = (refunds + chargebacks − disputes won) / sales, in money, of owned
/// customers. `customers` had their first sale before the last 30 days; `retention` is the share of
/// them with a sale within those. Rank 1 has the highest `conversion_low`, then the highest
/// revenue, then the first ID.
package struct PartnerScores: DerivedStage {
  package static let name = "partner_scores"
  package static let tags = ["partners"]
  package static let summary = "conversion, revenue per click, refunds, retention; partners ranked"
  package static let upstream = [LedgerStage.name, Buyers.name, Timelines.name, Owners.name]
  package static let writes = [schema]

  /// How many days are looked at, the window's last included.
  static let span = 90
  /// Within how many of the last days a retained customer bought.
  static let retentionDays = 30

  /// One row per partner with a click, sale or customer.
  package static let schema = TableSchema(
    name: "partner_scores", summary: "how good a partner's traffic is, and their rank",
    key: ["partner_id"],
    columns: [
      ColumnSchema("partner_id", .text),
      ColumnSchema("rank", .integer),
      ColumnSchema("clicks", .integer),
      ColumnSchema("conversions", .integer),
      ColumnSchema("conversion_low", .ratio, nullable: true),
      ColumnSchema("revenue", .money),
      ColumnSchema("revenue_per_click", .money, nullable: true),
      ColumnSchema("refund_rate", .ratio, nullable: true),
      ColumnSchema("customers", .integer),
      ColumnSchema("retention", .ratio, nullable: true),
      ColumnSchema("as_of", .day),
    ])

  private let context: RunContext

  /// The stage of a run.
  package init(_ context: RunContext) { self.context = context }

  /// The clicks of days before the window are known from what was published of them.
  package var readsBack: [ReadBack] {
    [PartnerClicks.readBack(context, days: Self.span), Snapshot.readBack(Self.schema)]
  }

  /// The table `partner_scores`, whole, unless a later one is published; throws where an amount lacks its exchange rate or a sum
  /// overflows.
  package func finish(_ tables: Upstream) throws(StageError) -> [TableChange] {
    let clicks = PartnerClicks(
      tables.table(Timelines.counts.name),
      published: tables.published(PartnerAnalytics.schema.name), context)
    var scores = ScoreFigures(lastDay: context.window.lastDay)
    scores.addClicks(clicks)
    let ledger = tables.ownedLedger
    try scores.addCustomers(OwnedCustomers(tables.table(Owners.name), ledger), ledger)
    return [
      Snapshot.change(
        scores.table(asOf: context.window.lastDay), over: tables.published(Self.schema.name),
        asOf: context.window.lastDay)
    ]
  }
}

/// The figures of partners over the days that are looked at.
private struct ScoreFigures {
  /// The figures of one partner.
  private struct Figures {
    var clicks: Int64 = 0
    var conversions: Int64 = 0
    var sales: Int64 = 0
    var refunds: Int64 = 0
    var customers: Int64 = 0
    var retained: Int64 = 0

    var isEmpty: Bool {
      clicks == 0 && conversions == 0 && sales == 0 && refunds == 0 && customers == 0
    }
    /// `addCustomers` has checked that this fits.
    var revenue: Int64 { sales - refunds }
    var conversionLow: Int64 { Wilson.lowerBound(min(conversions, clicks), of: clicks) }
  }

  private let lastDay: Int32
  private var partners = StringPool()
  private var figures: [Figures] = []

  init(lastDay: Int32) { self.lastDay = lastDay }

  private var firstDay: Int32 { lastDay - Int32(PartnerScores.span) + 1 }

  private mutating func add(_ pool: StringPool) -> CodeMap {
    let map = CodeMap(partners.merge(pool))
    while figures.count < partners.count { figures.append(Figures()) }
    return map
  }

  mutating func addClicks(_ clicks: PartnerClicks) {
    let map = add(clicks.partners)
    for row in clicks.rows where row.day >= firstDay {
      figures[Int(map[row.partner])].clicks += row.clicks
    }
  }

  mutating func addCustomers(_ owned: OwnedCustomers, _ ledger: Ledger) throws(StageError) {
    let map = add(owned.partners)
    let recent = Int64(lastDay) - Int64(PartnerScores.retentionDays)
    var lastSales = [Int64](repeating: .min, count: ledger.users.pool.count)
    for row in 0..<ledger.count {
      guard let owner = owned.owner(of: row) else { continue }
      let (partner, day) = (Int(map[owner]), ledger.days[row])
      if ledger.isSale(row) { lastSales[Int(ledger.users.codes[row])] = day }
      guard day >= Int64(firstDay) else { continue }
      let amount = try ledger.amount(row, for: PartnerScores.name)
      let place = "revenue of partner \(partners.text(of: partner))"
      if ledger.isSale(row) {
        figures[partner].sales = try PartnerScores.sum(figures[partner].sales, amount, place)
      } else {
        figures[partner].refunds = try PartnerScores.sum(
          figures[partner].refunds, ledger.takesBack(row) ? amount : -amount, place)
      }
      _ = try PartnerScores.sum(figures[partner].sales, -figures[partner].refunds, place)
    }
    for customer in owned.customers where customer.firstSale >= 0 {
      let (partner, sale) = (Int(map[customer.partner]), customer.firstSale)
      if ledger.occurredAt[sale] >= customer.createdAt, ledger.days[sale] >= Int64(firstDay) {
        figures[partner].conversions += 1
      }
      guard ledger.days[sale] <= recent else { continue }
      figures[partner].customers += 1
      if lastSales[Int(ledger.users.codes[sale])] > recent { figures[partner].retained += 1 }
    }
  }

  func table(asOf day: Int32) -> Table {
    let places = partners.ranks()
    let order = figures.indices.filter { !figures[$0].isEmpty }.sorted { left, right in
      let (first, second) = (figures[left], figures[right])
      // No clicks at all is no bound: below every one.
      if first.conversionLow != second.conversionLow {
        return first.conversionLow > second.conversionLow
      }
      if first.revenue != second.revenue { return first.revenue > second.revenue }
      return places[left] < places[right]
    }
    let rows = order.map { figures[$0] }
    return Table(
      schema: PartnerScores.schema,
      columns: [
        .texts(TextColumn(codes: order.map { Int32($0) }, pool: partners)),
        .integers(order.indices.map { Int64($0) + 1 }),
        .integers(rows.map(\.clicks)), .integers(rows.map(\.conversions)),
        .integers(rows.map(\.conversionLow)), .integers(rows.map(\.revenue)),
        .integers(rows.map { Money.mean(sum: Int128($0.revenue), count: $0.clicks) ?? .absent }),
        .integers(rows.map { ratio($0.refunds, $0.sales) }),
        .integers(rows.map(\.customers)),
        .integers(rows.map { ratio($0.retained, $0.customers) }),
        .integers(rows.map { _ in Int64(day) }),
      ])
  }
}

/// The Wilson score interval of a proportion, at 95 % (z = 1.96), in whole numbers.
enum Wilson {
  /// The lower end for `hits` of `count`, in millionths: (2k + z² − z √(z² + 4k(n − k) / n)) / (2n +
  /// 2z²); absent for a count of 0. The root is cut to 8 decimals, far below what is shown.
  static func lowerBound(_ hits: Int64, of count: Int64) -> Int64 {
    guard count > 0 else { return .absent }
    let (k, n) = (UInt128(hits), UInt128(count))
    // z² and the root's square in 10⁻¹⁶. Counts of clicks are far below 2⁴⁰, so nothing overflows.
    let square = 38_416 * UInt128(1_000_000_000_000) + 4 * k * (n - k) * 10_000_000_000_000_000 / n
    let root = Int128(squareRoot(square))
    // Numerator and denominator in 10⁻⁸.
    let numerator = 2 * Int128(hits) * 100_000_000 + 384_160_000 - 196 * root / 100
    let denominator = 2 * (Int128(count) * 100_000_000 + 384_160_000)
    return Money.narrow(Money.divideRounded(max(0, numerator) * 1_000_000, denominator)) ?? .absent
  }

  /// The whole part of a square root, by Newton's steps from above.
  private static func squareRoot(_ value: UInt128) -> UInt128 {
    guard value > 1 else { return value }
    var root = UInt128(1) << UInt128((128 - value.leadingZeroBitCount + 1) / 2)
    while true {
      let next = (root + value / root) / 2
      if next >= root { return root }
      root = next
    }
  }
}
