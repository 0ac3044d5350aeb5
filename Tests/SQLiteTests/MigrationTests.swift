import Engine
import Foundation
import Support
import Testing

@testable import SQLite

@Suite("Migrations")
struct MigrationTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private let first = Migration(number: 1, name: "001-a.sql", sql: "CREATE TABLE a (x {{money}});")
  private let second = Migration(number: 2, name: "002-b.sql", sql: "CREATE TABLE b (x text);")

  private func tables(_ warehouse: SQLiteWarehouse) throws -> [String] {
    try warehouse.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1")
  }

  /// The repository's own migrations.
  private static var shipped: [Migration] {
    get throws {
      let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "SQL/schema")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      return try names.filter { $0.hasSuffix(".sql") }.sorted().map { name in
        Migration(
          number: try #require(Int(name.prefix(3))), name: name,
          sql: try String(contentsOf: folder.appending(path: name), encoding: .utf8))
      }
    }
  }

  @Test("The shipped tables are made, with the columns the application reads in its order")
  func shippedTables() throws {
    let warehouse = try folder.open()
    try warehouse.migrate(try Self.shipped)
    #expect(
      try tables(warehouse) == [
        "attribution_shares", "check_results", "click_quality", "commission_exceptions",
        "commissions", "conversion_funnel", "customer_ltv", "form_1099_exceptions", "form_1099_nec",
        "form_1099_payments", "form_1099_rules", "fraud_signals", "growth_metrics", "leads",
        "mrr_movements", "partner_analytics", "partner_dimension", "partner_fees", "partner_scores",
        "payout_register", "payouts", "product_analytics", "product_dimension", "product_forecast",
        "quarantined_rows", "referral_stats", "referrals", "reseller_usage", "runs",
        "schema_migrations",
        "source_counts", "vendor_connection_analytics", "vendor_dimension", "vendor_weekly",
      ])
    let columns = try warehouse.rows(
      "SELECT name FROM pragma_table_info('vendor_connection_analytics')")
    #expect(
      columns == [
        "id", "session_id", "vendor_id", "failure_type", "call_duration", "customer_intent_score",
        "estimated_lost_revenue", "followup_sent", "converted_after_followup", "created_at",
        "call_id", "followup_sent_at",
      ])
  }

  @Test("Migrations are applied in order of number, once, and recorded")
  func appliedOnce() throws {
    try folder.open().migrate([second, first])
    let warehouse = try folder.open()
    try warehouse.migrate([first, second])
    #expect(try tables(warehouse) == ["a", "b", "schema_migrations"])
    let record = try warehouse.rows(
      "SELECT number, name, applied_at > '2020' FROM schema_migrations ORDER BY 1",
      types: [:])
    #expect(record == ["1|001-a.sql|1", "2|002-b.sql|1"])
  }

  @Test("A migration that fails leaves nothing of itself, and keeps those before it")
  func failureIsWhole() throws {
    let warehouse = try folder.open()
    let broken = Migration(
      number: 2, name: "002-b.sql",
      sql: "-- b\nCREATE TABLE b (x text);\n\nCREATE TABLE a (again text);\n")
    let error = try refusal { try warehouse.migrate([first, broken]) }
    #expect(error.message.contains("002-b.sql:4:"))
    #expect(error.message.contains("table a already exists"))
    #expect(try tables(warehouse) == ["a", "schema_migrations"])
    try warehouse.migrate([first, second])
  }

  @Test(
    "A type nobody knows is refused with its file and line",
    arguments: ["{{decimal}}", "{{ money }}", "{{money", "{{}}"])
  func unknownType(mark: String) throws {
    let warehouse = try folder.open()
    let migration = Migration(
      number: 1, name: "001-a.sql", sql: "CREATE TABLE a (\n  x {{money}},\n  y \(mark)\n);")
    let error = try refusal { try warehouse.migrate([migration]) }
    #expect(error.message.contains("001-a.sql:3: expected a type's name, found \(mark.prefix(6))"))
    #expect(error.help.contains("{{money}}"))
    #expect(try tables(warehouse) == [])
  }

  @Test("An applied migration that was edited is refused")
  func edited() throws {
    let warehouse = try folder.open()
    try warehouse.migrate([first])
    let edited = Migration(number: 1, name: first.name, sql: first.sql + " ")
    let error = try refusal { try warehouse.migrate([edited, second]) }
    #expect(error.kind == .configuration)
    #expect(error.message.contains("001-a.sql was changed after it was applied"))
    #expect(try tables(warehouse) == ["a", "schema_migrations"])
  }

  @Test("A database that a newer version has migrated is refused")
  func newer() throws {
    let warehouse = try folder.open()
    try warehouse.migrate([first, second])
    let error = try refusal { try warehouse.migrate([first]) }
    #expect(error.message.contains("made by a newer nightmill"))
    #expect(error.help == "upgrade nightmill")
  }

  @Test("Numbers that are used twice, removed, or slipped in before applied ones are refused")
  func numbering() throws {
    let warehouse = try folder.open()
    let twin = Migration(number: 1, name: "001-z.sql", sql: "SELECT 1;")
    #expect(try refusal { try warehouse.migrate([first, twin]) }.message.contains("same number"))
    try warehouse.migrate([second])
    #expect(
      try refusal { try warehouse.migrate([first, second]) }.help == "give it a number after 2")
    let third = Migration(number: 3, name: "003-c.sql", sql: "SELECT 1;")
    #expect(
      try refusal { try warehouse.migrate([third]) }.message.contains("which is not in SQL/schema"))
  }

  @Test("A migration that commits by itself is refused")
  func commits() throws {
    let warehouse = try folder.open()
    let migration = Migration(number: 1, name: "001-a.sql", sql: "COMMIT; CREATE TABLE a (x);")
    let error = try refusal { try warehouse.migrate([migration]) }
    #expect(error.help == "remove COMMIT and ROLLBACK")
    #expect(!(try tables(warehouse).contains("a")))
  }

  @Test("Nothing to apply writes nothing: a read-only warehouse is content")
  func nothingToApply() throws {
    try folder.open().migrate([first])
    let reader = try folder.open(readOnly: true)
    try reader.migrate([first])
    #expect(try refusal { try reader.migrate([first, second]) }.kind == .configuration)
  }
}
