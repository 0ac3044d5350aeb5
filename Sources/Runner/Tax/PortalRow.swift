import Engine
import Metrics

/// Makes the portal's rows of returns, and collects what a person should know about them.
struct PortalRows {
  /// How many characters the portal takes.
  struct Lengths: Sendable {
    let name: Int
    let person: Int
    let address: Int
    let city: Int
    let account: Int
    let email: Int
  }

  let template: PortalTemplate
  let lengths: Lengths
  let year: Int
  let payer: TaxSpec.Payer
  let ein: TIN
  let currency: Currency
  /// What to look at before the upload; never a tax number.
  private(set) var warnings: [String] = []

  init(
    template: PortalTemplate, lengths: Lengths, year: Int, payer: TaxSpec.Payer, ein: TIN,
    currency: Currency
  ) {
    self.template = template
    self.lengths = lengths
    self.year = year
    self.payer = payer
    self.ein = ein
    self.currency = currency
    if !template.unknown.isEmpty {
      let names = template.unknown.map(quote).joined(separator: ", ")
      warnings.append("the template's columns \(names) are not known and stay empty")
    }
  }

  /// The row of a return, without its line end.
  mutating func row(_ item: TaxReturn) -> [UInt8] {
    let values = payerValues().merging(values(item)) { $1 }
    var bytes: [UInt8] = []
    let encoder = CSVEncoder(moneyDigits: 0)
    for (index, field) in template.columns.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if let field { encoder.append(text: (values[field] ?? "").utf8, to: &bytes) }
    }
    return bytes
  }

  private mutating func payerValues() -> [PortalField: String] {
    let country = Self.country(payer.country)
    return [
      .formType: "1099-NEC", .taxYear: String(year), .corrected: "N",
      .payerTINType: "EIN", .payerTIN: ein.digits ?? "", .payerNameType: "B",
      .payerName1: text(payer.name, lengths.name, "the payer's name"),
      .payerName2: text(payer.nameLine2, lengths.name, "the payer's second name line"),
      .payerCountry: country,
      .payerAddress1: text(payer.addressLine1, lengths.address, "the payer's address"),
      .payerAddress2: text(payer.addressLine2, lengths.address, "the payer's address"),
      .payerCity: text(payer.city, lengths.city, "the payer's city"),
      .payerState: PortalText(payer.state).text,
      .payerPostalCode: Self.postalCode(payer.postalCode, country),
      .payerPhoneType: payer.phone == nil ? "" : country == "US" ? "D" : "I",
      .payerPhone: Self.phone(payer.phone),
      .payerEmail: PortalText(payer.email ?? "", length: lengths.email, keepsStops: true).text,
    ]
  }

  private mutating func values(_ item: TaxReturn) -> [PortalField: String] {
    let who = "recipient \(item.recipient)"
    let country = Self.country(item.country ?? "US")
    var values: [PortalField: String] = [
      .tinType: item.tin.type?.word ?? "", .tin: item.tin.digits ?? "",
      .country: country,
      .address1: text(item.addressLine1, lengths.address, "\(who): the address"),
      .address2: text(item.addressLine2, lengths.address, "\(who): the address"),
      .city: text(item.city, lengths.city, "\(who): the city"),
      .state: PortalText(item.state ?? "").text,
      .postalCode: Self.postalCode(item.postalCode ?? "", country),
      .accountNumber: account(item.recipient),
      .secondNotice: item.hasSecondNotice ? "Y" : "N",
      .compensation: amount(item.compensation), .directSales: "N",
      .withheld: item.withheld == 0 ? "" : amount(item.withheld),
    ]
    if item.tin.digits == nil {
      warnings.append("\(who): no valid tax number; the portal may refuse the return")
    } else if item.tin.type == nil {
      warnings.append("\(who): the W-9 does not say of which type the tax number is")
    }
    if [item.addressLine1, item.city].contains(where: { $0?.isEmpty ?? true }) {
      warnings.append("\(who): the address is not complete")
    }
    name(item, who, &values)
    return values
  }

  /// A person is named by parts, everybody else on the business lines. The number's type decides,
  /// since the IRS matches numbers with names: an EIN is a business's.
  private mutating func name(
    _ item: TaxReturn, _ who: String, _ values: inout [PortalField: String]
  ) {
    guard let legalName = item.legalName else {
      warnings.append("\(who): there is no legal name")
      values[.nameType] = "B"
      return
    }
    if legalName.contains("***") || item.businessName?.contains("***") ?? false {
      warnings.append(
        "\(who): the name holds nine digits that may be a tax number; they are hidden")
    }
    let isPerson =
      item.tin.type != .ein
      && ["individual", "sole_proprietor"].contains(item.classification ?? "individual")
    guard isPerson else {
      values[.nameType] = "B"
      values[.name1] = text(legalName, lengths.name, "\(who): the name")
      values[.name2] = text(item.businessName, lengths.name, "\(who): the business name")
      return
    }
    let name = PersonName(legalName)
    values[.nameType] = "I"
    values[.firstName] = text(name.first, lengths.person, "\(who): the first name")
    values[.middleName] = text(name.middle, lengths.person, "\(who): the middle name")
    values[.lastName] = text(name.last, lengths.person, "\(who): the last name")
    values[.suffix] = text(name.suffix, lengths.person, "\(who): the suffix")
  }

  private mutating func text(_ source: String?, _ length: Int, _ what: String) -> String {
    guard let source, !source.isEmpty else { return "" }
    let plain = PortalText(source, length: length)
    if plain.isCut { warnings.append("\(what) is cut to \(length) characters") }
    if plain.lostLetters {
      warnings.append("\(what) holds letters that the portal does not take; they are left out")
    }
    return plain.text
  }

  /// A recipient's ID as an account number: one too long keeps its beginning and is told from
  /// others by a hash.
  private func account(_ id: String) -> String {
    let plain = PortalText(id).text
    if plain == id, plain.utf8.count <= lengths.account { return plain }
    let hash = SHA256.hexadecimal(of: Array(id.utf8)).prefix(8)
    return "\(plain.prefix(max(0, lengths.account - 9)))-\(hash)"
  }

  private func amount(_ minor: Int64) -> String {
    var bytes: [UInt8] = []
    Money.append(minor, digits: currency.digits, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func country(_ text: String) -> String {
    let plain = PortalText(text).text.uppercased()
    return ["USA", "UNITED STATES", "UNITED STATES OF AMERICA", "U.S.", "U.S.A."].contains(plain)
      ? "US" : plain
  }

  private static func postalCode(_ text: String, _ country: String) -> String {
    let plain = PortalText(text).text
    return country == "US" ? plain.filter { $0 != "-" && $0 != " " } : plain
  }

  private static func phone(_ text: String?) -> String {
    let digits = (text ?? "").filter { $0.isASCII && $0.isNumber }
    return digits.count == 11 && digits.hasPrefix("1") ? String(digits.dropFirst()) : digits
  }
}
