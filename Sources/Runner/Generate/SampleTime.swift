import Engine

/// Dates and the clock of America/New_York, whose rules since 2007 are two lines; the system's
/// zone files are not asked, so that the bytes do not depend on them.
enum SampleTime {
  /// 0 is Monday.
  static func weekday(_ day: Int) -> Int { (day + 3) % 7 }

  /// Seconds east of Greenwich at an instant: −14,400 in summer, −18,000 in winter.
  static func easternOffset(at second: Int) -> Int {
    let year = Civil.date(second / 86_400).year
    let march = Civil.dayNumber(year, 3, 8)
    let november = Civil.dayNumber(year, 11, 1)
    let summer = (march + (6 - weekday(march))) * 86_400 + 7 * 3_600
    let winter = (november + (6 - weekday(november))) * 86_400 + 6 * 3_600
    return second >= summer && second < winter ? -14_400 : -18_000
  }

  /// The instant at which a local day begins. Clocks change at 02:00, so midnight always exists.
  static func midnight(_ day: Int) -> Int {
    day * 86_400 - easternOffset(at: day * 86_400 + 5 * 3_600)
  }

  /// The same time of day some months on, the month's last day where it is shorter.
  static func adding(months: Int, to second: Int) -> Int {
    let date = Civil.date(second / 86_400)
    let month = date.year * 12 + date.month - 1 + months
    let first = Civil.dayNumber(month / 12, month % 12 + 1, 1)
    let next = Civil.dayNumber((month + 1) / 12, (month + 1) % 12 + 1, 1)
    return (first + min(date.day, next - first) - 1) * 86_400 + second % 86_400
  }
}

/// The span in hours, each knowing its local hour, weekday and week: the unit of streaming.
/// Rows are sorted within an hour, so memory holds one hour of one file.
struct SampleSpan {
  struct Hour {
    var start: Int
    var local: Int
    var weekday: Int
    var week: Int
  }

  let firstDay: Int
  let lastDay: Int
  let start: Int
  /// The first instant after the span.
  let end: Int
  let weeks: Int
  let hours: [Hour]

  init(days: Int, endDay: Int) {
    firstDay = endDay - days + 1
    lastDay = endDay
    start = SampleTime.midnight(firstDay)
    end = SampleTime.midnight(endDay + 1)
    weeks = (days + 6) / 7
    var hours: [Hour] = []
    for second in stride(from: start, to: end, by: 3_600) {
      let local = second + SampleTime.easternOffset(at: second)
      hours.append(
        Hour(
          start: second, local: local / 3_600 % 24, weekday: SampleTime.weekday(local / 86_400),
          week: (local / 86_400 - firstDay) / 7))
    }
    self.hours = hours
  }

  /// How many of `total` rows exist by the end of each hour, for a pattern of the day (24
  /// weights) and of the week (7, Monday first), growing by `growth` percent a week.
  func targets(total: Int, day: [Int], week: [Int], growth: Int) -> [Int] {
    let weights = hours.map { day[$0.local] * week[$0.weekday] * (100 + growth * $0.week) }
    let sum = weights.reduce(0, +)
    var running = 0
    return weights.map { weight in
      running += weight
      let product = total.multipliedFullWidth(by: running)
      return sum.dividingFullWidth(product).quotient
    }
  }

  func hourIndex(of second: Int) -> Int { (second - start) / 3_600 }
}
