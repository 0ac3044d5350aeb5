import Engine
import Testing
import YAML

@testable import Runner

@Suite("Settings: pipeline file, then --settings, then --set, then --from and --to")
struct PipelineSettingsTests {
  private func world(_ settings: String, file: String = "{}") -> PipelineWorld {
    PipelineWorld([
      "P/p.yaml": """
      settings: \(settings)
      sources: {calls: {files: calls.csv}}
      stages: [calls_only]
      """, "s.json": file,
    ])
  }

  private func overrides(
    _ sets: [String] = [], file: Bool = false, from: String? = nil, to: String? = nil
  ) -> SettingsOverrides {
    var overrides = SettingsOverrides()
    overrides.assignments = sets
    overrides.file = file ? "s.json" : nil
    (overrides.from, overrides.to) = (from, to)
    return overrides
  }

  @Test("each layer wins over the ones before it, key by key")
  func layers() throws {
    let world = world(
      "{timezone: Europe/Berlin, currency: EUR, from: 2026-01-01, default_booking_value: 1, conversion_per_point: 0.1}",
      file: """
        {"currency": "JPY", "from": "2026-02-01", "to": "2026-12-31",
         "parameters": {"default_booking_value": "2"}, "tax_year": 2026}
        """)
    let settings = try world.load(
      "P/p.yaml",
      overrides(
        ["default_booking_value=2", "default_booking_value=3", "tax_year=2025"], file: true,
        from: "2026-03-01")
    ).settings
    #expect(
      settings.fingerprintText == """
        timezone=Europe/Berlin
        currency=JPY
        from=2026-03-01
        to=2026-12-31
        tax_year=2025
        parameters.conversion_per_point=0.1
        parameters.default_booking_value=3

        """)
  }

  @Test(
    "the fingerprint is the same however the settings were written, and differs where they differ")
  func fingerprint() throws {
    let plain = try world(
      "{program: {tiers: {a: {hold_days: 30, rates: {booking: [0.1]}}}}, tax_year: 2026}"
    )
    .load()
    let other = try world(
      "{}",
      file:
        "{\"program\": {\"tiers\": {\"a\": {\"rates\": {\"booking\": [0.1]}, \"hold_days\": 30}}}}"
    )
    .load("P/p.yaml", overrides(["tax_year=2026"], file: true))
    #expect(plain.settings.fingerprintText == other.settings.fingerprintText)
    let changed = try world(
      "{program: {tiers: {a: {hold_days: 31, rates: {booking: [0.1]}}}}, tax_year: 2026}"
    ).load()
    #expect(plain.settings.fingerprintText != changed.settings.fingerprintText)
  }

  @Test(
    "the days of a run: what is said, else the window, seen from Wednesday 10 June 2026",
    arguments: [
      ("{}", nil, nil, "2026-06-09 2026-06-09"),
      ("{window: last_7_days}", nil, nil, "2026-06-03 2026-06-09"),
      ("{window: last_week}", nil, nil, "2026-06-01 2026-06-07"),
      ("{window: last_month}", nil, nil, "2026-05-01 2026-05-31"),
      ("{window: last_week}", nil, "2026-05-28", "2026-05-25 2026-05-28"),
      ("{window: last_month}", nil, "2026-02-03", "2026-02-01 2026-02-03"),
      ("{window: last_week}", "2026-05-28", nil, "2026-05-28 2026-06-09"),
      ("{}", "all", nil, "all 2026-06-09"),
      ("{from: all}", nil, "2026-06-01", "all 2026-06-01"),
      ("{}", "2026-06-10", nil, "nothing"),
      ("{}", "2026-06-10", "2026-06-10", "2026-06-10 2026-06-10"),
    ] as [(String, String?, String?, String)])
  func days(settings: String, from: String?, to: String?, expected: String) throws {
    let settings = try world(settings).load("P/p.yaml", overrides(from: from, to: to)).settings
    let days = settings.days(today: try #require(Day("2026-06-10")))
    #expect(days.map { "\($0.from?.text ?? "all") \($0.to.text)" } ?? "nothing" == expected)
  }

  @Test("a window on the command line wins over days of the pipeline file")
  func windowOverDays() throws {
    let settings = try world("{from: 2026-01-01, to: 2026-01-31}")
      .load("P/p.yaml", overrides(["window=last_7_days"])).settings
    #expect(settings.days(today: try #require(Day("2026-06-10")))?.from?.text == "2026-06-03")
  }

  @Test("problems are named by the flag, file and line they came from, all at once")
  func problems() {
    let world = world(
      "{timezone: Amercia/New_York, curency: USD}",
      file: "{\"tax_year\": \"2026\",\n \"parameters\": {\"default_booking_valu\": 5}}")
    let found = world.problems(
      overrides(
        ["currency=DOLLAR", "nonsense", "form=all", "default_booking_value=-1", "timezone="],
        file: true, from: "yesteday", to: "2026-02-30"))
    #expect(
      found == [
        "--from:1:1: \"from\" in settings: expected a day such as 2026-03-31 or all, found the text \"yesteday\"",
        "--set:1:1: expected key=value, found \"nonsense\"; write --set currency=EUR",
        "--set currency:1:1: \"currency\" in settings: expected an ISO 4217 currency code such as USD, found DOLLAR",
        "--set default_booking_value:1:1: \"default_booking_value\" in settings: expected an amount of money, found -1",
        "--set form:1:1: settings: unknown key \"form\" (did you mean \"from\"?)",
        "--set timezone:1:1: expected a value after \"timezone=\", found nothing",
        "--to:1:1: \"to\" in settings: expected a day such as 2026-03-31, found the text \"2026-02-30\"",
        "P/p.yaml:1:22: \"timezone\" in settings: expected an IANA time zone such as America/New_York, found Amercia/New_York (did you mean \"America/New_York\"?)",
        "P/p.yaml:1:40: settings: unknown key \"curency\" (did you mean \"currency\"?)",
        "s.json:1:14: \"tax_year\" in settings: expected a whole number from 1900 to 9999, found the text \"2026\"; remove the quotes",
        "s.json:2:17: parameters: unknown key \"default_booking_valu\" (did you mean \"default_booking_value\"?)",
      ])
  }

  @Test("a last day before the first and a settings file that is not there are said before a run")
  func impossible() {
    var missing = overrides(from: "2026-03-02", to: "2026-03-01")
    missing.file = "none.yaml"
    #expect(
      world("{}").problems(missing) == [
        "--to:1:1: the last day, 2026-03-01, is before the first, 2026-03-02",
        "none.yaml:1:1: the settings file does not exist; give --settings the path of a YAML or JSON file",
      ])
  }
}
