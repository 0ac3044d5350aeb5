import Engine
import Testing

@testable import Runner

@Suite("The period a report is about")
struct ReportPeriodTests {
  @Test(
    "days are rounded out to whole weeks or months, and named as people name them",
    arguments: [
      ("2026-11-11", "2026-11-11", "week", "2026-W46", "2026-W45"),
      ("2026-12-31", "2026-12-31", "week", "2026-W53", "2026-W52"),
      ("2027-01-03", "2027-01-03", "week", "2026-W53", "2026-W52"),
      ("2026-11-11", "2026-11-16", "week", "2026-11-09_2026-11-22", "2026-10-26_2026-11-08"),
      ("2026-03-15", "2026-03-15", "month", "2026-03", "2026-02"),
      ("2026-01-01", "2026-12-31", "month", "2026", "2025"),
      ("2026-11-11", "2026-11-11", "day", "2026-11-11", "2026-11-10"),
    ])
  func rounding(from: String, to: String, unit: String, label: String, before: String) throws {
    let unit = try #require(ReportPeriod.Unit(rawValue: unit))
    let period = ReportPeriod(from: try #require(Day(from)), to: try #require(Day(to)))
      .rounded(to: unit)
    #expect(period.label == label)
    #expect(period.previous(by: unit).label == before)
  }

  @Test("the options of `report` name one period, or say what is wrong")
  func options() throws {
    #expect(try ReportPeriod.parse() == nil)
    #expect(try ReportPeriod.parse(week: "2026-W46")?.label == "2026-W46")
    #expect(try ReportPeriod.parse(month: "2026-10")?.label == "2026-10")
    #expect(try ReportPeriod.parse(year: "2026")?.label == "2026")
    #expect(try ReportPeriod.parse(from: "2026-11-09")?.label == "2026-11-09")
    func message(_ body: () throws(RunError) -> ReportPeriod?) -> String {
      do throws(RunError) { return try body()?.label ?? "" } catch { return "\(error)" }
    }
    #expect(
      message { () throws(RunError) in try .parse(week: "2026-W54") }
        == "--week: expected one such as 2026-W46, found \"2026-W54\"\n  help: write --week 2026-W46"
    )
    #expect(
      message { () throws(RunError) in try .parse(week: "2026-W46", month: "2026-10") }
        == "--week and --month name different periods\n  help: give one")
    #expect(
      message { () throws(RunError) in try .parse(from: "2026-11-09", to: "2026-11-01") }
        == "the last day, 2026-11-01, is before the first, 2026-11-09\n  help: exchange --from and --to"
    )
  }
}
