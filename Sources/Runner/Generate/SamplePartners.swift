/// Somebody who sends customers and is paid for it.
struct SamplePartner {
  var code: String
  var type: String
  var tier: Int
  var status: String
  var since: Int?
  var created: Int
  var user: Int?
  var email: String
  var company: String
  /// Percent with two decimals, or empty for the tier's rate.
  var rate: String
  var parent: Int?
  var method: String
  var country: String

  static func id(_ index: Int) -> String { "prt_\(SampleVendor.zeros(index + 1, 4))" }

  /// Partners whose own user signs up in the span with the partner's code.
  static let selfReferring = [7, 8]
  /// Partners with a customer whose e-mail is theirs, written differently.
  static let sameEmail = [4, 5, 6]

  static func make(
    count: Int, _ span: SampleSpan, firstNewUser: Int, users: Int, _ random: inout SampleRandom
  ) -> [SamplePartner] {
    (0..<count).map { index in
      let type = [
        "affiliate", "affiliate", "reseller", "affiliate", "technology", "affiliate",
        "whitelabel", "affiliate", "affiliate", "reseller",
      ][index % 10]
      let tier = ["affiliate": 1, "reseller": 2, "whitelabel": 3, "technology": 4][type] ?? 1
      let first = random.element(Catalogue.firstNames)
      let last = random.element(Catalogue.lastNames)
      var partner = SamplePartner(
        code: "", type: type, tier: tier, status: "active", since: nil,
        created: span.start - random.between(30, 500) * 86_400 + random.below(40_000), user: nil,
        email: "\(first).\(last)@partner-\(index + 1).example.org", company: "", rate: "",
        parent: nil, method: ["ach", "paypal", "stripe", "ach", "wire", "", "paypal"][index % 7],
        country: ["US", "US", "US", "US", "CA", "US", "DE", "US", "US", "GB", "US"][index % 11])
      partner.code =
        type == "affiliate"
        ? upper(first) + (index < 10 ? "0\(index)" : "\(index)") : "\(upper(last))-\(index)"
      if type != "affiliate" {
        partner.company =
          "\(random.element(Catalogue.places)) "
          + random.element(["Media, LLC", "Digital", "Homes & Co.", "Verlag für Häuser"])
      }
      let within = span.start + random.below(span.end - span.start)
      switch index % 21 {
      case 9: (partner.status, partner.since) = ("pending", partner.created)
      case 11: (partner.status, partner.since) = ("suspended", within)
      case 13: (partner.status, partner.since) = ("terminated", within)
      case 19: (partner.status, partner.since) = ("suspended", span.start - 9 * 86_400)
      default: break
      }
      if index % 4 == 1 { partner.rate = ["10.00", "12.50", "20.00"][index / 4 % 3] }
      if index >= 10, index % 3 == 0 { partner.parent = index / 3 }
      if index % 5 == 2, firstNewUser > 0 { partner.user = min(firstNewUser - 1, index * 3) }
      if let place = selfReferring.firstIndex(of: index) {
        let user = firstNewUser + 40 + 10 * place
        partner.user = user < users ? user : nil
      }
      if sameEmail.contains(index) { partner.email = "nightmill.sample.\(index)@gmail.com" }
      return partner
    }
  }

  private static func upper(_ word: String) -> String {
    String(decoding: word.utf8.map { $0 >= 0x61 && $0 <= 0x7A ? $0 - 32 : $0 }, as: UTF8.self)
  }

  static func write(
    _ world: SampleWorld, in directory: String
  ) throws(GenerateError) -> GeneratedFile {
    var file = try SampleFile(
      "partners.csv", in: directory,
      header: "partner_id,referral_code,partner_type,tier,status,created_at,user_id,email,"
        + "company_name,commission_rate,parent_partner_id,payment_method,country,status_since",
      style: .init(carriageReturns: true), random: world.random(13))
    for (index, partner) in world.partners.enumerated() {
      var row = RowBytes(id(index))
      row.comma()
      row.text("\(partner.code),\(partner.type),tier\(partner.tier),\(partner.status),")
      row.instant(partner.created)
      row.comma()
      if let user = partner.user {
        row.text("usr_")
        row.key(world.userKey(user))
      }
      row.text(",\(partner.email),")
      row.field(partner.company)
      row.text(",\(partner.rate),\(partner.parent.map(id) ?? ""),")
      row.text("\(partner.method),\(partner.country),")
      if let since = partner.since { row.instant(since) }
      try file.row(row)
    }
    return try file.close()
  }
}
