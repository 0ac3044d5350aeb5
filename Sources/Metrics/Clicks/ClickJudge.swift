import Engine

/// Gives every click its verdict, counts those asked for, and keeps the touches that are asked for.
///
/// Clicks of one visitor key share a partition, so each partition is judged alone: read, sorted by
/// visitor key, partner and time, gone through once, forgotten. Only what concerns addresses goes
/// across partitions: those that may have too many clicks, or most of a partner's, are found in a
/// pass before.
struct ClickJudge {
  /// A click in the order in which duplicates are found.
  private struct Item {
    let viewer: UInt64
    let instant: Int64
    let person: Int32
    let partner: Int32
    /// The verdict but for duplicates.
    let verdict: ClickVerdict
    /// Where its record begins.
    let id: Int
  }

  private let partners: Partners
  private let limits: ClickLimits
  private let context: RunContext
  private let firstTouch: Int64
  private let days: ClosedRange<Int32>
  /// The hash of each partner's user, nil for none.
  private let userHashes: [UInt64?]
  /// Whose touches are wanted.
  private let persons: AskedPersons
  private(set) var counts = ClickCounts()
  private(set) var peaks: ClickPeaks
  private var touches = Touches()

  init(_ partners: Partners, _ limits: ClickLimits, _ context: RunContext, persons: AskedPersons) {
    self.partners = partners
    self.limits = limits
    self.context = context
    self.persons = persons
    userHashes = (0..<partners.count).map { partners.userHash($0) }
    peaks = ClickPeaks(context.timeZone)
    firstTouch = max(context.firstInstantOfWeek - limits.attribution, Instant.first)
    days = context.window.daysFromMonday
  }

  /// The touches that are wanted, once all was judged, in order; they are forgotten here.
  mutating func takeTouches() -> Touches {
    var taken = Touches()
    swap(&taken, &touches)
    taken.sort(persons: persons.count)
    return taken
  }

  /// Judges all clicks; the log is empty afterwards.
  mutating func judge(_ log: inout ClickLog) throws(SpillError) {
    let owners = log.segments.map { segment in
      (0..<segment.codes.count).map { code in
        segment.codes.withBytes(of: code) { $0.isEmpty ? nil : partners.partner(ofCode: $0) } ?? -1
      }
    }
    let cutoffs = try survey(&log, owners)
    for index in 0..<RecordBlocks.partitions {
      let (bytes, ends) = try log.partition(index, andForget: true)
      judge(bytes, ends, owners, cutoffs, log.sketch)
    }
  }

  /// Goes through all clicks before they are judged: finds the addresses that may be frequent, and
  /// the exact limits of those that may have too many clicks in an hour.
  private mutating func survey(
    _ log: inout ClickLog, _ owners: [[Int]]
  ) throws(SpillError) -> VelocityCutoffs {
    var cutoffs = VelocityCutoffs(limit: min(limits.velocity, Int64(Int32.max)))
    var peaks = ClickPeaks(context.timeZone)
    let (sketch, days, velocity) = (log.sketch, days, limits.velocity)
    let isVelocityLikely = sketch.mayExceed(velocity)
    var cursor = DayCursor(context.timeZone)
    for index in 0..<RecordBlocks.partitions {
      let (bytes, ends) = try log.partition(index, andForget: false)
      bytes.withView { view in
        var (place, id, part) = (0, 0..<0, 0)
        while place < view.count {
          while place >= ends[part] { part += 1 }
          let click = ClickRecord(view, at: &place, id: &id)
          guard click.flags.contains(.address) else { continue }
          if isVelocityLikely, sketch.mayExceed(velocity, click.addressHour) {
            cutoffs.add(click.addressHour, click.instant, view.slice(id))
          }
          let partner = owners[part][Int(click.code)]
          guard partner >= 0, !click.flags.contains(.bot) else { continue }
          let day = cursor.day(of: click.instant)
          guard days.contains(day) else { continue }
          peaks.nominate(partner, monday: Day(number: day).weekStart.number, click.address)
        }
      }
    }
    cutoffs.settle()
    peaks.settle()
    self.peaks = peaks
    return cutoffs
  }

  private mutating func judge(
    _ bytes: [UInt8], _ ends: [Int], _ owners: [[Int]], _ cutoffs: VelocityCutoffs,
    _ sketch: VelocitySketch
  ) {
    var items: [Item] = []
    // Asked of a copy: the judge itself would be copied for every click.
    let (partners, persons, userHashes) = (partners, persons, userHashes)
    bytes.withView { view in
      var cursor = DayCursor(context.timeZone)
      var (place, id, part) = (0, 0..<0, 0)
      while place < view.count {
        while place >= ends[part] { part += 1 }
        let start = place
        let click = ClickRecord(view, at: &place, id: &id)
        let partner = owners[part][Int(click.code)]
        var verdict = Self.verdict(click, partner, partners, userHashes)
        if verdict == .accepted, click.flags.contains(.address),
          sketch.mayExceed(limits.velocity, click.addressHour),
          cutoffs.isOver(click.addressHour, click.instant, view.slice(id))
        {
          verdict = .velocity
        }
        if partner >= 0, !click.flags.contains(.bot) { countPeak(click, partner, &cursor) }
        if partner >= 0, click.flags.contains(.viewer), !click.flags.contains(.bot) {
          let person = click.person.map { persons.person($0, clickingAt: click.instant) } ?? -1
          items.append(
            Item(
              viewer: click.viewer, instant: click.instant, person: person,
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

  /// Everything but whether the click is one too many or a duplicate.
  private static func verdict(
    _ click: ClickRecord, _ partner: Int, _ partners: Partners, _ userHashes: [UInt64?]
  ) -> ClickVerdict {
    if partner < 0 { return .unknownCode }
    if !partners.isActive(partner, at: click.instant) { return .inactivePartner }
    if click.flags.contains(.bot) { return .bot }
    if let user = click.userHash, user == userHashes[partner] { return .selfClick }
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

  private mutating func countPeak(
    _ click: ClickRecord, _ partner: Int, _ cursor: inout DayCursor
  ) {
    let day = cursor.day(of: click.instant)
    guard days.contains(day) else { return }
    peaks.count(
      partner, monday: Day(number: day).weekStart.number, click.instant,
      click.flags.contains(.address) ? click.address : nil)
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
