import Engine

/// Commission lines that the files themselves tell, so that payouts list lines which there are: those
/// of customers who signed up with a partner's code, by the program `cards`, old enough for the last
/// payout. What partners earn by clicks, by volume and by their sub-partners is not among them.
struct SampleLines {
  /// A line whose hold is over before the last payout.
  struct Line {
    var id: UInt128
    var cents: Int
  }

  /// When the last payouts are made, in seconds since 1970.
  let payday: Int
  private let world: SampleWorld
  /// The sales between are paid then: a day after their hold at the latest, and not so long ago that
  /// subscriptions may have stopped earning.
  private let sales: Range<Int>
  /// The partner who owns each user, −1 for none.
  private var owners: [Int32]
  /// The first sale of each owned user who bought in time.
  private var firstSales: [Int: (time: Int, key: UInt64)] = [:]
  private var subscriptions: [[Line]]

  init(_ world: SampleWorld) {
    self.world = world
    payday = SampleTime.midnight(world.span.lastDay - 10) + 15 * 3_600
    let until = max(world.span.start, payday - 31 * 86_400)
    sales = max(world.span.start, until - 60 * 86_400)..<until
    owners = [Int32](repeating: -1, count: world.created.count)
    subscriptions = Array(repeating: [], count: world.partners.count)
  }

  /// A user signed up with a partner's code. Nobody owns himself.
  mutating func signedUp(_ user: Int, with partner: Int) {
    let terms = world.partners[partner]
    let isActive = terms.status == "active" || terms.since.map { world.created[user] < $0 } ?? false
    if isActive, terms.user != user { owners[user] = Int32(partner) }
  }

  /// A row of transactions was written; rows come in the order of their hours.
  mutating func wrote(_ entry: SampleTransactions.Entry, key: UInt64) {
    guard entry.amount > 0, entry.reference == nil, entry.time < sales.upperBound,
      let user = entry.user ?? vendorUser(entry), owners[user] >= 0
    else { return }
    if firstSales[user].map({ (entry.time, key) < $0 }) ?? true {
      firstSales[user] = (entry.time, key)
    }
    guard entry.kind == "subscription", sales.contains(entry.time),
      entry.time >= world.created[user]
    else { return }
    let partner = Int(owners[user])
    let rate = Self.rate(world.partners[partner])
    subscriptions[partner].append(
      Line(id: id("recurring", key, partner), cents: (entry.amount * rate + 5_000) / 10_000))
  }

  /// The lines of each partner that its last payout holds.
  func perPartner() -> [[Line]] {
    var lines = subscriptions
    for (user, sale) in firstSales.sorted(by: { $0.key < $1.key }) {
      guard sales.contains(sale.time), sale.time >= world.created[user] else { continue }
      let partner = Int(owners[user])
      let bonus = [5_000, 10_000, 50_000, 20_000][world.partners[partner].tier - 1]
      lines[partner].append(Line(id: id("signup", sale.key, partner), cents: bonus))
    }
    return lines
  }

  /// Who pays for a vendor's subscription that names no user.
  private func vendorUser(_ entry: SampleTransactions.Entry) -> Int? {
    guard entry.kind == "vendor_subscription", let vendor = entry.vendor else { return nil }
    return world.vendors[vendor].user
  }

  /// The share of subscriptions in ten-thousandths: the partner's own, else its tier's.
  private static func rate(_ partner: SamplePartner) -> Int {
    let own = Int(partner.rate.filter { $0 != "." })
    return own ?? [1_000, 2_500, 5_000, 1_500][partner.tier - 1]
  }

  private func id(_ type: String, _ key: UInt64, _ partner: Int) -> UInt128 {
    var name = RowBytes("nightmill:commission:\(type):txn_")
    name.key(key)
    name.text(":\(SamplePartner.id(partner)):1")
    return NameUUID.id(url: name.bytes)
  }
}
