extension Day {
  /// The day number of `YYYY-MM-DD`, spaces around ignored; refused as `missing` or `type`.
  @inlinable
  package static func parse(_ text: ByteView) -> Parsed {
    if text.count == 10 {
      let number = number(at: text.start)
      if number != .min { return .value(Int64(number)) }
    }
    return parseGeneral(text)
  }

  @usableFromInline
  static func parseGeneral(_ text: ByteView) -> Parsed {
    let trimmed = text.trimmed
    if trimmed.count == 0 { return .refused(.missing) }
    guard trimmed.count == 10 else { return .refused(.type) }
    let number = number(at: trimmed.start)
    return number == .min ? .refused(.type) : .value(Int64(number))
  }

  /// The day number of the ten bytes `YYYY-MM-DD` at `start`, `Int.min` for anything else.
  @inlinable
  static func number(at start: UnsafeRawPointer) -> Int {
    let date = DigitLanes.date(
      UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)))
    let day = DigitLanes.pair(
      UInt16(littleEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
    guard let date, day <= 99 else { return .min }
    return number(date.year, date.month, Int(day))
  }

  /// The day number of a date, `Int.min` if it does not exist.
  @inlinable
  static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
    guard year >= 1, month >= 1, month <= 12, day >= 1,
      day <= 28 || day <= Civil.daysInMonth(year, month)
    else { return .min }
    return Civil.dayNumber(year, month, day)
  }

  /// The day of `YYYY-MM-DD`, such as an argument; nil for anything else.
  package init?(_ text: String) {
    var text = text
    let parsed = text.withUTF8 { bytes -> Parsed in
      guard let base = bytes.baseAddress else { return .refused(.missing) }
      return Day.parse(ByteView(start: base, count: bytes.count))
    }
    guard let number = parsed.value else { return nil }
    self.init(number: Int32(number))
  }

  /// The Monday of an ISO week such as `2026-W46`; nil for anything else.
  package init?(week text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 8, bytes[4] == UInt8(ascii: "-"), bytes[5] | 0x20 == UInt8(ascii: "w"),
      let year = Self.decimal(bytes[0..<4]), let week = Self.decimal(bytes[6..<8])
    else { return nil }
    self.init(weekYear: year, week: week)
  }

  private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in digits {
      guard byte &- 48 <= 9 else { return nil }
      value = value * 10 + Int(byte - 48)
    }
    return value
  }

  /// Appends `YYYY-MM-DD`.
  package func append(to bytes: inout [UInt8]) {
    let (year, month, day) = civil
    appendDigits(UInt64(year.magnitude), width: 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendPair(month, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    appendPair(day, to: &bytes)
  }

  /// `YYYY-MM-DD`.
  package var text: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The ISO week: `2026-W46`.
  package var weekText: String {
    let (year, number) = week
    var bytes: [UInt8] = []
    appendDigits(UInt64(year.magnitude), width: 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(UInt8(ascii: "W"))
    appendPair(number, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Appends 0 to 99 as two digits.
func appendPair(_ value: Int, to bytes: inout [UInt8]) {
  bytes.append(UInt8(truncatingIfNeeded: 48 + value / 10))
  bytes.append(UInt8(truncatingIfNeeded: 48 + value % 10))
}

/// Several digits at once, one byte to a lane of a little-endian word.
///
/// XOR with the expected text leaves 0–9 in the lanes of digits and 0 in those of separators.
/// Adding 0x76 (0x7F) then sets the high bit of every lane above 9 (above 0); a lane that already
/// had it, and may carry into its neighbour, is caught by OR. Multiplying by 10 and adding the
/// neighbour turns two lanes into one two-digit number.
@usableFromInline
enum DigitLanes {
  /// Year and month of `YYYY-MM-`, nil for other text.
  @inlinable
  static func date(_ word: UInt64) -> (year: Int, month: Int)? {
    let x = word ^ 0x2D30_302D_3030_3030
    if (x | (x &+ 0x7F76_767F_7676_7676)) & 0x8080_8080_8080_8080 != 0 { return nil }
    let pairs = x &* 10 &+ (x >> 8)
    let year = (pairs & 0xFF) &* 100 &+ (pairs >> 16 & 0xFF)
    return (Int(year), Int(pairs >> 40 & 0xFF))
  }

  /// Day, hour and minute of `DD?HH:MM`, whatever the byte at `?`; nil for other text.
  @inlinable
  static func dayAndTime(_ word: UInt64) -> (day: Int, hour: Int, minute: Int)? {
    let x = (word ^ 0x3030_3A30_3000_3030) & 0xFFFF_FFFF_FF00_FFFF
    if (x | (x &+ 0x7676_7F76_767F_7676)) & 0x8080_8080_8080_8080 != 0 { return nil }
    let pairs = x &* 10 &+ (x >> 8)
    return (Int(pairs & 0xFF), Int(pairs >> 24 & 0xFF), Int(pairs >> 48 & 0xFF))
  }

  /// The number of two digits, above 99 for other text.
  @inlinable
  static func pair(_ word: UInt16) -> UInt16 {
    let x = word ^ 0x3030
    if (x | (x &+ 0x7676)) & 0x8080 != 0 { return 100 }
    return (x &* 10 &+ (x >> 8)) & 0xFF
  }
}

/// The last date that was read: rows of a log mostly say the day of the row before.
@usableFromInline
struct LastDay {
  @usableFromInline var month: UInt64 = 0
  @usableFromInline var day = 0
  @usableFromInline var number = Int.min

  @inlinable
  init() {}

  /// The number of a day, given the bytes `YYYY-MM-` and its day of the month; `Int.min` if there is
  /// no such date.
  @inlinable
  mutating func number(month bytes: UInt64, day: Int) -> Int {
    if bytes != month || day != self.day { read(bytes, day) }
    return number
  }

  @usableFromInline
  mutating func read(_ bytes: UInt64, _ day: Int) {
    month = bytes
    self.day = day
    number = DigitLanes.date(bytes).map { Day.number($0.year, $0.month, day) } ?? .min
  }
}
