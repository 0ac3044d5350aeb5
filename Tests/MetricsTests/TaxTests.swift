import Engine
import Foundation
import Support
import Testing

@testable import Metrics

/// The worked cases of public test suites and guides, and what cannot be seen in the conformance
/// cases.
@Suite("1099 forms")
struct TaxTests {
  static let profiles = """
    partner_id,form,legal_name,classification,tin_type,tin
    a,W-9,Ann Able,individual,SSN,123-45-6701
    b,W-9,Ann Able,individual,SSN,123456701
    w,W-8BEN,Fremd,individual,,
    c,W-9,Corp Inc,c_corporation,EIN,12-3456702
    """

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let year: Int
    let payouts: [String]
    /// partner_ids, compensation, withheld, decision, reason
    let expected: [String]
    var testDescription: String { name }
  }

  // amount, partner, status, paid, reported_by, withheld
  static let cases = [
    Case(
      name: "threshold by cash date", year: 2023,
      payouts: [
        "200.00,a,completed,2023-01-07T12:00:00Z,payer,",
        "500.00,a,completed,2023-02-07T12:00:00Z,payer,",
      ], expected: ["a,700.00,0.00,form,"]),
    Case(
      name: "below threshold", year: 2023,
      payouts: ["599.99,a,completed,2023-06-07T12:00:00Z,payer,"],
      expected: ["a,599.99,0.00,no_form,below_threshold"]),
    Case(
      name: "paid next year", year: 2023,
      payouts: ["1000.00,a,completed,2024-01-07T12:00:00Z,payer,"], expected: []),
    Case(
      name: "failed payment", year: 2023,
      payouts: ["1000.00,a,failed,2023-06-07T12:00:00Z,payer,"], expected: []),
    Case(
      name: "foreign", year: 2023,
      payouts: ["1000.00,w,completed,2023-06-07T12:00:00Z,payer,"],
      expected: ["w,1000.00,0.00,no_form,foreign"]),
    Case(
      name: "2026 below", year: 2026,
      payouts: ["1999.99,a,completed,2026-06-07T12:00:00Z,payer,"],
      expected: ["a,1999.99,0.00,no_form,below_threshold"]),
    Case(
      name: "2026 at the threshold", year: 2026,
      payouts: ["2000.00,a,completed,2026-06-07T12:00:00Z,payer,"],
      expected: ["a,2000.00,0.00,form,"]),
    Case(
      name: "withholding below the threshold", year: 2026,
      payouts: ["1500.00,a,completed,2026-06-07T12:00:00Z,payer,360.00"],
      expected: ["a,1500.00,360.00,form,"]),
    Case(
      name: "withholding is not netted", year: 2026,
      payouts: ["7500.00,a,completed,2026-06-07T12:00:00Z,payer,1800.00"],
      expected: ["a,7500.00,1800.00,form,"]),
    Case(
      name: "one TIN, two accounts", year: 2025,
      payouts: [
        "400.00,a,completed,2025-06-07T12:00:00Z,payer,",
        "300.00,b,completed,2025-06-08T12:00:00Z,payer,",
      ], expected: ["a b,700.00,0.00,form,"]),
    Case(
      name: "a corporation", year: 2025,
      payouts: ["9000.00,c,completed,2025-06-07T12:00:00Z,payer,"],
      expected: ["c,9000.00,0.00,no_form,corporation"]),
    Case(
      name: "through a network that reports", year: 2025,
      payouts: ["9000.00,a,completed,2025-06-07T12:00:00Z,network,"], expected: []),
  ]

  @Test(arguments: cases)
  func workedCases(item: Case) throws {
    let changes = try run(item.payouts, year: item.year)
    #expect(
      changes["form_1099_nec"]?.rows.lines([
        "partner_ids", "nonemployee_compensation", "federal_tax_withheld", "decision", "reason",
      ]) == item.expected)
  }

  // Protects the sum: every payout is in exactly one bucket, and the buckets are the ledger.
  @Test func bucketsAreTheLedger() throws {
    let payouts = Self.cases.flatMap(\.payouts)
    for year in [2023, 2024, 2025, 2026] {
      let table = try #require(try run(payouts, year: year)["form_1099_payments"]).rows
      #expect(table.count == payouts.count)
      let recipients = try #require(try run(payouts, year: year)["form_1099_nec"]).rows
      let grouped = zip(table.integers("amount"), table.texts("recipient_id").codes)
        .filter { $0.1 >= 0 }.reduce(0) { $0 + $1.0 }
      #expect(recipients.integers("nonemployee_compensation").reduce(0, +) == grouped)
    }
  }

  // Protects the fold: batches, workers and the order of rows never show.
  @Test(arguments: [UInt64(1), 2, 3, 4])
  func orderDoesNotShow(seed: UInt64) throws {
    let payouts = Self.cases.flatMap(\.payouts)
    let one = try run(payouts, year: 2026)
    let many = try run(payouts.reversed(), year: 2026) {
      ($0.batchSize, $0.workers, $0.seed) = (2, 3, seed)
    }
    for name in ["form_1099_nec", "form_1099_exceptions"] {
      let columns = one[name]!.rows.schema.columns.map(\.name)
        .filter { $0 != "payout_id" }
      #expect(one[name]?.rows.lines(columns) == many[name]?.rows.lines(columns))
    }
  }

  // Protects a stage in a pipeline that says no year: nothing is made, nothing is taken away.
  @Test func withoutAYearThereIsNothing() throws {
    let changes = try Harness().run(
      ["tax_1099"], ["payouts": Self.csv(Self.cases[0].payouts), "tax_profiles": Self.profiles])
    #expect(changes["form_1099_nec"]?.rows.count == 0)
    #expect(changes["form_1099_nec"]?.replaces == .nothing)
  }

  // Protects the numbers: none is in any table, and the code tells equal ones from others.
  @Test func numbersStayInside() throws {
    let profiles = """
      partner_id,form,legal_name,classification,tin_type,tin,address_line1,postal_code
      a,W-9,Ann 123-45-6701,individual,SSN,123-45-6701,12-3456702 St,123456703
      b,W-9,Bob,individual,SSN,123-45-6702,,
      """
    let payouts = [
      "2500.00,a,completed,2026-06-07T12:00:00Z,payer,",
      "2500.00,b,completed,2026-06-07T12:00:00Z,payer,",
    ]
    let changes = try run(payouts, year: 2026, profiles: profiles, key: Array("a key".utf8))
    let text = changes.values.flatMap { $0.rows.lines($0.rows.schema.columns.map(\.name)) }
      .joined(separator: "\n")
    for number in ["1234567", "123-45-6", "12-34567"] { #expect(!text.contains(number)) }
    #expect(text.contains("12345-6703"), "a ZIP code without its hyphen gets it")
    let rows = try #require(changes["form_1099_nec"]).rows
    let codes = rows.lines(["tin_code"])
    let expected = HMAC(key: Array("a key".utf8)).hexadecimal(of: Array("SSN:123456701".utf8))
    #expect(Set(codes).count == 2 && codes.contains(expected))
    #expect(
      changes["form_1099_exceptions"]?.rows.lines(["kind", "partner_id"])
        .contains("tin_in_text,a") ?? false)
    let returns = try self.returns(payouts, profiles: profiles)
    #expect(returns.map { $0.tin.digits } == ["123456701", "123456702"])
  }

  private func returns(_ payouts: [String], profiles: String) throws -> [TaxReturn] {
    let stage = TaxForms(try harness(2026, nil).context())
    var partial = stage.makePartial()
    for (source, text) in [("payouts", Self.csv(payouts)), ("tax_profiles", profiles)] {
      try harness(2026, nil).decode(text, of: source) {
        try stage.add($0, of: source, to: &partial)
      }
    }
    return try stage.returns(partial)
  }

  static func csv(_ payouts: [String]) -> String {
    "payout_id,amount,partner_id,status,processed_at,reported_by,withheld,currency\n"
      + payouts.enumerated().map { "o\($0.offset),\($0.element),USD\n" }.joined()
  }

  private func harness(_ year: Int, _ key: [UInt8]?) throws -> Harness {
    var harness = Harness()
    (harness.from, harness.to) = ("\(year)-01-01", "\(year + 1)-01-31")
    harness.taxYear = TaxYear(
      year: year, threshold: year <= 2025 ? 600_00 : 2_000_00,
      withholdingRate: Rate(scaled: Rate.scale / 100 * 24), stateThresholds: [("NJ", 1_000_00)],
      tinKey: key)
    return harness
  }

  func run(
    _ payouts: [String], year: Int, profiles: String = profiles, partners: String? = nil,
    key: [UInt8]? = nil, _ change: (inout Harness) -> Void = { _ in }
  ) throws -> [String: TableChange] {
    var harness = try harness(year, key)
    change(&harness)
    var inputs = ["payouts": Self.csv(payouts), "tax_profiles": profiles]
    inputs["partners"] = partners
    return try harness.run(["tax_1099"], inputs)
  }
}

