import Engine

/// The ledger's table as stages read it: rows in order of time, then ID.
package struct Ledger {
  /// The IDs.
  package let ids: TextColumn
  /// When each transaction happened.
  package let occurredAt: [Int64]
  /// The day in the reporting timezone.
  package let days: [Int64]
  /// The raw value of each `TransactionKind`.
  package let kinds: [Int64]
  /// The row each adjustment adjusts, absent for sales and where no sale came before.
  package let originals: [Int64]
  /// Whose service it was.
  package let vendors: TextColumn
  /// Which product it was.
  package let products: TextColumn
  /// How many units, 1 unless told.
  package let quantities: [Int64]
  /// Amounts in minor units of the currencies they were made in.
  package let ownAmounts: [Int64]
  /// The raw value of each transaction's own `Currency`.
  package let currencies: [Int64]
  /// Whose money it was.
  package let users: TextColumn
  /// Which visitor, where the sale names one.
  package let visitors: TextColumn
  /// Which subscription a payment belongs to.
  package let subscriptions: TextColumn
  /// The raw value of each `BillingInterval`, a month unless told.
  package let intervals: [Int64]
  /// How many intervals a payment covers, 1 unless told.
  package let intervalCounts: [Int64]
  private let amounts: [Int64]
  private let rateDays: [Int64]

  /// A view of the table that the stage `ledger` made; with the one that `buyers` made, `users` says
  /// whose a transaction is rather than which user it names.
  package init(_ table: Table, buyers: Table? = nil) {
    ids = table.texts("transaction_id")
    occurredAt = table.integers("occurred_at")
    days = table.integers("day")
    kinds = table.integers("kind")
    originals = table.integers("original")
    vendors = table.texts("vendor_id")
    products = table.texts("product_id")
    quantities = table.integers("quantity")
    amounts = table.integers("amount")
    ownAmounts = table.integers("own_amount")
    currencies = table.integers("currency")
    users = (buyers ?? table).texts("user_id")
    visitors = table.texts("visitor_id")
    subscriptions = table.texts("subscription_id")
    intervals = table.integers("interval")
    intervalCounts = table.integers("interval_count")
    rateDays = table.integers("rate_day")
  }

  /// How many transactions there are.
  package var count: Int { days.count }

  /// Whether a row is a sale; the ledger leaves out sales of nothing.
  package func isSale(_ row: Int) -> Bool {
    kinds[row] <= TransactionKind.vendorSubscription.rawValue
  }

  /// The amount in minor units of the reporting currency, 0 or more; absent if there was no rate.
  package func amountIfKnown(_ row: Int) -> Int64 { amounts[row] }

  /// The amount in minor units of the reporting currency, 0 or more. Without a rate to convert it
  /// the stage that asks cannot go on.
  package func amount(_ row: Int, for stage: String) throws(StageError) -> Int64 {
    if amounts[row] != .absent { return amounts[row] }
    throw missingRate(row, for: stage)
  }

  /// What to say where a row's amount is needed but unknown.
  package func missingRate(_ row: Int, for stage: String) -> StageError {
    let currency = Currency(rawValue: currencies[row])?.text ?? "its currency"
    let day = Day(number: Int32(rateDays[row])).text
    return StageError(
      stage: stage,
      message:
        "transaction \(ids.text(row) ?? ""): no exchange rate of \(currency) for \(day) or the "
        + "\(RateTable.reach) days before",
      help: "add a row (\(currency), \(day), rate) to the source exchange_rates")
  }
}
