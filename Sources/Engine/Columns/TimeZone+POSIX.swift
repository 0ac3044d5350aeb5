/// The rule in a zone file's footer, such as `EET-2EEST,M4.5.5/0,M10.5.4/24`: when daylight-saving
/// time starts and ends every year (POSIX TZ, with the extensions of RFC 9636).
struct PosixRule: Hashable, Sendable {
  /// Seconds east of UTC.
  let standard: Int
  /// Seconds east of UTC in daylight-saving time, with its first and last day.
  let daylight: Daylight?

  struct Daylight: Hashable, Sendable {
    let offset: Int
    let start: Change
    let end: Change
  }

  /// A day of each year, and a time on the clock before the change: seconds, -167 to 167 hours.
  struct Change: Hashable, Sendable {
    let day: DayRule
    let time: Int
  }

  enum DayRule: Hashable, Sendable {
    /// Day 1 to 365; 29 February is never counted.
    case withoutLeapDay(Int)
    /// Day 0 to 365; 29 February is counted.
    case withLeapDay(Int)
    /// The week-th weekday (Sunday 0) of a month, the fifth being the last.
    case weekday(month: Int, week: Int, day: Int)
  }

  /// Reads a rule; nil for text that is none.
  init?(_ text: [UInt8]) {
    var reader = RuleReader(bytes: text)
    guard reader.name(), let west = reader.time(limit: 24) else { return nil }
    standard = -west
    if reader.isAtEnd {
      daylight = nil
      return
    }
    guard reader.name() else { return nil }
    var offset = standard + 3600
    if reader.peek != UInt8(ascii: ",") {
      guard let west = reader.time(limit: 24) else { return nil }
      offset = -west
    }
    guard let start = reader.change(), let end = reader.change(), reader.isAtEnd else {
      return nil
    }
    daylight = Daylight(offset: offset, start: start, end: end)
  }

  /// The year's changes in order of time: the instant in seconds, and the offset from it on.
  func changes(in year: Int) -> [(at: Int, offset: Int)] {
    guard let daylight else { return [] }
    let start = daylight.start.seconds(in: year) - standard
    let end = daylight.end.seconds(in: year) - daylight.offset
    let changes = [(at: start, offset: daylight.offset), (at: end, offset: standard)]
    return start <= end ? changes : [changes[1], changes[0]]
  }

  /// The range around an instant that is not before `last`, the last explicit range.
  func range(at instant: Int64, after last: TimeZone.Range) -> TimeZone.Range {
    // Past the year 290,000 microseconds run out; columns hold instants up to 9999.
    let year = min(Civil.date(Int(Instant.dayNumber(instant))).year, 290_000)
    var range = last
    for year in year - 1...year + 1 {
      for change in changes(in: year) {
        let at = Int64(change.at) * Instant.second
        let shift = Int64(change.offset) * Instant.second
        if at < range.start || shift == range.shift && at > instant { continue }
        if at <= instant {
          range = TimeZone.Range(start: at, end: .max, shift: shift)
        } else {
          range.end = at
          return range
        }
      }
    }
    return range
  }
}

extension PosixRule.Change {
  /// Seconds from 1970-01-01T00:00 on the local clock to this change in `year`.
  func seconds(in year: Int) -> Int {
    let number: Int
    switch day {
    case .withoutLeapDay(let day):
      let leapDay = Civil.isLeap(year) && day >= 60 ? 1 : 0
      number = Civil.dayNumber(year, 1, 1) + day - 1 + leapDay
    case .withLeapDay(let day):
      number = Civil.dayNumber(year, 1, 1) + day
    case .weekday(let month, let week, let day):
      let first = Civil.dayNumber(year, month, 1)
      let weekday = (Day(number: Int32(first)).weekday + 1) % 7
      let inMonth = (day - weekday + 7) % 7 + 7 * (week - 1)
      let length = Civil.daysInMonth(year, month)
      number = first + (inMonth < length ? inMonth : inMonth - 7)
    }
    return number * 86_400 + time
  }
}

private struct RuleReader {
  let bytes: [UInt8]
  var position = 0

  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
  var isAtEnd: Bool { position == bytes.count }

  mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  /// Steps over `EST` or `<+03>`.
  mutating func name() -> Bool {
    let start = position
    if skip("<") {
      while let byte = peek, byte != UInt8(ascii: ">") { position += 1 }
      return position - start >= 4 && skip(">")
    }
    while let byte = peek, (byte | 0x20) &- UInt8(ascii: "a") < 26 { position += 1 }
    return position - start >= 3
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int? {
    let start = position
    var value = 0
    while position - start < 3, let byte = peek, byte &- 48 <= 9 {
      value = value * 10 + Int(byte &- 48)
      position += 1
    }
    return position > start && range.contains(value) ? value : nil
  }

  /// Seconds of `[+-]h[hh][:mm[:ss]]`.
  mutating func time(limit: Int) -> Int? {
    let negative = skip("-")
    if !negative { _ = skip("+") }
    guard let hours = number(0...limit) else { return nil }
    var seconds = hours * 3600
    if skip(":") {
      guard let minutes = number(0...59) else { return nil }
      seconds += minutes * 60
      if skip(":") {
        guard let rest = number(0...59) else { return nil }
        seconds += rest
      }
    }
    return negative ? -seconds : seconds
  }

  /// `,Mm.w.d`, `,Jn` or `,n`, and a time (02:00 if left out).
  mutating func change() -> PosixRule.Change? {
    guard skip(","), let day = dayRule() else { return nil }
    guard skip("/") else { return PosixRule.Change(day: day, time: 7200) }
    guard let time = time(limit: 167) else { return nil }
    return PosixRule.Change(day: day, time: time)
  }

  private mutating func dayRule() -> PosixRule.DayRule? {
    if skip("M") {
      guard let month = number(1...12), skip("."), let week = number(1...5), skip("."),
        let day = number(0...6)
      else { return nil }
      return .weekday(month: month, week: week, day: day)
    }
    if skip("J") { return number(1...365).map { .withoutLeapDay($0) } }
    return number(0...365).map { .withLeapDay($0) }
  }
}
