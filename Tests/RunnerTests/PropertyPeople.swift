import Engine
import Support

/// Users, partners and the clicks between them, made to collide like the rest of `NastyData`: clicks
/// at the very limits of an hour, a clock hour and 30 days, visitors that two users share, partners
/// of every standing.
struct NastyPeople: Random {
  private static let minute = 60_000_000
  private static let month = 30 * 86_400_000_000
  private static let codes = ["A", "B", "C", "D", "a", "E "]
  /// What kind of partner each is, and since when: the day before a month, its first, within one.
  private static let types = ["whitelabel", "technology", "affiliate", "whitelabel", "technology"]
  private static let beginnings = [
    "2026-01-01T00:00:00Z", "2026-09-01T03:30:00Z", "2026-01-01T00:00:00Z", "2026-10-17T12:00:00Z",
    "2025-11-30T23:59:59.999999Z",
  ]

  var random: SeededGenerator
  private let days: ClosedRange<Int>
  private var clicks: [[String]] = []
  private var moments: [Int] = []

  init(seed: UInt64, days: ClosedRange<Int>) {
    random = SeededGenerator(seed: seed &* 31 &+ 7)
    self.days = days
  }

  private mutating func instant() -> Int {
    number(days.lowerBound...days.upperBound) * 86_400_000_000
      + pick([0, 4 * 3_600_000_000, 12 * 3_600_000_000, 12 * 3_600_000_000 + 1, 22 * 3_600_000_000])
  }
  private func written(_ micros: Int) -> String { RawTime.text(micros) + "Z" }

  private mutating func user() -> String {
    chance(80) ? pick(["x", "u"]) + "\(number(0...9))" : "s\(number(0...39))"
  }
  private mutating func visitor() -> String { pick(["x", "w"]) + "\(number(0...7))" }

  /// Adds users and partners, gives transactions, vendors and clicks the columns that name people,
  /// and adds clicks on partners' links.
  mutating func add(to sources: inout [String: RawSource]) {
    addUsers(&sources)
    addPartners(&sources)
    extend("vendors", in: &sources, ["user_id"]) { [$0.chance(50) ? $0.user() : ""] }
    extend("transactions", in: &sources, ["user_id", "visitor_id"]) {
      [$0.chance(75) ? $0.user() : "", $0.chance(40) ? $0.visitor() : ""]
    }
    extend("clicks", in: &sources, ["referral_code"]) { [$0.chance(40) ? $0.pick(Self.codes) : ""] }
    let column = sources["transactions"]?.header.firstIndex(of: "occurred_at") ?? 0
    for row in sources["transactions"]?.rows ?? [] where chance(40) {
      moments.append(RawTime.micros(row[column]))
    }
    for moment in moments { addTouches(of: moment) }
    for _ in 0..<6 { addBurst() }
    guard let header = sources["clicks"]?.header else { return }
    let places = [
      "click_id", "clicked_at", "event", "visitor_id", "user_id", "referral_code", "ip",
      "user_agent",
    ].map { name in header.firstIndex(of: name) ?? 0 }
    for click in clicks {
      var row = [String](repeating: "", count: header.count)
      for (place, value) in zip(places, click) { row[place] = value }
      sources["clicks"]?.rows.append(row)
    }
  }

  private mutating func extend(
    _ name: String, in sources: inout [String: RawSource], _ columns: [String],
    _ values: (inout NastyPeople) -> [String]
  ) {
    guard var source = sources[name] else { return }
    source.header += columns
    for row in source.rows.indices { source.rows[row] += values(&self) }
    sources[name] = source
  }

  private mutating func addUsers(_ sources: inout [String: RawSource]) {
    var rows: [[String]] = []
    for (name, last) in [("x", 9), ("u", 9), ("s", 39)] {
      for index in 0...last where chance(90) {
        let at = instant() - (chance(20) ? 95 * 86_400_000_000 : 0)
        moments.append(at)
        let email = pick([
          "", " P.art+\(index)@GMAIL.com", "part@corp.example", "PART+x@corp.example",
          "p.art@corp.example", "\(name)\(index)@example.org",
        ])
        rows.append([
          "\(name)\(index)", written(at), email, chance(60) ? visitor() : "",
          chance(30) ? pick(Self.codes) : "",
        ])
      }
    }
    sources["users"] = RawSource(
      header: ["user_id", "created_at", "email", "visitor_id", "referral_code"], rows: rows)
  }

