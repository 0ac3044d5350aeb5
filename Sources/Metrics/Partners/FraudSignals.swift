import Engine

/// What speaks against a partner's clicks and signups, by ISO week, and whether to hold the payout.
///
/// Shares are of all clicks on the partner's code, as `click_quality` judges them.
/// `top_address_share` is the share that one address has of the clicks with an address, bots aside,
/// 0 where none has a fifth; `peak_hour` the clicks of the busiest clock hour, bots aside.
/// `median_seconds` (the lower median, cut to seconds) and `fast_share` (under 10 seconds) are of
/// the time from the last touch to the signup, of signups whose last touch is the owner's.
package struct FraudSignals: DerivedStage {
  package static let name = "fraud_signals"
  package static let tags = ["partners", "clicks"]
  package static let summary =
    "flagged clicks, peaks, fast signups per partner and week; whom to hold"
  package static let upstream = [LedgerStage.name, Buyers.name, Timelines.name, Owners.name]
  package static let writes = [schema]

  /// One row per partner and week that the window touches with a click or a timed signup.
  package static let schema = TableSchema(
    name: "fraud_signals", summary: "what speaks against a partner's clicks in an ISO week",
    key: ["week", "partner_id"], timeColumn: "week",
    columns: [
      ColumnSchema("week", .day),
      ColumnSchema("partner_id", .text),
      ColumnSchema("clicks", .integer),
      ColumnSchema("accepted", .integer),
      ColumnSchema("bot_share", .ratio, nullable: true),
      ColumnSchema("self_share", .ratio, nullable: true),
      ColumnSchema("velocity_share", .ratio, nullable: true),
      ColumnSchema("duplicate_share", .ratio, nullable: true),
      ColumnSchema("peak_hour", .integer),
      ColumnSchema("top_address_share", .ratio, nullable: true),
      ColumnSchema("timed_signups", .integer),
      ColumnSchema("median_seconds", .integer, nullable: true),
      ColumnSchema("fast_share", .ratio, nullable: true),
      ColumnSchema("hold", .boolean),
      ColumnSchema("reason", .text, nullable: true),
    ])

  private let context: RunContext

  /// The stage of a run.
  package init(_ context: RunContext) { self.context = context }

  /// The table `fraud_signals` of the weeks that the window touches.
  package func finish(_ tables: Upstream) throws(StageError) -> [TableChange] {
    var weeks = FraudWeeks(context: context)
    weeks.addClicks(tables.table(Timelines.counts.name), tables.table(Timelines.peaks.name))
    weeks.addSignups(
      tables.table(Owners.name), touches: tables.table(Timelines.signupTouches.name))
    return [TableChange(rows: weeks.table(), replaces: context.window.weekSpan)]
  }
}

/// Why a payout had better wait: the first that applies.
enum HoldReason: Int32, CaseIterable {
  /// A fifth of 20 clicks or more are the partner's own.
  case selfClicks
  /// A fifth of 20 clicks or more come too fast from one address.
  case velocity
  /// Half of 20 clicks or more are bots'.
  case bots
  /// Half of 20 clicks or more come from one address.
  case oneAddress
  /// Three in ten of 5 signups or more came within 10 seconds of the click.
  case fastSignups

  /// The word in tables.
  var word: String {
    switch self {
    case .selfClicks: "self_clicks"
    case .velocity: "velocity"
    case .bots: "bots"
    case .oneAddress: "one_address"
    case .fastSignups: "fast_signups"
    }
  }

  /// How many clicks, and how many signups, say anything.
  static let leastClicks: Int64 = 20
  static let leastSignups = 5
}

/// The figures of partners by week.
private struct FraudWeeks {
  /// The figures of one partner and week.
  struct Figures {
    var verdicts = [Int64](repeating: 0, count: ClickVerdict.allCases.count)
    var peakHour: Int64 = 0
    var addressed: Int64 = 0
    var topAddress: Int64 = 0
    /// Microseconds from the last touch to the signup.
    var delays: [Int64] = []

