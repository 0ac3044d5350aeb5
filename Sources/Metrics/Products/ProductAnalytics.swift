import Engine

/// Views, carts, sales and trend of products by day: metrics.md section 8.
package struct ProductAnalytics: MetricStage {
  package static let name = "product_analytics"
  package static let tags = ["products"]
  package static let summary = "views, carts, orders, revenue, rates and trend per product and day"
  package static let upstream = [LedgerStage.name]
  package static let writes = [schema]
  package static let reads = [
    SourceRead(
      "clicks",
      columns: [
        "clicked_at", "event", "visitor_id", "user_id", "product_id", "ip", "user_agent",
      ], lookback: .days(0))
  ]

  /// One row per product and day with any figure.
  package static let schema = TableSchema(
    name: "product_analytics", summary: "a product's figures of a day",
    key: ["product_id", "metric_date"], timeColumn: "metric_date",
    columns: [
      ColumnSchema("product_id", .text),
      ColumnSchema("metric_date", .day),
      ColumnSchema("views", .integer),
      ColumnSchema("unique_viewers", .integer),
      ColumnSchema("add_to_carts", .integer),
      ColumnSchema("orders", .integer),
      ColumnSchema("units", .integer),
      ColumnSchema("revenue", .money),
      ColumnSchema("refunds", .money),
      ColumnSchema("net_revenue", .money),
      ColumnSchema("add_to_cart_rate", .ratio, nullable: true),
      ColumnSchema("purchase_rate", .ratio, nullable: true),
      ColumnSchema("conversion_rate", .ratio, nullable: true),
      ColumnSchema("trend", .text),
    ])

  private let context: RunContext
  private let columns = ClickColumns()

  /// The stage for a run's window and zone.
  package init(_ context: RunContext) { self.context = context }

  /// No clicks.
  package func makePartial() -> ProductClicks { ProductClicks(context.memory) }

  /// Counts the views and carts of a batch of clicks.
  package func add(
    _ batch: Batch, of source: String, to partial: inout ProductClicks
  ) throws(StageError) {
    do throws(SpillError) { try partial.add(batch, columns, context) } catch {
      throw error.error(of: Self.name)
    }
  }

  /// Adds another worker's counts; a visitor both saw counts once.
  package func merge(
    _ other: consuming ProductClicks, into partial: inout ProductClicks
  ) throws(StageError) {
    do throws(SpillError) { try partial.merge(other) } catch { throw error.error(of: Self.name) }
  }

  /// The table `product_analytics` of the window; throws where an amount lacks its exchange rate or
  /// a sum overflows.
  package func finish(
    _ partial: consuming ProductClicks, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    var partial = partial
    let viewers: [Int64]
    do throws(SpillError) { viewers = try partial.takeViewers() } catch {
      throw error.error(of: Self.name)
    }
    let days = try ProductDays(
      partial, viewers: viewers, Ledger(tables.table(LedgerStage.name)), context.window)
    return [TableChange(rows: try days.table(), replaces: context.window.daySpan)]
  }
}
