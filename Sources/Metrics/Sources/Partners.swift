import Engine

extension Sources {
  /// Partners as they are today; `commission_rate` is in percent (10.00 is 10 %).
  package static let partners = Contract(
    source: "partners", key: ["partner_id"],
    fields: [
      .required("partner_id", .text),
      .required("referral_code", .text),
      .required("partner_type", .enumerated(partnerTypes)),
      .required("tier", .text),
      .required("status", .enumerated(PartnerStatus.vocabulary)),
      .required("created_at", .instant),
      .optional("user_id", .text),
      .optional("email", .text),
      .optional("company_name", .text),
      .optional("commission_rate", .rate(.share, unit: .percent)),
      .optional("parent_partner_id", .text),
      .optional("payment_method", .text),
      .optional("country", .text),
      .optional("status_since", .instant),
    ])

  /// What kinds of partners there are.
  package static let partnerTypes = Vocabulary([
    "affiliate", "reseller", "whitelabel", "technology",
  ])
}

/// A partner's standing; the raw value is the code in a batch.
package enum PartnerStatus: Int64, CaseIterable, Sendable {
  /// Not accepted yet.
  case pending
  /// May earn and be paid.
  case active
  /// Earns, but is not paid for now.
  case suspended
  /// Neither earns nor is paid any more.
  case terminated

  /// The words, in the order of the raw values.
  package static let vocabulary = Vocabulary(["pending", "active", "suspended", "terminated"])

  /// The status that a partner has at an instant: that of its row holds from `status_since` on
  /// (absent: always), before it the partner counts as active (metrics.md, common rules).
  static func of(_ status: Int64, since: Int64, at instant: Int64) -> PartnerStatus {
    if since != .absent, instant < since { return .active }
    return PartnerStatus(rawValue: status) ?? .active
  }
}
