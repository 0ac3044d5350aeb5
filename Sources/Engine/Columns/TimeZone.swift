/// A time zone: ranges of instants with a constant offset from UTC.
///
/// The explicit transitions of the zone's file are followed by those its footer rule gives until
/// 2100, so nearly every question is one binary search; later instants ask the rule itself.
package final class TimeZone: Sendable {
  /// The IANA name, such as `America/New_York`.
  package let name: String
  /// Whether local time is UTC at every instant.
  @usableFromInline let isUTC: Bool
  /// Where each range starts, in microseconds, ascending; the first is `Int64.min`.
  let starts: [Int64]
  /// Microseconds east of UTC in each range.
  let shifts: [Int64]
  /// The rule after the last range's start, where it has a daylight-saving time.
  let rule: PosixRule?

  /// A zone of known ranges: `starts` ascending from `Int64.min`, as many as `shifts`.
  init(name: String, starts: [Int64], shifts: [Int64], rule: PosixRule?) {
    self.name = name
    self.starts = starts
    self.shifts = shifts
    self.rule = rule
    isUTC = rule == nil && shifts == [0]
  }

  /// Coordinated Universal Time.
  package static let utc = TimeZone(name: "UTC", starts: [.min], shifts: [0], rule: nil)

  /// Instants `start ..< end` at which the local clock is `shift` microseconds ahead of UTC.
  struct Range {
    var start: Int64
    var end: Int64
    var shift: Int64
  }

  /// The range around an instant; O(log transitions).
  func range(at instant: Int64) -> Range {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= instant { low = middle } else { high = middle }
    }
    if low + 1 < starts.count {
      return Range(start: starts[low], end: starts[low + 1], shift: shifts[low])
    }
    let last = Range(start: starts[low], end: .max, shift: shifts[low])
    guard let rule else { return last }
    return rule.range(at: instant, after: last)
  }

  /// Seconds the local clock is ahead of UTC at an instant.
  package func offset(at instant: Int64) -> Int {
    Int(range(at: instant).shift / Instant.second)
  }

  /// The local clock at an instant: microseconds since 1970-01-01T00:00 local time.
  package func local(of instant: Int64) -> Int64 {
    instant + range(at: instant).shift
  }

  /// The local calendar day of an instant. In a loop, use `DayCursor`.
  package func day(of instant: Int64) -> Day {
    Day(number: Instant.dayNumber(local(of: instant)))
  }

  /// The first instant of a local day, also where its midnight is skipped; of a day the zone
  /// skips altogether, the first instant after it.
  package func firstInstant(of day: Day) -> Int64 {
    let midnight = Int64(day.number) * Instant.day
    var range = range(at: midnight - Self.reach)
    while true {
      // Within a range the clock is steady, so the first reading of midnight or later is either
      // midnight itself or the range's start.
      let instant = max(range.start, midnight - range.shift)
      if instant < range.end { return instant }
      range = self.range(at: range.end)
    }
  }

  /// What a reading of the local clock means.
  package enum LocalInstants: Hashable, Sendable {
    /// One instant.
    case unique(Int64)
    /// The clock shows this reading more than once: the earliest and the latest instant.
    case ambiguous(earlier: Int64, later: Int64)
    /// The clock never shows it; the first instant after the gap.
    case skipped(after: Int64)
  }

  /// The instants at which the local clock reads `local` (microseconds since 1970-01-01T00:00).
  package func instants(ofLocal local: Int64) -> LocalInstants {
    var range = range(at: local - Self.reach)
    var earlier: Int64?
    var later: Int64?
    var gap: Int64?
    while range.start < local + Self.reach {
      let instant = local - range.shift
      if instant >= range.start, instant < range.end {
        if earlier == nil { earlier = instant } else { later = instant }
      } else if instant < range.start, gap == nil {
        // This clock is past the reading already, the one before had not come to it.
        gap = range.start
      }
      if range.end == .max { break }
      range = self.range(at: range.end)
    }
    if let earlier, let later { return .ambiguous(earlier: earlier, later: later) }
    if let earlier { return .unique(earlier) }
    return .skipped(after: gap ?? local)
  }

  /// The instants at which the clock reads `microseconds` past midnight on `day`.
  package func instants(of day: Day, microseconds: Int64) -> LocalInstants {
    instants(ofLocal: Int64(day.number) * Instant.day + microseconds)
  }

  /// Farther from UTC than any local clock: 27 hours (files may say up to 26).
  private static var reach: Int64 { 27 * 3600 * Instant.second }
}

/// The local day of many instants: the range of the last one is kept, so that in a loop a day
/// costs two comparisons, an addition and a division. Correct for instants in any order.
@frozen
package struct DayCursor {
  @usableFromInline let zone: TimeZone
  @usableFromInline var start: Int64
  @usableFromInline var end: Int64
  @usableFromInline var shift: Int64

  /// A cursor over local days of `zone`.
  package init(_ zone: TimeZone) {
    self.zone = zone
    let range = zone.range(at: 0)
    start = range.start
    end = range.end
    shift = range.shift
  }

  /// The number of the local day an instant falls on.
  @inlinable
  package mutating func day(of instant: Int64) -> Int32 {
    if instant < start || instant >= end { move(to: instant) }
    return Instant.dayNumber(instant &+ shift)
  }

  @usableFromInline
  mutating func move(to instant: Int64) {
    let range = zone.range(at: instant)
    start = range.start
    end = range.end
    shift = range.shift
  }
}
