import Engine
import Foundation
import Testing
import YAML

@testable import Metrics
@testable import Runner

@Suite("Tax rules")
struct TaxRulesTests {
  static let shipped = "\(PipelineWorld.root)/Pipelines/tax/1099.yaml"

  private func read(_ text: String) throws(YAMLError) -> TaxRules {
    try TaxRulesReader(world: PipelineWorld(["t/1099.yaml": text]).world, moneyDigits: 2)
      .read("t/1099.yaml")
  }

  private func problems(_ text: String) -> [String] {
    do {
      _ = try read(text)
      return []
    } catch { return error.problems.map(\.description) }
  }

  // Protects the shipped figures: what a form is made by, year by year.
  @Test(arguments: [
    (2019, Int64(600_00), "1"), (2023, 600_00, "1"), (2025, 600_00, "1"), (2026, 2_000_00, "1a"),
  ])
  func shippedYears(year: Int, threshold: Int64, box: String) throws {
    let rules = try TaxRulesReader(world: Project.world, moneyDigits: 2).read(Self.shipped)
    #expect(rules.thresholds.of(year)?.value == threshold)
    #expect(rules.boxes.of(year)?.value.compensation == box)
    #expect(rules.boxes.of(year)?.value.withheld == "4")
    #expect(rules.thresholds.of(year)?.source != nil)
    #expect(year < 2018 || rules.withholding.of(year)?.value == Rate(scaled: Rate.scale / 100 * 24))
  }

  // Protects pipelines in other currencies: the shipped amounts are amounts in yen and dinars, too.
  @Test(arguments: [(0, Int64(2000)), (3, 2_000_000)])
  func otherCurrencies(digits: Int, threshold: Int64) throws {
    let rules = try TaxRulesReader(world: Project.world, moneyDigits: digits).read(Self.shipped)
    #expect(rules.thresholds.of(2026)?.value == threshold)
  }

  // Protects the refusal: an indexed amount is never guessed.
  @Test func laterThresholdsAreNotKnown() throws {
    let rules = try TaxRulesReader(world: Project.world, moneyDigits: 2).read(Self.shipped)
    #expect(rules.thresholds.of(2027)?.value == nil)
  }

  // Protects the dates: 31 January of the next year, or the Monday after a weekend.
  @Test func dueDates() throws {
    let rules = try TaxRulesReader(world: Project.world, moneyDigits: 2).read(Self.shipped)
    for entry in rules.due {
      let year = entry.years.lowerBound
      var day = try #require(Day(year: year + 1, month: 1, day: 31))
      while day.weekday > 4 { day = day + 1 }
      for due in [entry.value.recipients, entry.value.irs, entry.value.form945] {
        #expect(due == day, "\(year)")
      }
    }
    #expect(rules.due.of(2026)?.value.irs == Day("2027-02-01"))
  }

  // Protects the table from slips: everything wrong is told at once, with its place.
  @Test func allProblemsAtOnce() {
    let found = problems(
      """
      thresholds:
        - {amount: 600.00, source: x, as_of: 2025-01-01}
        - {from: 2026, amount: 2000.001, source: x, as_of: 2025-01-01}
        - {from: 2026, amount: 2000.00, as_of: soon}
      states:
        - {state: New Jersey, amount: 1000.00, source: x, as_of: 2025-01-01}
      due:
        - {year: 2026, recipients: 2027-02-30, irs: 2027-02-01, form_945: 2027-02-01}
      boxs: []
      """)
    for part in [
      "3:26: \"amount\"", "two entries hold for 2026", "\"source\"", "found soon",
      "found \"New Jersey\"", "2027-02-30", "boxs",
    ] {
      #expect(found.contains { $0.contains(part) }, "\(part) in \(found)")
    }
  }
}

@Suite("Who pays, and where secrets are")
struct TaxSpecTests {
  private static func pipeline(_ tax: String) -> PipelineWorld {
    PipelineWorld([
      "P/p.yaml": """
      sources:
        calls: {files: calls.csv}
      stages: [calls_only]
      tax:
      \(tax.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
      """
    ])
  }

  private static let payer = """
    payer:
      name: Payer
      address_line1: 1 Street
      city: City
      state: NY
      postal_code: "10001"
    """

  @Test func read() throws {
    let tax = try #require(
      try Self.pipeline(
        Self.payer + "\n  ein: {environment: EIN}\ntin_key: {file: secrets/key}"
      ).load().tax)
    #expect(tax.payer?.name == "Payer")
    #expect(tax.payer?.country == "US")
    #expect(tax.payer?.ein == .environment("EIN"))
    #expect(tax.key == .file("secrets/key"))
  }

  // Protects the secret that somebody writes into the file all the same: it is refused, and not
  // repeated where the message goes.
  @Test(arguments: ["ein: 12-3456780", "ein: [12-3456780]"])
  func literalsAreRefused(line: String) {
    let found = Self.pipeline(Self.payer + "\n  \(line)").problems()
    #expect(found.count == 1)
    #expect(found[0].contains("the EIN is not written here"))
    #expect(!found[0].contains("3456780"))
  }

  @Test func secretsAreRead() throws {
    var world = PipelineWorld(["proj/secrets/key": "0123456789abcdef\nmore", "proj/empty": "\n"])
    world.environment = ["EIN": "12-3456780", "BAD": "12-345678"]
    func spec(_ ein: SecretSource?, _ key: SecretSource?) -> TaxSpec {
      TaxSpec(
        payer: TaxSpec.Payer(
          name: "P", nameLine2: nil, addressLine1: "1", addressLine2: nil, city: "C", state: "NY",
          postalCode: "1", country: "US", phone: nil, email: nil, ein: ein), key: key)
    }
    let good = spec(.environment("EIN"), .file("secrets/key"))
    #expect(try good.payerEIN(world.world, folder: "proj")?.digits == "123456780")
    #expect(try good.tinKey(world.world, folder: "proj") == Array("0123456789abcdef".utf8))
    #expect(try spec(.environment("UNSET"), nil).payerEIN(world.world, folder: "proj") == nil)
    for bad in [
      spec(.environment("BAD"), nil), spec(.file("none"), nil), spec(.file("empty"), nil),
    ] {
      let error = #expect(throws: RunError.self) {
        try bad.payerEIN(world.world, folder: "proj")
      }
      #expect(error?.exit == .configuration)
      #expect(!"\(error!)".contains("345678\""), "the value is not repeated")
    }
    #expect(throws: RunError.self) {
      try spec(nil, .environment("EIN")).tinKey(world.world, folder: "proj")
    }
  }
}
