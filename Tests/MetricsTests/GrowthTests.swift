import Engine
import Testing

@testable import Metrics

@Suite("Recurring revenue: what covers which days, and what is rounded when")
struct RecurringRevenueTests {
  // Protects the calendar arithmetic: month ends are clamped before the grace, leap days, weeks,
  // and counts that outlast every calendar.
  @Test(arguments: [
    ("2026-01-31T10:00:00Z", "month", 1, "2026-03-02"),
    ("2024-01-31T10:00:00Z", "month", 1, "2024-03-02"),
    ("2024-02-29T10:00:00Z", "year", 1, "2025-03-02"),
    ("2026-01-31T00:00:00Z", "month", 1, "2026-03-02"),
    ("2026-01-01T12:00:00Z", "week", 2, "2026-01-17"),
    ("2026-10-31T23:59:59.999999Z", "month", 4, "2027-03-02"),
  ])
  func lastDays(paid: String, interval: String, count: Int64, last: String) throws {
    #expect(try lastDay(paid, interval, count, .utc) == last)
  }

  @Test func endlessIntervalsOverflowNothing() throws {
    let coverage = Coverage(.utc, graceDays: .max)
    for interval in BillingInterval.allCases {
      let last = coverage.lastDay(of: Instant.last, interval: interval.rawValue, count: .max)
      #expect(last > Day.last.number)
    }
  }

  // Protects days that the clock shortens, lengthens, starts late or leaves out. Newfoundland went
  // back from 00:01 to 23:01 of the day before: its last hour came after the next day had begun.
  @Test(arguments: [
    ("Africa/Cairo", "2026-03-20T22:30:00Z", "2026-04-23"),
    ("America/New_York", "2026-02-05T07:30:00Z", "2026-03-07"),
    ("America/Havana", "2026-09-29T04:30:00Z", "2026-10-31"),
    ("Pacific/Apia", "2011-11-27T20:00:00Z", "2011-12-30"),
    ("America/St_Johns", "2010-10-04T02:00:00Z", "2010-11-05"),
  ])
  func lastDaysInZones(zoneName: String, paid: String, last: String) throws {
    #expect(try lastDay(paid, "month", 1, zone(zoneName)) == last)
  }

  private func lastDay(
    _ paid: String, _ interval: String, _ count: Int64, _ zone: Engine.TimeZone
  ) throws -> String {
    let instant = try require(
      Array(paid.utf8).withView { Instant.parse($0, zone: .utc).value })
    let kinds = ["week": BillingInterval.week, "month": .month, "year": .year]
    let kind = try require(kinds[interval]).rawValue
    let day = Coverage(zone, graceDays: 3).lastDay(of: instant, interval: kind, count: count)
    return Day(number: day).text
  }

  // Protects the definition of a day's end against every zone there is: a payment counts exactly on
  // the days whose first instant of the next lies after it and not after its end.
  @Test(arguments: [
    "UTC", "America/St_Johns", "Pacific/Apia", "Africa/Cairo", "Asia/Kathmandu", "Europe/Dublin",
    "Australia/Lord_Howe", "America/Santiago",
  ])
  func daysFollowFromTheirEnds(zoneName: String) throws {
    let zone = zoneName == "UTC" ? Engine.TimeZone.utc : try zone(zoneName)
    let coverage = Coverage(zone, graceDays: 3)
    for step in 0..<4000 {
      // Every seven hours and eleven minutes from 2010 on.
      let instant = Int64(1_262_304_000 + step * 25_860) * Instant.second
      let first = coverage.firstDay(of: instant)
      #expect(instant < zone.firstInstant(of: Day(number: first) + 1))
      #expect(instant >= zone.firstInstant(of: Day(number: first)))
    }
  }

  // Protects customers from cents that rounding each part would make or lose: three thirds are a
  // whole, and two halves of a cent are one.
  @Test func theExactSumIsRoundedOnce() throws {
    var test = GrowthCase()
    test.rows = [
      "1,2026-01-05,subscription,100.00,u,a,,month,3,",
      "2,2026-01-05,subscription,100.00,u,b,,month,3,",
      "3,2026-01-05,subscription,100.00,u,c,,month,3,",
      "4,2026-01-05,subscription,0.06,v,a,,year,1,",
      "5,2026-01-05,subscription,0.06,v,b,,year,1,",
    ]
    #expect(try test.steps().first == "2026-01-05 100.01")
    test.rows.removeLast()
    #expect(try test.steps().first == "2026-01-05 100.01")
    test.rows.removeLast()
    #expect(try test.steps().first == "2026-01-05 100.00")
  }

  // Protects against sums whose common denominator no number holds: an error, never a wrong sum.
  @Test func denominatorsThatOverflowAreAnError() throws {
    var test = GrowthCase()
    test.rows = [
      Int64.max, .max - 1, .max - 2, .max - 4,
    ].enumerated().map { "\($0),2026-01-05,subscription,1.00,u,p\($0),,month,\($1)," }
    let error = #expect(throws: StageError.self) { try test.run() }
    #expect(error?.message.contains("transaction") == true)
  }

