import Engine
import Testing

@testable import Metrics

@Suite("Run context: the window and the declared settings")
struct RunContextTests {
  // Protects every stage's limits on days when the clock changes: a window's last instant is one
  // before the next local day, however long the day is.
  @Test(arguments: [
    ("UTC", "2026-03-10", "2026-03-10T23:59:59.999999Z"),
    ("America/New_York", "2026-11-01", "2026-11-02T04:59:59.999999Z"),
    ("America/New_York", "2026-03-08", "2026-03-09T03:59:59.999999Z"),
    ("Africa/Cairo", "2026-04-23", "2026-04-23T21:59:59.999999Z"),
  ])
  func lastInstant(zoneName: String, to: String, expected: String) throws {
    var harness = Harness(from: to, to: to)
    if zoneName != "UTC" { harness.timeZone = try zone(zoneName) }
    var bytes: [UInt8] = []
    Instant.append(try harness.context().lastInstant, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  // Protects `--from all`: nothing may lie before such a window, and no arithmetic on it may trap.
  @Test func everythingHasNoLowerBound() throws {
    let window = Window(from: nil, to: try require(Day("2026-03-10")))
    #expect(window.contains(Day.first.number))
    #expect(window.firstDay(daysBefore: 61) == .min)
    #expect(window.firstMonday(daysBefore: 61) == .min)
    #expect(window.daySpan == .range(from: Int64(Day.first.number), to: 20_522))
    #expect(try Harness(from: nil).context().firstInstant(daysBefore: 61) == Instant.first)
  }

  // Protects weekly tables: a window replaces the whole weeks it touches, by their Mondays.
  @Test func weekSpanIsOfMondays() throws {
    let window = Window(from: Day("2026-03-04"), to: try require(Day("2026-03-10")))
    let first = try require(Day("2026-03-02"))
    #expect(window.weekSpan == .range(from: Int64(first.number), to: Int64(first.number) + 7))
  }

  // Protects the operator from a setting that silently means something else: all bad values are
  // named at once.
  @Test func badValuesAreReportedTogether() throws {
    let currency = try require(Currency(code: "USD"))
    let error = #expect(throws: ParameterError.self) {
      _ = try Parameters(
        ["default_booking_value": "5.001", "conversion_per_point": "-0.05", "other": "x"],
        declarations: VendorConnections.parameters, currency: currency)
    }
    #expect(
      error?.description == """
        parameter default_booking_value: expected an amount of 0 or more with at most 2 decimals, found "5.001"
        parameter conversion_per_point: expected a decimal fraction of 0 or more (0.05 is 5 %), found "-0.05"
          help: correct the value under `parameters`, or with --set
        """)
  }

  // Protects settings in currencies without, or with more, decimals.
  @Test(arguments: [("USD", Int64(500)), ("JPY", 5), ("KWD", 5000)])
  func defaultsAreInTheReportingCurrency(code: String, expected: Int64) throws {
    let parameters = try Parameters(currency: try require(Currency(code: code)))
    #expect(parameters[VendorConnections.defaultBookingValue] == expected)
    #expect(parameters[VendorConnections.conversionPerPoint] == 50_000_000_000)
  }
}