extension TaxTests {
  // Protects what people are told to look at: one row of data for each kind.
  @Test(arguments: [
    ("w9_missing", "x", "2500.00", "", ""),
    ("tin_missing", "p,W-9,P,individual,SSN,,US,NY,", "2500.00", "", ""),
    ("tin_invalid", "p,W-9,P,individual,SSN,900-70-1234,US,NY,", "2500.00", "", ""),
    ("tin_type_missing", "p,W-9,P,individual,,123-45-6701,US,NY,", "2500.00", "", ""),
    ("tin_type_unlikely", "p,W-9,P,c_corporation,SSN,123-45-6701,US,NY,", "25.00", "", ""),
    ("tin_type_unlikely", "p,W-9,P,individual,EIN,12-3456701,US,NY,", "25.00", "", ""),
    ("ein_prefix_unknown", "p,W-9,P,partnership,EIN,00-3456701,US,NY,", "25.00", "", ""),
    ("foreign", "p,W-8BEN,P,,,,DE,,", "2500.00", "", ""),
    ("foreign_unclear", "p,W-9,P,individual,SSN,123-45-6701,DE,,", "25.00", "", ""),
    ("corporation", "p,W-9,P,llc_c,EIN,12-3456701,US,NY,", "2500.00", "", ""),
    ("state_threshold", "p,W-9,P,individual,SSN,123-45-6701,US,NJ,", "1000.00", "", ""),
    ("near_threshold", "p,W-9,P,individual,SSN,123-45-6701,US,NY,", "1800.00", "", ""),
    ("near_threshold", "p,W-9,P,individual,SSN,123-45-6701,US,NY,", "2200.00", "", ""),
    ("withholding_absent", "p,W-9,P,individual,SSN,,US,NY,", "2500.00", "100.00", ""),
    ("withholding_absent", "p,W-9,P,individual,SSN,123-45-6701,US,NY,true", "25.00", "", ""),
    ("withholding_unexpected", "p,W-9,P,individual,SSN,123-45-6701,US,NY,", "25.00", "6.00", ""),
    ("withholding_unexpected", "p,W-8BEN,P,,,,DE,,", "2500.00", "750.00", ""),
    ("reported_by_missing", "p,W-9,P,individual,SSN,123-45-6701,US,NY,", "25.00", "", "none"),
    ("year_edge", "p,W-9,P,individual,SSN,123-45-6701,US,NY,", "25.00", "", "2026-12-31"),
    ("year_edge", "p,W-9,P,individual,SSN,123-45-6701,US,NY,", "25.00", "", "2026-01-01"),
    ("clawback", "p,W-9,P,individual,SSN,123-45-6701,US,NY,", "25.00", "", "cancelled"),
    ("partner_unknown", "x", "25.00", "", ""),
  ])
  func exceptions(
    kind: String, profile: String, amount: String, withheld: String, twist: String
  ) throws {
    let header =
      "partner_id,form,legal_name,classification,tin_type,tin,country,state,backup_withholding\n"
    let day = twist.hasPrefix("2026") ? twist : twist == "cancelled" ? "2025-06-07" : "2026-06-07"
    let payout =
      "\(amount),p,\(twist == "cancelled" ? "cancelled" : "completed"),\(day)T12:00:00Z,"
      + "\(twist == "none" ? "" : "payer"),\(withheld)"
    let changes = try run(
      [payout], year: 2026, profiles: header + (profile == "x" ? "" : profile + "\n"))
    let kinds = try #require(changes["form_1099_exceptions"]).rows.lines(["kind"])
    #expect(kinds.contains(kind), "found \(kinds)")
    // And nothing of the kind where there is no reason for it.
    let plain = try run(
      ["500.00,p,completed,2026-06-07T12:00:00Z,payer,"], year: 2026,
      profiles: header + "p,W-9,P,individual,SSN,123-45-6701,US,NY,\n",
      partners: """
        partner_id,referral_code,partner_type,tier,status,created_at
        p,P,affiliate,t,active,2025-01-01
        """)
    #expect(plain["form_1099_exceptions"]?.rows.lines(["kind"]) == [])
  }

