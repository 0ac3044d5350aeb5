import Foundation
import Support
import Testing

@testable import Runner

@Suite("Which days were run when does not show: day by day, again, or all at once")
struct RestatingTests {
  /// Days as numbers; longer than the 61 days that failed calls restate, from the middle of a week
  /// to the middle of another.
  static let window = RawTime.dayNumber("2026-08-20")...RawTime.dayNumber("2026-11-12")
  static let zone = "America/New_York"

  private static func texts(_ days: ClosedRange<Int>) -> (String, String) {
    (RawTime.dayText(days.lowerBound), RawTime.dayText(days.upperBound))
  }

  private func job(_ scratch: Scratch, _ name: String, _ days: ClosedRange<Int> = window) -> Job {
    let (from, to) = Self.texts(days)
    return Job(
      inputs: "\(scratch.path)/inputs", warehouse: "\(scratch.path)/\(name).db", from: from,
      to: to, zone: Self.zone)
  }

  /// The Mondays to Sundays of the window, the first and last cut by it.
  private static var weeks: [ClosedRange<Int>] {
    Dictionary(grouping: window) { ($0 - 4) / 7 }.values
      .map { $0.min()!...$0.max()! }.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// A nightly job and a backfill must agree, and running anything again must be harmless.
  @Test("day by day leaves the tables of one run, and running parts again changes nothing")
  func dayByDay() throws {
    for seed in Soak.seeds([31]).prefix(Soak.isOn ? 12 : 2) {
      let scratch = try Scratch()
      try NastyData(seed: seed).write(to: scratch.folder("inputs"))
      let (from, to) = Self.texts(Self.window)
      let whole = job(scratch, "whole").over("all", to)
      try whole.run()
      let expected = try whole.exports()
      // What earlier days decided is only known where they were run: a warehouse begins with
      // everything.
      let daily = job(scratch, "daily")
      try daily.over("all", from).run()
      for day in Self.window.dropFirst() {
        let text = RawTime.dayText(day)
        try daily.over(text, text).run()
      }
      expectSame(try daily.exports(), expected, "day by day, NIGHTMILL_SEED=\(seed)")

      // Whole weeks again, in any order: what was found out later is not forgotten.
      let serials = try daily.serials()
      var random = SeededGenerator(seed: seed)
      for week in Self.weeks.shuffled(using: &random) {
        let (from, to) = Self.texts(week)
        try daily.over(from, to).run()
        expectSame(
          try daily.exports(), expected, "week \(from)...\(to) again, NIGHTMILL_SEED=\(seed)")
      }
      #expect(try daily.serials() == serials, "ids changed, NIGHTMILL_SEED=\(seed)")
    }
  }

  /// A single old day makes its week's row of what the run sees of that week; the tables by day and
  /// by call stay.
  @Test("single days again, in any order, change no call and no product's day")
  func singleDaysAgain() throws {
    for seed in Soak.seeds([32]).prefix(Soak.isOn ? 12 : 1) {
      let scratch = try Scratch()
      try NastyData(seed: seed).write(to: scratch.folder("inputs"))
      let job = job(scratch, "one")
      try job.run()
      let tables = [
        "vendor_connection_analytics", "product_analytics", "vendor_dimension", "click_quality",
        "referrals", "attribution", "partner_analytics", "commissions", "payouts",
      ]
      let expected = try job.exports(tables)
      let serials = try job.serials()
      var random = SeededGenerator(seed: seed)
      for day in Self.window.shuffled(using: &random).prefix(20) {
        let text = RawTime.dayText(day)
        try job.over(text, text).run()
        expectSame(try job.exports(tables), expected, "\(text) again, NIGHTMILL_SEED=\(seed)")
      }
      #expect(try job.serials() == serials, "ids changed, NIGHTMILL_SEED=\(seed)")
    }
  }

  /// `retry`, or an operator who is not sure whether last night's run went through.
  @Test("a second identical run changes no byte and no id")
  func again() throws {
    for seed in Soak.seeds([33]).prefix(Soak.isOn ? 12 : 1) {
      let scratch = try Scratch()
      try NastyData(seed: seed).write(to: scratch.folder("inputs"))
      let job = job(scratch, "one")
      let first = try job.run()
      let tables = PropertyTests.everything
      let expected = try job.exports(tables)
      let serials = try job.serials()
      let second = try job.run()
      expectSame(try job.exports(tables), expected, "again, NIGHTMILL_SEED=\(seed)")
      #expect(try job.serials() == serials)
      #expect(first.runID != second.runID)
      #expect(try job.runCount() == 2)
    }
  }

  /// The application empties followup_sent_at when a vendor is contacted anew; what was sent stays
  /// sent.
  @Test("a follow-up once seen stays, until everything is made anew")
  func followupsStay() throws {
    for seed in Soak.seeds([34]).prefix(Soak.isOn ? 12 : 1) {
      let scratch = try Scratch()
      var data = NastyData(seed: seed)
      try data.write(to: scratch.folder("inputs"))
      // Everything first: of days before a warehouse's first run nothing is known.
      let job = job(scratch, "one").over("all", Self.texts(Self.window).1)
      try job.run()
      let before = try job.exports()
      let sent = before["vendor_connection_analytics"]!.split(separator: "\n").count {
        $0.split(separator: ",", omittingEmptySubsequences: false)[7] == "true"
      }
      #expect(sent > 0, "no follow-up to keep, NIGHTMILL_SEED=\(seed)")

      let column = try #require(data.sources["vendors"]?.header.firstIndex(of: "followup_sent_at"))
      for row in data.sources["vendors"]!.rows.indices {
        data.sources["vendors"]!.rows[row][column] = ""
      }
      try data.write(to: job.inputs)
      let tables = ["vendor_connection_analytics", "vendor_weekly", "leads"]
      try job.run()
      let kept = before.filter { tables.contains($0.key) }
      expectSame(try job.exports(tables), kept, "follow-ups emptied, NIGHTMILL_SEED=\(seed)")

      // A full refresh forgets it, and makes every table of all days, whichever days it is told.
      var fresh = job
      fresh.warehouse = "\(scratch.path)/fresh.db"
      try fresh.run()
      #expect(try fresh.export("leads") != before["leads"], "NIGHTMILL_SEED=\(seed)")
      var refresh = self.job(scratch, "one")
      refresh.options.isFullRefresh = true
      try refresh.run()
      expectSame(try refresh.exports(), try fresh.exports(), "full refresh, NIGHTMILL_SEED=\(seed)")
    }
  }

  /// Correcting one old week is no reason for other weeks' figures to move.
  @Test("an old week made anew from corrected files leaves all other weeks alone")
  func oneOldWeek() throws {
    for seed in Soak.seeds([35]).prefix(Soak.isOn ? 12 : 1) {
      let scratch = try Scratch()
      var data = NastyData(seed: seed)
      try data.write(to: scratch.folder("inputs"))
      let job = job(scratch, "one").over("all", Self.texts(Self.window).1)
      try job.run()
      let before = try Self.byWeek(job.exports())

      // From the week on calls are longer and clicks are gone: the weeks after it were not run
      // again, and the days before it, which are restated, have nothing new.
      let week = Self.weeks[4]
      let calls = try #require(data.sources["calls"])
      let started = try #require(calls.header.firstIndex(of: "started_at"))
      let duration = try #require(calls.header.firstIndex(of: "duration_seconds"))
      for (row, call) in calls.rows.enumerated()
      where Self.summerDay(call[started]) >= week.lowerBound {
        data.sources["calls"]?.rows[row][duration] += "7"
      }
      data.sources["clicks"]?.rows.removeAll { $0[0].hasSuffix("3") }
      try data.write(to: job.inputs)
      let (from, to) = Self.texts(week)
      try job.over(from, to).run()
      let after = try Self.byWeek(job.exports())
      let monday = (week.lowerBound - 4) / 7
      #expect(after[monday] != before[monday], "nothing to see, NIGHTMILL_SEED=\(seed)")
      for other in Set(before.keys).union(after.keys) where other != monday {
        #expect(
          after[other] == before[other],
          "week \(RawTime.dayText(other * 7 + 4)), NIGHTMILL_SEED=\(seed)")
      }
    }
  }

  /// Lines of the tables with a day, by the number of their week.
  private static func byWeek(_ tables: [String: String]) -> [Int: Set<String>] {
    var weeks: [Int: Set<String>] = [:]
    for (table, column) in [
      ("vendor_weekly", 0), ("leads", 0), ("product_analytics", 1),
      ("vendor_connection_analytics", 9),
    ] {
      for line in tables[table]!.split(separator: "\n").dropFirst() {
        let field = line.split(separator: ",", omittingEmptySubsequences: false)[column]
        let day = column == 9 ? summerDay(String(field)) : RawTime.dayNumber(String(field))
        weeks[(day - 4) / 7, default: []].insert("\(table) \(line)")
      }
    }
    return weeks
  }

  /// The day of an instant in New York before the clocks go back, long after the week that is run
  /// again.
  private static func summerDay(_ instant: String) -> Int {
    (RawTime.micros(instant) - 4 * 3_600_000_000) / 86_400_000_000
  }
}
