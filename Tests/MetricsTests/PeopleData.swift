import Engine
import Support

/// Random partners, users, clicks and transactions of 60 days from 2026-01-01 on: few of each, so
/// that visitors are shared, clicks repeat within the hour, and addresses click too often.
struct PeopleData {
  private var clicks: [(day: Int, row: String)] = []
  private var transactions: [String] = []
  private var users: [String] = []
  private var partners: [String] = []
  private var random: SeededGenerator

  /// How many rows are click events.
  private(set) var clickCount = 0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    for partner in 0..<5 {
      partners.append(
        "p\(partner),C\(partner),affiliate,t,\(pick(["active", "active", "suspended"])),"
          + "2025-01-01T00:00:00Z,\(pick(["", "u1", "u2"])),\(pick(["", "a@x.org", "b@x.org"])),"
          + pick(["", "\(date(30))T06:00:00Z"]))
    }
    for user in 0..<60 {
      users.append(
        "u\(user),\(instant().text),\(pick(["", "A+1@x.org", "u\(user)@x.org"])),"
          + "\(pick(["", "v\(user % 20)"])),\(pick(["", "", "C0", "C1", "none"]))")
    }
    for click in 0..<2_500 {
      let (day, at) = instant()
      let event = pick(["click", "click", "view"])
      if event == "click" { clickCount += 1 }
      clicks.append(
        (
          day,
          "k\(click),\(at),\(event),\(pick(["", "v\(number(20))", "v\(number(20))"])),"
            + "\(pick(["", "", "u\(number(60))"])),\(pick(["C\(number(5))", "C0", "none", ""])),"
            + "\(pick(["", "1.1.1.1", "2.2.2.2"])),\(pick(["Mozilla", "Mozilla", "Safari", "bot", ""]))"
        ))
    }
    // One address, one code, one hour: more than count.
    for click in 0..<45 {
      clickCount += 1
      clicks.append(
        (
          10, "z\(click),\(date(10))T07:00:\(10 + click)Z,click,v\(number(60)),,C1,3.3.3.3,Mozilla"
        ))
    }
    let kinds = ["purchase", "booking", "subscription", "refund", "chargeback", "dispute_won"]
    for number in 0..<300 {
      let kind = pick(kinds)
      let isSale = number % 2 == 0 || kinds.prefix(3).contains(kind)
      transactions.append(
        "t\(number),\(instant().text),\(isSale ? pick(Array(kinds.prefix(3))) : kind),"
          + "\(self.number(90)).\(10 + self.number(90)),USD,\(pick(["", "u\(self.number(60))"])),"
          + "\(pick(["", "v\(self.number(20))"])),\(isSale ? "" : "t\(self.number(300))")")
    }
  }

  private mutating func pick(_ words: [String]) -> String {
    words.randomElement(using: &random) ?? ""
  }

  private mutating func number(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  private mutating func instant() -> (day: Int, text: String) {
    let day = number(61)
    return (day, "\(date(day))T\(pick(["00", "06", "07", "23"])):\(pick(["00", "30", "59"])):00Z")
  }

  private func date(_ day: Int) -> String { Day(number: 20_454 + Int32(day)).text }

  mutating func shuffle() {
    clicks.shuffle(using: &random)
    transactions.shuffle(using: &random)
    users.shuffle(using: &random)
    partners.shuffle(using: &random)
  }

  /// A harness for days counted from 2026-01-01; without `from`, for everything.
  func harness(from: Int? = nil, to: Int) -> Harness {
    Harness(from: from.map(date), to: date(to))
  }

  /// The sources as CSV.
  var inputs: [String: String] { inputs(withoutClicksOf: nil) }

  /// The sources as CSV before a day's clicks came.
  func inputs(withoutClicksOf day: Int?) -> [String: String] {
    [
      "clicks": "click_id,clicked_at,event,visitor_id,user_id,referral_code,ip,user_agent\n"
        + clicks.filter { $0.day != day }.map(\.row).joined(separator: "\n"),
      "transactions":
        "transaction_id,occurred_at,kind,amount,currency,user_id,visitor_id,reference_id\n"
        + transactions.joined(separator: "\n"),
      "users": "user_id,created_at,email,visitor_id,referral_code\n"
        + users.joined(separator: "\n"),
      "partners":
        "partner_id,referral_code,partner_type,tier,status,created_at,user_id,email,status_since\n"
        + partners.joined(separator: "\n"),
    ]
  }
}
