/// A business on the marketplace and how well it picks up the phone.
struct SampleVendor {
  var id: Int
  var name: String
  var trade: Int
  var phone: String
  var email: String
  var address: String
  var followup: Int?
  /// When its own subscription starts, after a follow-up; with its plan.
  var subscribed: Int?
  var plan: Int
  var user: Int?
  /// Calls answered of 1,000, in the first week and in the last.
  var quality: (first: Int, last: Int)

  func quality(week: Int, of weeks: Int) -> Int {
    quality.first + (quality.last - quality.first) * week / max(1, weeks - 1)
  }

  static let worsening = 0
  static let improving = 1

  static func make(
    count: Int, _ span: SampleSpan, oldUsers: Int, _ random: inout SampleRandom
  ) -> [SampleVendor] {
    var names: Set<String> = []
    return (0..<count).map { index in
      var trade = index % Catalogue.trades.count
      var name = ""
      if index < Catalogue.specialVendors.count {
        (name, trade) = Catalogue.specialVendors[index]
      }
      let nouns = Catalogue.trades[trade].nouns
      let city = random.element(Catalogue.cities)
      var attempts = 0
      while name.isEmpty || names.contains(name) {
        name = "\(random.element(Catalogue.places)) \(random.element(nouns))"
        attempts += 1
        if attempts > 20 { name += " No. \(index)" }
      }
      names.insert(name)
      let level = random.between(420, 900)
      var quality = (level, level + random.between(-40, 40))
      if index == worsening { quality = (880, 360) }
      if index == improving { quality = (350, 890) }
      let followed = followup(index, quality.1, span, &random)
      let user =
        random.chance(300) && oldUsers > 0 ? index * 7 % max(1, min(oldUsers, count * 7)) : nil
      return SampleVendor(
        id: 1_001 + index, name: name, trade: trade,
        phone: "+1\(city.area)555\(zeros(101 + index % 99, 4))",
        email: index % 11 == 7 ? "" : "office@vendor-\(1_001 + index).example.com",
        address: address(index, city, &random), followup: followed.sent,
        subscribed: followed.subscribed, plan: random.below(10) < 7 ? 0 : random.between(1, 2),
        user: user, quality: quality)
    }
  }

  /// The sales team writes to vendors who miss calls; fewer than half of those subscribe then.
  private static func followup(
    _ index: Int, _ quality: Int, _ span: SampleSpan, _ random: inout SampleRandom
  ) -> (sent: Int?, subscribed: Int?) {
    guard index == worsening || random.chance(quality < 650 ? 700 : 250) else { return (nil, nil) }
    let length = span.end - span.start
    let early = random.chance(220)
    let sent =
      early
      ? span.start - random.between(10, 70) * 86_400 + random.between(50_000, 75_000)
      : span.start + length / 8 + random.below(length * 3 / 5)
    let subscribes = index == worsening || early || random.chance(450)
    return (sent, subscribes ? sent + random.between(1, 20) * 86_400 + random.below(30_000) : nil)
  }

  private static func address(
    _ index: Int, _ city: (city: String, state: String, zip: String, area: String),
    _ random: inout SampleRandom
  ) -> String {
    let street = "\(random.between(1, 980)) \(random.element(Catalogue.streets))"
    let place = "\(city.city), \(city.state) \(city.zip)\(zeros(random.between(1, 99), 2))"
    switch index % 12 {
    case 3: return "\(street)\nSuite \(random.between(2, 40))\n\(place)"
    case 5: return "\(street), \"The Annex\", \(place)"
    default: return "\(street), \(place)"
    }
  }

  static func zeros(_ number: Int, _ width: Int) -> String {
    var row = RowBytes()
    row.padded(number, width)
    return String(decoding: row.bytes, as: UTF8.self)
  }

  /// The vendor's key as in every file.
  static func write(
    _ world: SampleWorld, in directory: String
  ) throws(GenerateError) -> GeneratedFile {
    var plan: [PlannedDefect] = []
    if world.options.badRows {
      plan = zip([5, 17, 26], Defect.vendors).map { PlannedDefect(at: $0, defect: $1) }
    }
    var file = try SampleFile(
      "vendors.csv", in: directory,
      header: "vendor_id,name,category,phone,email,address,followup_sent_at,user_id", plan: plan,
      style: .init(embeddedNewlines: true), random: world.random(11))
    for vendor in world.vendors {
      var row = RowBytes()
      row.number(vendor.id)
      for text in [
        vendor.name, Catalogue.trades[vendor.trade].category, vendor.phone, vendor.email,
        vendor.address,
      ] {
        row.comma()
        row.field(text)
      }
      row.comma()
      if let sent = vendor.followup { row.instant(sent) }
      row.comma()
      if let user = vendor.user {
        row.text("usr_")
        row.key(world.userKey(user))
      }
      try file.row(row)
    }
    return try file.close()
  }
}
