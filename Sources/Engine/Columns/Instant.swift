/// Points in time as a column holds them: microseconds since 1970-01-01T00:00:00Z, of the years
/// 0001 to 9999.
package enum Instant {
  /// Microseconds in a second.
  @inlinable package static var second: Int64 { 1_000_000 }
  /// Microseconds in a day of 24 hours.
  @inlinable package static var day: Int64 { 86_400_000_000 }
  /// 0001-01-01T00:00:00Z.
  @inlinable package static var first: Int64 { -719_162 * 86_400_000_000 }
  /// 9999-12-31T23:59:59.999999Z.
  @inlinable package static var last: Int64 { 2_932_897 * 86_400_000_000 - 1 }

  /// The number of the UTC day an instant falls on; of local microseconds, the local day.
  @inlinable
  package static func dayNumber(_ instant: Int64) -> Int32 {
    let quotient = instant / day
    return Int32(truncatingIfNeeded: instant < quotient &* day ? quotient &- 1 : quotient)
  }

  /// The instant of ISO 8601 / RFC 3339 text, spaces around ignored: `2026-05-07T13:50:00Z`, with
  /// an offset (`+01:00`, `+0100`, `+01`), `t` or a space for `T`, a fraction (truncated after
  /// six digits), without seconds. A time without an offset, or a date alone (its midnight), is
  /// read in `zone`: the earlier of two instants, `skippedLocalTime` where there is none. The
  /// form the warehouse holds is read with `zone: .utc`.
  @inlinable
  package static func parse(_ text: ByteView, zone: TimeZone) -> Parsed {
    var day = LastDay()
    return parse(text, zone: zone, after: &day)
  }

  /// The same for one text after another, of which many say the same day.
  @inlinable
  static func parse(_ text: ByteView, zone: TimeZone, after last: inout LastDay) -> Parsed {
    let count = text.count
    guard count >= 19 else { return parseGeneral(text, zone) }
    var local = clock(at: text.start, after: &last)
    guard local != .min else { return parseGeneral(text, zone) }
    var end = count
    if text[count &- 1] | 0x20 == UInt8(ascii: "z") {
      end &-= 1
    } else if !zone.isUTC {
      return parseGeneral(text, zone)
    }
    if end > 19 {
      guard end > 20, text[19] == UInt8(ascii: ".") else { return parseGeneral(text, zone) }
      var unit: Int64 = 100_000
      var i = 20
      while i < end {
        let digit = text[i] &- 48
        if digit > 9 { return parseGeneral(text, zone) }
        local &+= Int64(digit) &* unit
        unit /= 10
        i &+= 1
      }
    }
    return .value(local)
  }

  /// The microseconds of the 19 bytes `YYYY-MM-DD?HH:MM:SS` at `start`, `?` being `T`, `t` or a
  /// space, as if the clock were on UTC; `Int64.min` for anything else.
  @inlinable
  static func clock(at start: UnsafeRawPointer, after last: inout LastDay) -> Int64 {
    let time = DigitLanes.dayAndTime(
      UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    let seconds = DigitLanes.pair(
      UInt16(littleEndian: start.loadUnaligned(fromByteOffset: 17, as: UInt16.self)))
    let separator = start.load(fromByteOffset: 10, as: UInt8.self)
    guard let time, seconds <= 59, time.hour <= 23, time.minute <= 59,
      separator | 0x20 == UInt8(ascii: "t") || separator == 0x20,
      start.load(fromByteOffset: 16, as: UInt8.self) == UInt8(ascii: ":")
    else { return .min }
    let number = last.number(
      month: UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)), day: time.day)
    guard number != .min else { return .min }
    let minutes = (number &* 24 &+ time.hour) &* 60 &+ time.minute
    return (Int64(minutes) &* 60 &+ Int64(seconds)) &* second
  }

  /// The resolution of a wall-clock reading in `zone`, kept within years 0001 to 9999.
  static func resolve(local: Int64, zone: TimeZone) -> Parsed {
    switch zone.instants(ofLocal: local) {
    case .unique(let instant), .ambiguous(let instant, _): bounded(instant)
    case .skipped: .refused(.skippedLocalTime)
    }
  }

  /// The instant, or `range` outside the years 0001 to 9999.
  static func bounded(_ instant: Int64) -> Parsed {
    instant >= first && instant <= last ? .value(instant) : .refused(.range)
  }
}
