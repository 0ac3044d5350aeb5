import Engine

/// Users, revenue, recurring revenue and activity by day, and how recurring revenue moved by month:
/// metrics.md section 9.
package struct GrowthMetrics: MetricStage {
  package static let name = "growth_metrics"
  package static let tags = ["growth"]
  package static let summary =
    "users, revenue, recurring revenue, activity and growth per day; movements per month"
  package static let upstream = [LedgerStage.name, Buyers.name]
  package static let writes = [schema, movementSchema]
  package static let parameters = [graceDays]
  package static let reads = [
    SourceRead(
      "clicks", columns: ["clicked_at", "visitor_id", "user_id", "user_agent"],
      lookback: .days(GrowthDays.month - 1)),
    // All of it: who signed up long ago may be activated in the window.
    SourceRead("users", columns: ["created_at", "activated_at"], lookback: .all),
    SourceRead(
      "products", columns: ["product_id", "supplier_id", "listed_at", "delisted_at"],
      lookback: .timeless),
  ]

  /// How long after its interval a subscription still counts.
  package static let graceDays = ParameterDeclaration(
    "grace_days", .integer, defaultValue: "3",
    summary: "local days after its interval in which a subscription still counts")

  /// One row per day of the window.
  package static let schema = TableSchema(
    name: "growth_metrics", summary: "the business's figures of a day", key: ["metric_date"],
    timeColumn: "metric_date", isNeverEmpty: true,
    columns: [
      ColumnSchema("metric_date", .day),
      ColumnSchema("new_users", .integer),
      ColumnSchema("activated_users", .integer),
      ColumnSchema("revenue", .money),
      ColumnSchema("net_revenue", .money),
      ColumnSchema("orders", .integer),
      ColumnSchema("mrr", .money),
      ColumnSchema("arr", .money),
      ColumnSchema("active_subscribers", .integer),
      ColumnSchema("products_listed", .integer),
      ColumnSchema("products_sold", .integer),
      ColumnSchema("active_suppliers", .integer),
      ColumnSchema("dau", .integer),
      ColumnSchema("wau", .integer),
      ColumnSchema("mau", .integer),
      ColumnSchema("revenue_growth_7", .ratio, nullable: true),
      ColumnSchema("revenue_growth_30", .ratio, nullable: true),
      ColumnSchema("user_growth_7", .ratio, nullable: true),
      ColumnSchema("user_growth_30", .ratio, nullable: true),
    ])

  /// One row per calendar month whose last day lies in the window.
  package static let movementSchema = TableSchema(
    name: "mrr_movements", summary: "how recurring revenue moved in a month", key: ["month"],
    timeColumn: "month", isNeverEmpty: true,
    columns: [
      ColumnSchema("month", .day),
      ColumnSchema("opening", .money),
      ColumnSchema("new", .money),
      ColumnSchema("new_customers", .integer),
      ColumnSchema("reactivated", .money),
      ColumnSchema("reactivated_customers", .integer),
      ColumnSchema("expansion", .money),
      ColumnSchema("expansion_customers", .integer),
      ColumnSchema("contraction", .money),
      ColumnSchema("contraction_customers", .integer),
      ColumnSchema("churned", .money),
      ColumnSchema("churned_customers", .integer),
      ColumnSchema("closing", .money),
    ])

  private let context: RunContext

  /// The stage for a run's window and zone.
  package init(_ context: RunContext) { self.context = context }

  /// Nobody, and no products.
  package func makePartial() -> GrowthPartial { GrowthPartial(context.memory) }

  /// Notes a batch's events, signups or products.
  package func add(
    _ batch: Batch, of source: String, to partial: inout GrowthPartial
  ) throws(StageError) {
    let window = context.window
    switch source {
    case Sources.clicks.source:
      do throws(SpillError) {
        try partial.addClicks(
          batch, first: window.firstDay(daysBefore: GrowthDays.month - 1), last: window.lastDay,
          context.timeZone)
      } catch { throw error.error(of: Self.name) }
    case Sources.users.source:
      partial.addUsers(
        batch, first: window.firstDay(daysBefore: Int(GrowthDays.reach) - 1),
        last: window.lastDay, context.timeZone)
    default:
      partial.addProducts(batch, context.timeZone)
    }
  }

  /// Adds what another worker noted; a person both saw on a day counts once.
  package func merge(
    _ other: consuming GrowthPartial, into partial: inout GrowthPartial
  ) throws(StageError) {
    do throws(SpillError) { try partial.merge(other) } catch { throw error.error(of: Self.name) }
  }

  /// The window's days, and the months whose last day lies in it; throws where an amount lacks its
  /// exchange rate or a sum overflows.
  package func finish(
    _ partial: consuming GrowthPartial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let ledger = tables.ownedLedger
    var partial = partial
    let window = context.window
    do throws(SpillError) {
      try partial.addSales(ledger, first: window.firstDay(daysBefore: GrowthDays.month - 1))
    } catch { throw error.error(of: Self.name) }
    let coverage = Coverage(
      context.timeZone, graceDays: context.parameters[Self.graceDays])
    let recurring = try RecurringRevenue(ledger, coverage)
    let lastMonth = (window.to + 1).monthNumber - 1
    guard let first = firstDay(partial, ledger) else {
      return [
        TableChange(rows: Table(empty: Self.schema), replaces: window.daySpan),
        TableChange(
          rows: Table(empty: Self.movementSchema), replaces: monthSpan(through: lastMonth)),
      ]
    }
    var days = try GrowthDays(partial, ledger, first: first, last: window.lastDay)
    do throws(SpillError) { try days.countActive(&partial) } catch {
      throw error.error(of: Self.name)
    }
    let movements = try RevenueMovements(
      recurring, first: Day(number: first).monthNumber, last: lastMonth)
    return [
      TableChange(
        rows: try days.table(recurring), replaces: window.daySpan),
      TableChange(rows: try movements.table(), replaces: monthSpan(through: lastMonth)),
    ]
  }

  /// The window's first day; of a run over everything the first on which anything happened.
  private func firstDay(_ partial: GrowthPartial, _ ledger: Ledger) -> Int32? {
    if let from = context.window.from { return from.number }
    let first = min(partial.earliest, ledger.days.first.map { Int32($0) } ?? .max)
    return first <= context.window.lastDay ? first : nil
  }

  /// The months, by their first days, whose last day lies in the window.
  private func monthSpan(through last: Int) -> Span {
    let first = (context.window.from ?? Day.first).monthNumber
    if last < first { return .nothing }
    return .range(
      from: Int64(Day(monthNumber: first).number), to: Int64(Day(monthNumber: last).number))
  }
}
