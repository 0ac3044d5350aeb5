extension Instant {
  /// Every accepted form, byte by byte: what the fast path falls back to.
  @usableFromInline
  static func parseGeneral(_ text: ByteView, _ zone: TimeZone) -> Parsed {
    let trimmed = text.trimmed
    if trimmed.count == 0 { return .refused(.missing) }
    var reader = DigitReader(trimmed)
    guard let year = reader.number(4, 4), reader.skip("-"), let month = reader.number(2, 2),
      reader.skip("-"), let day = reader.number(2, 2)
    else { return .refused(.type) }
    let number = Day.number(year, month, day)
    guard number != .min else { return .refused(.type) }
    var local = Int64(number) * Self.day
    if reader.isAtEnd { return resolve(local: local, zone: zone) }
    guard reader.skip("T") || reader.skip("t") || reader.skip(" "),
      let hour = reader.number(2, 2), reader.skip(":"), let minute = reader.number(2, 2),
      hour <= 23, minute <= 59
    else { return .refused(.type) }
    local += Int64(hour * 60 + minute) * 60 * second
    if reader.skip(":") {
      guard let seconds = reader.number(2, 2), seconds <= 59 else { return .refused(.type) }
      local += Int64(seconds) * second
      if reader.skip(".") || reader.skip(",") {
        guard let fraction = reader.fraction() else { return .refused(.type) }
        local += fraction.micros
      }
    }
    if reader.isAtEnd { return resolve(local: local, zone: zone) }
    guard let offset = reader.offset(), reader.isAtEnd else { return .refused(.type) }
    return bounded(local - offset)
  }

  /// What epoch columns count.
  package enum EpochUnit: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    case seconds
    /// Milliseconds since 1970-01-01T00:00:00Z.
    case milliseconds
  }

  /// The instant of a count since the epoch (`1778161800`, `-1.5`), spaces around ignored, digits
  /// beyond the microsecond rounded down. Refused as `missing`, `type` or, outside the years 0001
  /// to 9999, `range`.
  package static func parseEpoch(_ text: ByteView, unit: EpochUnit) -> Parsed {
    let trimmed = text.trimmed
    if trimmed.count == 0 { return .refused(.missing) }
    var reader = DigitReader(trimmed)
    let negative = reader.skip("-")
    if !negative { _ = reader.skip("+") }
    guard let whole = reader.number(1, .max) else { return .refused(.type) }
    var fraction: (micros: Int64, exact: Bool) = (0, true)
    if reader.skip(".") {
      guard let read = reader.fraction() else { return .refused(.type) }
      fraction = read
    }
    guard reader.isAtEnd else { return .refused(.type) }
    if unit == .milliseconds {
      fraction = (fraction.micros / 1000, fraction.exact && fraction.micros % 1000 == 0)
    }
    let scale = unit == .seconds ? second : 1000
    guard Int64(whole) <= last / scale else { return .refused(.range) }
    let magnitude = Int64(whole) * scale + fraction.micros
    return bounded(negative ? -magnitude - (fraction.exact ? 0 : 1) : magnitude)
  }

  /// Appends RFC 3339 in UTC: `2026-05-07T13:50:00Z`, a fraction only where it is not zero and
  /// without zeros at its end (`.5Z`, `.000001Z`).
  package static func append(_ instant: Int64, to bytes: inout [UInt8]) {
    let day = Day(number: dayNumber(instant))
    day.append(to: &bytes)
    let fraction = appendClock(
      instant - Int64(day.number) * Self.day, separator: UInt8(ascii: "T"), to: &bytes)
    if fraction > 0 {
      bytes.append(UInt8(ascii: "."))
      appendDigits(fraction, width: 6, to: &bytes)
      while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Appends the form the warehouse holds: `2026-05-07 13:50:00.000001` in UTC, always six
  /// decimals, so that text order is time order.
  package static func appendWarehouse(_ instant: Int64, to bytes: inout [UInt8]) {
    let day = Day(number: dayNumber(instant))
    day.append(to: &bytes)
    appendWarehouseTime(instant - Int64(day.number) * Self.day, to: &bytes)
  }

  /// Appends what follows the day in the form the warehouse holds, for the microseconds since its
  /// midnight.
  package static func appendWarehouseTime(_ time: Int64, to bytes: inout [UInt8]) {
    let fraction = appendClock(time, separator: 0x20, to: &bytes)
    bytes.append(UInt8(ascii: "."))
    appendDigits(fraction, width: 6, to: &bytes)
  }

  /// Appends a separator and the time to the second; returns the microseconds left.
  private static func appendClock(
    _ time: Int64, separator: UInt8, to bytes: inout [UInt8]
  ) -> UInt64 {
    bytes.append(separator)
    let seconds = Int(time / second)
    appendPair(seconds / 3600, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    appendPair(seconds / 60 % 60, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    appendPair(seconds % 60, to: &bytes)
    return UInt64(time % second)
  }

  /// RFC 3339 in UTC, as `append` writes it.
  package static func text(_ instant: Int64) -> String {
    var bytes: [UInt8] = []
    append(instant, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Walks over the digits and signs of a date or time.
struct DigitReader {
  let text: ByteView
  var position = 0

  init(_ text: ByteView) {
    self.text = text
  }

  var isAtEnd: Bool { position == text.count }

  var next: UInt8? { position < text.count ? text[position] : nil }

  /// Steps over one byte if it is `byte`.
  mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    guard let next, next == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  /// A number of `least` to `most` digits, as many as there are; nil for fewer. One too large
  /// to count (18 digits are not) reads as the largest.
  mutating func number(_ least: Int, _ most: Int) -> Int? {
    let start = position
    var value = 0
    while position - start < most, let next, next &- 48 <= 9 {
      value = value > 99_999_999_999_999_999 ? .max / 16 : value * 10 + Int(next &- 48)
      position += 1
    }
    return position - start >= least ? value : nil
  }

  /// The microseconds of one or more digits after a decimal point, truncated, and whether
  /// nothing was lost; nil without digits.
  mutating func fraction() -> (micros: Int64, exact: Bool)? {
    let start = position
    var micros: Int64 = 0
    var unit: Int64 = 100_000
    var exact = true
    while let next, next &- 48 <= 9 {
      if unit == 0, next != 48 { exact = false }
      micros += Int64(next &- 48) * unit
      unit /= 10
      position += 1
    }
    return position > start ? (micros, exact) : nil
  }

  /// The microseconds east of UTC of `Z`, `+HH:MM`, `+HHMM` or `+HH`, up to 23:59; nil for
  /// other text.
  mutating func offset() -> Int64? {
    if skip("Z") || skip("z") { return 0 }
    let negative = skip("-")
    guard negative || skip("+"), let hours = number(2, 2), hours <= 23 else { return nil }
    var minutes = 0
    let colon = skip(":")
    if colon || (next.map { $0 &- 48 <= 9 } ?? false) {
      guard let read = number(2, 2), read <= 59 else { return nil }
      minutes = read
    }
    let offset = Int64(hours * 60 + minutes) * 60 * Instant.second
    return negative ? -offset : offset
  }
}
