import Engine

/// Gives every click its verdict, counts those asked for, and keeps the touches that are asked for.
///
/// Clicks of one visitor key share a partition, so each partition is judged alone: read, sorted by
/// partner, visitor key and time, gone through once, forgotten. Only the velocity of an address
/// goes across partitions; groups that may have too many clicks are looked at in a pass before,
/// which is left out where there are none.
struct ClickJudge {
  /// A click in the order in which duplicates are found.
  private struct Item {
    let viewer: UInt64
    let instant: Int64
    let person: Int32
    let partner: Int32
    /// The verdict but for duplicates.
    let verdict: ClickVerdict
    let id: Int
  }

  private let partners: Partners
  private let limits: ClickLimits
  private let context: RunContext
  private let firstTouch: Int64
  private let days: ClosedRange<Int32>
  /// Whose touches are wanted.
  private let persons: GroupTable
  private(set) var counts = ClickCounts()
  private(set) var touches = Touches()

  init(_ partners: Partners, _ limits: ClickLimits, _ context: RunContext, persons: GroupTable) {
    self.partners = partners
    self.limits = limits
    self.context = context
    self.persons = persons
    firstTouch = max(context.firstInstantOfWeek - limits.attribution, Instant.first)
    days = context.window.daysFromMonday
  }

  /// Judges all clicks; the log is empty afterwards.
  mutating func judge(_ log: inout ClickLog) throws(SpillError) {
    let cutoffs = try cutoffs(&log)
    let owners = log.segments.map { segment in
      (0..<segment.codes.count).map { code in
        segment.codes.withBytes(of: code) { $0.isEmpty ? nil : partners.partner(ofCode: $0) } ?? -1
      }
    }
    for index in 0..<RecordBlocks.partitions {
      judge(try log.partition(index, andForget: true), owners, cutoffs, log.sketch)
    }
  }

  /// The exact limits of the addresses that may have too many clicks, nil where none may.
  private func cutoffs(_ log: inout ClickLog) throws(SpillError) -> VelocityCutoffs? {
    guard log.sketch.mayExceed(limits.velocity) else { return nil }
    var cutoffs = VelocityCutoffs(limit: min(limits.velocity, Int64(Int32.max)))
    for index in 0..<RecordBlocks.partitions {
      for bytes in try log.partition(index, andForget: false) {
        bytes.withView { view in
          var (place, id) = (0, 0..<0)
          while place < view.count {
            let click = ClickRecord(view, at: &place, id: &id)
            guard click.flags.contains(.address),
              log.sketch.mayExceed(limits.velocity, click.addressHour)
            else { continue }
            cutoffs.add(click.addressHour, click.instant, view.slice(id))
          }
        }
      }
    }
    cutoffs.settle()
    return cutoffs
  }

  private mutating func judge(
    _ parts: [[UInt8]], _ owners: [[Int]], _ cutoffs: VelocityCutoffs?, _ sketch: VelocitySketch
  ) {
    // IDs are places in all parts laid end to end.
    let bytes = parts.count == 1 ? parts[0] : Array(parts.joined())
    var ends: [Int] = []
    for part in parts { ends.append((ends.last ?? 0) + part.count) }
    var items: [Item] = []
    bytes.withView { view in
      var cursor = DayCursor(context.timeZone)
      var (place, id, part) = (0, 0..<0, 0)
      while place < view.count {
        while place >= ends[part] { part += 1 }
        let start = place
        let click = ClickRecord(view, at: &place, id: &id)
        let partner = owners[part][Int(click.code)]
        let verdict = verdict(click, partner) { group in
          guard let cutoffs, sketch.mayExceed(limits.velocity, group) else { return false }
          return cutoffs.isOver(group, click.instant, view.slice(id))
        }
        if partner >= 0, click.flags.contains(.viewer), !click.flags.contains(.bot) {
          let person = click.person.flatMap { persons.find($0, 0) } ?? -1
          items.append(
            Item(
              viewer: click.viewer, instant: click.instant, person: Int32(person),
              partner: Int32(partner), verdict: verdict, id: start))
        } else {
          // Without a visitor key, and of programs, nothing is a duplicate.
          count(partner, click.instant, verdict, &cursor)
        }
      }
      items.sort { Self.isBefore($0, $1, view) }
      findDuplicates(items, view, &cursor)
    }
  }

  private static func isBefore(_ left: Item, _ right: Item, _ view: ByteView) -> Bool {
    if left.viewer != right.viewer { return left.viewer < right.viewer }
    if left.partner != right.partner { return left.partner < right.partner }
    if left.instant != right.instant { return left.instant < right.instant }
    return id(at: left.id, view) < id(at: right.id, view)
  }

  /// The ID of the record at a place.
  private static func id(at place: Int, _ view: ByteView) -> ByteView {
    var (next, id) = (place, 0..<0)
    _ = ClickRecord(view, at: &next, id: &id)
    return view.slice(id)
  }

  /// Everything but whether the click is a duplicate.
  private func verdict(
    _ click: ClickRecord, _ partner: Int, isOver: (UInt64) -> Bool
  ) -> ClickVerdict {
    if partner < 0 { return .unknownCode }
    if !partners.isActive(partner, at: click.instant) { return .inactivePartner }
    if click.flags.contains(.bot) { return .bot }
    if let user = click.userHash, user == partners.userHash(partner) { return .selfClick }
    if click.flags.contains(.address), isOver(click.addressHour) { return .velocity }
    return .accepted
  }

  private mutating func findDuplicates(
    _ items: [Item], _ view: ByteView, _ cursor: inout DayCursor
  ) {
    var week = Int32.min
    for (index, item) in items.enumerated() {
      let before = index > 0 ? items[index - 1] : nil
      let isSame = before.map { $0.viewer == item.viewer && $0.partner == item.partner } ?? false
      var verdict = item.verdict
      if verdict == .accepted, isSame, let before, item.instant - before.instant < limits.dedupe {
        verdict = .duplicate
      }
      if !isSame { week = .min }
      let day = count(Int(item.partner), item.instant, verdict, &cursor)
      guard verdict == .accepted else { continue }
      if days.contains(day) {
        let monday = Day(number: day).weekStart.number
        if monday != week { counts.addVisitor(Int(item.partner), monday: monday) }
        week = monday
      }
      guard item.person >= 0, item.instant >= firstTouch else { continue }
      touches.add(
        Int(item.person), Int(item.partner), item.instant, Self.id(at: item.id, view))
    }
  }

  /// Counts a click if its day is asked for; returns the day.
  @discardableResult
  private mutating func count(
    _ partner: Int, _ instant: Int64, _ verdict: ClickVerdict, _ cursor: inout DayCursor
  ) -> Int32 {
    let day = cursor.day(of: instant)
    if days.contains(day) { counts.add(partner, day: day, verdict) }
    return day
  }
}
