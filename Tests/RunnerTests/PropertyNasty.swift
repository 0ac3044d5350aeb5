import Engine
import Foundation
import Support

/// A source's rows as text, before they become files.
struct RawSource {
  var header: [String]
  var rows: [[String]]
}

/// Random inputs made to collide: few ids, instants on a coarse grid and one microsecond beside it,
/// so that ties, limits and chains that real data has once a month happen in every seed.
struct NastyData: Random {
  var sources: [String: RawSource] = [:]
  /// The days that instants fall on.
  let days: ClosedRange<Int>
  var random: SeededGenerator
  /// When each vendor's follow-up was sent, by number.
  private var sent: [Int: Int] = [:]

  /// Days since 1970 of August 1 and November 20, 2026; clocks in New York go back on November 1.
  static let season = 20_666...20_777
  static let firstDay = "2026-08-01"
  static let lastDay = "2026-11-20"

  init(seed: UInt64, days: ClosedRange<Int> = season, scale: Int = 1) {
    self.days = days
    random = SeededGenerator(seed: seed)
    addVendors()
    addProducts()
    addCalls(240 * scale)
    addTransactions(280 * scale)
    addClicks(500 * scale)
    addRates()
    var people = NastyPeople(seed: seed, days: days)
    people.add(to: &sources)
    var subscriptions = NastySubscriptions(seed: seed, days: days)
    subscriptions.add(to: &sources)
    var money = NastyMoney(seed: seed, days: days)
    money.add(to: &sources)
    var tax = NastyTax(seed: seed, days: days)
    tax.add(to: &sources)
  }

  /// Microseconds within a day where something begins or ends, in UTC or in the zones that tests
  /// report in.
  private static let moments: [Int] = [
    0, 1, 4 * 3_600_000_000 - 1, 4 * 3_600_000_000, 5 * 3_600_000_000, 5 * 3_600_000_000 - 1,
    13 * 3_600_000_000, 13 * 3_600_000_000 + 1_800_000_000 - 1, 21 * 3_600_000_000,
    22 * 3_600_000_000 - 1,
    12 * 3_600_000_000, 12 * 3_600_000_000 + 15_000_000, 18 * 3_600_000_000 + 250_000,
    86_400_000_000 - 1,
  ]

  /// 30 days.
  private static let month = 30 * 86_400_000_000

  private mutating func instant() -> Int {
    number(days.lowerBound...days.upperBound) * 86_400_000_000 + pick(Self.moments)
  }

  /// The same instant, written in one of the ways that mean it.
  private mutating func written(_ micros: Int) -> String {
    let offset = pick([0, 0, 0, 0, -240, 330])
    let local = micros + offset * 60_000_000
    var text = RawTime.text(local)
    if offset == 0 { return text + pick(["Z", "+00:00", ""]) }
    let minutes = abs(offset)
    text += (offset < 0 ? "-" : "+") + RawTime.two(minutes / 60) + ":" + RawTime.two(minutes % 60)
    return text
  }

  private mutating func money(_ minor: Int, digits: Int) -> String {
    if digits == 0 { return String(minor) }
    let unit = digits == 2 ? 100 : 1000
    let cents = String(String(minor % unit + unit).dropFirst())
    return "\(minor / unit).\(cents)" + pick(["", "", "00"])
  }

  private mutating func addVendors() {
    var rows: [[String]] = []
    for index in 0..<6 {
      let category = index == 5 ? "" : pick(["plumbing", "plumbing", "cleaning", ""])
      if chance(80) { self.sent[index] = instant() }
      let sent = self.sent[index].map { written($0) } ?? ""
      rows.append([
        "v\(index)", "Vendor, \(index)", category, sent, pick(["", "+1 212 555 010\(index)"]),
        pick(["", "V\(index)@example.org"]), pick(["", "\(index) Road, Town"]),
      ])
    }
    sources["vendors"] = RawSource(
      header: [
        "vendor_id", "name", "category", "followup_sent_at", "phone", "email", "address",
      ], rows: rows)
  }

  private mutating func addProducts() {
    sources["products"] = RawSource(
      header: ["product_id", "name", "category"],
      rows: (0..<4).map { ["p\($0)", "Product \"\($0)\"", pick(["", "Tools, small"])] })
  }

