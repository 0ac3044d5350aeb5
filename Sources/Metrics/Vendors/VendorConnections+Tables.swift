import Engine

extension VendorConnections {
  /// The failed calls of the window, and those of the restated days before it.
  func connectionChange(_ calls: JudgedCalls) -> TableChange {
    let window = context.window
    let failed = calls.order.filter { calls.rows.outcome[$0].isFailure }
    let restatedFrom = window.firstDay(daysBefore: Self.restates)
    let before = failed.filter {
      calls.days[$0] >= restatedFrom && calls.days[$0] < window.firstDay()
    }
    return TableChange(
      rows: connectionTable(calls, failed.filter { window.contains(calls.days[$0]) }),
      replaces: context.instantSpan,
      restated: connectionTable(calls, before))
  }

  private func connectionTable(_ calls: JudgedCalls, _ selected: [Int]) -> Table {
    let rows = calls.rows
    let words = StringPool(words: CallOutcome.vocabulary.words)
    return Table(
      schema: Self.connections,
      columns: [
        .texts(TextColumn(codes: selected.map { rows.id[$0] }, pool: rows.ids)),
        .texts(TextColumn(codes: selected.map { rows.session[$0] }, pool: rows.sessions)),
        .texts(TextColumn(codes: selected.map { rows.vendor[$0] }, pool: rows.vendors)),
        .texts(
          TextColumn(codes: selected.map { Int32(rows.outcome[$0].rawValue) }, pool: words)),
        .integers(selected.map { rows.duration[$0] }),
        .integers(selected.map { calls.intents[$0] }),
        .integers(selected.map { calls.lost[$0] }),
        .integers(selected.map { calls.followed[$0] ? 1 : 0 }),
        .integers(selected.map { calls.converted[$0] ? 1 : 0 }),
        .integers(selected.map { rows.startedAt[$0] }),
        .integers(selected.map { calls.followups[$0] }),
      ])
  }

  /// The weeks that the window touches, and the leads of those and of the weeks that only restated
  /// days touch.
  func weekChanges(_ calls: JudgedCalls) throws(StageError) -> [TableChange] {
    var weeks = VendorWeeks()
    for row in calls.order { try weeks.add(row, calls) }
    let vendors = calls.rows.vendors
    let groups = weeks.sorted(by: vendors.ranks())
    let firstMonday = context.window.firstMonday()
    let touched = groups.filter { weeks.week($0) >= firstMonday }
    let before = groups.filter { weeks.week($0) < firstMonday }
    let lapsed = before.filter { weeks.hadMissed($0) && !weeks.isLead($0) }
    let keys = Table(
      schema: Self.leads.selecting(Self.leads.key),
      columns: [
        .integers(lapsed.map { Int64(weeks.week($0)) }),
        .texts(TextColumn(codes: lapsed.map { weeks.vendor($0) }, pool: vendors)),
      ])
    return [
      TableChange(
        rows: weeks.weeklyTable(touched, vendors, lastDay: context.window.lastDay),
        replaces: context.window.weekSpan),
      TableChange(
        rows: weeks.leadTable(touched.filter(weeks.isLead), vendors),
        replaces: context.window.weekSpan,
        restated: weeks.leadTable(before.filter(weeks.isLead), vendors),
        retired: keys),
    ]
  }
}

/// Figures per vendor and ISO week.
struct VendorWeeks {
  /// The figures of one vendor and week.
  private struct Figures {
    var outcomes = [Int64](repeating: 0, count: CallOutcome.allCases.count)
    var lost: Int64 = 0
    var intents: Int64 = 0
    var missed: Int64 = 0
    var open: Int64 = 0
    var openLost: Int64 = 0
    var openIntents: Int64 = 0

    subscript(_ outcome: CallOutcome) -> Int64 { outcomes[Int(outcome.rawValue)] }
    var attempts: Int64 { outcomes.reduce(0, +) }
    var failures: Int64 { self[.hangup] + self[.rejection] + self[.timeout] + self[.busy] }
  }

  private var groups = GroupTable()
  private var figures: [Figures] = []

  /// Counts a call.
  mutating func add(_ row: Int, _ calls: JudgedCalls) throws(StageError) {
    let rows = calls.rows
    let monday = Day(number: calls.days[row]).weekStart.number
    let group = groups.group(
      UInt64(rows.vendor[row]), UInt64(bitPattern: Int64(monday)))
    if group == figures.count { figures.append(Figures()) }
    let outcome = rows.outcome[row]
    figures[group].outcomes[Int(outcome.rawValue)] += 1
    guard outcome.isFailure else { return }
    figures[group].lost = try VendorConnections.sum(
      figures[group].lost, calls.lost[row],
      "lost revenue of vendor \(rows.vendors.text(of: Int(rows.vendor[row])))")
    figures[group].intents += calls.intents[row]
    guard outcome.isMissedOpportunity else { return }
    figures[group].missed += 1
    guard !calls.followed[row] else { return }
    figures[group].open += 1
    // Part of the sum above, so it cannot overflow where that did not.
    figures[group].openLost += calls.lost[row]
    figures[group].openIntents += calls.intents[row]
  }

  /// The Monday of a group.
  func week(_ group: Int) -> Int32 {
    Int32(truncatingIfNeeded: Int64(bitPattern: groups.keys[group].y))
  }

  /// The vendor's code of a group.
  func vendor(_ group: Int) -> Int32 { Int32(groups.keys[group].x) }

  /// Whether the vendor has a missed opportunity of that week that nobody followed up.
  func isLead(_ group: Int) -> Bool { figures[group].open > 0 }

  /// Whether the vendor has a missed opportunity of that week.
  func hadMissed(_ group: Int) -> Bool { figures[group].missed > 0 }

  /// All groups by week, then vendor.
  func sorted(by ranks: [Int]) -> [Int] {
    (0..<groups.count).sorted { left, right in
      if week(left) != week(right) { return week(left) < week(right) }
      return ranks[Int(vendor(left))] < ranks[Int(vendor(right))]
    }
  }

  /// Rows of `vendor_weekly`.
  func weeklyTable(_ selected: [Int], _ vendors: StringPool, lastDay: Int32) -> Table {
    let rows = selected.map { figures[$0] }
    return Table(
      schema: VendorConnections.weekly,
      columns: [
        .integers(selected.map { Int64(week($0)) }),
        .texts(TextColumn(codes: selected.map(vendor), pool: vendors)),
        .integers(rows.map(\.attempts)),
        .integers(rows.map { $0[.success] }),
        .integers(rows.map { $0[.hangup] }),
        .integers(rows.map { $0[.rejection] }),
        .integers(rows.map { $0[.timeout] }),
        .integers(rows.map { $0[.busy] }),
        .integers(rows.map { ratio($0[.success], $0[.success] + $0.failures) }),
        .integers(rows.map(\.lost)),
        .integers(rows.map { ratio($0.intents, $0.failures) }),
        .integers(selected.map { week($0) + 6 <= lastDay ? 1 : 0 }),
      ])
  }

  /// Rows of `leads`.
  func leadTable(_ selected: [Int], _ vendors: StringPool) -> Table {
    let rows = selected.map { figures[$0] }
    return Table(
      schema: VendorConnections.leads,
      columns: [
        .integers(selected.map { Int64(week($0)) }),
        .texts(TextColumn(codes: selected.map(vendor), pool: vendors)),
        .integers(rows.map(\.open)),
        .integers(rows.map(\.openLost)),
        .integers(rows.map { ratio($0.openIntents, $0.open) }),
      ])
  }
}
