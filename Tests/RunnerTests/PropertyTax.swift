import Engine
import Support

/// Payouts and tax profiles made to collide like the rest of `NastyData`: numbers that several
/// partners share and that are just valid or just not, sums at the thresholds, instants at the
/// year's ends.
struct NastyTax: Random {
  private static let hour = 3_600_000_000
  /// Where 2025, 2026 and 2027 begin in UTC.
  private static let years = [20_089, 20_454, 20_819].map { $0 * 24 * hour }
  private static let numbers = [
    "123-45-6701", "123456701", "123 45 6701", "12-3456702", "000-12-3456", "666-12-3456",
    "899-99-9999", "900-12-3456", "123-00-4567", "123-45-0000", "078-05-1120", "219099999",
    "457-55-5462", "457-55-5463", "900-50-1234", "900-49-1234", "965-65-0001", "965-66-0001",
    "999-69-1234", "999-70-1234", "999-88-1234", "999-89-1234", "912-90-1234", "912-93-1234",
    "912-94-0001", "111-11-1111", "123-45-6789", "12345678", "1234567890", "12345678x", "-", " ",
    "",
  ]
  private static let forms = ["W-9", "W-9", "W-9", "w-9", "W-8BEN", "W-8BEN-E", "none"]
  private static let classes = [
    "", "individual", "Sole_Proprietor", "partnership", "c_corporation", "S_CORPORATION", "llc_c",
    "llc_s", "llc_p", "tax_exempt", "government",
  ]

  var random: SeededGenerator
  private let days: ClosedRange<Int>

  init(seed: UInt64, days: ClosedRange<Int>) {
    random = SeededGenerator(seed: seed &* 89 &+ 41)
    self.days = days
  }

  private mutating func instant() -> String {
    if chance(8) { return "" }
    if chance(70) { return RawTime.text(busyDay() * 24 * Self.hour + pick([0, 1])) + "Z" }
    // Midnights of zones from Auckland to Honolulu lie within half a day.
    let edge = pick(Self.years) + number(-13...13) * Self.hour
    return RawTime.text(edge + pick([-1, 0, 0, 30 * Self.hour / 60])) + "Z"
  }

  /// A day of the season, of this year or the last.
  private mutating func busyDay() -> Int { number(days) - pick([0, 0, 365]) }

  /// Adds columns to the payouts, profiles and partners there are, and many more payouts and
  /// profiles of people of whom nothing else is known.
  mutating func add(to sources: inout [String: RawSource]) {
    let known = sources["tax_profiles"]?.rows.map { $0[0] } ?? []
    sources["tax_profiles"] = RawSource(
      header: [
        "partner_id", "form", "form_received_at", "legal_name", "business_name", "classification",
        "tin_type", "tin", "address_line1", "address_line2", "city", "state", "postal_code",
        "country", "email", "backup_withholding", "second_tin_notice",
      ], rows: known.map { profile($0) } + (0..<90).map { profile("t\($0)", place: $0) })
    guard var payouts = sources["payouts"] else { return }
    let header = payouts.header + ["reported_by", "withheld"]
    let places = Dictionary(uniqueKeysWithValues: header.enumerated().map { ($1, $0) })
    for row in payouts.rows.indices {
      payouts.rows[row] += [pick(["", "payer", "Network"]), pick(["", "0.00", "1.00"])]
    }
    for index in 0..<300 {
      var row = [String](repeating: "", count: header.count)
      for (column, value) in payout(index) { row[places[column] ?? 0] = value }
      payouts.rows.append(row)
    }
    sources["payouts"] = RawSource(header: header, rows: payouts.rows)
    guard let partners = sources["partners"] else { return }
    sources["partners"] = RawSource(
      header: partners.header + ["company_name", "country"],
      rows: partners.rows.map { $0 + [pick(["", "\($0[0]), Inc."]), pick(["", "US", "DE"])] })
  }

  /// The first payouts pay everybody who has one of the numbers in this year and in the last one;
  /// t90 to t94, who are paid now and then, have no profile.
  private mutating func payout(_ index: Int) -> [String: String] {
    let isSure = index < 2 * Self.numbers.count
    let unit = isSure ? 100 : pick([100, 100, 1, 1, 1000])
    let code = [1: "JPY", 100: isSure ? "USD" : pick(["USD", "usd", "EUR"]), 1000: "KWD"]
    /// An amount, now and then beside a threshold or half of one.
    let amount =
      chance(50)
      ? pick([300, 600, 1000, 2000]) * unit - pick([0, 0, 0, 1]) : number(1...3000) * unit / 2
    let withheld = chance(12) ? amount * 24 / 100 : 0
    func text(_ minor: Int) -> String {
      if unit == 1 { return "\(minor)" }
      return "\(minor / unit)." + String("\(unit + minor % unit)".dropFirst())
    }
    let sureDay = number(days) - (index < Self.numbers.count ? 0 : 365)
    let anybody = chance(85) ? "t\(number(0...94))" : "p\(number(0...5))"
    return [
      "payout_id": "\(pick(["n", "N"]))\(index)", "amount": text(amount),
      "currency": code[unit] ?? "USD",
      "partner_id": isSure ? "t\(index % Self.numbers.count)" : anybody,
      "status": isSure || chance(80)
        ? pick(["completed", "Completed"])
        : pick(["pending", "processing", "failed", "CANCELLED"]),
      "processed_at": isSure ? RawTime.text(sureDay * 24 * Self.hour) + "Z" : instant(),
      "method": pick(["", "wire", "card"]),
      "reported_by": pick(isSure ? ["", "payer"] : ["", "payer", "Payer", "network"]),
      "withheld": withheld > 0 ? text(withheld) : pick(["", "", text(0)]),
    ]
  }

  /// The profiles of the first places are W-9s with all the numbers there are, each of a type that
  /// it nearly has; others have anything.
  private mutating func profile(_ partner: String, place: Int = .max) -> [String] {
    let isNumber = place < Self.numbers.count
    // Some numbers again and again, by people of every kind.
    let number =
      isNumber
      ? Self.numbers[place]
      : chance(30) ? pick(["123-45-6701", "900-70-1234"]) : pick(Self.numbers)
    let type =
      !isNumber
      ? pick(["SSN", "ssn", "EIN", "ITIN", "ATIN", ""])
      : number.hasPrefix("9") ? pick(["ITIN", "ITIN", "itin", "ATIN"]) : "SSN"
    return [
      partner, isNumber ? "W-9" : pick(Self.forms),
      chance(50) ? RawTime.text(Self.years[1]) + "Z" : "",
      pick(["", "Able, \(partner)", "\"Quoted\" \(partner)"]), pick(["", "Works"]),
      pick(Self.classes), type, number, pick(["", "1 Road"]), pick(["", "Apt 2"]),
      pick(["", "Town"]), pick(["", "WI", "NJ"]),
      pick(["", "10001", "100012345", "10001-2345", "K1A 0B1"]),
      pick(["", "US"]), pick(["", "a@b.example"]), pick(["", "true", "F", "1", "no"]),
      pick(["", "YES", "false"]),
    ]
  }
}