  // Protects the sum of what should have been withheld: rounded payment by payment.
  @Test func withholdingIsRoundedByPayment() throws {
    let profiles = "partner_id,form,legal_name\np,W-9,P\n"
    let changes = try run(
      Array(repeating: "0.02,p,completed,2026-06-07T12:00:00Z,payer,", count: 3), year: 2026,
      profiles: profiles)
    #expect(changes["form_1099_nec"]?.rows.lines(["withholding_due"]) == ["0.00"])
    let more = try run(
      Array(repeating: "0.03,p,completed,2026-06-07T12:00:00Z,payer,", count: 3), year: 2026,
      profiles: profiles)
    #expect(more["form_1099_nec"]?.rows.lines(["withholding_due"]) == ["0.03"])
  }

  // Protects names: one number with two names and one name with two numbers are both told, and
  // case and punctuation make no other name.
  @Test func namesAndNumbers() throws {
    let profiles = """
      partner_id,form,legal_name,classification,tin_type,tin
      a,W-9,Ann Able,individual,SSN,123-45-6701
      b,W-9,Bob,individual,SSN,123-45-6701
      c,W-9,"ABLE, ANN",individual,SSN,123-45-6702
      d,W-9,"Ann-Able.",individual,SSN,123-45-6703
      """
    let payouts = ["a", "c", "d"].map { "700.00,\($0),completed,2026-06-07T12:00:00Z,payer," }
    let rows = try #require(
      try run(payouts, year: 2026, profiles: profiles)["form_1099_exceptions"]
    ).rows.lines(["kind", "partner_id", "detail"]).filter { $0.contains("_with_") }
    #expect(
      rows == [
        "name_with_several_tins,a,the same name with another number: d (***-**-6703)",
        "name_with_several_tins,d,the same name with another number: a (***-**-6701)",
        "tin_with_several_names,a,W-9s with this number give 2 names: \"Ann Able\", \"Bob\"",
      ])
  }

  // Protects other currencies: shown with their own amount, told once a partner and currency, and
  // in no sum.
  @Test func otherCurrencies() throws {
    let csv = """
      payout_id,amount,partner_id,status,processed_at,currency
      1,100.00,a,completed,2026-06-07T12:00:00Z,EUR
      2,50.50,a,completed,2026-06-08T12:00:00Z,EUR
      3,7000,a,completed,2026-06-09T12:00:00Z,JPY
      4,1.234,a,completed,2026-06-10T12:00:00Z,KWD
      """
    var harness = try harness(2026, nil)
    harness.workers = 2
    let changes = try harness.run(["tax_1099"], ["payouts": csv, "tax_profiles": Self.profiles])
    #expect(
      changes["form_1099_payments"]?.rows.lines(["payout_id", "amount", "own_amount", "bucket"])
        == [
          "1,100.00,100.00,other_currency", "2,50.50,50.50,other_currency",
          "3,7000.00,7000,other_currency", "4,1.23,1.234,other_currency",
        ])
    #expect(changes["form_1099_nec"]?.rows.count == 0)
    let rows = try #require(changes["form_1099_exceptions"]).rows.lines(["kind", "detail"])
    #expect(rows.filter { $0.hasPrefix("other_currency,150.50 EUR in 2 payouts") }.count == 1)
    #expect(rows.filter { $0.hasPrefix("other_currency,") }.count == 3)
  }
}

