/// The value of one cell. Text is always text: nothing is guessed from its looks.
package enum Cell: Sendable, Equatable {
  /// NULL: an empty cell.
  case empty
  /// Text, never a formula, link, number or date, whatever it begins with.
  case text(String)
  /// A whole number of at most 15 digits.
  case integer(Int64)
  /// An amount in minor units; `digits` is the number of minor digits (0...6).
  case money(Int64, digits: Int)
  /// A ratio or mean scaled by 1,000,000: 0.25 (25 %) is 250,000.
  case ratio(Int64)
  /// TRUE or FALSE.
  case boolean(Bool)
  /// A calendar day in days since 1970-01-01.
  case day(Int32)
  /// A point in time in microseconds since 1970-01-01T00:00:00Z, shown at `offset` seconds east of
  /// UTC.
  case instant(Int64, offset: Int32)
}

extension Cell {
  /// Excel keeps 15 significant digits; a longer number would be changed without a word.
  static let largestExact: Int64 = 999_999_999_999_999

  private static let powers: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]
  /// 1900-03-01: earlier days fall among Excel's wrong leap year of 1900.
  private static let firstDay: Int64 = -25_508
  /// 9999-12-31, Excel's last day.
  private static let lastDay: Int64 = 2_932_896
  private static let microsecondsPerDay: Int64 = 86_400_000_000

  /// The number Excel stores, or nil for text, empty, boolean, and what Excel cannot hold as a
  /// number.
  ///
  /// Integers below 2^53 and powers of ten are exact as Double and division rounds correctly, so
  /// the result is the Double nearest to the decimal, and its 15 digits are the decimal's own. No
  /// sums are made here.
  var number: Double? {
    switch self {
    case .empty, .text, .boolean: return nil
    case .integer(let value):
      return value.magnitude <= UInt64(Cell.largestExact) ? Double(value) : nil
    case .money(let minor, let digits):
      guard minor.magnitude <= UInt64(Cell.largestExact), Cell.powers.indices.contains(digits)
      else { return nil }
      return Double(minor) / Cell.powers[digits]
    case .ratio(let scaled):
      return scaled.magnitude <= UInt64(Cell.largestExact) ? Double(scaled) / 1_000_000 : nil
    case .day(let day):
      guard Cell.firstDay...Cell.lastDay ~= Int64(day) else { return nil }
      return Double(day) + 25_569
    case .instant(let microseconds, let offset):
      let (local, overflow) = microseconds.addingReportingOverflow(Int64(offset) * 1_000_000)
      let first = Cell.firstDay * Cell.microsecondsPerDay
      let end = (Cell.lastDay + 1) * Cell.microsecondsPerDay
      guard !overflow, local >= first, local < end else { return nil }
      return Double(local) / Double(Cell.microsecondsPerDay) + 25_569
    }
  }

  /// The cell as ISO text, for days and instants outside Excel's calendar; nil for all other
  /// values.
  var isoText: String? {
    switch self {
    case .day(let day): return Cell.iso(day: Int64(day))
    case .instant(let microseconds, let offset):
      let seconds = microseconds / 1_000_000 + Int64(offset)
      let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
      let rest = seconds - day * 86_400
      let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map { Cell.padded($0, to: 2) }
      return Cell.iso(day: day) + " " + clock.joined(separator: ":")
    default: return nil
    }
  }

  /// The width the cell's shown text needs, in characters of the standard font.
  var displayWidth: Int {
    switch self {
    case .empty: return 0
    case .text(let text): return Cell.longestLine(text)
    case .integer(let value): return Cell.groupedWidth(value)
    case .money(let minor, let digits):
      guard Cell.powers.indices.contains(digits) else { return 0 }
      let units = minor / Int64(Cell.powers[digits])
      let sign = minor < 0 && units == 0 ? 1 : 0
      return Cell.groupedWidth(units) + sign + (digits > 0 ? digits + 1 : 0)
    case .ratio(let scaled): return Cell.groupedWidth(scaled / 10_000) + 4
    case .boolean: return 5
    case .day: return 10
    case .instant: return 19
    }
  }

  private static func groupedWidth(_ value: Int64) -> Int {
    var rest = value.magnitude
    var digits = 1
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    return digits + (digits - 1) / 3 + (value < 0 ? 1 : 0)
  }

  private static func longestLine(_ text: String) -> Int {
    var longest = 0
    var current = 0
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        longest = max(longest, current)
        current = 0
      } else {
        // East Asian scripts fill two columns.
        current += scalar.value >= 0x1100 && scalar.value < 0xFFE0 && scalar.value > 0x2E7F ? 2 : 1
      }
    }
    return max(longest, current)
  }

  private static func padded(_ value: Int64, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// Days to a civil date in the proleptic Gregorian calendar, eras of 400 years counted from
  /// March.
  private static func iso(day: Int64) -> String {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let civilDay = dayOfYear - (153 * month + 2) / 5 + 1
    let civilMonth = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
    return "\(padded(year, to: 4))-\(padded(civilMonth, to: 2))-\(padded(civilDay, to: 2))"
  }
}
