import Engine
import Foundation
import Testing
import YAML

@testable import Runner

/// Amounts are minor units of the rows' currencies, as a batch holds them.
@Suite("The mappings that ship for payments read real exports")
struct MappingPaymentsTests {
  /// The source `transactions` with the contract and a mapping that ship.
  private func spec(_ mapping: String, beside: String = "") throws -> SourceSpec {
    try PipelineWorld.source(
      "transactions", mapping: mapping,
      """
      sources:
        transactions:
          files: t.csv
          mapping: \(mapping)
      \(beside)
        users: {files: u.csv}
        clicks: {files: c.csv}
        vendors: {files: v.csv}
        products: {files: p.csv}
        exchange_rates: {files: r.csv}
      stages: [growth_metrics]
      """)
  }

  @Test(
    "sales and what went back become rows, other movements are filtered, nonsense is quarantined",
    arguments: [
      // A payout and a fee; the 32nd of March.
      ("stripe-balance", "stripe/report.csv", 2, ["9 occurred_at type"]),
      // A payment made and its refund, a withdrawal, one pending; an unknown zone, the day first.
      (
        "paypal-activity", "paypal/activity.csv", 4,
        ["10 occurred_at type", "11 occurred_at type"]
      ),
      // An order's second line, one pending, one voided; a time that is none.
      ("shopify-orders", "shopify/orders_export.csv", 3, ["7 occurred_at type"]),
    ])
  func export(mapping: String, file: String, filtered: Int, refused: [String]) throws {
    let decoded = try spec(mapping).decode(try PipelineWorld.fixture(file))
    let folder = file.prefix { $0 != "/" }
    let expected = try PipelineWorld.fixture("\(folder)/expected.csv").split(separator: "\n")
      .dropFirst()
    #expect(decoded.rows.map { $0.joined(separator: ",") } == expected.map(String.init))
    #expect(decoded.filtered == filtered)
    #expect(decoded.refused == refused)
  }

  @Test("Stripe's other export: types for categories, originals only in the words of disputes")
  func stripeExport() throws {
    let decoded = try spec("stripe-balance").decode(
      """
      id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description,user_id (metadata)
      txn_1,charge,ch_1,"29.00",1.14,27.86,usd,2026-03-05 10:00,2026-03-07 00:00,Subscription update,u1
      txn_2,payment_refund,pyr_1,-5.5,0.00,-5.5,usd,2026-03-06 10:00,2026-03-07 00:00,REFUND FOR PAYMENT,u1
      txn_3,adjustment,dp_1,-23.50,15.00,-38.50,usd,2026-03-07 10:00,2026-03-07 00:00,Chargeback withdrawal for ch_1,
      txn_4,adjustment,dp_1,23.50,-15.00,38.50,usd,2026-04-07 10:00,2026-04-07 00:00,Chargeback reversal for ch_1,
      txn_5,adjustment,,-1.00,0.00,-1.00,usd,2026-04-07 10:00,2026-04-07 00:00,Correction,
      txn_6,payout,po_1,-10.00,0.00,-10.00,usd,2026-04-07 10:00,2026-04-07 00:00,STRIPE PAYOUT,
      """)
    let columns = [0, 1, 2, 3, 5, 9]
    #expect(
      decoded.rows.map { row in columns.map { row[$0] } } == [
        ["ch_1", "2026-03-05T10:00:00Z", "subscription", "2900", "u1", ""],
        ["txn_2", "2026-03-06T10:00:00Z", "refund", "550", "u1", ""],
        ["txn_3", "2026-03-07T10:00:00Z", "chargeback", "2350", "", "ch_1"],
        ["txn_4", "2026-04-07T10:00:00Z", "dispute_won", "2350", "", "ch_1"],
      ])
    #expect(decoded.filtered == 2)
    #expect(decoded.refused == [])
  }

  @Test("PayPal in German: what the file's head says to write beside the mapping")
  func paypalElsewhere() throws {
    let spec = try spec(
      "paypal-activity",
      beside: """
            timezone: Europe/Berlin
            columns:
              occurred_at: {value: {concat: [{column: Date}, " ", {column: Time}]}, format: "%d.%m.%Y %H:%M:%S"}
              amount: {grouping: ".", decimal: ","}
        """)
    let decoded = try spec.decode(
      """
      Date,Time,TimeZone,Type,Status,Currency,Gross,From Email Address,To Email Address,Transaction ID
      31.12.2026,23:30:00,CET,Express Checkout Payment,Completed,EUR,"1.234,56",a@b.de,s@b.de,1
      01.01.2027,00:30:00,CET,Payment Refund,Completed,EUR,"-1.234,56",s@b.de,a@b.de,2
      """)
    #expect(
      decoded.rows.map { Array($0[0...5]) } == [
        ["1", "2026-12-31T22:30:00Z", "purchase", "123456", "EUR", "a@b.de"],
        ["2", "2026-12-31T23:30:00Z", "refund", "123456", "EUR", "a@b.de"],
      ])
    #expect(decoded.refused == [])
  }
}
