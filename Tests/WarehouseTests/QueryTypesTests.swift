import Engine
import Foundation
import Postgres
import Support
import Testing

@Suite("A query's column is read as what the contract says, exactly or not at all")
struct QueryTypesTests {
  /// A column of a contract, an expression of SQL, and the value or the offence that it comes to.
  private struct Case {
    let type: FieldType
    let sql: String
    let expected: String

    init(_ type: FieldType, _ sql: String, _ expected: String) {
      self.type = type
      self.sql = sql
      self.expected = expected
    }
  }

  private static let money = FieldType.money(currency: nil)
  private static let percent = FieldType.rate(.share, unit: .percent)
  private static let words = FieldType.enumerated(Vocabulary(["open", "closed"]))
  private static let count = FieldType.integer(1...10)

  private static let cases: [Case] = [
    Case(.text, "'a, b'", "a, b"), Case(.text, "'a'::varchar(3)", "a"),
    Case(.text, "'a'::char(3)", "a"), Case(.text, "42", "42"),
    Case(
      .text, "'0B9C2D6E-1111-4222-8333-444455556666'::uuid", "0b9c2d6e-1111-4222-8333-444455556666"),
    Case(.text, #"'{"a": {"b": " x "}}'::jsonb -> 'a' ->> 'b'"#, " x "),
    Case(.text, #"'{"a": [1, 2]}'::jsonb -> 'a'"#, "[1, 2]"), Case(.text, "''", ""),
    Case(.text, "NULL::text", ""),
    Case(money, "12.30", "1230"), Case(money, "12.3000000000000000000000000000000000", "1230"),
    Case(money, "12.3000000000000000000000000000000001", "precision"),
    Case(money, "0.001", "precision"), Case(money, "7::smallint", "700"),
    Case(money, "1e12::numeric", "100000000000000"), Case(money, "'12.3'", "1230"),
    Case(money, "-1.00", "range"), Case(money, "'NaN'::numeric", "range"),
    Case(money, "1e30::numeric", "range"),
    Case(money, "92233720368547758.07", "9223372036854775807"),
    Case(money, "NULL::numeric", "nil"),
    Case(percent, "12.5", "125000000000"), Case(percent, "100.01", "range"),
    // Mantissa × 64 + decimals.
    Case(.exchangeRate, "0.92140421998617858", "5896987007911542929"),
    Case(.exchangeRate, "1.50::numeric(8, 4)", "961"), Case(.exchangeRate, "150", "9600"),
    Case(.exchangeRate, "0.0", "range"), Case(.exchangeRate, "NULL::numeric", "nil"),
    Case(count, "7::smallint", "7"), Case(count, "7.00", "7"), Case(count, "7.5", "type"),
    Case(count, "11", "range"), Case(count, "10::bigint", "10"), Case(count, "' 3 '", "3"),
    Case(.boolean, "true", "1"), Case(.boolean, "false", "0"), Case(.boolean, "'yes'", "1"),
    Case(.boolean, "NULL::boolean", "nil"),
    Case(.day, "date '2026-03-01'", "20513"), Case(.day, "'2026-03-01'", "20513"),
    Case(.day, "'infinity'::date", "range"), Case(.day, "date '10000-01-01'", "range"),
    Case(.instant, "timestamptz '2026-03-05T10:00:00.000001+02'", "1772697600000001"),
    Case(.instant, "'2026-03-05T10:00:00+02:00'", "1772697600000000"),
    // New York, in winter; then a time that its clocks skip.
    Case(.instant, "timestamp '2026-03-05 10:00:00.5'", "1772722800500000"),
    Case(.instant, "timestamp '2026-03-08 02:30:00'", "skipped_local_time"),
    Case(.instant, "date '2026-03-05'", "1772686800000000"),
    Case(.instant, "'-infinity'::timestamptz", "range"),
    Case(words, "'closed'", "1"), Case(words, "' Open '", "0"), Case(words, "'shut'", "value"),
    Case(.currency, "'usd'", "\(Currency(code: "USD")?.rawValue ?? 0)"),
    Case(.currency, "'XXQ'", "value"),
  ]

  @Test("Each value is what the contract says, or refused with the right offence")
  func values() throws {
    let snapshot = try QuerySnapshot(url: PostgresServer.shared.newDatabase())
    let zone = try Engine.TimeZone(
      name: "America/New_York",
      tzif: [UInt8](
        Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/America/New_York"))))
    for one in Self.cases {
      let found = try Self.value(of: one, snapshot, zone)
      #expect(found == one.expected, "\(one.sql) as \(one.type)")
    }
  }

  private static func value(
    of one: Case, _ snapshot: QuerySnapshot, _ zone: Engine.TimeZone
  ) throws -> String {
    let contract = Contract(
      source: "s", key: ["id"], fields: [.required("id", .text), .optional("v", one.type)])
    let binding = try snapshot.bind(
      "SELECT 'a' AS id, \(one.sql) AS v", file: "s.sql", to: contract, timeZone: zone)
    var decoder = TypedRowDecoder(contract: contract, currency: .usd, columns: binding.columns)
    let batch = Batch(columnCount: 2)
    var value = ""
    var rows = TypedRows()
    try snapshot.read(
      snapshot.whole(binding)[0], on: snapshot.lanes(1)[0], batchSize: 10, isStopped: { false }
    ) { block in
      binding.locateFields(block, in: &rows)
      block.bytes.withView { bytes in
        let refused = decoder.decode(rows, of: bytes, into: batch)
        if let first = refused.first {
          value = first.offence.word
        } else if one.type.isText {
          value = batch.text(1)[0].text
        } else {
          value = batch.integers[1][0] == .absent ? "nil" : String(batch.integers[1][0])
        }
      }
      return true
    }
    return value
  }

  @Test(
    "A type that would have to be guessed at is refused before any row is read",
    arguments: [
      ("1.5::float8", money, "a floating-point number"), ("true", money, "boolean"),
      ("1", .boolean, "an integer"), ("1", .instant, "an integer"), ("now()", .day, "timestamptz"),
      ("'\\x00'::bytea", .text, "bytea"), ("time '10:00'", .instant, "the type with OID"),
    ] as [(String, FieldType, String)])
  func wrongType(sql: String, type: FieldType, said: String) throws {
    let contract = Contract(
      source: "s", key: ["id"], fields: [.required("id", .text), .optional("v", type)])
    let snapshot = try QuerySnapshot(url: PostgresServer.shared.newDatabase())
    let error = try refusal {
      _ = try snapshot.bind(
        "SELECT 'a' AS id, \(sql) AS v", file: "s.sql", to: contract, timeZone: .utc)
    }
    #expect(error.kind == .configuration)
    #expect(error.message.contains("column v: expected"))
    #expect(error.message.contains("found \(said)"))
  }
}
