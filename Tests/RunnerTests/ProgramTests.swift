import Engine
import Metrics
import Testing

@testable import Runner

@Suite("Commission programs: files and settings, all mistakes told at once")
struct ProgramTests {
  private func world(_ program: String, file: String = "summary: nothing") -> PipelineWorld {
    PipelineWorld([
      "P/p.yaml": """
      settings: {currency: USD, program: \(program)}
      sources: {calls: {files: calls.csv}}
      stages: [calls_only]
      """, "P/programs/cards.yaml": file,
    ])
  }

  // Protects the shipped terms: they are the figures of the partner contracts.
  @Test(arguments: ["cards", "sameday", "growth"])
  func shipped(name: String) throws {
    var overrides = SettingsOverrides()
    overrides.assignments = ["program=\(name)"]
    let project = try Project(folder: PipelineWorld.root)
    let loaded = try project.pipeline("conformance", overrides: overrides)
    let program = try #require(loaded.settings.program)
    #expect(program.name == name)
    switch name {
    case "cards":
      let tier = try #require(program.tier("tier2"))
      #expect(tier.rates[Int(TransactionKind.purchase.rawValue)] == [Rate(scaled: 1_000_000_000)])
      #expect(tier.volumeBonus?.rate(for: 99)?.scaled == Rate.scale / 20)
      #expect(tier.volumeBonus?.rate(for: 100)?.scaled == Rate.scale / 10)
      #expect(program.tier("tier3")?.fees.setup == 5_000_000)
      #expect(program.tier("tier1")?.recurringMonths == 12 && tier.recurringMonths == nil)
    case "sameday":
      #expect(program.tier("whatever")?.volumeBonus?.mode == .points)
      #expect(program.costlyTierTexts.isEmpty)
      #expect(program.mostOfSale.percentText == "40 %")
      #expect(program.mostBesideOwner.percentText == "30 %")
    default:
      #expect(
        program.tier("enterprise")?.rates.allSatisfy { $0.first?.scaled == Rate.scale / 4 } ?? false
      )
      #expect(program.tier("gold") == nil)
    }
  }

  @Test("a program of the settings, in fractions and in percent")
  func inline() throws {
    let program = try #require(
      world("{tiers: {a: {rates: {booking: [0.25, 10 %]}, hold_days: 7, signup_bonus: 12.50}}}")
        .load().settings.program)
    let tier = try #require(program.tier("a"))
    #expect(tier.rates[1].map(\.scaled) == [Rate.scale / 4, Rate.scale / 10])
    #expect(tier.signupBonus == 1250 && tier.holdDays == 7)
  }

  @Test(
    "fees, under `fees` or among a tier's terms by their whole names",
    arguments: [
      "{fees: {setup: 50000, custom_card: 5.50, support: 2, integration: 1, monthly_license: 3, revenue_share: 10 %, co_marketing_budget: 4}}",
      "{setup_fee: '50000.00', custom_card_fee: 5.50, support_fee: 2, integration_fee: 1, monthly_license: 3, revenue_share: 0.1, co_marketing_budget: 4}",
    ])
  func fees(terms: String) throws {
    let program = try #require(world("{tiers: {a: \(terms)}}").load().settings.program)
    var fees = CommissionProgram.Fees()
    (fees.setup, fees.customCard, fees.support, fees.integration) = (5_000_000, 550, 200, 100)
    (fees.monthlyLicense, fees.coMarketingBudget) = (300, 400)
    fees.revenueShare = Rate(scaled: Rate.scale / 10)
    #expect(program.tier("a")?.fees == fees)
  }

  @Test("each mistake has its place and what was expected")
  func mistakes() {
    let problems = world(
      "cards",
      file: """
        tiers:
          a:
            rates: {booking: [25], purchase: [60 %, 50 %], bookin: [1 %], subscription: [1 %, 1 %, 1 %, 1 %]}
            volume_bonus: {count: client, mode: points, steps: [{at: 5, rate: 1 %}, {at: 5, rate: 2 %}]}
            signup_bonus: 1.005
        """
    ).problems()
    #expect(
      problems == [
        "P/programs/cards.yaml:3:23: item 1 of \"booking\" in rates of tier \"a\": expected a share from 0 to 1 (0.25), or in percent with its sign (25 %), found 25",
        "P/programs/cards.yaml:3:38: \"purchase\" in rates of tier \"a\": the levels together take more than the whole sale; lower them",
        "P/programs/cards.yaml:3:52: rates of tier \"a\": unknown key \"bookin\"; expected purchase, booking, subscription, vendor_subscription",
        "P/programs/cards.yaml:3:81: \"subscription\" in rates of tier \"a\": expected at most 3 shares, the owner's, its parent's and its grandparent's, found 4",
        "P/programs/cards.yaml:4:27: \"count\" in volume_bonus of a: unknown word \"client\" (did you mean \"clients\"?)",
        "P/programs/cards.yaml:4:77: item 2 of \"steps\" in volume_bonus of a: steps must ascend: 5 does not come after 5",
        "P/programs/cards.yaml:5:19: \"signup_bonus\" in tier \"a\": expected an amount of 0 or more with at most 2 decimals, found 1.005",
      ])
  }

  // Protects the margin: what is paid of a sale in all is told where it is above the limit.
  @Test("levels that together take more than payout_ratio are told")
  func costly() throws {
    let program = try #require(
      world(
        "{payout_ratio: 37.5 %, tiers: {a: {rates: {booking: [30 %, 8 %]}}, b: {rates: {purchase: [0.375]}}}}"
      ).load().settings.program)
    #expect(
      program.costlyTierTexts == [
        "program of the settings: all levels of tier a together take 38 % of a booking, more than its payout_ratio of 37.5 %"
      ])
  }

  @Test("a program that does not exist is told with the nearest name")
  func unknown() {
    #expect(
      world("card").problems() == [
        "P/p.yaml:1:36: \"program\" in settings: unknown program \"card\" (did you mean \"cards\"?)"
      ])
  }
}
