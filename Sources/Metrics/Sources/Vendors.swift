import Engine

extension Sources {
  /// Vendors as they are today.
  package static let vendors = Contract(
    source: "vendors", key: ["vendor_id"],
    fields: [
      .required("vendor_id", .text),
      .required("name", .text),
      .optional("category", .text),
      .optional("phone", .text),
      .optional("email", .text),
      .optional("address", .text),
      .optional("followup_sent_at", .instant),
      .optional("user_id", .text),
    ])
}
