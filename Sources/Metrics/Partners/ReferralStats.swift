import Engine

/// What the customers of a month brought: users who are partners, the customers these referred, and
/// the viral coefficient, as of the window's end.
///
/// A cohort is the users who signed up in a calendar month. Its referrers are those who are some
/// partner's user; clicks, referred customers and revenue are those partners', of all time up to
/// `to`. `viral_coefficient` K = referred / users: how many new customers one customer brings (K
/// above 1 grows by itself; the usual definition, invitations per user × their conversion rate,
/// comes to the same). Partners without a user are in no cohort.
package struct ReferralStats: MetricStage {
  package static let name = "referral_stats"
  package static let tags = ["partners"]
  package static let summary = "customers brought by each month's customers: viral coefficient"
  package static let upstream = [LedgerStage.name, Buyers.name, Timelines.name, Owners.name]
  package static let writes = [schema]
  package static let reads = [
    SourceRead("users", columns: ["user_id", "created_at"], lookback: .timeless),
    SourceRead("partners", columns: PartnerRows.columns, lookback: .timeless),
  ]

  /// One row per calendar month (its first day) with a signup.
  package static let schema = TableSchema(
    name: "referral_stats", summary: "what the customers of a month's signups brought",
    key: ["cohort"],
    columns: [
      ColumnSchema("cohort", .day),
      ColumnSchema("users", .integer),
      ColumnSchema("referrers", .integer),
      ColumnSchema("clicks", .integer),
      ColumnSchema("referred", .integer),
      ColumnSchema("qualified", .integer),
      ColumnSchema("revenue", .money),
      ColumnSchema("viral_coefficient", .ratio, nullable: true),
      ColumnSchema("as_of", .day),
    ])

  /// What workers keep of users and partners.
  package struct Partial: Sendable {
    /// The hash and signup of each user.
    var users: [(hash: UInt64, createdAt: Int64)] = []
    var partners = PartnerRows()
  }

  private let context: RunContext

  /// The stage of a run.
  package init(_ context: RunContext) { self.context = context }

  /// The clicks of earlier days are known from what was published of them.
  package var readsBack: [ReadBack] {
    [PartnerClicks.readBack(context, days: nil), Snapshot.readBack(Self.schema)]
  }

  /// No users and partners.
  package func makePartial() -> Partial { Partial() }

  /// Keeps 16 bytes of each user, or the partners.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Partial
  ) throws(StageError) {
    if source == Sources.partners.source { return partial.partners.add(batch) }
    let texts = batch.text(Sources.users.column("user_id"))
    let created = batch.integers[Sources.users.column("created_at")]
    let last = context.lastInstant
    for row in 0..<batch.count where created[row] <= last {
      partial.users.append((KeyNamespace.hash(texts[row], KeyNamespace.user), created[row]))
    }
  }

  /// Adds what another worker kept.
  package func merge(
    _ other: consuming Partial, into partial: inout Partial
  ) throws(StageError) {
    partial.users += other.users
    partial.partners.merge(other.partners)
  }

  /// The table `referral_stats`, whole, unless a later one is published; throws where an amount lacks its exchange rate or a sum
  /// overflows.
  package func finish(
    _ partial: consuming Partial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let partners = try Partners(partial.partners, for: Self.name)
    var cohorts = ReferralCohorts(partial.users, partners, context)
    let clicks = PartnerClicks(
      tables.table(Timelines.counts.name),
      published: tables.published(PartnerAnalytics.schema.name), context)
    cohorts.addClicks(clicks, partners)
    let ledger = tables.ownedLedger
    try cohorts.addCustomers(OwnedCustomers(tables.table(Owners.name), ledger), ledger, partners)
    return [
      Snapshot.change(
        cohorts.table(asOf: context.window.lastDay), over: tables.published(Self.schema.name),
        asOf: context.window.lastDay)
    ]
  }
}

/// Accepted clicks per partner and day: the window's as the timelines count them, earlier ones as
/// `partner_analytics` was published.
struct PartnerClicks {
  /// The partners' IDs.
  private(set) var partners: StringPool
  /// The partner's code, the day and the clicks of each.
  private(set) var rows: [(partner: Int32, day: Int32, clicks: Int64)] = []

  /// What is read of the days before the window: so many up to its last day, or all.
  static func readBack(_ context: RunContext, days: Int?) -> ReadBack {
    let schema = PartnerAnalytics.schema
    let columns = ["partner_id", "metric_date", "clicks"]
    guard let from = context.window.from else {
      return ReadBack(schema, columns: columns, span: .nothing)
    }
    let first = days.map { context.window.to - ($0 - 1) } ?? Day.first
    guard first < from else { return ReadBack(schema, columns: columns, span: .nothing) }
    return ReadBack(
      schema, columns: columns,
      span: .range(from: Int64(first.number), to: Int64(from.number) - 1))
  }

