extension SampleTransactions {
  /// Every payment of every subscription that falls within the span.
  mutating func scheduleSubscriptions() {
    for (user, created) in world.created.enumerated() {
      if let plan = world.plan(user) { scheduleUser(user, plan: plan, since: created) }
    }
    for (index, vendor) in world.vendors.enumerated() {
      if let start = vendor.subscribed { scheduleVendor(index, start: start) }
    }
  }

  /// Monthly or yearly from a few days after signup on; some cancel, pause or change plan.
  private mutating func scheduleUser(_ user: Int, plan: Int, since created: Int) {
    let hash = SampleRandom.mix(world.hash(user) ^ 0x5B)
    let start = created + 600 + Int(hash % 259_200)
    let yearly = hash >> 20 & 15 == 0
    let cancelled = hash >> 24 & 3 == 0 ? 1 + Int(hash >> 26 & 7) : .max
    let changed = hash >> 30 & 7 == 0 ? 1 + Int(hash >> 33 & 7) : .max
    let paused = hash >> 36 & 15 == 0 ? 1 + Int(hash >> 40 & 7) : .max
    var entry = Entry(time: start, kind: "subscription", amount: 0, user: user)
    entry.interval = yearly ? "year" : hash >> 44 & 1 == 0 ? "month" : ""
    entry.subscription = subscriptionKeys[user]
    if hash >> 45 & 1 == 0 { entry.visitor = world.visitorKey(user) }
    var month = 0
    while true {
      entry.time = SampleTime.adding(months: month, to: start)
      if entry.time >= world.span.end || month >= cancelled { return }
      // Upgrades from starter, downgrades from the others.
      let current = month >= changed ? (plan == 0 ? 1 : plan - 1) : plan
      entry.amount = Self.planPrices[current] * (yearly ? 10 : 1)
      if month != paused { schedule(entry) }
      month += yearly ? 12 : 1
    }
  }

  private mutating func scheduleVendor(_ index: Int, start: Int) {
    let vendor = world.vendors[index]
    var entry = Entry(
      time: start, kind: "vendor_subscription", amount: Self.planPrices[vendor.plan],
      vendor: index)
    entry.user = index % 3 == 0 ? vendor.user : nil
    entry.interval = index % 2 == 0 ? "month" : ""
    entry.subscription = subscriptionKeys[-1 - index]
    var month = 0
    while entry.time < world.span.end {
      schedule(entry)
      month += 1
      entry.time = SampleTime.adding(months: month, to: start)
    }
  }
}
