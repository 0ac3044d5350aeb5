import Engine

extension TaxForms {
  /// One row per recipient with a payment that the payer reports.
  package static let recipients = TableSchema(
    name: "form_1099_nec", summary: "a recipient's 1099-NEC of a tax year, or why there is none",
    key: ["tax_year", "recipient_id"], timeColumn: "tax_year",
    columns: [
      ColumnSchema("tax_year", .integer),
      ColumnSchema("partner_ids", .text),
      ColumnSchema("legal_name", .text, nullable: true),
      ColumnSchema("tin_type", .text, nullable: true),
      ColumnSchema("tin", .text, nullable: true),
      ColumnSchema("nonemployee_compensation", .money),
      ColumnSchema("federal_tax_withheld", .money),
      ColumnSchema("decision", .text),
      ColumnSchema("reason", .text, nullable: true),
      ColumnSchema("exception", .text, nullable: true),
      ColumnSchema("recipient_id", .text, extra: true),
      ColumnSchema("business_name", .text, nullable: true, extra: true),
      ColumnSchema("partner_name", .text, nullable: true, extra: true),
      ColumnSchema("form", .text, nullable: true, extra: true),
      ColumnSchema("form_received_at", .instant, nullable: true, extra: true),
      ColumnSchema("classification", .text, nullable: true, extra: true),
      ColumnSchema("address_line1", .text, nullable: true, extra: true),
      ColumnSchema("address_line2", .text, nullable: true, extra: true),
      ColumnSchema("city", .text, nullable: true, extra: true),
      ColumnSchema("state", .text, nullable: true, extra: true),
      ColumnSchema("postal_code", .text, nullable: true, extra: true),
      ColumnSchema("country", .text, nullable: true, extra: true),
      ColumnSchema("email", .text, nullable: true, extra: true),
      ColumnSchema("second_tin_notice", .boolean, nullable: true, extra: true),
      ColumnSchema("payments", .integer, extra: true),
      ColumnSchema("first_paid_at", .instant, extra: true),
      ColumnSchema("last_paid_at", .instant, extra: true),
      ColumnSchema("withholding_due", .money, extra: true),
      ColumnSchema("tin_code", .text, nullable: true, extra: true),
    ])

  /// One row per payout, whatever became of it. The amount of another currency is shown in the
  /// reporting one's decimals, and exactly in `own_amount`.
  package static let payments = TableSchema(
    name: "form_1099_payments", summary: "a payout and why it is on a 1099 or not",
    key: ["tax_year", "payout_id"], timeColumn: "tax_year",
    columns: [
      ColumnSchema("payout_id", .text),
      ColumnSchema("partner_id", .text),
      ColumnSchema("amount", .money),
      ColumnSchema("processed_at", .instant, nullable: true),
      ColumnSchema("bucket", .text),
      ColumnSchema("tax_year", .integer, extra: true),
      ColumnSchema("recipient_id", .text, nullable: true, extra: true),
      ColumnSchema("status", .text, extra: true),
      ColumnSchema("currency", .text, extra: true),
      ColumnSchema("own_amount", .text, nullable: true, extra: true),
      ColumnSchema("withheld", .money, nullable: true, extra: true),
      ColumnSchema("method", .text, nullable: true, extra: true),
      ColumnSchema("reported_by", .text, nullable: true, extra: true),
      ColumnSchema("reason", .text, extra: true),
    ])

  /// One row per thing that a person should look at. `payout_id` is empty where it is about a
  /// recipient as a whole.
  package static let exceptions = TableSchema(
    name: "form_1099_exceptions", summary: "what to settle or look at before 1099s are filed",
    key: ["tax_year", "kind", "partner_id", "payout_id"], timeColumn: "tax_year",
    columns: [
      ColumnSchema("tax_year", .integer),
      ColumnSchema("kind", .text),
      ColumnSchema("severity", .text),
      ColumnSchema("partner_id", .text),
      ColumnSchema("payout_id", .text),
      ColumnSchema("legal_name", .text, nullable: true),
      ColumnSchema("tin", .text, nullable: true),
      ColumnSchema("amount", .money, nullable: true),
      ColumnSchema("detail", .text),
    ])

  /// One row per rule that was used, and per line about the payer.
  package static let rules = TableSchema(
    name: "form_1099_rules", summary: "a rule that 1099s of a tax year were made by, or the payer",
    key: ["tax_year", "position"], timeColumn: "tax_year",
    columns: [
      ColumnSchema("tax_year", .integer),
      ColumnSchema("position", .integer),
      ColumnSchema("section", .text),
      ColumnSchema("name", .text),
      ColumnSchema("value", .text),
      ColumnSchema("source", .text, nullable: true),
      ColumnSchema("as_of", .day, nullable: true),
    ])
}