  private mutating func addCalls(_ count: Int) {
    let words = [
      "hangup", "Abandoned", "rejection", "declined", "timeout", "no-answer", "busy", "USER_BUSY",
      "success", "completed", "caller_cancelled", "canceled", "network", "network_error",
    ]
    var rows: [[String]] = []
    for index in 0..<count {
      // v6 and v7 are not among the vendors.
      let vendor = number(0...7)
      var at = instant()
      // Some calls lie where a follow-up just counts, or just does not.
      if chance(20), let sent = sent[vendor] {
        at = sent - pick([-1, 0, 1, Self.month - 1, Self.month, Self.month + 1])
      }
      rows.append([
        "c\(index * 7919 % 10007)", "v\(vendor)", written(at),
        pick(["0", "14", "15", "44", "45", "300"]), pick(words),
        chance(20) ? "" : "s\(number(0...9))", chance(15) ? String(number(1...10)) : "",
        chance(15) ? money(number(0...3000), digits: 2) : "",
      ])
      // Sessions live within a day or two: some calls follow each other closely, or exactly a day
      // later.
      if chance(50), let session = rows.last?[5], !session.isEmpty {
        let later = at + pick([0, 1, 60_000_000, 86_400_000_000, 86_400_000_001])
        rows.append([
          "d\(index)", "v\(number(0...7))", written(later), pick(["14", "15", "45"]), pick(words),
          session, "", "",
        ])
      }
    }
    sources["calls"] = RawSource(
      header: [
        "call_id", "vendor_id", "started_at", "duration_seconds", "outcome", "session_id",
        "intent_score", "estimated_value",
      ], rows: rows)
  }

