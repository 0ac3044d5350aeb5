import Engine
import Foundation
import Support
import Testing

@Suite("Time zones")
struct TimeZoneTests {
  static let names = [
    "UTC", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia",
    "Asia/Kathmandu", "Europe/Dublin", "America/St_Johns", "America/Sao_Paulo", "Asia/Tehran",
    "Africa/Casablanca", "America/Nuuk", "Asia/Gaza", "Pacific/Kwajalein", "Antarctica/Troll",
    "America/Godthab", "Europe/London", "Pacific/Chatham", "Asia/Kolkata", "America/Havana",
  ]

  @Test("offsets are Foundation's on random instants of 1970 to 2089", arguments: names)
  func offsets(name: String) throws {
    let zone = try zone(name)
    let known = Foundation.TimeZone(identifier: name)
    let reference = try #require(known)
    // Morocco and Cuba change their rules in autumn 2026; Foundation brings older tables along
    // than a current tzdata.
    let end =
      name == "Africa/Casablanca" || name == "America/Havana" ? 1_783_000_000 : 3_786_912_000
    let seed: UInt64 = 4
    var random = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      let seconds = Int.random(in: 0..<end, using: &random)
      let date = Date(timeIntervalSince1970: Double(seconds))
      #expect(
        zone.offset(at: Int64(seconds) * Instant.second) == reference.secondsFromGMT(for: date),
        "seed \(seed), \(date)")
    }
  }

  @Test(
    "a zone without a file's transitions, by its footer alone, agrees with the table before 2037")
  func footerOnly() throws {
    for name in ["America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Pacific/Chatham"] {
      let whole = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)"))
      let footer = Array(whole.dropLast().reversed().prefix { $0 != 10 }.reversed())
      let table = try zone(name)
      let rule = try Engine.TimeZone(name: name, tzif: tzif(footer: footer))
      for day in stride(from: Int64(14_976), to: 24_000, by: 1) {
        let instant = day * Instant.day + 11 * 3600 * Instant.second
        #expect(rule.offset(at: instant) == table.offset(at: instant), "\(name) day \(day)")
      }
    }
  }

  @Test("the rule goes on beyond the table's last year", arguments: names)
  func farFuture(name: String) throws {
    // The calendar repeats every 400 years, so do the rule's offsets; Morocco and Gaza, whose
    // files list Ramadans until 2087, follow their rule by 2100 as well.
    let zone = try zone(name)
    var cursor = DayCursor(zone)
    for hour in stride(from: Int64(0), to: 2 * 366 * 24, by: 5) {
      let near = instant("2090-01-01T00:00:00Z") + hour * 3600 * Instant.second
      let far = near + 146_097 * Instant.day
      #expect(zone.offset(at: near) == zone.offset(at: far), "\(name) hour \(hour)")
      #expect(cursor.day(of: far) == zone.day(of: far).number)
    }
  }

  @Test("a day's first instant is the smallest one with that day", arguments: names)
  func firstInstants(name: String) throws {
    let zone = try zone(name)
    let first = try #require(Day("2009-12-01"))
    for number in first.number...(first + 366 * 20).number {
      let day = Day(number: number)
      let start = zone.firstInstant(of: day)
      if name == "Pacific/Apia", day.text == "2011-12-30" {
        #expect(zone.day(of: start) == day + 1)
      } else {
        #expect(zone.day(of: start) == day, "\(name) \(day.text)")
      }
      #expect(zone.day(of: start - 1) < day, "\(name) \(day.text)")
    }
  }

  @Test(
    "days of unusual length begin where they should",
    arguments: [
      ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25 * 60),
      ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23 * 60),
      ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", 23 * 60),
      ("Africa/Cairo", "2026-10-29", "2026-10-28T21:00:00Z", 25 * 60),
      ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24 * 60 + 30),
      ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23 * 60 + 30),
      ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24 * 60),
      ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0),
      ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z", 24 * 60),
      ("UTC", "2026-01-01", "2026-01-01T00:00:00Z", 24 * 60),
    ] as [(String, String, String, Int64)])
  func lengths(name: String, day: String, start: String, minutes: Int64) throws {
    let zone = try zone(name)
    let day = try #require(Day(day))
    #expect(Instant.text(zone.firstInstant(of: day)) == start)
    let length = zone.firstInstant(of: day + 1) - zone.firstInstant(of: day)
    #expect(length == minutes * 60 * Instant.second)
  }

  @Test("what the clock reads names its instants", arguments: names)
  func localTimes(name: String) throws {
    let zone = try zone(name)
    let seed: UInt64 = 11
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5000 {
      let wild = Int64.random(in: 0...1_900_000_000, using: &random) * Instant.second
      let local = zone.local(of: wild)
      switch zone.instants(ofLocal: local) {
      case .unique(let only): #expect(only == wild, "seed \(seed)")
      case .ambiguous(let earlier, let later):
        #expect(earlier < later)
        #expect(wild == earlier || wild == later, "seed \(seed)")
        #expect(zone.local(of: earlier) == local && zone.local(of: later) == local)
      case .skipped: Issue.record("seed \(seed): \(wild) has a reading that is skipped")
      }
    }
  }

  @Test("ambiguous and skipped readings")
  func gapsAndOverlaps() throws {
    let newYork = try zone("America/New_York")
    let halfPastOne = instant("2026-11-01T01:30:00Z")
    #expect(
      newYork.instants(ofLocal: halfPastOne)
        == .ambiguous(
          earlier: instant("2026-11-01T05:30:00Z"), later: instant("2026-11-01T06:30:00Z")))
    #expect(
      newYork.instants(ofLocal: instant("2026-03-08T02:30:00Z"))
        == .skipped(after: instant("2026-03-08T07:00:00Z")))
    let cairo = try zone("Africa/Cairo")
    let day = try #require(Day("2026-04-24"))
    #expect(
      cairo.instants(of: day, microseconds: 0) == .skipped(after: instant("2026-04-23T22:00:00Z")))
    let apia = try zone("Pacific/Apia")
    #expect(
      apia.instants(ofLocal: instant("2011-12-30T12:00:00Z"))
        == .skipped(after: instant("2011-12-30T10:00:00Z")))
  }

  @Test("the cursor gives the zone's day in any order of instants", arguments: names)
  func cursor(name: String) throws {
    let zone = try zone(name)
    var cursor = DayCursor(zone)
    let seed: UInt64 = 5
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5000 {
      let instant = Int64.random(in: -5_000_000_000...8_000_000_000, using: &random) * 1_000_000
      let local = instant + Int64(zone.offset(at: instant)) * Instant.second
      let day = Int32((Double(local) / 86_400_000_000).rounded(.down))
      #expect(cursor.day(of: instant) == day, "seed \(seed), \(instant)")
    }
  }

  @Test("every zone of the machine can be read")
  func everyZone() throws {
    for name in Foundation.TimeZone.knownTimeZoneIdentifiers
    where FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/\(name)") {
      let zone = try zone(name)
      #expect(abs(zone.offset(at: instant("2026-06-01T00:00:00Z"))) <= 14 * 3600, "\(name)")
    }
  }

  @Test(
    "footer rules in all their forms",
    arguments: [
      ("<+03>-3", "2026-07-01T00:00:00Z", 10_800), ("EST5", "2026-07-01T00:00:00Z", -18_000),
      ("<-0330>3:30", "2026-07-01T00:00:00Z", -12_600),
      ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18_000),
      ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14_400),
      ("EET-2EEST,M4.5.5/0,M10.5.4/24", "2026-10-29T20:59:59Z", 10_800),
      ("EET-2EEST,M4.5.5/0,M10.5.4/24", "2026-10-29T21:00:00Z", 7200),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600),
      ("AAA0BBB,J60/0,J300/0", "2024-02-29T23:59:59Z", 0),
      ("AAA0BBB,J60/0,J300/0", "2024-03-01T00:00:00Z", 3600),
      ("AAA0BBB,59/0,300/0", "2024-02-29T00:00:00Z", 3600),
      ("AAA0BBB,59/0,300/0", "2026-02-28T23:59:59Z", 0),
      ("AAA0BBB,59/0,300/0", "2150-03-01T00:00:00Z", 3600),
      ("XXX3EDT4,0/0,J365/23", "2026-01-01T03:00:00Z", -14_400),
      ("XXX3EDT4,0/0,J365/23", "2151-01-01T03:00:00Z", -14_400),
      ("XXX3EDT4,0/0,J365/23", "2150-07-01T00:00:00Z", -14_400),
    ])
  func rules(footer: String, at: String, offset: Int) throws {
    let zone = try Engine.TimeZone(name: "Test", tzif: tzif(footer: Array(footer.utf8)))
    #expect(zone.offset(at: instant(at)) == offset)
  }

  @Test(
    "a footer that is no rule is refused by name",
    arguments: [
      "EST", "E5", "EST5EDT", "EST5EDT,M13.1.0,M11.1.0", "EST5EDT,M3.2.0/168,M11.1.0", "5",
    ])
  func badRules(footer: String) {
    let error = #expect(throws: ValueError.self) {
      try Engine.TimeZone(name: "Test/Zone", tzif: tzif(footer: Array(footer.utf8)))
    }
    #expect(error?.description.contains("Test/Zone") == true)
    #expect(error?.description.contains(footer) == true)
  }

  @Test("a file cut short anywhere, or of another kind, is refused and never crashes")
  func truncated() throws {
    let whole = Array(
      try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Africa/Cairo")))
    for count in 0..<whole.count {
      #expect(throws: ValueError.self) {
        try Engine.TimeZone(name: "Cut", tzif: Array(whole.prefix(count)))
      }
    }
    let seed: UInt64 = 9
    var random = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      var bytes = whole
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
      // Either outcome is fine; a trap is not.
      if let zone = try? Engine.TimeZone(name: "Noise", tzif: bytes) {
        _ = zone.firstInstant(of: Day(number: 20_000))
        _ = zone.instants(ofLocal: 5_000_000_000_000_000)
      }
    }
    #expect(throws: ValueError.self) {
      try Engine.TimeZone(name: "Text", tzif: Array(String(repeating: "x", count: 200).utf8))
    }
  }

  /// A version 2 file with one offset (UTC), no transitions, and a footer.
  private func tzif(footer: [UInt8]) -> [UInt8] {
    let header = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15 + 12)
    let counts: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
    let block = header + counts + [0, 0, 0, 0, 0, 0] + Array("UTC\0".utf8)
    return block + block + [10] + footer + [10]
  }
}
