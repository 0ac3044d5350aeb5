/// Writes `clicks.csv`: sessions of strangers, of people about to sign up and of users, with
/// bots, bursts from one address, repeated clicks and partners who click their own links.
struct SampleClicks {
  /// Who is in front of the screen during a session.
  struct Actor {
    var visitor: UInt64?
    var user: Int?
    /// Decides browser, address and favourite partner.
    var hash: UInt64
    var session: UInt64?
  }

  enum Event { case click, view, addToCart, search, other }

  let world: SampleWorld
  var random: SampleRandom
  var made = 0
  let total: Int
  private let keys: KeySpace
  private let sessionKeys: KeySpace
  private let agents = UserAgents()
  private let codes: [[UInt8]]
  private let products: [[UInt8]]
  private let searches: [[UInt8]]
  private let campaigns = Catalogue.campaigns.map(RowBytes.quoted)
  private let ownLinks: [(partner: Int, user: Int)]
  private let burstHours: [Bool]
  private var sessions = 0
  private var strangers = 0

  private init(_ world: SampleWorld) {
    self.world = world
    random = world.random(51)
    keys = world.keys(52)
    sessionKeys = world.keys(53)
    total = world.options.clickCount
    codes = world.partners.map { [UInt8]($0.code.utf8) }
    products = world.products.map { [UInt8]($0.code.utf8) }
    searches = Catalogue.trades.map { trade in
      [UInt8](trade.category.utf8).map { $0 == 0x20 ? 0x2B : $0 }
    }
    let firstNew = world.firstNewUser
    ownLinks = world.partners.enumerated().compactMap { index, partner in
      partner.user.flatMap { $0 < firstNew ? (index, $0) : nil }
    }
    let busy = world.span.hours.indices.filter { (10...21).contains(world.span.hours[$0].local) }
    var bursts = Array(repeating: false, count: world.span.hours.count)
    for _ in 0..<min(busy.count / 4, total / 20_000) { bursts[random.element(busy)] = true }
    burstHours = bursts
  }

  static func write(
    _ world: SampleWorld, in directory: String
  ) throws(GenerateError) -> GeneratedFile {
    var clicks = SampleClicks(world)
    var planning = world.random(54)
    let plan =
      world.options.badRows
      ? PlannedDefect.plan(Defect.clicks, rows: clicks.total, random: &planning) : []
    var file = try SampleFile(
      "clicks.csv", in: directory,
      header: "click_id,clicked_at,event,visitor_id,user_id,referral_code,product_id,session_id,"
        + "ip,user_agent,url,campaign", plan: plan, random: world.random(55))
    let targets = world.span.targets(
      total: clicks.total, day: DayPattern.web, week: DayPattern.allWeek, growth: 3)
    var rows = HourRows()
    for (index, hour) in world.span.hours.enumerated() {
      let users = world.users(before: hour.start)
      let soon = world.users(before: hour.start + 3_600)
      let later = world.users(before: hour.start + 21 * 86_400)
      if clicks.burstHours[index] { clicks.burst(in: hour, &rows) }
      while clicks.made < targets[index] {
        if clicks.random.chance(38) {
          clicks.bot(in: hour, limit: targets[index], &rows)
        } else {
          let actor = clicks.actor(users: users, coming: soon..<later, at: hour.start)
          clicks.visit(actor, in: hour, limit: targets[index], &rows)
        }
      }
      try rows.flush(into: &file)
    }
    return try file.close()
  }

  /// A stranger, somebody who will sign up within three weeks, or a user.
  private mutating func actor(users: Int, coming: Range<Int>, at second: Int) -> Actor {
    sessions += 1
    let session = random.chance(950) ? sessionKeys[sessions] : nil
    let who = random.below(100)
    if who < 18, !coming.isEmpty {
      let user = coming.lowerBound + random.below(coming.count)
      return Actor(
        visitor: world.visitorKey(user), user: nil, hash: world.hash(user), session: session)
    }
    if who < 55, users > 0 {
      let user = world.activeUser(of: users, at: second, &random)
      let known = random.chance(800)
      let visitor = known && random.chance(120) ? nil : world.visitorKey(user)
      return Actor(
        visitor: visitor, user: known ? user : nil, hash: world.hash(user), session: session)
    }
    var number = strangers
    if strangers > 0, random.chance(330) {
      number = strangers - 1 - random.below(min(strangers, 20_000))
    } else {
      strangers += 1
    }
    let key = world.strangerKey(number)
    return Actor(
      visitor: random.chance(970) ? key : nil, user: nil, hash: SampleRandom.mix(key),
      session: session)
  }

  private mutating func visit(
    _ actor: Actor, in hour: SampleSpan.Hour, limit: Int, _ rows: inout HourRows
  ) {
    var second = hour.start + random.below(3_600)
    var left = 1 + random.below(4) + random.below(4)
    func later(_ seconds: Int) -> Int { min(world.span.end - 1, second + seconds) }
    var campaign: Int?
    if random.chance(380) {
      campaign = random.chance(300) ? random.below(campaigns.count) : nil
      if random.below(250) == 0, !ownLinks.isEmpty {
        let own = random.element(ownLinks)
        var partner = actor
        partner.visitor = world.visitorKey(own.user)
        partner.user = own.user
        add(.click, partner, at: second, code: codes[own.partner], campaign: campaign, &rows)
      } else {
        let code = code(for: actor)
        add(.click, actor, at: second, code: code, campaign: campaign, &rows)
        if random.chance(60), made < limit {
          let again = later(random.between(20, 1_500))
          add(.click, actor, at: again, code: code, campaign: campaign, &rows)
        }
      }
      left -= 1
    }
    while left > 0, made < limit {
      second = later(random.between(4, 140))
      let next = random.below(100)
      if next < 13 {
        add(.search, actor, at: second, campaign: campaign, &rows)
      } else if next < 19 {
        add(.other, actor, at: second, campaign: campaign, &rows)
      } else {
        let product = world.productPickers[hour.week].pick(&random)
        add(.view, actor, at: second, product: product, campaign: campaign, &rows)
        if random.chance(310), made < limit {
          second = later(random.between(5, 90))
          add(.addToCart, actor, at: second, product: product, campaign: campaign, &rows)
          left -= 1
        }
      }
      left -= 1
    }
  }

