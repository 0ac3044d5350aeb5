import Engine

/// What `GrowthMetrics` keeps of its sources: who was active on which day, when users signed up and
/// were activated, and the products.
package struct GrowthPartial: Sendable {
  /// Distinct (day, person) pairs; a day's group counts from `Day.first`.
  private var persons: DistinctPairs
  private var agents = AgentTable()
  /// The first day of any pair, signup or activation.
  private(set) var earliest = Int32.max
  /// The days on which users signed up, a value each.
  private(set) var created: [Int32] = []
  /// The days on which users were activated, a value each.
  private(set) var activated: [Int32] = []
  private(set) var products = Products()

  /// Products as they are today.
  struct Products: Sendable {
    var ids = StringPool()
    var suppliers = StringPool()
    var id: [Int32] = []
    /// −1 for none.
    var supplier: [Int32] = []
    /// The first day at whose end a product is listed.
    var listed: [Int32] = []
    /// The first day at whose end it is listed no more; `Int32.max` for never.
    var delisted: [Int32] = []
  }

  /// Nobody; `memory` is what may be held of persons, nil for no limit.
  init(_ memory: BoundedMemory?) { persons = DistinctPairs(memory) }

  /// The group of a day in `persons`.
  static func group(ofDay day: Int32) -> Int { Int(day) - Int(Day.first.number) }
  /// The day of a group in `persons`.
  static func day(ofGroup group: Int) -> Int { group + Int(Day.first.number) }

  /// A person: user_id, else visitor_id; nil where both are empty.
  static func person(user: ByteView, visitor: ByteView) -> Fingerprint? {
    if !user.isEmpty { return Fingerprint(user, namespace: KeyNamespace.user) }
    if !visitor.isEmpty { return Fingerprint(visitor, namespace: KeyNamespace.visitor) }
    return nil
  }

  /// How many rows are looked up together, so that the reads of their slots overlap.
  private static let together = 128

  /// Notes who was there on the days from `first` through `last`; bots are nobody.
  mutating func addClicks(
    _ batch: Batch, first: Int32, last: Int32, _ zone: TimeZone
  ) throws(SpillError) {
    let contract = Sources.clicks
    let instants = batch.integers[contract.column("clicked_at")]
    let visitors = batch.text(contract.column("visitor_id"))
    let users = batch.text(contract.column("user_id"))
    let agentTexts = batch.text(contract.column("user_agent"))
    var cursor = DayCursor(zone)
    var seen: [(group: Int, print: Fingerprint)] = []
    seen.reserveCapacity(Self.together)
    for row in 0..<batch.count {
      let day = cursor.day(of: instants[row])
      guard day >= first, day <= last else { continue }
      let agent = agents.code(of: agentTexts[row])
      if agents.isBot(agent) { continue }
      guard let person = Self.person(user: users[row], visitor: visitors[row]) else { continue }
      try note(person, on: day, with: &seen)
    }
    try persons.insert(seen)
  }

  /// Notes that the makers of sales were there on their days, from `first` on.
  mutating func addSales(_ ledger: Ledger, first: Int32) throws(SpillError) {
    // Made once for everybody, not for every sale.
    let users = Self.persons(ledger.users.pool, KeyNamespace.user)
    let visitors = Self.persons(ledger.visitors.pool, KeyNamespace.visitor)
    var seen: [(group: Int, print: Fingerprint)] = []
    seen.reserveCapacity(Self.together)
    for row in 0..<ledger.count where ledger.isSale(row) && ledger.days[row] >= Int64(first) {
      let (user, visitor) = (Int(ledger.users.codes[row]), Int(ledger.visitors.codes[row]))
      guard let person = (user < 0 ? nil : users[user]) ?? (visitor < 0 ? nil : visitors[visitor])
      else { continue }
      let day = Int32(ledger.days[row])
      try note(person, on: day, with: &seen)
    }
    try persons.insert(seen)
  }

  /// Notes that a person was there on a day, together with others: looked up at once, their misses of
  /// the cache overlap.
  @inline(__always)
  private mutating func note(
    _ person: Fingerprint, on day: Int32, with seen: inout [(group: Int, print: Fingerprint)]
  ) throws(SpillError) {
    earliest = min(earliest, day)
    seen.append((Self.group(ofDay: day), person))
    guard seen.count == Self.together else { return }
    try persons.insert(seen)
    seen.removeAll(keepingCapacity: true)
  }

  /// The person that each text of a pool is; nil for an empty one.
  private static func persons(_ pool: StringPool, _ namespace: UInt64) -> [Fingerprint?] {
    (0..<pool.count).map { code in
      pool.withBytes(of: code) { $0.isEmpty ? nil : Fingerprint($0, namespace: namespace) }
    }
  }

  /// Calls `body` with each day that a person was there, and the next day that the same person was;
  /// `Int.max` if there is none. All are forgotten.
  mutating func takeDays(_ body: (_ day: Int, _ next: Int) -> Void) throws(SpillError) {
    try persons.takeParts { part in
      part.takeRuns { group, next in
        body(Self.day(ofGroup: group), next == .max ? .max : Self.day(ofGroup: next))
      }
    }
  }

  /// Notes the signups of the days from `first` through `last`, and the activations.
  mutating func addUsers(_ batch: Batch, first: Int32, last: Int32, _ zone: TimeZone) {
    let contract = Sources.users
    let signups = batch.integers[contract.column("created_at")]
    let activations = batch.integers[contract.column("activated_at")]
    var cursor = DayCursor(zone)
    for row in 0..<batch.count {
      let day = cursor.day(of: signups[row])
      if day >= first, day <= last {
        created.append(day)
        earliest = min(earliest, day)
      }
      // By its own day alone: a day's activations must not depend on when a run sees the signup.
      guard activations[row] != .absent else { continue }
      let active = cursor.day(of: activations[row])
      if active >= first, active <= last {
        activated.append(active)
        earliest = min(earliest, active)
      }
    }
  }

  /// Notes the products, which are those of today whatever the window.
  mutating func addProducts(_ batch: Batch, _ zone: TimeZone) {
    let contract = Sources.products
    let idTexts = batch.text(contract.column("product_id"))
    let supplierTexts = batch.text(contract.column("supplier_id"))
    let listings = batch.integers[contract.column("listed_at")]
    let delistings = batch.integers[contract.column("delisted_at")]
    for row in 0..<batch.count {
      products.id.append(Int32(products.ids.intern(idTexts[row])))
      products.supplier.append(products.suppliers.code(ofOptional: supplierTexts[row]))
      products.listed.append(
        listings[row] == .absent ? .min : zone.dayEnding(after: listings[row]).number)
      products.delisted.append(
        delistings[row] == .absent ? .max : zone.dayEnding(after: delistings[row]).number)
    }
  }

  /// Adds what another worker noted.
  mutating func merge(_ other: GrowthPartial) throws(SpillError) {
    try persons.merge(other.persons, groups: nil)
    earliest = min(earliest, other.earliest)
    created += other.created
    activated += other.activated
    let ids = CodeMap(products.ids.merge(other.products.ids))
    let suppliers = CodeMap(products.suppliers.merge(other.products.suppliers))
    products.id += other.products.id.map { ids[$0] }
    products.supplier += other.products.supplier.map { suppliers[$0] }
    products.listed += other.products.listed
    products.delisted += other.products.delisted
  }
}

extension TimeZone {
  /// The first day whose end lies after an instant: the instant's own day, but where the clock goes
  /// back over midnight and the next day has begun before, that next one.
  func dayEnding(after instant: Int64) -> Day {
    let day = day(of: instant)
    return firstInstant(of: day + 1) <= instant ? day + 1 : day
  }
}
