import Engine

/// A growing row of CSV, written byte by byte: formatting through String costs ten times as much.
struct RowBytes {
  var bytes: [UInt8] = []

  private static let letters = [UInt8]("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  init() {}

  init(_ text: String) { bytes = [UInt8](text.utf8) }

  mutating func comma() { bytes.append(0x2C) }

  mutating func raw(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  /// Text known to need no quotes.
  mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Text of any kind, quoted where RFC 4180 asks for it.
  mutating func field(_ text: String) { bytes.append(contentsOf: Self.quoted(text)) }

  static func quoted(_ text: String) -> [UInt8] {
    let plain = [UInt8](text.utf8)
    guard plain.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else {
      return plain
    }
    var out: [UInt8] = [0x22]
    for byte in plain {
      if byte == 0x22 { out.append(0x22) }
      out.append(byte)
    }
    out.append(0x22)
    return out
  }

  mutating func number(_ value: Int) {
    if value < 0 { bytes.append(0x2D) }
    var rest = value.magnitude
    let first = bytes.count
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes.append(0x30 + UInt8(truncatingIfNeeded: digit))
      rest = quotient
    } while rest > 0
    var low = first
    var high = bytes.count - 1
    while low < high {
      bytes.swapAt(low, high)
      low += 1
      high -= 1
    }
  }

  /// A number of exactly `width` digits, zeros in front.
  mutating func padded(_ value: Int, _ width: Int) {
    var unit = 1
    for _ in 1..<width { unit *= 10 }
    while unit > 0 {
      bytes.append(0x30 + UInt8(truncatingIfNeeded: value / unit % 10))
      unit /= 10
    }
  }

  /// An amount in minor units as a plain decimal with the currency's digits.
  mutating func money(_ minor: Int, digits: Int = 2) {
    guard digits > 0 else { return number(minor) }
    var unit = 1
    for _ in 0..<digits { unit *= 10 }
    number(minor / unit)
    bytes.append(0x2E)
    padded(minor % unit, digits)
  }

  mutating func date(_ day: Int) {
    let date = Civil.date(day)
    padded(date.year, 4)
    bytes.append(0x2D)
    padded(date.month, 2)
    bytes.append(0x2D)
    padded(date.day, 2)
  }

  /// RFC 3339 in UTC.
  mutating func instant(_ second: Int) {
    clock(second)
    bytes.append(0x5A)
  }

  /// RFC 3339 in New York's local time with its offset.
  mutating func localInstant(_ second: Int, offset: Int) {
    clock(second + offset)
    bytes.append(0x2D)
    padded(-offset / 3_600, 2)
    text(":00")
  }

  private mutating func clock(_ second: Int) {
    date(second / 86_400)
    bytes.append(0x54)
    let rest = second % 86_400
    padded(rest / 3_600, 2)
    bytes.append(0x3A)
    padded(rest / 60 % 60, 2)
    bytes.append(0x3A)
    padded(rest % 60, 2)
  }

  /// The 36 characters of a UUID.
  mutating func uuid(_ id: UInt128) { NameUUID.append(id, to: &bytes) }

  /// The ten letters of a ``KeySpace`` key.
  mutating func key(_ key: UInt64) {
    let letters = Self.letters
    var shift: UInt64 = 45
    while true {
      bytes.append(letters[Int(truncatingIfNeeded: key >> shift) & 31])
      if shift == 0 { return }
      shift -= 5
    }
  }
}

/// The rows of one hour of one file, sorted by time before they are written.
struct HourRows {
  var row = RowBytes()
  private var entries: [(time: Int, start: Int, end: Int)] = []
  private var open = 0

  var count: Int { entries.count }

  /// Ends the row that was just appended to `row`.
  mutating func endRow(at time: Int) {
    entries.append((time, open, row.bytes.count))
    open = row.bytes.count
  }

  /// Writes the rows by time, those of one second in the order they were made.
  mutating func flush(into file: inout SampleFile) throws(GenerateError) {
    entries.sort { $0.time != $1.time ? $0.time < $1.time : $0.start < $1.start }
    for entry in entries { try file.row(row.bytes[entry.start..<entry.end]) }
    entries.removeAll(keepingCapacity: true)
    row.bytes.removeAll(keepingCapacity: true)
    open = 0
  }
}
