import Engine

extension Sources {
  /// What partners told of themselves for tax purposes; `tin` is a secret.
  package static let taxProfiles = Contract(
    source: "tax_profiles", key: ["partner_id"],
    fields: [
      .required("partner_id", .text),
      .required("form", .enumerated(taxForms)),
      .optional("form_received_at", .instant),
      .optional("legal_name", .text),
      .optional("business_name", .text),
      .optional("classification", .enumerated(taxClassifications)),
      .optional("tin_type", .enumerated(tinTypes)),
      .optional("tin", .text, secret: true),
      .optional("address_line1", .text),
      .optional("address_line2", .text),
      .optional("city", .text),
      .optional("state", .text),
      .optional("postal_code", .text),
      .optional("country", .text),
      .optional("email", .text),
      .optional("backup_withholding", .boolean),
      .optional("second_tin_notice", .boolean),
    ])

  /// The form a partner handed in.
  package static let taxForms = Vocabulary(["W-9", "W-8BEN", "W-8BEN-E", "none"])

  /// What a partner is in the eyes of the tax authority.
  package static let taxClassifications = Vocabulary([
    "individual", "sole_proprietor", "partnership", "c_corporation", "s_corporation", "llc_c",
    "llc_s", "llc_p", "tax_exempt", "government",
  ])

  /// The kinds of taxpayer identification numbers.
  package static let tinTypes = Vocabulary(["SSN", "EIN", "ITIN", "ATIN"])
}
