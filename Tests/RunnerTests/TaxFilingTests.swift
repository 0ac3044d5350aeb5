import Engine
import Foundation
import Testing

@testable import Metrics
@testable import Runner

@Suite("The IRS portal's file")
struct TaxFilingTests {
  @Test(arguments: [
    ("Café Zoë", "Cafe Zoe"), ("Müller & Söhne, GmbH", "Muller & Sohne GmbH"),
    ("O’Brien – Łódź", "O'Brien - Lodz"), ("=SUM(A1)", "SUM(A1)"), ("+-@Ann", "Ann"),
    ("  -- dash ", "dash"), ("a\tb\r\nc", "a b c"), ("$1,000", "1 000"), ("\"Q\" Inc.", "Q Inc"),
    ("e\u{301}", "e"), ("Straße", "Strasse"), ("Þór Æsir", "Thor AEsir"), ("", ""),
  ])
  func plainText(source: String, expected: String) {
    let text = PortalText(source)
    #expect(text.text == expected)
    #expect(!text.lostLetters && !text.isCut)
  }

  @Test func lostAndCut() {
    #expect(PortalText("Анна Ann").lostLetters)
    #expect(PortalText("Анна Ann").text == "Ann")
    let cut = PortalText("Association of Bakers", length: 12)
    #expect(cut.text == "Association" && cut.isCut)
  }

  @Test(arguments: [
    ("Ann Limit", "Ann||Limit|"), ("Limit, Ann", "Ann||Limit|"),
    ("Ann B. Limit Jr.", "Ann|B.|Limit|Jr"), ("Limit, Ann B., III", "Ann|B.,|Limit|III"),
    ("Ann Limit, Jr", "Ann||Limit|Jr"), ("María de la Cruz", "María||de la Cruz|"),
    ("Ludwig van Beethoven", "Ludwig||van Beethoven|"), ("Cher", "||Cher|"), ("", "|||"),
    ("Ann Mary Sue Limit", "Ann|Mary Sue|Limit|"),
  ])
  func names(source: String, expected: String) {
    let name = PersonName(source)
    #expect("\(name.first)|\(name.middle)|\(name.last)|\(name.suffix)" == expected)
  }

  static let header = Array(
    (try? String(
      contentsOfFile: "\(PipelineWorld.root)/Pipelines/tax/iris-1099-nec-2022-2024.csv",
      encoding: .utf8))!.utf8)

  // Protects the upload: the portal compares the header, so it is written as it was read.
  @Test func shippedTemplate() throws {
    let template = try PortalTemplate(Self.header, file: "t.csv")
    #expect(template.header == Self.header)
    #expect(template.columns.count == 54)
    #expect(template.unknown.isEmpty)
    #expect(template.columns.compactMap(\.self).count == 54 - 12)
  }

  // Protects next year's template: other spellings are found, new columns stay empty and are told.
  @Test func otherSpellings() throws {
    let text = String(decoding: Self.header, as: UTF8.self)
      .replacingOccurrences(of: "Box 1 - Nonemployee", with: "Box 1a - Nonemployee")
      .replacingOccurrences(of: "Recipient ZIP/Postal Code", with: "Recipient Zip Code*")
      .replacingOccurrences(of: "Form Type,", with: "\"Form Type*\",Box 1b - Cash tips,")
    let template = try PortalTemplate([0xEF, 0xBB, 0xBF] + Array(text.utf8), file: "t.csv")
    #expect(template.columns[0] == .formType)
    #expect(template.columns[1] == nil)
    #expect(template.unknown == ["Box 1b - Cash tips"])
    #expect(template.columns.contains(.compensation) && template.columns.contains(.postalCode))
    #expect(template.header.first == UInt8(ascii: "\""), "without the byte-order mark")
  }

