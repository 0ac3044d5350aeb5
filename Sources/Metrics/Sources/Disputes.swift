import Engine

extension Sources {
  /// Commission lines that somebody disputes: named by their ID, or by transaction and partner.
  package static let disputes = Contract(
    source: "disputes", key: ["dispute_id"],
    fields: [
      .required("dispute_id", .text),
      .optional("commission_id", .text),
      .optional("transaction_id", .text),
      .optional("partner_id", .text),
      .required("opened_at", .instant),
      .optional("resolved_at", .instant),
      .optional("outcome", .enumerated(DisputeOutcome.vocabulary)),
    ])
}

/// How a dispute about a commission ended; the raw value is the code in a batch.
package enum DisputeOutcome: Int64, CaseIterable, Sendable {
  /// The line is wrong, and void.
  case upheld
  /// The line stands.
  case dismissed

  /// The words, in the order of the raw values.
  package static let vocabulary = Vocabulary(["upheld", "dismissed"])
}
