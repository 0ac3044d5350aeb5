import Engine
import Support
import Testing

@Suite("Instants")
struct InstantTests {
  /// 2026-05-07T13:50:00Z.
  static let base: Int64 = 1_778_161_800_000_000

  @Test(
    "ISO 8601 and RFC 3339 with an offset mean one instant, whatever the zone",
    arguments: [
      ("2026-05-07T13:50:00Z", 0), ("2026-05-07t13:50:00z", 0), ("2026-05-07 13:50:00Z", 0),
      (" 2026-05-07T13:50:00Z ", 0), ("2026-05-07T13:50Z", 0), ("2026-05-07T13:50:00+00:00", 0),
      ("2026-05-07T13:50:00-00:00", 0), ("2026-05-07T14:50:00+01:00", 0),
      ("2026-05-07T14:50:00+0100", 0), ("2026-05-07T14:50:00+01", 0),
      ("2026-05-07 14:50+01", 0), ("2026-05-07T08:20:00-05:30", 0),
      ("2026-05-08T00:50:00+11:00", 0), ("2026-05-07T13:50:00.5Z", 500_000),
      ("2026-05-07T13:50:00.000001Z", 1), ("2026-05-07T13:50:00.0000019Z", 1),
      ("2026-05-07T13:50:00.123456789123456789123456789Z", 123_456),
      ("2026-05-07T14:50:00.25+01:00", 250_000), ("2026-05-07T13:50:00,25Z", 250_000),
    ] as [(String, Int64)])
  func absolute(text: String, micros: Int64) throws {
    for zone in [Engine.TimeZone.utc, try zone("America/New_York")] {
      #expect(view(text) { Instant.parse($0, zone: zone) } == .value(Self.base + micros))
    }
  }

  @Test(
    "what is no instant is refused as type",
    arguments: [
      "yesterday", "2026-02-30T10:00:00Z", "2026-13-01", "2026-13-01T00:00:00Z",
      "2026-03-02T25:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T23:60:00Z",
      "2026-03-02T23:59:60Z", "2026-03-02T23:59:61", "04/03/2026", "2026-03-02T", "2026-03-02Z",
      "2026-03-02T10", "2026-03-02T10:00:00.", "2026-03-02T10:00:00.Z", "2026-03-02T10:00.5Z",
      "2026-03-02T10:00:00+24:00", "2026-03-02T10:00:00+01:60", "2026-03-02T10:00:00+1",
      "2026-03-02T10:00:00+01:", "2026-03-02T10:00:00ZZ", "2026-03-02T10:00:00 Z",
      "2026-03-02X10:00:00Z", "2026-03-02  10:00:00Z", "2026-3-2T10:00:00Z",
      "2026-03-02T1:00:00Z", "2026-03-02T10-00-00Z", "0000-03-02T10:00:00Z",
      "2026-03-02T10:00:00.12x4Z", "1778161800", "2026-03-02T10:00:0:Z", "2026-03-02T10:0/:00Z",
    ])
  func refused(text: String) {
    #expect(view(text) { Instant.parse($0, zone: .utc) } == .refused(.type))
  }

  @Test("any single wrong byte in a plain instant is refused or changes nothing else")
  func mutations() {
    let plain = Array("2026-05-07T13:50:09Z".utf8)
    let digits = Array("0123456789".utf8)
    for position in plain.indices {
      for byte in UInt8.min...UInt8.max where byte != plain[position] {
        var changed = plain
        changed[position] = byte
        let parsed = view(changed) { Instant.parse($0, zone: .utc) }
        let allowed: [UInt8] =
          switch position {
          case 4, 7, 13, 16: []
          case 10: Array("Tt ".utf8)
          // A fraction's or offset's first byte cannot end the text.
          case 19: Array("Zz \t".utf8)
          default: digits
          }
        if parsed.value != nil {
          #expect(allowed.contains(byte), "byte \(byte) at \(position)")
        } else if position == 3 || position == 18 || position == 15 {
          #expect(!digits.contains(byte), "byte \(byte) at \(position)")
        }
      }
    }
  }