  /// The favourite partner, another one, or a code that no longer exists.
  private mutating func code(for actor: Actor) -> [UInt8] {
    let draw = random.below(1_000)
    if draw < 16 { return [UInt8]((draw < 8 ? "SUMMER25" : "OLDDEAL").utf8) }
    if draw < 650 { return codes[world.partnerPicker[SampleRandom.mix(actor.hash ^ 7)]] }
    return codes[world.partnerPicker.pick(&random)]
  }

  private mutating func bot(in hour: SampleSpan.Hour, limit: Int, _ rows: inout HourRows) {
    var second = hour.start + random.below(3_000)
    let hash = SampleRandom.mix(random.next() & 0xFF)
    let agent = agents.bots[Int(hash >> 20) % agents.bots.count]
    let actor = Actor(visitor: nil, user: nil, hash: hash, session: nil)
    for _ in 0..<min(1 + random.below(8), limit - made) {
      if random.chance(600) {
        let code = codes[world.partnerPicker.pick(&random)]
        add(.click, actor, at: second, code: code, agent: agent, &rows)
      } else {
        let product = world.productPickers[hour.week].pick(&random)
        add(.view, actor, at: second, product: product, agent: agent, &rows)
      }
      second += random.below(20)
    }
  }

  /// More clicks on one code from one address than people can make in an hour.
  private mutating func burst(in hour: SampleSpan.Hour, _ rows: inout HourRows) {
    let code = codes[random.below(6)]
    let hash = random.next()
    for _ in 0..<min(random.between(45, 85), total - made) {
      let visitor = world.strangerKey(Int(random.next() >> 24))
      let actor = Actor(visitor: visitor, user: nil, hash: hash, session: nil)
      add(.click, actor, at: hour.start + random.below(3_600), code: code, &rows)
    }
  }
}

extension SampleClicks {
  private mutating func add(
    _ event: Event, _ actor: Actor, at second: Int, code: [UInt8] = [], product: Int? = nil,
    campaign: Int? = nil, agent: [UInt8]? = nil, _ rows: inout HourRows
  ) {
    rows.row.text("clk_")
    rows.row.key(keys[made])
    made += 1
    rows.row.comma()
    rows.row.instant(second)
    switch event {
    case .click: rows.row.text(",click,")
    case .view: rows.row.text(",view,")
    case .addToCart: rows.row.text(",add_to_cart,")
    case .search: rows.row.text(",search,")
    case .other: rows.row.text(",other,")
    }
    if let visitor = actor.visitor {
      rows.row.text("v")
      rows.row.key(visitor)
    }
    rows.row.comma()
    if let user = actor.user {
      rows.row.text("usr_")
      rows.row.key(world.userKey(user))
    }
    rows.row.comma()
    rows.row.raw(code)
    rows.row.comma()
    if let product { rows.row.raw(products[product]) }
    rows.row.comma()
    if let session = actor.session {
      rows.row.text("s")
      rows.row.key(session)
    }
    rows.row.comma()
    address(actor.hash, &rows.row)
    rows.row.comma()
    rows.row.raw(agent ?? agents.browsers[agents.browser[SampleRandom.mix(actor.hash)]])
    switch event {
    case .click:
      rows.row.text(",https://go.fixtoday.example/r/")
      rows.row.raw(code)
    case .view:
      rows.row.text(",https://fixtoday.example/p/")
      if let product { rows.row.raw(products[product]) }
    case .addToCart:
      rows.row.text(",https://fixtoday.example/cart/add?sku=")
      if let product { rows.row.raw(products[product]) }
    case .search:
      rows.row.text(",https://fixtoday.example/search?q=")
      rows.row.raw(searches[random.below(searches.count)])
    case .other: rows.row.text(",https://fixtoday.example/account")
    }
    rows.row.comma()
    if let campaign { rows.row.raw(campaigns[campaign]) }
    rows.endRow(at: second)
  }

  /// Addresses nobody owns: the carriers' shared range and the documentation's IPv6 prefix.
  private func address(_ hash: UInt64, _ row: inout RowBytes) {
    let word = Int(truncatingIfNeeded: hash >> 8)
    if hash & 7 == 0 {
      row.text(word & 1 == 0 ? "2001:db8:17:" : "2001:db8:a4:")
      row.number(word >> 4 & 4_095)
      row.text("::")
      row.number(word >> 16 & 63)
      return
    }
    row.text("100.")
    row.number(64 + (word & 63))
    row.bytes.append(0x2E)
    row.number(word >> 8 & 255)
    row.bytes.append(0x2E)
    row.number(1 + (word >> 16 & 127))
  }
}
