import Engine

extension Sources {
  /// Sales and what became of them. Amounts are never negative: the kind gives the sign.
  package static let transactions = Contract(
    source: "transactions", key: ["transaction_id"],
    fields: [
      .required("transaction_id", .text),
      .required("occurred_at", .instant),
      .required("kind", .enumerated(TransactionKind.vocabulary)),
      .required("amount", .money(currency: "currency")),
      .required("currency", .currency),
      .optional("user_id", .text),
      .optional("vendor_id", .text),
      .optional("product_id", .text),
      .optional("quantity", .integer(1...Int64.max), default: 1),
      .optional("reference_id", .text),
      .optional("visitor_id", .text),
      .optional(
        "interval", .enumerated(BillingInterval.vocabulary),
        default: BillingInterval.month.rawValue),
      .optional("interval_count", .integer(1...Int64.max), default: 1),
      .optional("subscription_id", .text),
    ])
}

/// What a transaction is; the raw value is the code in a batch.
package enum TransactionKind: Int64, CaseIterable, Sendable {
  /// A product sold.
  case purchase
  /// A vendor's service booked.
  case booking
  /// A user's subscription.
  case subscription
  /// A vendor's subscription.
  case vendorSubscription
  /// Money given back.
  case refund
  /// Money taken back by the payer's bank.
  case chargeback
  /// A chargeback decided for the seller: the money returns.
  case disputeWon

  /// Whether the kind sells something; the others adjust a sale.
  package var isSale: Bool { rawValue <= TransactionKind.vendorSubscription.rawValue }

  /// The words, in the order of the raw values.
  package static let vocabulary = Vocabulary([
    "purchase", "booking", "subscription", "vendor_subscription", "refund", "chargeback",
    "dispute_won",
  ])
}

/// The unit of a subscription's interval; the raw value is the code in a batch.
package enum BillingInterval: Int64, CaseIterable, Sendable {
  /// Seven days.
  case week
  /// A calendar month, which is also what no value means.
  case month
  /// A calendar year.
  case year

  /// The words, in the order of the raw values.
  package static let vocabulary = Vocabulary(["week", "month", "year"])
}