  private mutating func addTransactions(_ count: Int) {
    let currencies = [("USD", 2), ("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3)]
    let kinds = ["purchase", "purchase", "purchase", "booking", "booking", "subscription"]
    var rows: [[String]] = []
    // One vendor's follow-up wins it just in time, another's just too late; what counts for nothing
    // comes first.
    for (vendor, sent) in sent.sorted(by: { $0.key < $1.key }) {
      let at =
        sent + pick([0, 1, 86_400_000_000, Self.month - 1, Self.month, Self.month + 1])
      for (suffix, time, kind, amount) in [
        ("a", sent + 1, "vendor_subscription", "0"), ("b", sent + 1, "subscription", "9.00"),
        ("c", at, "vendor_subscription", "49.00"), ("d", at + 1, "vendor_subscription", "49.00"),
      ] {
        rows.append([
          "s\(vendor)\(suffix)", written(time), kind, amount, "USD", "v\(vendor)", "", "", "",
        ])
      }
    }
    // Trends exactly at their limits.
    let last = days.upperBound - number(0...20)
    for (product, before, now) in [
      ("q1", 140, 175), ("q2", 175, 140), ("q3", 1000, 1249), ("q4", 5, 4),
    ] {
      for (day, units) in [(last - 28 - number(0...27), before), (last - number(0...27), now)] {
        rows.append([
          "\(product)-\(units)", written(day * 86_400_000_000 + 43_200_000_000), "purchase",
          "1.00", "USD", "", product, "\(units)", "",
        ])
      }
      rows.append([
        "\(product)-refund", written(last * 86_400_000_000), "refund", "0.50", "USD", "", product,
        "", "",
      ])
    }
    for index in 0..<count {
      let (currency, digits) = pick(currencies)
      let kind = pick(kinds)
      let at = instant()
      let id = "t\(index * 7919 % 10007)"
      let minor = chance(6) ? 0 : number(1...20_000)
      let vendor = chance(80) && kind != "purchase" ? "v\(number(0...7))" : ""
      let product = chance(85) && kind != "vendor_subscription" ? "p\(number(0...5))" : ""
      rows.append([
        id, written(at), kind, money(minor, digits: digits), currency, vendor, product,
        chance(60) ? String(number(1...6)) : "", "",
      ])
      var left = chance(40) ? number(1...4) : 0
      while left > 0 {
        left -= 1
        // Adjustments before, at and after their sale, in its currency or another, more than it was
        // now and then.
        let (other, otherDigits) = chance(70) ? (currency, digits) : pick(currencies)
        let days = pick([-1, 0, 0, 1, 3, 28, 40])
        rows.append([
          "\(pick(["a", "z"]))\(index)-\(left)", written(at + days * 86_400_000_000),
          pick(["refund", "refund", "chargeback", "dispute_won"]),
          money(chance(8) ? 0 : number(1...max(2, minor)), digits: otherDigits), other, "",
          chance(40) ? "p\(number(0...5))" : "", chance(20) ? "2" : "",
          chance(90) ? id : pick(["", "t-unknown", id + "0"]),
        ])
      }
    }
    sources["transactions"] = RawSource(
      header: [
        "transaction_id", "occurred_at", "kind", "amount", "currency", "vendor_id", "product_id",
        "quantity", "reference_id",
      ], rows: rows)
  }

  private mutating func addClicks(_ count: Int) {
    let agents = [
      "Mozilla/5.0 (X11; Linux)", "Mozilla/5.0 (Macintosh)", "", "GoogleBot/2.1", "curl/8.0",
      "Opera",
      "LinkPREVIEW", "Mozilla, \"quoted\"",
    ]
    var rows: [[String]] = []
    for index in 0..<count {
      rows.append([
        "k\(index)", written(instant()),
        pick(["view", "view", "view", "add_to_cart", "VIEW", "click", "search"]),
        chance(50) ? "x\(number(0...4))" : "", chance(40) ? "x\(number(0...4))" : "",
        chance(92) ? "p\(number(0...5))" : "", chance(70) ? "10.0.0.\(number(1...3))" : "",
        pick(agents),
      ])
    }
    sources["clicks"] = RawSource(
      header: [
        "click_id", "clicked_at", "event", "visitor_id", "user_id", "product_id", "ip",
        "user_agent",
      ], rows: rows)
  }

  private mutating func addRates() {
    var rows: [[String]] = []
    for (currency, low, high) in [("EUR", 90, 130), ("JPY", 1, 2), ("KWD", 310, 330)] {
      // A rate at least every eighth day: the day itself or the seven before always have one.
      var day = days.lowerBound - 220
      while day <= days.upperBound + 80 {
        let rate = "\(number(low...high) / 100).\(RawTime.two(number(0...99)))\(number(10...99))"
        rows.append([currency, String(RawTime.text(day * 86_400_000_000).prefix(10)), rate])
        day += number(1...8)
      }
    }
    sources["exchange_rates"] = RawSource(header: ["currency", "day", "rate"], rows: rows)
  }
}

/// Times as text, by Foundation's calendar.
enum RawTime {
  static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// `2026-08-01T12:00:00.25` of microseconds since 1970, in UTC, without a zone.
  static func text(_ micros: Int) -> String {
    let seconds = micros / 1_000_000
    let date = Calendar.utc.dateComponents(
      [.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
    let clock = seconds % 86_400
    var text = "\(date.year!)-\(two(date.month!))-\(two(date.day!))"
    text += "T\(two(clock / 3600)):\(two(clock / 60 % 60)):\(two(clock % 60))"
    let fraction = micros % 1_000_000
    if fraction > 0 { text += "." + String(String(1_000_000 + fraction).dropFirst()) }
    return text
  }

  /// Microseconds since 1970 of RFC 3339, a date and time without a zone (UTC), or a date.
  static func micros(_ text: String) -> Int {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int {
      bytes[range].reduce(0) { $0 * 10 + Int($1) - 48 }
    }
    var seconds = dayNumber(number(0..<4), number(5..<7), number(8..<10)) * 86_400
    guard bytes.count > 10 else { return seconds * 1_000_000 }
    seconds += number(11..<13) * 3600 + number(14..<16) * 60 + number(17..<19)
    var place = 19
    var fraction = 0
    if place < bytes.count, bytes[place] == 0x2E {
      var unit = 100_000
      place += 1
      while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
        fraction += unit * (Int(bytes[place]) - 48)
        unit /= 10
        place += 1
      }
    }
    if place < bytes.count, bytes[place] != 0x5A {
      let offset = number(place + 1..<place + 3) * 60 + number(place + 4..<place + 6)
      seconds -= (bytes[place] == 0x2D ? -offset : offset) * 60
    }
    return seconds * 1_000_000 + fraction
  }

  /// Days since 1970, counted a year and a month at a time.
  static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    var days = 0
    for earlier in 1970..<year { days += isLeap(earlier) ? 366 : 365 }
    let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return days + lengths.prefix(month - 1).reduce(0, +) + day - 1
  }

  static func dayNumber(_ text: String) -> Int { micros(text) / 86_400_000_000 }

  static func dayText(_ day: Int) -> String { String(text(day * 86_400_000_000).prefix(10)) }
}

extension Calendar {
  static let utc: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = Foundation.TimeZone(identifier: "UTC")!
    return calendar
  }()
}
