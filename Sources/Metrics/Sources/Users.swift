import Engine

extension Sources {
  /// Customers who signed up.
  package static let users = Contract(
    source: "users", key: ["user_id"],
    fields: [
      .required("user_id", .text),
      .required("created_at", .instant),
      .optional("email", .text),
      .optional("visitor_id", .text),
      .optional("referral_code", .text),
      .optional("activated_at", .instant),
      .optional("email_verified_at", .instant),
      .optional("plan", .text),
    ])
}