@Suite("Tax numbers")
struct TINTests {
  // Protects who is a recipient: every rule at its limits, whatever hyphens and spaces there are.
  @Test(arguments: [
    ("123-45-6780", TINType.ssn, TIN.Fault?.none), ("665-12-3456", .ssn, nil),
    ("666-12-3456", .ssn, .socialSecurityArea), ("000-12-3456", .ssn, .socialSecurityArea),
    ("899-99-9999", .ssn, nil), ("900-12-3456", .ssn, .socialSecurityArea),
    ("123-00-4567", .ssn, .socialSecurityGroup), ("123-45-0000", .ssn, .socialSecuritySerial),
    ("078-05-1120", .ssn, .neverIssued), ("219099999", .ssn, .neverIssued),
    ("457 55 5462", .ssn, .neverIssued), ("123456789", .ein, .sequence),
    ("111111111", .ein, .allTheSame), ("000000000", .itin, .allTheSame),
    ("12-345678", .ein, .notNineDigits), ("12-34567890", .ein, .notNineDigits),
    ("12-345678O", .ein, .notNineDigits), ("00-0000001", .ein, nil),
    ("912-49-1234", .itin, .individualRange), ("912-50-1234", .itin, nil),
    ("912-65-1234", .itin, nil), ("912-66-1234", .itin, .individualRange),
    ("912-69-1234", .itin, .individualRange), ("912-70-1234", .itin, nil),
    ("912-88-1234", .itin, nil), ("912-89-1234", .itin, .individualRange),
    ("912-90-1234", .itin, nil), ("912-93-1234", .itin, .individualRange),
    ("912-94-1234", .itin, nil), ("912-99-1234", .itin, nil),
    ("812-70-1234", .itin, .individualRange), ("912-93-1234", .atin, nil),
    ("912-94-1234", .atin, .adoptionRange), ("812-93-1234", .atin, .adoptionRange),
  ])
  func faults(text: String, type: TINType, fault: TIN.Fault?) {
    let tin = Array(text.utf8).withView { TIN($0, type: type) }
    if let fault {
      #expect(tin == .invalid(fault))
      #expect(tin.masked == nil && tin.digits == nil && tin.key == nil)
    } else {
      #expect(tin.digits == text.filter(\.isNumber))
      #expect(tin.masked == "***-**-" + text.suffix(4))
    }
  }

  @Test(arguments: ["", " ", "   "])
  func nothingIsMissing(text: String) {
    #expect(Array(text.utf8).withView { TIN($0, type: .ssn) } == .missing)
  }
}