  // Protects the order of events within a day: only its end shows, and instants decide before IDs.
  @Test(
    arguments: [
      // Refunded and won again on one day: nothing happened.
      (
        [
          "r,2026-01-10T08:00:00Z,refund,20.00,,,,,,1",
          "w,2026-01-10T09:00:00Z,dispute_won,20.00,,,,,,1",
        ],
        ["2026-01-05 20.00", "2026-02-08 0.00"]
      ),
      // A refund in two parts ends it with the second.
      (
        ["r,2026-01-10,refund,19.99,,,,,,1", "s,2026-01-12,chargeback,0.01,,,,,,1"],
        ["2026-01-05 20.00", "2026-01-12 0.00"]
      ),
      // More than was paid, then some of it back: still refunded.
      (
        ["r,2026-01-10,refund,30.00,,,,,,1", "w,2026-01-12,dispute_won,10.00,,,,,,1"],
        ["2026-01-05 20.00", "2026-01-10 0.00"]
      ),
      // The newer payment is refunded: the older counts again for what is left of it.
      (
        ["2,2026-01-20,subscription,50.00,u,p,,month,1,", "r,2026-01-22,refund,50.00,,,,,,2"],
        ["2026-01-05 20.00", "2026-01-20 50.00", "2026-01-22 20.00", "2026-02-08 0.00"]
      ),
      // The older one is refunded while the newer counts: nothing changes, then or afterwards.
      (
        ["2,2026-01-20,subscription,50.00,u,p,,month,1,", "r,2026-01-22,refund,20.00,,,,,,1"],
        ["2026-01-05 20.00", "2026-01-20 50.00", "2026-02-23 0.00"]
      ),
      // The newer one is given back by a dispute won after the older had counted again.
      (
        [
          "2,2026-01-20,subscription,50.00,u,p,,month,1,", "r,2026-01-22,chargeback,50.00,,,,,,2",
          "w,2026-01-25,dispute_won,50.00,,,,,,2",
        ],
        [
          "2026-01-05 20.00", "2026-01-20 50.00", "2026-01-22 20.00", "2026-01-25 50.00",
          "2026-02-23 0.00",
        ]
      ),
      // Same product under a subscription's ID: another subscription.
      (
        ["2,2026-01-20,subscription,50.00,u,p,s,month,1,"],
        ["2026-01-05 20.00", "2026-01-20 70.00", "2026-02-08 50.00", "2026-02-23 0.00"]
      ),
      // A purchase is no subscription, and a subscription of somebody unknown is nobody's.
      (
        [
          "2,2026-01-20,purchase,50.00,u,p,s,month,1,",
          "3,2026-01-20,subscription,50.00,,p,s,month,1,",
        ],
        ["2026-01-05 20.00", "2026-02-08 0.00"]
      ),
    ] as [([String], [String])])
  func events(rows: [String], expected: [String]) throws {
    var test = GrowthCase()
    test.rows = ["1,2026-01-05,subscription,20.00,u,p,,month,1,"] + rows
    #expect(try test.steps() == expected)
  }

  // Protects the movements' definitions at months' ends.
  @Test func movements() throws {
    var test = GrowthCase()
    test.harness.from = "2026-02-28"
    test.harness.to = "2026-04-29"
    test.rows = [
      "1,2026-01-29,subscription,20.00,u,p,,month,1,",
      "2,2026-03-31T23:59:59Z,subscription,25.00,u,p,,month,1,",
      "3,2026-02-28,subscription,7.00,v,p,,month,1,", "4,2026-02-28,refund,7.00,,,,,,3",
    ]
    // u: 20 at January's and February's end, 25 at March's. April's last day is not in the window.
    let table = try require(test.run()["mrr_movements"])
    #expect(
      table.rows.lines() == [
        "2026-02-01,20.00,0.00,0,0.00,0,0.00,0,0.00,0,0.00,0,20.00",
        "2026-03-01,20.00,0.00,0,0.00,0,5.00,1,0.00,0,0.00,0,25.00",
      ])
    #expect(
      table.replaces
        == .range(
          from: Int64(try require(Day("2026-02-01")).number),
          to: Int64(try require(Day("2026-03-01")).number)))
    test.harness.from = "2026-04-01"
    let none = try require(test.run()["mrr_movements"])
    #expect(none.rows.count == 0 && none.replaces == .nothing)
  }

  @Test func nothingAtAllIsNoRow() throws {
    var test = GrowthCase()
    test.harness.from = nil
    let changes = try test.run()
    for name in ["growth_metrics", "mrr_movements"] {
      let change = try require(changes[name])
      #expect(change.rows.count == 0 && change.replaces != .nothing)
    }
  }
}
