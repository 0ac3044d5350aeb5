import Engine
import Foundation
import Support
import Testing

/// A contract of one column besides its key, and what becomes of one text in it: the value,
/// nothing, or the offence.
private enum Found: Equatable {
  case value(Int64)
  case absent
  case refused(Offence)
}

private func decoded(
  _ text: String, as type: FieldType, zone: Engine.TimeZone = .utc, currency: Currency = .usd,
  isRequired: Bool = false, _ change: (inout ColumnBinding) -> Void = { _ in }
) -> Found {
  let field = isRequired ? Field.required("x", type) : .optional("x", type)
  let contract = Contract(source: "s", key: ["id"], fields: [.required("id", .text), field])
  var binding = ColumnBinding(.field(1))
  change(&binding)
  let layout = RecordLayout(
    fieldCount: 2, bindings: [ColumnBinding(.field(0)), binding], fingerprint: 0)
  let (batch, refusals) = decode(
    csvRecord(["k", text]), contract, layout, settings: .init(timeZone: zone, currency: currency))
  if let refusal = refusals.first { return .refused(refusal.offence) }
  let value = batch.integers[1][0]
  return value == .absent ? .absent : .value(value)
}

private let newYork = try! Engine.TimeZone(
  name: "America/New_York",
  tzif: [UInt8](Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/America/New_York"))))

/// Microseconds of a UTC time, by Foundation.
private func utc(_ text: String) -> Int64 {
  Int64(try! Date(text, strategy: .iso8601).timeIntervalSince1970) * 1_000_000
}

@Suite("Each type takes the texts of the data contract and refuses the rest with its reason")
struct CSVColumnTests {
  private static let currencies = ["USD": 2, "JPY": 0, "KWD": 3]

  @Test(
    "money in the reporting currency",
    arguments: [
      ("12", .value(1200)), ("12.3", .value(1230)), ("12.30", .value(1230)),
      ("+12.30", .value(1230)), ("12.300000", .value(1230)), (" 12.30\t", .value(1230)),
      ("0", .value(0)), ("", .absent), ("  ", .absent), ("12.345", .refused(.precision)),
      ("-12.30", .refused(.range)), ("1,234.56", .refused(.type)), ("$12", .refused(.type)),
      ("(12.30)", .refused(.type)), ("12.", .refused(.type)), ("free", .refused(.type)),
      ("1e3", .refused(.type)), ("NaN", .refused(.type)), ("\"12\"", .refused(.type)),
      ("92233720368547758.07", .value(Int64.max)), ("92233720368547758.08", .refused(.range)),
    ] as [(String, Found)])
  fileprivate func money(text: String, expected: Found) {
    #expect(decoded(text, as: .money(currency: nil)) == expected)
  }

  @Test("money has the decimals of its currency, from the column or from the pipeline")
  func digits() {
    #expect(
      decoded("12", as: .money(currency: nil), currency: Currency(code: "JPY")!) == .value(12))
    #expect(
      decoded("1.5", as: .money(currency: nil), currency: Currency(code: "JPY")!)
        == .refused(.precision))
    let contract = Contract(
      source: "s", key: ["id"],
      fields: [
        .required("id", .text), .required("amount", .money(currency: "currency")),
        .required("currency", .currency),
      ])
    let batch = makeBatch(
      contract,
      [
        ["id": "1", "amount": "12.3", "currency": "usd"],
        ["id": "2", "amount": "12.0", "currency": "JPY"],
        ["id": "3", "amount": "12.345", "currency": " kwd "],
      ])
    #expect(batch.integers[1] == [1230, 12, 12_345])
    #expect(batch.integers[2] == ["USD", "JPY", "KWD"].map { Currency(code: $0)!.rawValue })
  }

  @Test(
    "booleans in any case",
    arguments: [
      ("true", .value(1)), ("T", .value(1)), ("1", .value(1)), ("Yes", .value(1)),
      ("FALSE", .value(0)), ("f", .value(0)), (" 0 ", .value(0)), ("no", .value(0)),
      ("", .absent), (" ", .absent), ("y", .refused(.type)), ("2", .refused(.type)),
      ("truee", .refused(.type)),
    ] as [(String, Found)])
  fileprivate func booleans(text: String, expected: Found) {
    #expect(decoded(text, as: .boolean) == expected)
  }

  @Test(
    "whole numbers within their bounds",
    arguments: [
      ("1", .value(1)), ("10", .value(10)), (" +7 ", .value(7)), ("007", .value(7)),
      ("0", .refused(.range)), ("11", .refused(.range)), ("-1", .refused(.range)),
      ("1.0", .refused(.type)), ("1.5", .refused(.type)), ("one", .refused(.type)),
      ("99999999999999999999", .refused(.range)), ("", .absent), (" ", .absent),
    ] as [(String, Found)])
  fileprivate func integers(text: String, expected: Found) {
    #expect(decoded(text, as: .integer(1...10)) == expected)
  }

  @Test(
    "enumerated words without regard to case and spaces",
    arguments: [
      ("booking", .value(0)), (" Dispute_Won ", .value(1)), ("", .absent), ("  ", .absent),
      ("bookings", .refused(.value)), ("dispute won", .refused(.value)),
      ("\u{212A}", .refused(.value)),
    ] as [(String, Found)])
  fileprivate func words(text: String, expected: Found) {
    #expect(decoded(text, as: .enumerated(Vocabulary(["booking", "dispute_won"]))) == expected)
  }

  @Test(
    "days that exist",
    arguments: [
      ("1970-01-01", .value(0)), (" 2024-02-29 ", .value(19_782)), ("2023-02-29", .refused(.type)),
      ("2024-13-01", .refused(.type)), ("2024-1-1", .refused(.type)),
      ("2024-01-01T00:00:00Z", .refused(.type)), ("", .absent),
    ] as [(String, Found)])
  fileprivate func days(text: String, expected: Found) {
    #expect(decoded(text, as: .day) == expected)
  }

  @Test(
    "instants, local ones in the source's zone",
    arguments: [
      ("2026-03-05T10:00:00Z", .value(utc("2026-03-05T10:00:00Z"))),
      ("2026-03-05T10:00:00+01:00", .value(utc("2026-03-05T09:00:00Z"))),
      ("2026-03-05 10:00:00", .value(utc("2026-03-05T15:00:00Z"))),
      ("2026-03-05 10:00:00.000001", .value(utc("2026-03-05T15:00:00Z") + 1)),
      ("2026-07-05", .value(utc("2026-07-05T04:00:00Z"))),
      // Clocks go from 1:59 to 3:00, and in autumn from 1:59 to 1:00 again.
      ("2026-03-08 02:30:00", .refused(.skippedLocalTime)),
      ("2026-03-08 03:00:00", .value(utc("2026-03-08T07:00:00Z"))),
      ("2026-11-01 01:30:00", .value(utc("2026-11-01T05:30:00Z"))),
      ("2026-11-01 02:00:00", .value(utc("2026-11-01T07:00:00Z"))),
      ("2026-02-30 10:00:00", .refused(.type)), ("1772704800", .refused(.type)),
      ("05/03/2026", .refused(.type)), ("", .absent),
    ] as [(String, Found)])
  fileprivate func instants(text: String, expected: Found) {
    #expect(decoded(text, as: .instant, zone: newYork) == expected)
  }

  @Test("an empty value is missing where the column is required", arguments: ["", " ", "\t "])
  func missing(text: String) {
    let types: [FieldType] = [
      .instant, .day, .money(currency: nil), .rate(.share, unit: .fraction), .exchangeRate,
      .integer(0...9),
      .boolean, .enumerated(Vocabulary(["word"])), .currency,
    ]
    for type in types {
      #expect(decoded(text, as: type, isRequired: true) == .refused(.missing), "\(type)")
      #expect(decoded(text, as: type) == .absent, "\(type)")
    }
  }

  @Test("no value is the one that none stands for: such rows say the same")
  func defaults() {
    let contract = Contract(
      source: "s", key: ["id"],
      fields: [.required("id", .text), .optional("count", .integer(1...9), default: 1)])
    for bindings in [
      [ColumnBinding(.field(0)), ColumnBinding(.field(1))], [.init(.field(0)), .init(.absent)],
    ] {
      let layout = RecordLayout(fieldCount: 2, bindings: bindings, fingerprint: 0)
      let rows = ["", " ", "1"].flatMap { csvRecord(["k", $0]) }
      let (batch, refusals) = decode(
        rows, contract, layout, settings: .init(timeZone: .utc, currency: .usd))
      #expect(refusals.isEmpty)
      #expect(batch.integers[1] == [1, 1, 1])
    }
  }
}