  private mutating func addPartners(_ sources: inout [String: RawSource]) {
    var rows: [[String]] = []
    for (index, code) in ["A", "B", "C", "D", "a"].enumerated() {
      let status = index < 2 ? "active" : pick(["active", "suspended", "Terminated", "pending"])
      rows.append([
        "p\(index)", code, Self.types[index], pick(["tier1", "tier2"]), status,
        Self.beginnings[index],
        chance(50) ? user() : "",
        pick(["", "pa.rt@gmail.com", "part+biz@corp.example", "b\(index)@example.org"]),
        chance(60) ? written(instant()) : "", pick(["", "", "12.50", "0"]),
        chance(70) ? pick(["p\(max(0, index - 1))", "p0"]).replacing("p\(index)", with: "") : "",
        chance(70) ? "bank" : "",
      ])
    }
    let transactions = sources["transactions"]?.rows.map { $0[0] } ?? []
    sources["payouts"] = RawSource(
      header: [
        "payout_id", "partner_id", "amount", "currency", "status", "processed_at",
        "commission_ids", "method",
      ],
      rows: (0..<8).map {
        [
          "o\($0)", "p\($0 % 4)", pick(["12.00", "0.07"]), pick(["USD", "USD", "EUR"]),
          pick(["pending", "Completed", "completed", "failed", "processing", "cancelled"]),
          chance(90) ? written(instant()) : "",
          chance(20) ? "" : lines(of: transactions) + pick(["", "", " ", " n/a"]),
          pick(["", "wire"]),
        ]
      })
    sources["tax_profiles"] = RawSource(
      header: ["partner_id", "form"],
      rows: (0..<5).filter { _ in chance(70) }.map {
        ["p\($0)", pick(["W-9", "W-8BEN", "none"])]
      })
    sources["partners"] = RawSource(
      header: [
        "partner_id", "referral_code", "partner_type", "tier", "status", "created_at", "user_id",
        "email", "status_since", "commission_rate", "parent_partner_id", "payment_method",
      ], rows: rows)
  }

  /// IDs of lines that there may be; most of them are not.
  private mutating func lines(of transactions: [String]) -> String {
    if transactions.isEmpty { return "" }
    let ids = (0..<80).map { _ in
      let type = pick(["transaction", "recurring", "bonus", "signup"])
      let name = "\(type):\(pick(transactions)):p\(number(0...4)):\(pick([1, 1, 2, 3]))"
      return NameUUID.text(NameUUID.id(url: Array("nightmill:commission:\(name)".utf8)))
    }
    return ids.joined(separator: " ")
  }

  private mutating func addClick(
    _ at: Int, _ code: String, visitor: String, user: String, address: String
  ) {
    let agent = pick(["Mozilla/5.0", "Mozilla/5.0", "Mozilla/5.0", "Opera", "SomeBot", ""])
    clicks.append([
      "\(pick(["n", "m", "zz"]))\(clicks.count)", written(at), pick(["click", "click", "Click"]),
      visitor, user, code, address, agent,
    ])
  }

  /// Clicks by one visitor or user around what touches are asked for, each a duplicate or just not.
  private mutating func addTouches(of moment: Int) {
    let who = (visitor: chance(70) ? visitor() : "", user: chance(35) ? user() : "")
    var at = moment - pick([-1, 0, 1, Self.month - 1, Self.month, Self.month + 1, 86_400_000_000])
    for _ in 0..<number(1...3) {
      addClick(
        at, pick(Self.codes), visitor: who.visitor, user: who.user,
        address: pick(["", "10.0.0.1", "10.0.0.2"]))
      at += pick([
        0, 1, 59 * Self.minute, 60 * Self.minute - 1, 60 * Self.minute, 7 * 86_400_000_000,
      ])
    }
  }

  /// More clicks of one address than count within a clock hour, some of them in the next.
  private mutating func addBurst() {
    let hour =
      number(days.lowerBound...days.upperBound) * 86_400_000_000 + 3_600_000_000 * number(0...23)
    let code = pick(Self.codes)
    let address = "10.9.9.\(number(1...2))"
    for index in 0..<number(29...36) {
      let late = chance(10) ? 3_600_000_000 - number(0...1) : 0
      addClick(
        hour + (chance(30) ? 0 : index * 1_000_000) + late, code,
        visitor: chance(60) ? visitor() : "", user: chance(30) ? user() : "", address: address)
    }
  }
}