    subscript(_ verdict: ClickVerdict) -> Int64 { verdicts[verdict.rawValue] }
    var clicks: Int64 { verdicts.reduce(0, +) }
    var fast: Int64 { Int64(delays.count { $0 < 10 * Instant.second }) }
    var medianSeconds: Int64 {
      delays.isEmpty ? .absent : delays.sorted()[(delays.count - 1) / 2] / Instant.second
    }

    /// Why the payout had better wait, nil for no reason.
    var reason: HoldReason? {
      let least = HoldReason.leastClicks
      if clicks >= least, 5 * self[.selfClick] >= clicks { return .selfClicks }
      if clicks >= least, 5 * self[.velocity] >= clicks { return .velocity }
      if clicks >= least, 2 * self[.bot] >= clicks { return .bots }
      if addressed >= least, 2 * topAddress >= addressed { return .oneAddress }
      if delays.count >= HoldReason.leastSignups, 10 * fast >= 3 * Int64(delays.count) {
        return .fastSignups
      }
      return nil
    }
  }

  let context: RunContext
  var weeks = PartnerGroups(Figures())

  mutating func addClicks(_ counts: Table, _ peaks: Table) {
    weeks.addClicks(counts, where: { _ in true }) { clicks, verdict, figures in
      figures.verdicts[verdict.rawValue] += clicks
    }
    let (hours, addressed) = (peaks.integers("peak_hour"), peaks.integers("addressed"))
    let tops = peaks.integers("top_address")
    weeks.addWeeks(peaks) { row, figures in
      figures.peakHour = hours[row]
      figures.addressed = addressed[row]
      figures.topAddress = tops[row]
    }
  }

  mutating func addSignups(_ owners: Table, touches: Table) {
    let touched = touches.texts("user_id")
    let touchPartners = touches.texts("partner_id")
    let instants = touches.integers("touched_at")
    var touchOfUser = [Int](repeating: -1, count: touched.pool.count)
    for row in 0..<touches.count { touchOfUser[Int(touched.codes[row])] = row }
    let column = owners.texts("partner_id")
    let map = weeks.add(column.pool)
    let users = owners.texts("referred_user_id")
    let (bases, reasons) = (owners.texts("basis"), owners.texts("reason"))
    let created = owners.integers("created_at")
    let days = context.window.daysFromMonday
    let signup = bases.pool.code(ofWord: Referral.Basis.signup.word)
    var cursor = DayCursor(context.timeZone)
    for row in 0..<owners.count where bases.codes[row] == signup && reasons.codes[row] < 0 {
      let day = cursor.day(of: created[row])
      guard days.contains(day),
        let user = users.withBytes(row, { touched.pool.code(of: $0) }), touchOfUser[user] >= 0
      else { continue }
      let touch = touchOfUser[user]
      let isOwner = column.withBytes(row) { owner in
        touchPartners.withBytes(touch) { $0 == owner }
      }
      guard isOwner else { continue }
      let group = weeks.group(map[column.codes[row]], weekOf: day)
      weeks.figures[group].delays.append(created[row] - instants[touch])
    }
  }

  func table() -> Table {
    let groups = weeks.sorted()
    let rows = groups.map { weeks.figures[$0] }
    let words = StringPool(words: HoldReason.allCases.map(\.word))
    return Table(
      schema: FraudSignals.schema,
      columns: [
        .integers(groups.map(weeks.day)), weeks.column(groups),
        .integers(rows.map(\.clicks)), .integers(rows.map { $0[.accepted] }),
        .integers(rows.map { ratio($0[.bot], $0.clicks) }),
        .integers(rows.map { ratio($0[.selfClick], $0.clicks) }),
        .integers(rows.map { ratio($0[.velocity], $0.clicks) }),
        .integers(rows.map { ratio($0[.duplicate], $0.clicks) }),
        .integers(rows.map(\.peakHour)),
        .integers(rows.map { ratio($0.topAddress, $0.addressed) }),
        .integers(rows.map { Int64($0.delays.count) }),
        .integers(rows.map(\.medianSeconds)),
        .integers(rows.map { ratio($0.fast, Int64($0.delays.count)) }),
        .integers(rows.map { $0.reason == nil ? 0 : 1 }),
        .texts(TextColumn(codes: rows.map { $0.reason?.rawValue ?? -1 }, pool: words)),
      ])
  }
}
