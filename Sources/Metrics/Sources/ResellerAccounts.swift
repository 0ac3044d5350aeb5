import Engine

extension Sources {
  /// Accounts that resellers opened for businesses of their own customers: a vendor's calls and
  /// sales, or a user's sales, under a plan.
  package static let resellerAccounts = Contract(
    source: "reseller_accounts", key: ["account_id"],
    fields: [
      .required("account_id", .text),
      .required("partner_id", .text),
      .required("plan", .enumerated(ResellerPlan.vocabulary)),
      .optional("vendor_id", .text),
      .optional("user_id", .text),
    ])
}

/// What a reseller's account is for; the raw value is the code in a batch.
package enum ResellerPlan: Int64, CaseIterable, Sendable {
  /// For a few calls a month.
  case starter
  /// For more.
  case professional
  /// For any number.
  case enterprise

  /// The words, in the order of the raw values.
  package static let vocabulary = Vocabulary(["starter", "professional", "enterprise"])
}
