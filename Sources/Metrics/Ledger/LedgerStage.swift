import Engine

/// Every transaction up to the window's end, in order, with each adjustment linked to its sale and
/// every amount in the reporting currency: what all stages about money read, made once.
///
/// Partials keep compact rows with interned texts; `finish` sorts them, so the order they came in
/// never shows.
package struct LedgerStage: MetricStage {
  package static let name = "ledger"
  package static let summary = "transactions in order, linked and in the reporting currency"
  package static let isEphemeral = true
  package static let writes = [schema]
  package static let reads = [
    SourceRead(
      "transactions",
      columns: [
        "transaction_id", "occurred_at", "kind", "amount", "currency", "user_id", "vendor_id",
        "product_id", "quantity", "reference_id", "visitor_id", "interval", "interval_count",
        "subscription_id",
      ], lookback: .all),
    SourceRead("exchange_rates", columns: ["currency", "day", "rate"], lookback: .timeless),
  ]

  /// One row per transaction in order of time, then ID. `Ledger` reads it.
  package static let schema = TableSchema(
    name: "ledger", summary: "a transaction in the reporting currency", key: ["transaction_id"],
    columns: [
      ColumnSchema("transaction_id", .text),
      ColumnSchema("occurred_at", .instant),
      ColumnSchema("day", .day),
      ColumnSchema("kind", .integer),
      ColumnSchema("amount", .money, nullable: true),
      ColumnSchema("currency", .integer),
      ColumnSchema("rate_day", .day),
      ColumnSchema("original", .integer, nullable: true),
      ColumnSchema("vendor_id", .text, nullable: true),
      ColumnSchema("product_id", .text, nullable: true),
      ColumnSchema("quantity", .integer),
      ColumnSchema("own_amount", .integer),
      ColumnSchema("user_id", .text, nullable: true),
      ColumnSchema("visitor_id", .text, nullable: true),
      ColumnSchema("subscription_id", .text, nullable: true),
      ColumnSchema("interval", .integer),
      ColumnSchema("interval_count", .integer),
    ])

  let context: RunContext
  private let lastInstant: Int64

  /// The ledger up to the last instant of a run's window.
  package init(_ context: RunContext) {
    self.context = context
    lastInstant = context.lastInstant
  }

  /// No transactions and no rates.
  package func makePartial() -> LedgerPartial { LedgerPartial() }

  /// Keeps the transactions of a batch that the window sees, or its exchange rates.
  package func add(
    _ batch: Batch, of source: String, to partial: inout LedgerPartial
  ) throws(StageError) {
    if source == Sources.exchangeRates.source {
      partial.addRates(batch)
    } else {
      partial.addTransactions(batch, until: lastInstant)
    }
  }

  /// Adds another worker's rows; interned texts get this partial's codes.
  package func merge(
    _ other: consuming LedgerPartial, into partial: inout LedgerPartial
  ) throws(StageError) {
    partial.merge(other)
  }

  /// The table `ledger`; throws where a sum is beyond 64 bits.
  package func finish(
    _ partial: consuming LedgerPartial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let rows = LedgerBuilder(partial, context)
    return [TableChange(rows: try rows.table(), replaces: .nothing)]
  }
}

