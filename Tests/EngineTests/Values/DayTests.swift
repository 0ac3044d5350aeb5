import Engine
import Testing

@Suite("Days")
struct DayTests {
  @Test("every day of years 1 to 9999 survives fields, text and column value, in order")
  func wholeRange() throws {
    var expected = (year: 1, month: 1, day: 1)
    var bytes: [UInt8] = []
    var wrong = 0
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    for number in Day.first.number...Day.last.number {
      let day = Day(number: number)
      if day.civil != expected { wrong += 1 }
      // Text every 11 days: enough to meet every date, quick enough to run every time.
      if number % 11 == 0 {
        bytes.removeAll(keepingCapacity: true)
        day.append(to: &bytes)
        let parsed = view(bytes) { Day.parse($0) }
        if parsed != .value(Int64(number)) { wrong += 1 }
      }
      // An independent calendar: count up, day by day.
      let leap = expected.year % 4 == 0 && expected.year % 100 != 0 || expected.year % 400 == 0
      expected.day += 1
      if expected.day > lengths[expected.month - 1] + (leap && expected.month == 2 ? 1 : 0) {
        expected = (expected.year, expected.month + 1, 1)
        if expected.month == 13 { expected = (expected.year + 1, 1, 1) }
      }
    }
    #expect(wrong == 0)
    #expect(expected.year == 10_000)
  }

  @Test(
    "only real dates in the strict form are days",
    arguments: [
      ("1970-01-01", 0), ("2026-11-09", 20_766), (" 2026-11-09\t", 20_766),
      ("2024-02-29", 19_782), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
      ("2026-02-29", nil), ("1900-02-29", nil), ("2026-02-30", nil), ("2026-13-01", nil),
      ("2026-00-01", nil), ("2026-01-00", nil), ("2026-04-31", nil), ("2026-03-32", nil),
      ("0000-01-01", nil), ("2026-1-1", nil), ("04/03/2026", nil), ("2026/03/04", nil),
      ("2026-03-04T", nil), ("20260304", nil), ("+026-03-04", nil), ("2026-03-0:", nil),
      ("2026-03-/4", nil), ("202\u{B0}-03-4", nil), ("2026-03-04 x", nil), ("yesterday!", nil),
    ] as [(String, Int64?)])
  func parsing(text: String, number: Int64?) {
    #expect(view(text) { Day.parse($0) } == number.map { .value($0) } ?? .refused(.type))
  }

  @Test("empty text is missing, not a bad date")
  func empty() {
    #expect(view("") { Day.parse($0) } == .refused(.missing))
    #expect(view("   ") { Day.parse($0) } == .refused(.missing))
  }

  @Test(
    "ISO weeks belong to the year of their Thursday",
    arguments: [
      ("2026-11-09", "2026-W46"), ("2026-11-15", "2026-W46"), ("2026-11-16", "2026-W47"),
      ("2021-01-03", "2020-W53"), ("2021-01-04", "2021-W01"), ("2019-12-30", "2020-W01"),
      ("2026-12-31", "2026-W53"), ("2027-01-03", "2026-W53"), ("2024-12-30", "2025-W01"),
    ])
  func weeks(day: String, week: String) throws {
    let day = try #require(Day(day))
    #expect(day.weekText == week)
    #expect(Day(week: week) == day.weekStart)
    #expect(day.weekStart.weekday == 0)
    #expect(day - day.weekStart == day.weekday)
  }

  @Test(
    "a week that does not exist is refused",
    arguments: [
      "2025-W53", "2026-W00", "2026-W54", "2026W46", "2026-46", "2026-W4", "x026-W46", "",
    ]
  )
  func noSuchWeek(text: String) {
    #expect(Day(week: text) == nil)
  }

  @Test(
    "adding months clamps to the month's end",
    arguments: [
      ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"),
      ("2026-01-31", -2, "2025-11-30"), ("2026-12-15", 1, "2027-01-15"),
      ("2026-01-15", -1, "2025-12-15"), ("2024-02-29", 12, "2025-02-28"),
      ("2026-05-31", 0, "2026-05-31"), ("2026-03-31", -13, "2025-02-28"),
      ("2026-08-31", 25, "2028-09-30"),
    ])
  func months(day: String, months: Int, expected: String) throws {
    #expect(try #require(Day(day)).adding(months: months).text == expected)
  }

  @Test("first and last days of month and year")
  func bounds() throws {
    let day = try #require(Day("2024-02-10"))
    #expect(day.firstOfMonth.text == "2024-02-01")
    #expect(day.lastOfMonth.text == "2024-02-29")
    #expect(day.firstOfYear.text == "2024-01-01")
    #expect(day.lastOfYear.text == "2024-12-31")
    #expect((day + 20).text == "2024-03-01")
    #expect((day - 41).text == "2023-12-31")
    #expect(day < day + 1)
  }
}
