import Engine

/// What white-label and technology partners are invoiced, and given for marketing, by the program's
/// `fees` of their tier: metrics.md section 5.
///
/// | fee | dated | amount |
/// | --- | --- | --- |
/// | setup, integration, custom_card | the day the partnership begins | once |
/// | monthly_license, support | the first day of each month, or the partnership's first | whole months |
/// | revenue_share | the last day of each month | the month's net revenue of its customers × share |
/// | co_marketing_budget | the first day of each quarter, or the partnership's first | below 0 |
///
/// A fee falls due if the partner is active at the beginning of its day; the share of a month is due
/// for the revenue of that month whatever the partner's status. Customers' revenue counts as in
/// `partner_analytics`.
package struct PartnerFees: MetricStage {
  package static let name = "partner_fees"
  package static let tags = ["partners", "money"]
  package static let summary = "fees of white-label and technology partners, by period"
  package static let upstream = [LedgerStage.name, Buyers.name, Owners.name]
  package static let writes = [schema]
  package static let reads = [
    SourceRead(
      "partners", columns: PartnerTerms.columns + ["partner_type", "created_at"],
      lookback: .timeless)
  ]

  /// One row per partner, fee and day it is dated.
  package static let schema = TableSchema(
    name: "partner_fees", summary: "a fee of a partner; below 0 in the partner's favour",
    key: ["partner_id", "fee", "day"], timeColumn: "day",
    columns: [
      ColumnSchema("partner_id", .text),
      ColumnSchema("fee", .text),
      ColumnSchema("day", .day),
      ColumnSchema("period_start", .day),
      ColumnSchema("period_end", .day),
      ColumnSchema("amount", .money),
      ColumnSchema("base_amount", .money, nullable: true),
      ColumnSchema("rate", .ratio, nullable: true),
    ])

  /// The kinds of fee; the raw value is the code of its word.
  private enum Fee: Int32, CaseIterable {
    case setup
    case integration
    case customCard
    case monthlyLicense
    case support
    case revenueShare
    case coMarketingBudget

    static let words = [
      "setup", "integration", "custom_card", "monthly_license", "support", "revenue_share",
      "co_marketing_budget",
    ]
  }

  /// What a run's workers gather.
  package struct Partial: Sendable {
    var terms = PartnerTerms()
    /// By row of the terms: whether the partner's type is one that pays fees, and since when it is a
    /// partner.
    var pays: [Bool] = []
    var createdAt: [Int64] = []
  }

  /// One fee.
  private struct Row {
    var partner: Int
    var fee: Fee
    var day: Day
    var period: ClosedRange<Day>
    var amount: Int64
    var base = Int64.absent
    var rate: Rate?
  }

  private let context: RunContext

  /// The fees dated within a run's window.
  package init(_ context: RunContext) { self.context = context }

  /// No partners.
  package func makePartial() -> Partial { Partial() }

  /// Keeps the rows of a batch.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Partial
  ) throws(StageError) {
    partial.terms.add(batch)
    let types = batch.integers[Sources.partners.column("partner_type")]
    let created = batch.integers[Sources.partners.column("created_at")]
    let words = Sources.partnerTypes.words
    for row in 0..<batch.count {
      partial.pays.append(["whitelabel", "technology"].contains(words[Int(types[row])]))
      partial.createdAt.append(created[row])
    }
  }

  /// Adds another worker's rows.
  package func merge(
    _ other: consuming Partial, into partial: inout Partial
  ) throws(StageError) {
    partial.terms.merge(other.terms)
    partial.pays += other.pays
    partial.createdAt += other.createdAt
  }

  /// The fees of the window; throws where an amount lacks its exchange rate or a sum overflows.
  package func finish(
    _ partial: consuming Partial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let empty = TableChange(rows: Table(empty: Self.schema), replaces: context.window.daySpan)
    guard let program = context.values[CommissionProgram.self] else { return [empty] }
    let partners = try PartnerTree(partial.terms, for: Self.name)
    let ledger = tables.ownedLedger
    let owned = OwnedCustomers(tables.table(Owners.name), ledger)
    let revenue = try monthlyRevenue(ledger, owned, partners)
    var rows: [Row] = []
    for partner in partial.terms.id.indices where partial.pays[partner] {
      let name = partial.terms.tiers.text(of: Int(partial.terms.tier[partner]))
      guard let fees = program.tier(name)?.fees, fees != CommissionProgram.Fees() else { continue }
      let began = context.timeZone.day(of: partial.createdAt[partner])
      addDated(fees, partner, began, partial.terms, &rows)
      try addShares(fees, partner, partners, revenue, &rows)
    }
    return [TableChange(rows: table(rows, partial.terms), replaces: context.window.daySpan)]
  }

  /// The fees of a partner that are due on a day of the window.
  private func addDated(
    _ fees: CommissionProgram.Fees, _ partner: Int, _ began: Day, _ terms: PartnerTerms,
    _ rows: inout [Row]
  ) {
    func add(_ fee: Fee, _ amount: Int64, on day: Day, _ period: ClosedRange<Day>) {
      let isActive =
        terms.status(partner, at: context.timeZone.firstInstant(of: day)) == .active
      guard amount != 0, context.window.contains(day.number), isActive else { return }
      rows.append(Row(partner: partner, fee: fee, day: day, period: period, amount: amount))
    }
    for (fee, amount) in [
      (Fee.setup, fees.setup), (.integration, fees.integration), (.customCard, fees.customCard),
    ] {
      add(fee, amount, on: began, began...began)
    }
    var month = max(began, context.window.from ?? began).firstOfMonth
    while month <= context.window.to {
      let first = max(month, began)
      let period = month...month.lastOfMonth
      add(.monthlyLicense, fees.monthlyLicense, on: first, period)
      add(.support, fees.support, on: first, period)
      if (month.month - 1) % 3 == 0 || first > month {
        let quarter = month.adding(months: -((month.month - 1) % 3))
        add(
          .coMarketingBudget, -fees.coMarketingBudget, on: first,
          quarter...quarter.adding(months: 2).lastOfMonth)
      }
      month = month.adding(months: 1)
    }
  }

  /// The shares of the months that end within the window.
  private func addShares(
    _ fees: CommissionProgram.Fees, _ partner: Int, _ partners: PartnerTree,
    _ revenue: [Int: [Day: Int64]], _ rows: inout [Row]
  ) throws(StageError) {
    guard fees.revenueShare.scaled > 0 else { return }
    for (month, net) in revenue[partner] ?? [:] where month.lastOfMonth <= context.window.to {
      guard let amount = Money.multiply(net, by: fees.revenueShare) else {
        throw Self.overflowError("revenue share of partner \(partners.id(partner))")
      }
      guard amount != 0 else { continue }
      rows.append(
        Row(
          partner: partner, fee: .revenueShare, day: month.lastOfMonth,
          period: month...month.lastOfMonth, amount: amount, base: net, rate: fees.revenueShare))
    }
  }

  /// By partner and the first day of a month that ends in the window: what its customers' sales,
  /// from their referral on, and their adjustments came to.
  private func monthlyRevenue(
    _ ledger: Ledger, _ owned: OwnedCustomers, _ partners: PartnerTree
  ) throws(StageError) -> [Int: [Day: Int64]] {
    var totals: [Int: [Day: Int64]] = [:]
    let first = Int64(context.window.from.map { $0.firstOfMonth.number } ?? .min)
    let rows = partners.rows(of: owned.partners)
    for row in 0..<ledger.count where ledger.days[row] >= first {
      guard let owner = owned.owner(of: row), rows[Int(owner)] >= 0 else { continue }
      let partner = Int(rows[Int(owner)])
      let amount = try ledger.amount(row, for: Self.name)
      let isTaken =
        ledger.kinds[row] == TransactionKind.refund.rawValue
        || ledger.kinds[row] == TransactionKind.chargeback.rawValue
      let month = Day(number: Int32(ledger.days[row])).firstOfMonth
      let before = totals[partner]?[month] ?? 0
      totals[partner, default: [:]][month] = try Self.sum(
        before, isTaken ? -amount : amount, "revenue of partner \(partners.id(partner))")
    }
    return totals
  }

  private func table(_ rows: [Row], _ terms: PartnerTerms) -> Table {
    func integers(_ value: (Row) -> Int64) -> TableColumn { .integers(rows.map(value)) }
    return Table(
      schema: Self.schema,
      columns: [
        .texts(TextColumn(codes: rows.map { terms.id[$0.partner] }, pool: terms.ids)),
        .texts(
          TextColumn(codes: rows.map(\.fee.rawValue), pool: StringPool(words: Fee.words))),
        integers { Int64($0.day.number) },
        integers { Int64($0.period.lowerBound.number) },
        integers { Int64($0.period.upperBound.number) },
        integers(\.amount), integers(\.base),
        integers { $0.rate.map { ratio($0.scaled, Rate.scale) } ?? .absent },
      ])
  }
}
