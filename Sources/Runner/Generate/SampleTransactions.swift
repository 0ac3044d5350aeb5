/// Writes `transactions.csv`. Renewals, refunds and disputes are known ahead: they wait in the
/// hour they fall due, and new sales fill each hour up to its share of the total.
struct SampleTransactions {
  struct Entry {
    var time: Int
    var kind: String
    /// Minor units.
    var amount: Int
    var currency = 0
    var user: Int?
    var vendor: Int?
    var product: Int?
    var quantity: Int?
    var reference: UInt64?
    var visitor: UInt64?
    var interval = ""
    var subscription: UInt64?
  }

  /// What starter, professional and enterprise cost a month, in cents.
  static let planPrices = [2_900, 9_900, 29_900]

  let world: SampleWorld
  var random: SampleRandom
  let subscriptionKeys: KeySpace
  /// Entries that fall due in each hour of the span.
  var due: [[Entry]]
  private let keys: KeySpace
  private var made = 0
  private var guests = 0

  private init(_ world: SampleWorld) {
    self.world = world
    random = world.random(31)
    keys = world.keys(32)
    subscriptionKeys = world.keys(33)
    due = Array(repeating: [], count: world.span.hours.count)
  }

  static func write(
    _ world: SampleWorld, in directory: String, _ lines: inout SampleLines
  ) throws(GenerateError) -> GeneratedFile {
    var sales = SampleTransactions(world)
    let total = world.options.transactionCount
    var planning = world.random(34)
    let plan =
      world.options.badRows
      ? PlannedDefect.plan(Defect.transactions, rows: total, random: &planning) : []
    var file = try SampleFile(
      "transactions.csv", in: directory,
      header: "transaction_id,occurred_at,kind,amount,currency,user_id,vendor_id,product_id,"
        + "quantity,reference_id,visitor_id,interval,interval_count,subscription_id", plan: plan,
      random: world.random(35))
    sales.scheduleSubscriptions()
    let targets = world.span.targets(
      total: total, day: DayPattern.sales, week: DayPattern.allWeek, growth: 3)
    var rows = HourRows()
    for (index, hour) in world.span.hours.enumerated() {
      for entry in sales.due[index] where sales.made < total {
        sales.add(entry, &rows, &lines)
      }
      sales.due[index] = []
      let users = world.users(before: hour.start)
      while sales.made < targets[index] {
        sales.add(sales.sale(in: hour, users: users), &rows, &lines)
      }
      try rows.flush(into: &file)
    }
    return try file.close()
  }

  /// Puts an entry where it falls due; what lies outside the span is never seen.
  mutating func schedule(_ entry: Entry) {
    guard entry.time >= world.span.start, entry.time < world.span.end else { return }
    due[world.span.hourIndex(of: entry.time)].append(entry)
  }

  /// A booking or purchase at list price, sometimes discounted, several, or in other money.
  private mutating func sale(in hour: SampleSpan.Hour, users: Int) -> Entry {
    let time = hour.start + random.below(3_600)
    if random.below(1_000) == 0 { return orphan(at: time) }
    let product = world.productPickers[hour.week].pick(&random)
    let booking = random.chance(680)
    let quantity = booking || random.chance(800) ? 1 : random.between(2, 5)
    var cents = world.products[product].cents * quantity
    if random.chance(90) { cents = cents * 85 / 100 }
    if random.chance(12) { cents *= random.between(3, 9) }
    if random.chance(3) { cents = 0 }
    var entry = Entry(
      time: time, kind: booking ? "booking" : "purchase", amount: cents,
      vendor: booking ? world.products[product].supplier : nil,
      product: booking && random.chance(150) ? nil : product,
      quantity: quantity > 1 || random.chance(500) ? quantity : nil)
    if users > 0, !random.chance(35) {
      let user = world.activeUser(of: users, at: time, &random)
      entry.user = user
      if random.chance(600) { entry.visitor = world.visitorKey(user) }
      let share = Int(world.hash(user) >> 40 & 127)
      entry.currency = share < 3 ? 1 : share < 5 ? 2 : share < 8 ? 3 : share < 9 ? 4 : 0
    } else {
      guests += 1
      entry.visitor = world.strangerKey(random.below(guests * 6 + 10))
    }
    if entry.currency > 0, cents > 0 {
      entry.amount = world.currencies[entry.currency].price(cents: cents)
    }
    return entry
  }

  /// A refund of something sold before the data begins.
  private mutating func orphan(at time: Int) -> Entry {
    Entry(
      time: time, kind: "refund", amount: random.between(20, 180) * 100,
      product: world.productPickers[0].pick(&random), reference: keys[-1 - random.below(1 << 30)])
  }

  private mutating func add(
    _ entry: Entry, _ rows: inout HourRows, _ lines: inout SampleLines
  ) {
    let key = keys[made]
    made += 1
    if entry.reference == nil, entry.amount > 0 { scheduleAdjustments(of: entry, key: key) }
    render(entry, key: key, &rows.row)
    lines.wrote(entry, key: key)
    rows.endRow(at: entry.time)
  }

  /// Decides at the sale whether, when and how it will be given back.
  private mutating func scheduleAdjustments(of sale: Entry, key: UInt64) {
    let fate = random.below(1_000)
    guard fate < 62 else { return }
    var back = sale
    back.reference = key
    back.quantity = nil
    back.visitor = nil
    back.interval = ""
    back.subscription = nil
    if fate < 8 {
      back.kind = "chargeback"
      back.time = sale.time + random.between(4, 24) * 86_400 + random.below(40_000)
      schedule(back)
      if random.chance(400) {
        back.kind = "dispute_won"
        back.time += random.between(5, 18) * 86_400
        schedule(back)
      }
      return
    }
    back.kind = "refund"
    back.time = sale.time + random.between(1, 13) * 86_400 + random.below(50_000)
    if fate >= 44, sale.amount > 10 {
      back.amount = sale.amount * random.between(20, 80) / 100
      if fate >= 56 {
        var rest = back
        rest.amount = sale.amount - back.amount
        rest.time += random.between(1, 5) * 86_400
        schedule(rest)
      }
    }
    schedule(back)
  }

  private func render(_ entry: Entry, key: UInt64, _ row: inout RowBytes) {
    let currency = world.currencies[entry.currency]
    row.text("txn_")
    row.key(key)
    row.comma()
    row.instant(entry.time)
    row.comma()
    row.text(entry.kind)
    row.comma()
    row.money(entry.amount, digits: currency.digits)
    row.comma()
    row.text(currency.code)
    row.comma()
    if let user = entry.user {
      row.text("usr_")
      row.key(world.userKey(user))
    }
    row.comma()
    if let vendor = entry.vendor { row.number(world.vendors[vendor].id) }
    row.comma()
    if let product = entry.product { row.text(world.products[product].code) }
    row.comma()
    if let quantity = entry.quantity { row.number(quantity) }
    row.comma()
    if let reference = entry.reference {
      row.text("txn_")
      row.key(reference)
    }
    row.comma()
    if let visitor = entry.visitor {
      row.text("v")
      row.key(visitor)
    }
    row.comma()
    row.text(entry.interval)
    row.text(entry.interval.isEmpty ? ",," : ",1,")
    if let subscription = entry.subscription {
      row.text("sub_")
      row.key(subscription)
    }
  }
}
