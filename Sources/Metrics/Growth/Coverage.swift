import Engine

/// On which days a subscription's payment counts: metrics.md section 9.
struct Coverage {
  private let zone: TimeZone
  private let graceDays: Int

  /// Coverage in a zone, with some days' grace after each interval.
  init(_ zone: TimeZone, graceDays: Int64) {
    self.zone = zone
    self.graceDays = Int(min(graceDays, Self.longest))
  }

  /// Ten thousand years of days: what lasts longer outlasts every column, and the limit keeps
  /// dates within 64 bits of microseconds.
  private static let longest: Int64 = 3_652_425

  /// The first day at whose end a payment counts.
  func firstDay(of instant: Int64) -> Int32 { zone.dayEnding(after: instant).number }

  /// The last day at whose end a payment counts, before the first if it counts on none.
  ///
  /// It covers the calendar intervals from the payment's local day and time on, month ends clamped,
  /// and as many local days' grace. A time that the clock skips is the first instant after it, one
  /// that comes twice the earlier. The end of a day is the first instant of the next, and may
  /// coincide with the end of the payment's cover.
  func lastDay(of instant: Int64, interval: Int64, count: Int64) -> Int32 {
    let local = zone.local(of: instant)
    let start = Day(number: Instant.dayNumber(local))
    let end: Day =
      switch BillingInterval(rawValue: interval) {
      case .week: start + 7 * Int(min(count, Self.longest / 7))
      case .year: start.adding(months: 12 * Int(min(count, Self.longest / 366)))
      case .month, nil: start.adding(months: Int(min(count, Self.longest / 31)))
      }
    let time = local - Int64(start.number) * Instant.day
    let covered =
      switch zone.instants(of: end + graceDays, microseconds: time) {
      case .unique(let instant), .ambiguous(let instant, _), .skipped(let instant): instant
      }
    return zone.dayEnding(after: covered).number - 1
  }
}
