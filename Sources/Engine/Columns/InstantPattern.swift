/// A declared layout of instants such as `%d/%m/%Y %I:%M %p`, compiled once.
///
/// Directives: `%Y` (4 digits), `%y` (69–99 are 1969–1999, 00–68 are 2000–2068), `%m %d %e %H %I
/// %M %S` (one or two digits), `%f` (decimals of the second, truncated after six), `%p` (AM, PM),
/// `%b %B %a %A` (English names, short or long), `%z` (`Z`, `+HH:MM`, `+HHMM`, `+HH`), `%Z`
/// (`UTC`, `GMT`, `Z`), `%%`. Names and other text match in any case. What is left out of the
/// time is zero; without an offset the time is read in the source's zone.
package struct InstantPattern: Hashable, Sendable {
  /// The pattern as declared.
  package let pattern: String
  private let steps: [Step]

  private enum Step: Hashable {
    case literal(UInt8)
    case year, shortYear, month, monthName, day, weekday, hour, hour12, half
    case minute, second, fraction, offset, zone
  }

  /// Compiles a pattern; the error names the directive that is unknown, missing or in conflict.
  package init(_ pattern: String) throws(ValueError) {
    self.pattern = pattern
    var steps: [Step] = []
    var bytes = pattern.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "%") else {
        steps.append(.literal(byte))
        continue
      }
      guard let letter = bytes.next() else {
        throw Self.error(pattern, "a letter after %", "the end", "write %% for a percent sign")
      }
      guard let step = Self.step(letter) else {
        throw Self.error(
          pattern, "a known directive", "%\(Character(Unicode.Scalar(letter)))",
          "use one of %Y %y %m %d %e %b %B %a %A %H %I %M %S %f %p %z %Z %%")
      }
      steps.append(step)
    }
    self.steps = steps
    try check()
  }

  private static func step(_ letter: UInt8) -> Step? {
    switch Unicode.Scalar(letter) {
    case "Y": .year
    case "y": .shortYear
    case "m": .month
    case "b", "B": .monthName
    case "d", "e": .day
    case "a", "A": .weekday
    case "H": .hour
    case "I": .hour12
    case "p": .half
    case "M": .minute
    case "S": .second
    case "f": .fraction
    case "z": .offset
    case "Z": .zone
    case "%": .literal(letter)
    default: nil
    }
  }

  private static func error(
    _ pattern: String, _ expected: String, _ found: String, _ help: String
  ) -> ValueError {
    ValueError(
      place: "instant pattern \"\(pattern)\"", expected: expected, found: found, help: help)
  }

  /// A pattern must say which day it means, and with `%I` which half of it.
  private func check() throws(ValueError) {
    let groups: [(name: String, directives: String, steps: Set<Step>, required: Bool)] = [
      ("year", "%Y or %y", [.year, .shortYear], true),
      ("month", "%m, %b or %B", [.month, .monthName], true),
      ("day of the month", "%d or %e", [.day], true),
      ("hour", "%H or %I", [.hour, .hour12], false),
      ("half of the day", "%p", [.half], steps.contains(.hour12)),
      ("minute", "%M", [.minute], false),
      ("second", "%S", [.second], steps.contains(.fraction)),
      ("fraction", "%f", [.fraction], false),
      ("offset", "%z or %Z", [.offset, .zone], false),
    ]
    for group in groups {
      let count = steps.count { group.steps.contains($0) }
      if count > 1 {
        throw Self.error(
          pattern, "one \(group.name)", "\(count)", "keep one of \(group.directives)")
      }
      if count == 0, group.required {
        throw Self.error(pattern, "a \(group.name)", "none", "add \(group.directives)")
      }
    }
    if steps.contains(.half), !steps.contains(.hour12) {
      throw Self.error(pattern, "%I beside %p", "no %I", "use %I for hours of 1 to 12")
    }
  }

  private struct Fields {
    var year = 0
    var month = 0
    var day = 0
    var weekday: Int?
    var hour = 0
    var afternoon: Bool?
    var minute = 0
    var second = 0
    var micros: Int64 = 0
    var offset: Int64?
  }

  /// The instant of text in this layout, spaces around ignored. Refused as `missing`, `type` (also
  /// for impossible dates and a weekday that is not the date's), `skippedLocalTime` or `range`.
  package func parse(_ text: ByteView, zone: TimeZone) -> Parsed {
    let trimmed = text.trimmed
    if trimmed.count == 0 { return .refused(.missing) }
    var reader = DigitReader(trimmed)
    var fields = Fields()
    for step in steps {
      guard match(step, &reader, &fields) else { return .refused(.type) }
    }
    if let afternoon = fields.afternoon {
      guard fields.hour >= 1, fields.hour <= 12 else { return .refused(.type) }
      fields.hour = fields.hour % 12 + (afternoon ? 12 : 0)
    }
    let number = Day.number(fields.year, fields.month, fields.day)
    guard reader.isAtEnd, number != .min, fields.hour <= 23, fields.minute <= 59,
      fields.second <= 59
    else { return .refused(.type) }
    if let weekday = fields.weekday, Day(number: Int32(number)).weekday != weekday {
      return .refused(.type)
    }
    let seconds = (fields.hour * 60 + fields.minute) * 60 + fields.second
    let local = Int64(number) * Instant.day + Int64(seconds) * Instant.second + fields.micros
    guard let offset = fields.offset else { return Instant.resolve(local: local, zone: zone) }
    return Instant.bounded(local - offset)
  }

  private func match(_ step: Step, _ reader: inout DigitReader, _ fields: inout Fields) -> Bool {
    switch step {
    case .literal(let byte):
      guard let next = reader.next, Self.lowercase(next) == Self.lowercase(byte) else {
        return false
      }
      reader.position += 1
    case .year: return Self.take(reader.number(4, 4), &fields.year)
    case .shortYear:
      guard let year = reader.number(2, 2) else { return false }
      fields.year = year < 69 ? 2000 + year : 1900 + year
    case .month: return Self.take(reader.number(1, 2), &fields.month)
    case .monthName:
      guard let index = Self.name(Self.months, &reader) else { return false }
      fields.month = index + 1
    case .day:
      // %e pads with a space.
      _ = reader.skip(" ")
      return Self.take(reader.number(1, 2), &fields.day)
    case .weekday:
      fields.weekday = Self.name(Self.weekdays, &reader)
      return fields.weekday != nil
    case .hour, .hour12: return Self.take(reader.number(1, 2), &fields.hour)
    case .half:
      guard let index = Self.name(["am", "pm"], &reader) else { return false }
      fields.afternoon = index == 1
    case .minute: return Self.take(reader.number(1, 2), &fields.minute)
    case .second: return Self.take(reader.number(1, 2), &fields.second)
    case .fraction:
      guard let fraction = reader.fraction() else { return false }
      fields.micros = fraction.micros
    case .offset:
      fields.offset = reader.offset()
      return fields.offset != nil
    case .zone:
      guard Self.name(["utc", "gmt", "z"], &reader) != nil else { return false }
      fields.offset = 0
    }
    return true
  }

  private static func take(_ number: Int?, _ field: inout Int) -> Bool {
    guard let number else { return false }
    field = number
    return true
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  /// The index of the name at the reader: in full if it is there, else by its first three letters.
  private static func name(_ names: [StaticString], _ reader: inout DigitReader) -> Int? {
    for short in [false, true] {
      for (index, name) in names.enumerated() {
        let width = short ? min(3, name.utf8CodeUnitCount) : name.utf8CodeUnitCount
        guard reader.text.count - reader.position >= width else { continue }
        let same = (0..<width).allSatisfy {
          lowercase(reader.text[reader.position + $0]) == name.utf8Start[$0]
        }
        if same {
          reader.position += width
          return index
        }
      }
    }
    return nil
  }

  private static let months: [StaticString] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]
  private static let weekdays: [StaticString] = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]
}