  @Test(arguments: [
    ("Tax Year,", "", "there is no column \"Tax Year\""),
    ("Office Code", "Occupation Code*", "\"Occupation Code*\" is required"),
    ("Office Code", "Payer City", "\"Payer City\" is there twice"),
  ])
  func unmatchedColumnsAreErrors(old: String, new: String, message: String) {
    let text = String(decoding: Self.header, as: UTF8.self)
      .replacingOccurrences(of: old, with: new)
    let error = #expect(throws: RunError.self) {
      try PortalTemplate(Array(text.utf8), file: "t.csv")
    }
    #expect(error?.exit == .configuration)
    #expect("\(error!)".contains(message))
  }

  @Test func fileNames() {
    #expect(TaxFiling.paths("a/b.csv", returns: 100) == ["a/b.csv"])
    #expect(TaxFiling.paths("a/b.csv", returns: 0) == ["a/b.csv"])
    #expect(
      TaxFiling.paths("a.d/b.csv", returns: 250)
        == ["a.d/b-001.csv", "a.d/b-002.csv", "a.d/b-003.csv"])
    #expect(TaxFiling.paths("a.d/b", returns: 101) == ["a.d/b-001", "a.d/b-002"])
    #expect(TaxFiling.paths("b.csv", returns: 100_000).last == "b-1000.csv")
  }

  private func rows() throws -> PortalRows {
    PortalRows(
      template: try PortalTemplate(Self.header, file: "t.csv"),
      lengths: PortalRows.Lengths(
        name: 40, person: 40, address: 35, city: 40, account: 20, email: 75), year: 2024,
      payer: TaxSpec.Payer(
        name: "Payer, Inc.", nameLine2: nil, addressLine1: "1 St.", addressLine2: nil, city: "City",
        state: "NY", postalCode: "10001-1234", country: "US", phone: "+1 (212) 555-0100",
        email: "tax@payer.example", ein: nil), ein: .valid(digits: 12_3456780, type: .ein),
      currency: try #require(Currency(code: "USD")))
  }

  private func item(
    _ id: String = "p", tin: TIN = .valid(digits: 1_234_567, type: .ssn),
    name: String? = "Ann Limit",
    business: String? = nil, classification: String? = "individual", address: String? = "2 Rd",
    withheld: Int64 = 0
  ) -> TaxReturn {
    TaxReturn(
      recipient: id, tin: tin, classification: classification, legalName: name,
      businessName: business, addressLine1: address, addressLine2: nil, city: "Köln", state: "NJ",
      postalCode: "07001", country: nil, hasSecondNotice: true, compensation: 1_234_567_89,
      withheld: withheld)
  }

  private func fields(_ row: [UInt8]) -> [String: String] {
    let names = String(decoding: Self.header, as: UTF8.self).dropLast()
      .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let values = String(decoding: row, as: UTF8.self)
      .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return Dictionary(uniqueKeysWithValues: zip(names, values))
  }

  // Protects a return on its way: a person by name parts, plain amounts, zeros in front kept.
  @Test func aPerson() throws {
    var rows = try rows()
    let row = fields(rows.row(item(withheld: 360_00)))
    let expected = [
      "Form Type": "1099-NEC", "Tax Year": "2024", "Payer TIN Type": "EIN",
      "Payer Taxpayer ID Number": "123456780", "Payer Name Type": "B",
      "Payer Business or Entity Name Line 1": "Payer Inc", "Payer Phone Type": "D",
      "Payer Phone": "2125550100", "Payer ZIP/Postal Code": "100011234",
      "Payer Email Address": "tax@payer.example", "Recipient TIN Type": "SSN",
      "Recipient Taxpayer ID Number": "001234567", "Recipient Name Type": "I",
      "Recipient First Name": "Ann", "Recipient Last Name (Surname)": "Limit",
      "Recipient Business or Entity Name Line 1": "", "Recipient City/Town": "Koln",
      "Recipient Country": "US", "Recipient ZIP/Postal Code": "07001", "Form Account Number": "p",
      "2nd TIN Notice": "Y", "Box 1 - Nonemployee Compensation": "1234567.89",
      "Box 4 - Federal income tax withheld": "360.00", "State 1 - State income": "",
    ]
    for (name, value) in expected { #expect(row[name] == value, "\(name)") }
    #expect(rows.warnings.isEmpty)
  }

  @Test func aBusiness() throws {
    var rows = try rows()
    let row = fields(
      rows.row(
        item(
          tin: .valid(digits: 12_3456701, type: .ein), name: "Harlem Homes & Co.",
          business: "Homes", classification: "llc_p")))
    #expect(row["Recipient Name Type"] == "B")
    #expect(row["Recipient Business or Entity Name Line 1"] == "Harlem Homes & Co")
    #expect(row["Recipient Business or Entity Name Line 2"] == "Homes")
    #expect(row["Recipient Last Name (Surname)"] == "")
    #expect(row["Box 4 - Federal income tax withheld"] == "")
  }

  // Protects the person who uploads: what was cut or is missing is said, and never a number.
  @Test func warnings() throws {
    var rows = try rows()
    let long = String(repeating: "Long Road ", count: 9)
    let row = fields(
      rows.row(
        item(
          "a recipient with a long ID", tin: .missing, name: nil, classification: nil,
          address: long)))
    #expect((row["Recipient Address Line 1"] ?? "").count <= 35)
    #expect((row["Form Account Number"] ?? "").count == 20)
    _ = rows.row(item("q", address: nil))
    let text = rows.warnings.joined(separator: "\n")
    for part in [
      "cut to 35 characters", "no valid tax number", "there is no legal name",
      "recipient q: the address is not complete",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains("1234567"))
  }
}
