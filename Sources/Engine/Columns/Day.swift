/// A calendar day: days since 1970-01-01 in the proleptic Gregorian calendar. Text and fields
/// cover the years 0001 to 9999.
@frozen
package struct Day: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01, as a column holds it.
  package let number: Int32

  /// The day `number` days after 1970-01-01.
  @inlinable package init(number: Int32) {
    self.number = number
  }

  /// A day of the calendar; nil for one that does not exist or lies outside years 1 to 9999.
  package init?(year: Int, month: Int, day: Int) {
    guard year >= 1, year <= 9999, month >= 1, month <= 12, day >= 1,
      day <= Civil.daysInMonth(year, month)
    else { return nil }
    self.init(number: Int32(Civil.dayNumber(year, month, day)))
  }

  /// 0001-01-01.
  @inlinable package static var first: Day { Day(number: -719_162) }
  /// 9999-12-31.
  @inlinable package static var last: Day { Day(number: 2_932_896) }

  @inlinable package static func < (left: Day, right: Day) -> Bool { left.number < right.number }

  /// The day `days` later (earlier if negative).
  @inlinable package static func + (day: Day, days: Int) -> Day {
    Day(number: day.number + Int32(days))
  }

  /// The day `days` earlier.
  @inlinable package static func - (day: Day, days: Int) -> Day { day + -days }

  /// Days from `right` to `left`; 0 for the same day.
  @inlinable package static func - (left: Day, right: Day) -> Int {
    Int(left.number) - Int(right.number)
  }

  /// Year, month 1–12 and day 1–31.
  package var civil: (year: Int, month: Int, day: Int) { Civil.date(Int(number)) }

  /// The calendar year.
  package var year: Int { civil.year }
  /// The month, 1 to 12.
  package var month: Int { civil.month }
  /// The day of the month, 1 to 31.
  package var dayOfMonth: Int { civil.day }

  /// The day of the week: Monday 0 to Sunday 6.
  package var weekday: Int {
    // 1970-01-01 was a Thursday.
    let day = (Int(number) + 3) % 7
    return day < 0 ? day + 7 : day
  }

  /// The Monday of this day's ISO week.
  package var weekStart: Day { self - weekday }

  /// The ISO week: the year it belongs to (that of its Thursday) and its number, 1 to 53.
  package var week: (year: Int, number: Int) {
    let thursday = weekStart + 3
    let year = thursday.year
    return (year, (Int(thursday.number) - Civil.dayNumber(year, 1, 1)) / 7 + 1)
  }

  /// The Monday of an ISO week; nil for a week that year does not have.
  package init?(weekYear: Int, week: Int) {
    // 4 January is always in week 1.
    guard week >= 1, week <= 53, let january = Day(year: weekYear, month: 1, day: 4) else {
      return nil
    }
    let monday = january.weekStart + 7 * (week - 1)
    guard monday.week == (weekYear, week) else { return nil }
    self = monday
  }

  /// The same day of the month `months` later, or that month's last day if it is shorter:
  /// 31 January and one month is the last day of February.
  package func adding(months: Int) -> Day {
    let (year, month, day) = civil
    var index = (month - 1 + months) % 12
    if index < 0 { index += 12 }
    let target = year + (month - 1 + months - index) / 12
    let clamped = min(day, Civil.daysInMonth(target, index + 1))
    return Day(number: Int32(Civil.dayNumber(target, index + 1, clamped)))
  }

  /// The first day of this day's month.
  package var firstOfMonth: Day { self - (dayOfMonth - 1) }

  /// The last day of this day's month.
  package var lastOfMonth: Day {
    let (year, month, day) = civil
    return self + (Civil.daysInMonth(year, month) - day)
  }

  /// 1 January of this day's year.
  package var firstOfYear: Day { Day(number: Int32(Civil.dayNumber(year, 1, 1))) }

  /// 31 December of this day's year.
  package var lastOfYear: Day { Day(number: Int32(Civil.dayNumber(year, 12, 31))) }
}

/// Gregorian arithmetic on day numbers, after Howard Hinnant's algorithms: years start in March,
/// so the leap day is a year's last, and 400 years are one era of 146,097 days.
package enum Civil {
  /// Days from 1970-01-01 to a date that exists.
  @inlinable
  package static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year &- 1 : year
    let era = (y >= 0 ? y : y &- 399) / 400
    let yearOfEra = y &- era &* 400
    let monthFromMarch = month > 2 ? month &- 3 : month &+ 9
    let dayOfYear = (153 &* monthFromMarch &+ 2) / 5 &+ day &- 1
    return era &* 146_097 &+ yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
      &- 719_468
  }

  /// The date `number` days after 1970-01-01.
  @inlinable
  package static func date(_ number: Int) -> (year: Int, month: Int, day: Int) {
    let z = number + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
  }

  /// 28 to 31, for a month from 1 to 12.
  @inlinable
  package static func daysInMonth(_ year: Int, _ month: Int) -> Int {
    if month == 2 { return isLeap(year) ? 29 : 28 }
    // Odd months have 31 days up to July, even ones from August.
    return 30 | ((month ^ (month >> 3)) & 1)
  }

  /// Whether the year has a 29 February.
  @inlinable
  package static func isLeap(_ year: Int) -> Bool {
    year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
  }
}
