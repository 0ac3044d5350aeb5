import Engine

/// Spend, activity, risk and expected value of every customer as of the window's end: metrics.md
/// section 10.
///
/// The table has no past: it is that of the newest day any run ended with. A run for earlier days
/// finds newer rows and leaves them, so that making an old week again does not turn customers back.
package struct CustomerLTV: MetricStage {
  package static let name = "customer_ltv"
  package static let tags = ["customers"]
  package static let summary = "spend, churn risk, segment, tier and expected value per customer"
  package static let upstream = [LedgerStage.name, Buyers.name]
  package static let writes = [schema]
  package static let reads = [
    SourceRead(
      "clicks", columns: ["clicked_at", "user_id", "user_agent"],
      lookback: .days(CustomerEvents.reach - 1))
  ]

  /// One row per user with a sale.
  package static let schema = TableSchema(
    name: "customer_ltv", summary: "a customer as of the newest run's last day", key: ["user_id"],
    timeColumn: "as_of", isNeverEmpty: true,
    columns: [
      ColumnSchema("user_id", .text),
      ColumnSchema("total_spend", .money),
      ColumnSchema("orders", .integer),
      ColumnSchema("average_order_value", .money),
      ColumnSchema("first_purchase", .instant),
      ColumnSchema("last_purchase", .instant),
      ColumnSchema("days_active", .integer),
      ColumnSchema("purchase_frequency", .ratio),
      ColumnSchema("last_activity", .instant),
      ColumnSchema("predicted_ltv", .money),
      ColumnSchema("churn_risk", .ratio, decimals: 4),
      ColumnSchema("segment", .text),
      ColumnSchema("tier", .text),
      ColumnSchema("expected_purchases_365", .ratio, nullable: true, extra: true),
      ColumnSchema("probability_alive", .ratio, nullable: true, extra: true),
      ColumnSchema("expected_average_value", .money, nullable: true, extra: true),
      ColumnSchema("bgnbd_ltv", .money, nullable: true, extra: true),
      ColumnSchema("as_of", .day, extra: true),
    ])

  private let context: RunContext
  private let firstEvent: Int64

  /// The stage for a run's last day.
  package init(_ context: RunContext) {
    self.context = context
    firstEvent = context.timeZone.firstInstant(of: context.window.to - (CustomerEvents.reach - 1))
  }

  /// Whether there are rows of a later day than the window's last.
  package var readsBack: [ReadBack] {
    [ReadBack(Self.schema, columns: ["as_of"], span: newer)]
  }

  private var newer: Span {
    .range(from: Int64(context.window.lastDay) + 1, to: Int64(Day.last.number))
  }

  /// No events.
  package func makePartial() -> CustomerEvents { CustomerEvents() }

  /// Notes a batch's events of users.
  package func add(
    _ batch: Batch, of source: String, to partial: inout CustomerEvents
  ) throws(StageError) {
    partial.add(batch, first: firstEvent, last: context.lastInstant)
  }

  /// Adds what another worker noted.
  package func merge(
    _ other: consuming CustomerEvents, into partial: inout CustomerEvents
  ) throws(StageError) {
    partial.merge(other)
  }

  /// The whole table, or nothing where a newer one is published; throws where an amount lacks its
  /// exchange rate or a sum overflows.
  package func finish(
    _ partial: consuming CustomerEvents, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let lastDay = Int64(context.window.lastDay)
    if tables.published(Self.schema.name).integers("as_of").contains(where: { $0 > lastDay }) {
      return [TableChange(rows: Table(empty: Self.schema), replaces: .nothing)]
    }
    let ledger = tables.ownedLedger
    let rows = CustomerRows(try Customers(ledger), ledger.users.pool, partial, context)
    return [TableChange(rows: try rows.table(), replaces: .everything)]
  }
}
