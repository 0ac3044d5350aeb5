import Engine

extension Sources {
  /// Money paid, or to be paid, to partners; `commission_ids` are separated by spaces.
  package static let payouts = Contract(
    source: "payouts", key: ["payout_id"],
    fields: [
      .required("payout_id", .text),
      .required("partner_id", .text),
      .required("amount", .money(currency: "currency")),
      .required("currency", .currency),
      .required("status", .enumerated(PayoutStatus.vocabulary)),
      .optional("processed_at", .instant),
      .optional("method", .text),
      .optional("reported_by", .enumerated(payoutReporters)),
      .optional("withheld", .money(currency: "currency")),
      .optional("commission_ids", .text),
    ])

  /// Who reports a payout to the tax authority.
  package static let payoutReporters = Vocabulary(["payer", "network"])
}

/// How far a payout has come; the raw value is the code in a batch.
package enum PayoutStatus: Int64, CaseIterable, Sendable {
  /// Not begun.
  case pending
  /// Under way.
  case processing
  /// Paid.
  case completed
  /// Could not be paid.
  case failed
  /// Taken back before it was paid.
  case cancelled

  /// The words, in the order of the raw values.
  package static let vocabulary = Vocabulary([
    "pending", "processing", "completed", "failed", "cancelled",
  ])
}