  /// Both kinds of days.
  init(_ counts: Table, published: Table, _ context: RunContext) {
    let column = counts.texts("partner_id")
    let verdicts = counts.texts("verdict")
    let days = counts.integers("day")
    let clicks = counts.integers("clicks")
    let accepted = verdicts.pool.code(ofWord: ClickVerdict.accepted.word)
    partners = column.pool
    for row in 0..<counts.count
    where verdicts.codes[row] == accepted && context.window.contains(Int32(days[row])) {
      rows.append((column.codes[row], Int32(days[row]), clicks[row]))
    }
    let earlier = published.texts("partner_id")
    let map = CodeMap(partners.merge(earlier.pool))
    let earlierDays = published.integers("metric_date")
    let earlierClicks = published.integers("clicks")
    for row in 0..<published.count where Int32(earlierDays[row]) < context.window.firstDay() {
      rows.append((map[earlier.codes[row]], Int32(earlierDays[row]), earlierClicks[row]))
    }
  }
}

/// The figures of signup months.
private struct ReferralCohorts {
  /// The figures of one month.
  private struct Figures {
    var users: Int64 = 0
    var referrers: Int64 = 0
    var clicks: Int64 = 0
    var referred: Int64 = 0
    var qualified: Int64 = 0
    var revenue: Int64 = 0
  }

  private var months: [Int32: Figures] = [:]
  /// The month in which each partner's user signed up; nil for none.
  private var monthOfPartner: [Int32?]

  init(_ users: [(hash: UInt64, createdAt: Int64)], _ partners: Partners, _ context: RunContext) {
    monthOfPartner = Array(repeating: nil, count: partners.count)
    var partnersOfUser: [UInt64: [Int]] = [:]
    for partner in 0..<partners.count {
      if let user = partners.userHash(partner) { partnersOfUser[user, default: []].append(partner) }
    }
    var cursor = DayCursor(context.timeZone)
    for user in users {
      let day = Day(number: cursor.day(of: user.createdAt))
      let month = day.number - Int32(day.dayOfMonth) + 1
      months[month, default: Figures()].users += 1
      guard let owned = partnersOfUser[user.hash] else { continue }
      months[month, default: Figures()].referrers += 1
      for partner in owned { monthOfPartner[partner] = month }
    }
  }

  /// The month of each partner of a pool, by code.
  private func months(of pool: StringPool, _ partners: Partners) -> [Int32?] {
    (0..<pool.count).map { code in
      partners.partner(ofID: pool, Int32(code)).flatMap { monthOfPartner[$0] }
    }
  }

  mutating func addClicks(_ clicks: PartnerClicks, _ partners: Partners) {
    let monthOf = months(of: clicks.partners, partners)
    for row in clicks.rows {
      if let month = monthOf[Int(row.partner)] {
        months[month, default: Figures()].clicks += row.clicks
      }
    }
  }

  mutating func addCustomers(
    _ owned: OwnedCustomers, _ ledger: Ledger, _ partners: Partners
  ) throws(StageError) {
    let monthOf = months(of: owned.partners, partners)
    for customer in owned.customers {
      guard let month = monthOf[Int(customer.partner)] else { continue }
      months[month, default: Figures()].referred += 1
      if customer.firstSale >= 0 { months[month, default: Figures()].qualified += 1 }
    }
    for row in 0..<ledger.count {
      guard let owner = owned.owner(of: row), let month = monthOf[Int(owner)] else { continue }
      let amount = try ledger.amount(row, for: ReferralStats.name)
      months[month, default: Figures()].revenue = try ReferralStats.sum(
        months[month, default: Figures()].revenue, ledger.takesBack(row) ? -amount : amount,
        "revenue of the signups of \(Day(number: month).text)")
    }
  }

  func table(asOf day: Int32) -> Table {
    let rows = months.sorted { $0.key < $1.key }
    return Table(
      schema: ReferralStats.schema,
      columns: [
        .integers(rows.map { Int64($0.key) }),
        .integers(rows.map(\.value.users)), .integers(rows.map(\.value.referrers)),
        .integers(rows.map(\.value.clicks)), .integers(rows.map(\.value.referred)),
        .integers(rows.map(\.value.qualified)), .integers(rows.map(\.value.revenue)),
        .integers(rows.map { ratio($0.value.referred, $0.value.users) }),
        .integers(rows.map { _ in Int64(day) }),
      ])
  }
}
