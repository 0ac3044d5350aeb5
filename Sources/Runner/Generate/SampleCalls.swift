/// Writes `calls.csv`: people in need who call one business after another until somebody answers.
struct SampleCalls {
  /// The words phone systems use for each outcome, the usual one several times.
  private static let words: [[String]] = [
    ["completed", "completed", "completed", "success", "answered", "connected", "Completed"],
    ["hangup", "hangup", "hangup", "abandoned", "HANGUP"],
    ["rejected", "rejected", "rejection", "declined", "call_rejected"],
    ["no-answer", "no-answer", "no-answer", "timeout", "no_answer", "NoAnswer"],
    ["busy", "busy", "busy", "user_busy"],
    ["canceled", "canceled", "cancelled", "caller_cancelled"],
    ["failed", "failed", "network", "network_error"],
  ]
  private static let durations: [ClosedRange<Int>] = [
    35...620, 2...55, 1...9, 20...34, 0...3, 1...15, 0...5,
  ]

  private let world: SampleWorld
  private var random: SampleRandom
  private let callKeys: KeySpace
  private let sessionKeys: KeySpace
  private var calls = 0
  private var sessions = 0
  private let vendorsOfTrade: [[Int]]
  private let trade: Picker
  private let failure = Picker(weights: [0, 27, 12, 38, 11, 7, 5], bits: 10)
  private let sessionLength = Picker(weights: [0, 42, 27, 16, 9, 6], bits: 10)

  private init(_ world: SampleWorld) {
    self.world = world
    random = world.random(21)
    callKeys = world.keys(22)
    sessionKeys = world.keys(23)
    let vendors = world.vendors
    vendorsOfTrade = Catalogue.trades.indices.map { trade in
      vendors.indices.filter { vendors[$0].trade == trade }
    }
    trade = Picker(weights: vendorsOfTrade.enumerated().map { 1_000 * min(1, $1.count) / ($0 + 4) })
  }

  static func write(
    _ world: SampleWorld, in directory: String
  ) throws(GenerateError) -> GeneratedFile {
    var calls = SampleCalls(world)
    let total = world.options.callCount
    var planning = world.random(24)
    let plan =
      world.options.badRows
      ? PlannedDefect.plan(Defect.calls, rows: total, random: &planning) : []
    var file = try SampleFile(
      "calls.csv", in: directory,
      header: "call_id,vendor_id,started_at,duration_seconds,outcome,session_id,intent_score,"
        + "estimated_value", plan: plan, random: world.random(25))
    let targets = world.span.targets(
      total: total, day: DayPattern.calls, week: DayPattern.workWeek, growth: 2)
    var rows = HourRows()
    for (hour, target) in zip(world.span.hours, targets) {
      while calls.calls < target { calls.session(in: hour, limit: target, &rows) }
      try rows.flush(into: &file)
    }
    return try file.close()
  }

  /// One person's calls; ends early when somebody answers.
  private mutating func session(in hour: SampleSpan.Hour, limit: Int, _ rows: inout HourRows) {
    let vendors = vendorsOfTrade[trade.pick(&random)]
    var second = hour.start + random.below(3_600)
    let key: UInt64? = random.chance(930) ? sessionKeys[sessions] : nil
    sessions += 1
    let wanted = min(sessionLength.pick(&random), limit - calls)
    var last = -1
    for _ in 0..<wanted {
      var place = min(random.below(vendors.count), random.below(vendors.count))
      if place == last, random.chance(800) { place = (place + 1) % vendors.count }
      last = place
      let outcome = call(vendors[place], at: second, week: hour.week, session: key, &rows)
      if outcome.answered, random.chance(850) { return }
      second = min(world.span.end - 1, second + outcome.duration + random.between(6, 150))
    }
  }

  private mutating func call(
    _ index: Int, at second: Int, week: Int, session: UInt64?, _ rows: inout HourRows
  ) -> (answered: Bool, duration: Int) {
    let vendor = world.vendors[index]
    let answered = random.chance(vendor.quality(week: week, of: world.span.weeks))
    let outcome = answered ? 0 : failure.pick(&random)
    let range = Self.durations[outcome]
    // The smaller of two draws: short calls are commoner than long ones.
    let spread = range.count
    let duration = range.lowerBound + min(random.below(spread), random.below(spread))
    rows.row.text("call_")
    rows.row.key(callKeys[calls])
    calls += 1
    rows.row.comma()
    rows.row.number(vendor.id)
    rows.row.comma()
    rows.row.localInstant(second, offset: SampleTime.easternOffset(at: second))
    rows.row.comma()
    rows.row.number(duration)
    rows.row.comma()
    rows.row.text(random.element(Self.words[outcome]))
    rows.row.comma()
    if let session {
      rows.row.text("s")
      rows.row.key(session)
    }
    rows.row.comma()
    if random.chance(280) { rows.row.number(random.between(2, 10)) }
    rows.row.comma()
    if random.chance(240) {
      let service = random.element(Catalogue.trades[vendor.trade].services)
      rows.row.money(service.cents * random.between(8, 14) / 10)
    }
    rows.endRow(at: second)
    return (answered, duration)
  }
}
