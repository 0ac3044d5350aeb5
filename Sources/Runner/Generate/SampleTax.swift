/// Writes `tax_profiles.csv`. Every TIN is plainly made up: SSNs count up in 555-01, EINs begin
/// with the prefix 00 that is never issued, ITINs and ATINs count up too.
enum SampleTax {
  /// Numbers that are wrong in form, each for another reason.
  private static let invalid = [
    "000-12-3456", "666-12-3456", "078-05-1120", "123-45-67", "555-00-0001",
  ]

  static func write(
    _ world: SampleWorld, in directory: String
  ) throws(GenerateError) -> GeneratedFile {
    var random = world.random(46)
    var file = try SampleFile(
      "tax_profiles.csv", in: directory,
      header: "partner_id,form,form_received_at,legal_name,business_name,classification,"
        + "tin_type,tin,address_line1,address_line2,city,state,postal_code,country,email,"
        + "backup_withholding,second_tin_notice", random: world.random(47))
    for (index, partner) in world.partners.enumerated() where index % 12 != 10 {
      let foreign = partner.country != "US"
      let company = !partner.company.isEmpty
      let form =
        foreign ? (company ? "W-8BEN-E" : "W-8BEN") : index % 15 == 12 ? "none" : "W-9"
      var row = RowBytes(SamplePartner.id(index))
      row.text(",\(form),")
      if form != "none" { row.instant(partner.created + 86_400 * random.between(1, 20)) }
      let first = Catalogue.capitalized(random.element(Catalogue.firstNames))
      let last = Catalogue.capitalized(random.element(Catalogue.lastNames))
      row.comma()
      row.field(company ? partner.company : "\(first) \(last)")
      row.comma()
      if index % 8 == 3 { row.field("\(last) & Daughters, Consulting") }
      let tin = form == "W-9" ? tin(index, company: company) : ("", "")
      row.text(",\(form == "W-9" ? classification(index, company: company) : ""),")
      row.text("\(tin.0),\(tin.1),")
      let city = Catalogue.cities[index % Catalogue.cities.count]
      row.text("\(random.between(1, 900)) \(random.element(Catalogue.streets)),")
      row.text(index % 6 == 4 ? "Apt \(index)" : "")
      if foreign {
        let place =
          ["DE": ("Köln", "50667"), "GB": ("Leeds", "LS1 4AP")][partner.country]
          ?? ("Toronto", "M5V 2T6")
        row.text(",\(place.0),,\(place.1),\(partner.country)")
      } else {
        row.text(",\(city.city),\(city.state),\(city.zip)\(SampleVendor.zeros(index % 90, 2)),US")
      }
      row.text(",\(partner.email),\(index % 13 == 3 ? "true" : "false"),")
      row.text(index % 26 == 3 ? "yes" : "")
      try file.row(row)
    }
    return try file.close()
  }

  private static func classification(_ index: Int, company: Bool) -> String {
    guard company else { return index % 5 == 1 ? "sole_proprietor" : "individual" }
    return ["llc_p", "s_corporation", "llc_c", "partnership", "tax_exempt", "c_corporation"][
      index / 2 % 6]
  }

  private static func tin(_ index: Int, company: Bool) -> (String, String) {
    let serial = SampleVendor.zeros(index % 9_000 + 1, 4)
    // Two partners of one person share a number; some gave none, some a wrong one.
    if index == 5 || index == 15 { return ("SSN", "555-01-7777") }
    if company { return ("EIN", "00-555\(serial)") }
    if index % 14 == 3 { return ("", "") }
    if index % 10 == 1 { return ("SSN", invalid[index / 10 % invalid.count]) }
    if index % 16 == 7 { return ("ITIN", "900-70-\(serial)") }
    if index == 28 { return ("ATIN", "900-93-\(serial)") }
    return ("SSN", "555-01-\(serial)")
  }
}
