import Engine

/// Clicks, signups, conversions, revenue and commissions per partner and day: metrics.md section 7.
package struct PartnerAnalytics: DerivedStage {
  package static let name = "partner_analytics"
  package static let tags = ["partners"]
  package static let summary = "clicks, signups, conversions and revenue per partner and day"
  package static let upstream =
    [LedgerStage.name, Buyers.name, Timelines.name, Owners.name]
    + (hasCommissions ? [commissions] : [])
  package static let writes = [schema]

  /// The stage whose table of the same name says what partners earned; 0 without one.
  private static let commissions = "commissions"
  private static var hasCommissions: Bool { StageCatalogue.named(commissions) != nil }

  /// One row per partner and day with any figure.
  package static let schema = TableSchema(
    name: "partner_analytics", summary: "a partner's figures of a day",
    key: ["partner_id", "metric_date"], timeColumn: "metric_date",
    columns: [
      ColumnSchema("partner_id", .text),
      ColumnSchema("metric_date", .day),
      ColumnSchema("clicks", .integer),
      ColumnSchema("signups", .integer),
      ColumnSchema("conversions", .integer),
      ColumnSchema("revenue", .money),
      ColumnSchema("commission_earned", .money),
      ColumnSchema("id", .text, extra: true),
    ])

  private let context: RunContext

  /// The stage of a run.
  package init(_ context: RunContext) { self.context = context }

  /// The table `partner_analytics` of the window; throws where an amount lacks its exchange rate or
  /// a sum overflows.
  package func finish(_ tables: Upstream) throws(StageError) -> [TableChange] {
    var days = PartnerDays(context)
    days.addClicks(tables.table(Timelines.counts.name))
    let ledger = tables.ownedLedger
    let owned = OwnedCustomers(tables.table(Owners.name), ledger)
    days.addSignups(owned)
    try days.addRevenue(owned, ledger)
    if Self.hasCommissions { try days.addCommissions(tables.table(Self.commissions)) }
    return [TableChange(rows: days.table(), replaces: context.window.daySpan)]
  }
}

extension StringPool {
  /// The code of a word, −2 (no row's) if it is not there.
  func code(ofWord word: String) -> Int32 {
    Array(word.utf8).withView { code(of: $0) }.map { Int32($0) } ?? -2
  }
}
