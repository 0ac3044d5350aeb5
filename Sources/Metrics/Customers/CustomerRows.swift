import Engine

/// Makes the rows of `customer_ltv` out of the customers and their latest events.
struct CustomerRows {
  private let customers: [Customers.Customer]
  private let users: StringPool
  /// The codes of users with a sale, in byte order of their IDs.
  private let order: [Int]
  private let events: CustomerEvents
  private let context: RunContext

  /// The rows of users with a sale.
  init(
    _ customers: Customers, _ users: StringPool, _ events: CustomerEvents, _ context: RunContext
  ) {
    self.customers = customers.all
    self.users = users
    self.events = events
    self.context = context
    let ranks = users.ranks()
    order = ranks.indices.filter { customers.all[$0].orders > 0 }
      .sorted { ranks[$0] < ranks[$1] }
  }

  /// The later of a user's last sale and its latest event.
  private func lastActivity(_ user: Int) -> Int64 {
    let event = users.withBytes(of: user) { events.users.code(of: $0) }
    return max(customers[user].lastSale, event.map { events.latest[$0] } ?? .min)
  }

  /// Days since the last sale against twice the mean days between sales, at most 1, in millionths
  /// rounded to four decimals.
  private func churnRisk(_ customer: Customers.Customer) -> Int64 {
    let since = Int128(context.window.lastDay - customer.lastDay)
    let span = Int128(customer.lastDay - customer.firstDay)
    let risk: (Int128, Int128)
    if customer.orders == 1 {
      risk = (since, 90)
    } else if span == 0 {
      risk = (since == 0 ? 0 : 1, 1)
    } else {
      risk = (since * Int128(customer.orders - 1), 2 * span)
    }
    if risk.0 >= risk.1 { return 1_000_000 }
    // A fraction below 1 fits.
    let rounded = Money.divideRounded(risk.0 * 10_000, risk.1) ?? 0
    return Int64(rounded) * 100
  }

  /// The table; throws where three times a spend is beyond 64 bits.
  func table() throws(StageError) -> Table {
    let to = context.window.lastDay
    let unit = powerOfTen(context.currency.digits)
    let rows = order.map { customers[$0] }
    let activities = order.map(lastActivity)
    var cursor = DayCursor(context.timeZone)
    var predicted: [Int64] = []
    var segments: [Int32] = []
    var estimate = LifetimeEstimate(rows, at: to)
    var estimates: [LifetimeEstimate.Values] = []
    for (index, customer) in rows.enumerated() {
      guard let value = Money.narrow(3 * Int128(customer.spend)) else {
        throw CustomerLTV.overflowError("user \(users.text(of: order[index]))")
      }
      predicted.append(value)
      let idle = to - cursor.day(of: activities[index])
      segments.append(
        CustomerSegment(idle: idle, spend: customer.spend, unit: unit).rawValue)
      estimates.append(estimate.values(of: customer))
    }
    let segmentWords = StringPool(words: CustomerSegment.allCases.map(\.word))
    let tierWords = StringPool(words: CustomerTier.allCases.map(\.word))
    return Table(
      schema: CustomerLTV.schema,
      columns: [
        .texts(TextColumn(codes: order.map { Int32($0) }, pool: users)),
        .integers(rows.map(\.spend)),
        .integers(rows.map(\.orders)),
        // A mean of orders lies between amounts that fit.
        .integers(rows.map { Money.mean(sum: Int128($0.sales), count: $0.orders) ?? .absent }),
        .integers(rows.map(\.firstSale)),
        .integers(rows.map(\.lastSale)),
        .integers(rows.map { Int64($0.days) }),
        .integers(rows.map { ratio(30 * Int128($0.orders), Int128(max(1, to - $0.firstDay))) }),
        .integers(activities),
        .integers(predicted),
        .integers(rows.map(churnRisk)),
        .texts(TextColumn(codes: segments, pool: segmentWords)),
        .texts(
          TextColumn(
            codes: rows.map { CustomerTier(spend: $0.spend, unit: unit).rawValue },
            pool: tierWords)),
        .integers(estimates.map(\.purchases)),
        .integers(estimates.map(\.probabilityAlive)),
        .integers(estimates.map(\.averageValue)),
        .integers(estimates.map(\.value)),
        .integers([Int64](repeating: Int64(to), count: rows.count)),
      ])
  }
}
