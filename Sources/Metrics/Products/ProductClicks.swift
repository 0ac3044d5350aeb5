import Engine

/// Views, viewers and carts per product and day: what `ProductAnalytics` keeps of the clicks.
///
/// This is the hottest loop of the product (a click log has tens of millions of rows), so a row
/// costs no allocation and no text: user agents and products are codes, whether an agent is a bot's
/// is looked up per distinct agent, visitors are fingerprints, and counts lie in plain arrays by
/// group.
package struct ProductClicks: Sendable {
  var products = StringPool()
  private var agents = AgentTable()
  /// Groups of (product code, day).
  private(set) var groups = GroupTable()
  private(set) var views: [Int64] = []
  private(set) var carts: [Int64] = []
  private var visitors: DistinctPairs
  /// The day asked for last, and its group by product, −1 where none is known.
  private var today = Int32.min
  private var todays: [Int32] = []

  /// No clicks; `memory` is what may be held of viewers, nil for no limit.
  init(_ memory: BoundedMemory?) { visitors = DistinctPairs(memory) }

  /// Counts the views and carts of a batch that fall into the window.
  mutating func add(
    _ batch: Batch, _ columns: ClickColumns, _ context: RunContext
  ) throws(SpillError) {
    let events = batch.integers[columns.event]
    let instants = batch.integers[columns.clickedAt]
    let productTexts = batch.text(columns.product)
    let visitorTexts = batch.text(columns.visitor)
    let userTexts = batch.text(columns.user)
    let addresses = batch.text(columns.address)
    let agentTexts = batch.text(columns.agent)
    let firstDay = context.window.firstDay()
    let lastDay = context.window.lastDay
    let view = ClickEvent.view.rawValue
    let cart = ClickEvent.addToCart.rawValue
    var cursor = DayCursor(context.timeZone)
    var seen: [(group: Int, print: Fingerprint)] = []
    seen.reserveCapacity(Self.together)
    for row in 0..<batch.count {
      let event = events[row]
      guard event == view || event == cart else { continue }
      let product = productTexts[row]
      if product.isEmpty { continue }
      let day = cursor.day(of: instants[row])
      guard day >= firstDay, day <= lastDay else { continue }
      let agent = agents.code(of: agentTexts[row])
      if agents.isBot(agent) { continue }

      let group = group(ofDay: day, product: products.intern(product))
      if event == cart {
        carts[group] += 1
        continue
      }
      views[group] += 1
      guard
        let print = agents.visitorKey(
          visitor: visitorTexts[row], user: userTexts[row], address: addresses[row], agent: agent)
      else { continue }
      seen.append((group, print))
      guard seen.count == Self.together else { continue }
      try visitors.insert(seen)
      seen.removeAll(keepingCapacity: true)
    }
    try visitors.insert(seen)
  }

  /// How many views are looked up together: enough that their reads overlap, few enough to stay in
  /// the nearest cache.
  private static let together = 128

  /// The group of a product on a day. A log is mostly in order of time, so the groups of the day that
  /// was asked for last are at hand by product.
  @inline(__always)
  private mutating func group(ofDay day: Int32, product: Int) -> Int {
    if day != today {
      today = day
      for product in todays.indices { todays[product] = -1 }
    }
    while todays.count <= product { todays.append(-1) }
    if todays[product] >= 0 { return Int(todays[product]) }
    let group = group(product: product, day: day)
    todays[product] = Int32(group)
    return group
  }

  /// The group of a product and day, added if it is new.
  private mutating func group(product: Int, day: Int32) -> Int {
    let group = groups.group(UInt64(product), UInt64(bitPattern: Int64(day)))
    if group == views.count {
      views.append(0)
      carts.append(0)
    }
    return group
  }

  /// Adds what another worker counted.
  mutating func merge(_ other: ProductClicks) throws(SpillError) {
    let codes = products.merge(other.products)
    var mapped: [Int] = []
    mapped.reserveCapacity(other.groups.count)
    for (index, key) in other.groups.keys.enumerated() {
      let day = Int32(truncatingIfNeeded: Int64(bitPattern: key.y))
      let group = group(product: codes[Int(key.x)], day: day)
      views[group] += other.views[index]
      carts[group] += other.carts[index]
      mapped.append(group)
    }
    // Agents need no merging: their verdicts and fingerprints are spent once a row is counted.
    try visitors.merge(other.visitors, groups: mapped)
  }

  /// How many distinct viewers each group has, once all was added; they are forgotten.
  mutating func takeViewers() throws(SpillError) -> [Int64] {
    var viewers = [Int64](repeating: 0, count: groups.count)
    try visitors.takeParts { part in part.forEach { group, _ in viewers[group] += 1 } }
    return viewers
  }
}

/// Where the columns of a batch of clicks are.
struct ClickColumns {
  let event = Sources.clicks.column("event")
  let clickedAt = Sources.clicks.column("clicked_at")
  let product = Sources.clicks.column("product_id")
  let visitor = Sources.clicks.column("visitor_id")
  let user = Sources.clicks.column("user_id")
  let address = Sources.clicks.column("ip")
  let id = Sources.clicks.column("click_id")
  let code = Sources.clicks.column("referral_code")
  let agent = Sources.clicks.column("user_agent")
}