  @Test("empty text is missing; an instant before year 1 or after 9999 is out of range")
  func edges() {
    #expect(view(" ") { Instant.parse($0, zone: .utc) } == .refused(.missing))
    #expect(
      view("0001-01-01T00:00:00+01:00") { Instant.parse($0, zone: .utc) } == .refused(.range))
    #expect(
      view("9999-12-31T23:59:59-01:00") { Instant.parse($0, zone: .utc) } == .refused(.range))
    #expect(view("0001-01-01") { Instant.parse($0, zone: .utc) } == .value(Instant.first))
    #expect(
      view("9999-12-31 23:59:59.999999") { Instant.parse($0, zone: .utc) } == .value(Instant.last))
  }

  @Test(
    "a local time is read in its zone: the earlier of two, none where the clock skips it",
    arguments: [
      ("America/New_York", "2026-05-07 09:50:00", "2026-05-07T13:50:00Z"),
      ("America/New_York", "2026-05-07T09:50", "2026-05-07T13:50:00Z"),
      ("America/New_York", "2026-11-01 01:30:00.5", "2026-11-01T05:30:00.5Z"),
      ("America/New_York", "2026-11-01 00:59:59", "2026-11-01T04:59:59Z"),
      ("America/New_York", "2026-11-01 02:00:00", "2026-11-01T07:00:00Z"),
      ("America/New_York", "2026-03-08 02:30:00", nil),
      ("America/New_York", "2026-03-08 02:00:00", nil),
      ("America/New_York", "2026-03-08 03:00:00", "2026-03-08T07:00:00Z"),
      ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z"),
      ("Africa/Cairo", "2026-04-24", nil), ("Africa/Cairo", "2026-04-24 00:59:59.999999", nil),
      ("Africa/Cairo", "2026-04-24 01:00:00", "2026-04-23T22:00:00Z"),
      ("Pacific/Apia", "2011-12-30 12:00:00", nil),
      ("Pacific/Apia", "2011-12-31 00:00:00", "2011-12-30T10:00:00Z"),
      ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z"),
      ("Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00Z"),
      ("Australia/Lord_Howe", "2026-10-04 02:15:00", nil),
      ("UTC", "2026-03-02", "2026-03-02T00:00:00Z"),
    ] as [(String, String, String?)])
  func local(name: String, text: String, expected: String?) throws {
    let zone = try zone(name)
    let parsed = view(text) { Instant.parse($0, zone: zone) }
    #expect(parsed == expected.map { .value(instant($0)) } ?? .refused(.skippedLocalTime))
  }

  @Test(
    "epochs count what the mapping says",
    arguments: [
      ("1778161800", .seconds, .value(base)), ("1778161800000", .milliseconds, .value(base)),
      (" 1778161800.5 ", .seconds, .value(base + 500_000)), ("0", .seconds, .value(0)),
      ("-1.5", .seconds, .value(-1_500_000)), ("1.2345678", .seconds, .value(1_234_567)),
      ("1.0019", .milliseconds, .value(1001)), ("-1.0000005", .seconds, .value(-1_000_001)),
      ("+5", .seconds, .value(5_000_000)), ("1e9", .seconds, .refused(.type)),
      ("", .seconds, .refused(.missing)), ("1.", .seconds, .refused(.type)),
      ("-", .seconds, .refused(.type)), ("2026-01-01", .seconds, .refused(.type)),
      ("253402300799", .seconds, .value(253_402_300_799_000_000)),
      ("253402300800", .seconds, .refused(.range)), ("1778161800000", .seconds, .refused(.range)),
      ("99999999999999999999999999", .milliseconds, .refused(.range)),
      ("-99999999999999", .seconds, .refused(.range)),
    ] as [(String, Instant.EpochUnit, Parsed)])
  func epochs(text: String, unit: Instant.EpochUnit, expected: Parsed) {
    #expect(view(text) { Instant.parseEpoch($0, unit: unit) } == expected)
  }

  @Test(
    "declared patterns",
    arguments: [
      ("%d/%m/%Y %H:%M", "07/05/2026 13:50", 0), ("%m/%d/%Y %I:%M:%S %p", "5/7/2026 1:50:00 PM", 0),
      ("%b %e, %Y %H:%M", "May  7, 2026 13:50", 0), ("%d %B %Y %H:%M", "7 may 2026 13:50", 0),
      ("%a, %d %b %Y %H:%M:%S %Z", "Thu, 07 May 2026 13:50:00 GMT", 0),
      ("%A %d-%b-%y %H:%M", "thursday 07-MAY-26 13:50", 0),
      ("%Y%m%d%H%M%S", "20260507135000", 0),
      ("%Y-%m-%d %H:%M:%S.%f", "2026-05-07 13:50:00.25", 250_000),
      ("%Y-%m-%d %H:%M:%S %z", "2026-05-07 09:50:00 -0400", 0),
      ("%Y-%m-%dT%H:%M%Z", "2026-05-07T13:50Z", 0),
      ("100%% %Y/%m/%d %H:%M", "100% 2026/05/07 13:50", 0),
      ("%d/%m/%Y", "07/05/2026", -49_800_000_000),
      ("%d/%m/%Y %I%p", "08/05/2026 12am", 36_600_000_000),
      ("%d/%m/%Y %H:%M", "31/02/2026 13:50", nil), ("%d/%m/%Y %H:%M", "05/13/2026 13:50", nil),
      ("%d/%m/%Y %H:%M", "07/05/2026 13:50x", nil), ("%d/%m/%Y %H:%M", "07/05/26 13:50", nil),
      ("%d/%m/%Y %I %p", "07/05/2026 13 pm", nil), ("%d/%m/%Y %H", "07/05/2026 24", nil),
      ("%a %d/%m/%Y", "Mon 07/05/2026", nil), ("%d %b %Y", "7 Mai 2026", nil),
    ] as [(String, String, Int64?)])
  func patterns(pattern: String, text: String, micros: Int64?) throws {
    let pattern = try InstantPattern(pattern)
    let parsed = view(text) { pattern.parse($0, zone: .utc) }
    #expect(parsed == micros.map { .value(Self.base + $0) } ?? .refused(.type))
  }

  @Test("a pattern without an offset is read in the source's zone")
  func patternZone() throws {
    let zone = try zone("America/New_York")
    let pattern = try InstantPattern("%m/%d/%Y %H:%M")
    #expect(view("05/07/2026 09:50") { pattern.parse($0, zone: zone) } == .value(Self.base))
    #expect(
      view("03/08/2026 02:30") { pattern.parse($0, zone: zone) } == .refused(.skippedLocalTime))
    #expect(view("") { pattern.parse($0, zone: zone) } == .refused(.missing))
  }

  @Test(
    "a bad pattern says what is wrong with it",
    arguments: [
      ("%Y-%m-%Q", "%Q"), ("%Y-%m-%d %", "a letter after %"), ("%Y-%m", "%d or %e"),
      ("%d/%m", "%Y or %y"), ("%Y-%m-%d %I:%M", "%p"), ("%Y-%m-%d %H:%M %p", "%I"),
      ("%Y-%m-%d %m", "one month"), ("%Y-%m-%d .%f", "%S"), ("", "%Y or %y"),
    ])
  func badPattern(pattern: String, mention: String) {
    let error = #expect(throws: ValueError.self) { try InstantPattern(pattern) }
    #expect(error?.description.contains(mention) == true)
    #expect(error?.description.contains("\"\(pattern)\"") == true)
  }

  @Test(
    "written instants: fractions only where non-zero; the warehouse always has six decimals",
    arguments: [
      ("2026-05-07T13:50:00Z", "2026-05-07 13:50:00.000000"),
      ("2026-05-07T13:50:00.000001Z", "2026-05-07 13:50:00.000001"),
      ("2026-11-03T00:19:38.5Z", "2026-11-03 00:19:38.500000"),
      ("1969-12-31T23:59:59.999999Z", "1969-12-31 23:59:59.999999"),
      ("0001-01-01T00:00:00Z", "0001-01-01 00:00:00.000000"),
    ])
  func writing(canonical: String, warehouse: String) {
    let value = instant(canonical)
    #expect(Instant.text(value) == canonical)
    #expect(written { Instant.appendWarehouse(value, to: &$0) } == warehouse)
    #expect(view(warehouse) { Instant.parse($0, zone: .utc) } == .value(value))
  }

  @Test("random instants of all years survive both written forms")
  func roundTrip() {
    let seed: UInt64 = 77
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let value = Int64.random(in: Instant.first...Instant.last, using: &random)
      let warehouse = written { Instant.appendWarehouse(value, to: &$0) }
      #expect(instant(Instant.text(value)) == value, "seed \(seed)")
      #expect(view(warehouse) { Instant.parse($0, zone: .utc) } == .value(value), "seed \(seed)")
    }
  }
}