/// Transactions as they came, column by column, and the exchange rates.
package struct LedgerPartial: Sendable {
  var ids = StringPool()
  /// The IDs that adjustments name.
  var references = StringPool()
  var vendors = StringPool()
  var products = StringPool()
  var users = StringPool()
  var visitors = StringPool()
  var subscriptions = StringPool()

  var id: [Int32] = []
  var occurredAt: [Int64] = []
  var kind: [UInt8] = []
  var amount: [Int64] = []
  var currency: [Int64] = []
  var vendor: [Int32] = []
  var product: [Int32] = []
  var quantity: [Int64] = []
  /// The code of what a row refers to in `references`, −1 for none.
  var reference: [Int32] = []
  var user: [Int32] = []
  var visitor: [Int32] = []
  var subscription: [Int32] = []
  var interval: [UInt8] = []
  var intervalCount: [Int64] = []

  var rates: [RateRow] = []

  /// The rate of a currency on a day.
  struct RateRow: Sendable {
    let currency: Int64
    let day: Int32
    let rate: ExchangeRate
  }

  mutating func addRates(_ batch: Batch) {
    let contract = Sources.exchangeRates
    let currencies = batch.integers[contract.column("currency")]
    let days = batch.integers[contract.column("day")]
    let values = batch.integers[contract.column("rate")]
    for row in 0..<batch.count {
      rates.append(
        RateRow(
          currency: currencies[row], day: Int32(days[row]), rate: ExchangeRate(packed: values[row]))
      )
    }
  }

  mutating func addTransactions(_ batch: Batch, until last: Int64) {
    let contract = Sources.transactions
    let texts = batch.text(contract.column("transaction_id"))
    let instants = batch.integers[contract.column("occurred_at")]
    let kinds = batch.integers[contract.column("kind")]
    let amounts = batch.integers[contract.column("amount")]
    let currencies = batch.integers[contract.column("currency")]
    let vendorTexts = batch.text(contract.column("vendor_id"))
    let productTexts = batch.text(contract.column("product_id"))
    let quantities = batch.integers[contract.column("quantity")]
    let originals = batch.text(contract.column("reference_id"))
    let userTexts = batch.text(contract.column("user_id"))
    let visitorTexts = batch.text(contract.column("visitor_id"))
    let subscriptionTexts = batch.text(contract.column("subscription_id"))
    let intervals = batch.integers[contract.column("interval")]
    let intervalCounts = batch.integers[contract.column("interval_count")]
    let lastSale = TransactionKind.vendorSubscription.rawValue
    var rows: [Int32] = []
    rows.reserveCapacity(batch.count)
    for row in 0..<batch.count {
      guard instants[row] <= last else { continue }
      // A sale of nothing counts for nothing, not even as the original of a refund.
      if kinds[row] <= lastSale, amounts[row] == 0 { continue }
      rows.append(Int32(row))
      occurredAt.append(instants[row])
      kind.append(UInt8(kinds[row]))
      amount.append(amounts[row])
      currency.append(currencies[row])
      quantity.append(quantities[row])
      interval.append(UInt8(intervals[row]))
      intervalCount.append(intervalCounts[row])
    }
    ids.append(distinct: texts, rows: rows, into: &id)
    vendors.intern(vendorTexts, rows: rows, into: &vendor)
    products.intern(productTexts, rows: rows, into: &product)
    users.intern(userTexts, rows: rows, into: &user)
    visitors.intern(visitorTexts, rows: rows, into: &visitor)
    subscriptions.intern(subscriptionTexts, rows: rows, into: &subscription)
    for row in rows {
      let row = Int(row)
      reference.append(
        kinds[row] <= lastSale ? -1 : references.code(ofOptional: originals[row]))
    }
  }

  mutating func merge(_ other: LedgerPartial) {
    let firstID = ids.append(distinct: other.ids)
    let referenceMap = CodeMap(references.merge(other.references))
    let vendorMap = CodeMap(vendors.merge(other.vendors))
    let productMap = CodeMap(products.merge(other.products))
    let userMap = CodeMap(users.merge(other.users))
    let visitorMap = CodeMap(visitors.merge(other.visitors))
    let subscriptionMap = CodeMap(subscriptions.merge(other.subscriptions))
    id.append(contentsOf: other.id.lazy.map { firstID + $0 })
    occurredAt.append(contentsOf: other.occurredAt)
    kind.append(contentsOf: other.kind)
    amount.append(contentsOf: other.amount)
    currency.append(contentsOf: other.currency)
    vendor.append(contentsOf: other.vendor.lazy.map { vendorMap[$0] })
    product.append(contentsOf: other.product.lazy.map { productMap[$0] })
    quantity.append(contentsOf: other.quantity)
    reference.append(contentsOf: other.reference.lazy.map { referenceMap[$0] })
    user.append(contentsOf: other.user.lazy.map { userMap[$0] })
    visitor.append(contentsOf: other.visitor.lazy.map { visitorMap[$0] })
    subscription.append(contentsOf: other.subscription.lazy.map { subscriptionMap[$0] })
    interval.append(contentsOf: other.interval)
    intervalCount.append(contentsOf: other.intervalCount)
    rates.append(contentsOf: other.rates)
  }
}
