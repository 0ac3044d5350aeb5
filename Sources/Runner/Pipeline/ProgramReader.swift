import Engine
import Metrics
import YAML

/// Reads a commission program, from a file of `programs` or written within the settings, and
/// reports everything that is wrong with it.
struct ProgramReader {
  let name: String
  let currency: Currency
  let problems: Problems

  /// The program of a node, nil where a problem was reported.
  func program(_ node: Node) -> CommissionProgram? {
    let reader = MappingReader(node, what: "program \(quote(name))", problems: problems)
    _ = reader.optionalText("summary")
    let own = reader.optionalOneOf("partner_rate", CommissionProgram.PartnerRate.self)
    let ratio = reader.optionalValue("payout_ratio").flatMap(rate)
    let entries = reader.entries("tiers", of: "tiers")
    if entries?.isEmpty ?? false { reader.fail("tiers", "expected at least one tier") }
    var tiers: [String: CommissionProgram.Tier] = [:]
    for (key, value) in entries ?? [] {
      guard let tierName = key.text, let tier = tier(tierName, value) else { continue }
      tiers[tierName] = tier
    }
    reader.finish()
    return CommissionProgram(
      name: name, partnerRate: own ?? .partner,
      payoutRatio: ratio ?? CommissionProgram.defaultPayoutRatio, tiers: tiers)
  }

  private func tier(_ name: String, _ value: ValueReader) -> CommissionProgram.Tier? {
    guard let reader = value.mapping("tier \(quote(name))") else { return nil }
    var tier = CommissionProgram.Tier()
    tier.signupBonus = amount(reader, "signup_bonus")
    readRates(reader, into: &tier)
    // Written with nothing, or not at all, means for life.
    tier.recurringMonths = reader.optionalInteger("recurring_months", in: 0...1200).map { Int($0) }
    tier.volumeBonus = reader.optionalMapping("volume_bonus", what: "volume_bonus of \(name)")
      .flatMap(volumeBonus)
    tier.minimumPayout = amount(reader, "minimum_payout")
    if let days = reader.optionalInteger("hold_days", in: 0...3660) { tier.holdDays = Int(days) }
    readFees(reader, Self.feesOfTier, into: &tier.fees)
    if let fees = reader.optionalMapping("fees", what: "fees of \(name)") {
      readFees(fees, Self.feesAlone, into: &tier.fees)
      fees.finish()
    }
    reader.finish()
    return tier
  }

  private func readRates(_ reader: MappingReader, into tier: inout CommissionProgram.Tier) {
    guard let rates = reader.optionalMapping("rates", what: "rates of \(reader.what)") else {
      return
    }
    for kind in CommissionProgram.saleKinds {
      let word = TransactionKind.vocabulary.words[Int(kind.rawValue)]
      guard let items = rates.optionalList(word, of: "rates, the owner's first") else { continue }
      let levels = items.compactMap(rate)
      if items.count > CommissionProgram.levels {
        rates.fail(
          word,
          "expected at most \(CommissionProgram.levels) shares, the owner's, its parent's and its "
            + "grandparent's, found \(items.count)")
      }
      let total = levels.reduce(Int64(0)) { $0 + $1.scaled }
      if levels.count == items.count, total > Rate.scale {
        rates.fail(word, "the levels together take more than the whole sale; lower them")
      }
      tier.rates[Int(kind.rawValue)] = levels
    }
    rates.finish()
  }

  private func volumeBonus(_ reader: MappingReader) -> CommissionProgram.VolumeBonus? {
    let count = reader.oneOf("count", CommissionProgram.VolumeBonus.Count.self)
    let mode = reader.oneOf("mode", CommissionProgram.VolumeBonus.Mode.self)
    let items = reader.list("steps", of: "steps such as {at: 50, rate: 5 %}") ?? []
    var steps: [CommissionProgram.VolumeBonus.Step] = []
    for item in items {
      guard let step = item.mapping("step of \(reader.what)") else { continue }
      let at = step.integer("at", in: 1...Int64(Int32.max))
      let rate = step.value("rate", expected: Self.expectedRate).flatMap(rate)
      step.finish()
      guard let at, let rate else { continue }
      if let last = steps.last, last.at >= Int(at) {
        item.fail("steps must ascend: \(at) does not come after \(last.at)")
      }
      steps.append(CommissionProgram.VolumeBonus.Step(at: Int(at), rate: rate))
    }
    reader.finish()
    guard let count, let mode else { return nil }
    return CommissionProgram.VolumeBonus(count: count, mode: mode, steps: steps)
  }

  /// What a fee is called, and what it sets.
  private typealias Fee = (key: String, field: WritableKeyPath<CommissionProgram.Fees, Int64>)

  /// Fees written among a tier's terms, by their whole names.
  private static var feesOfTier: [Fee] {
    [
      ("setup_fee", \.setup), ("monthly_license", \.monthlyLicense),
      ("custom_card_fee", \.customCard), ("support_fee", \.support),
      ("integration_fee", \.integration), ("co_marketing_budget", \.coMarketingBudget),
    ]
  }

  /// Fees written under `fees`.
  private static var feesAlone: [Fee] {
    [
      ("setup", \.setup), ("monthly_license", \.monthlyLicense), ("custom_card", \.customCard),
      ("support", \.support), ("integration", \.integration),
      ("co_marketing_budget", \.coMarketingBudget),
    ]
  }

  private func readFees(
    _ reader: MappingReader, _ names: [Fee], into fees: inout CommissionProgram.Fees
  ) {
    for (key, field) in names where reader.contains(key) {
      fees[keyPath: field] = amount(reader, key)
    }
    if let share = reader.optionalValue("revenue_share").flatMap(rate) { fees.revenueShare = share }
  }

  /// An amount in the reporting currency, 0 where none is written.
  private func amount(_ reader: MappingReader, _ key: String) -> Int64 {
    guard let value = reader.optionalValue(key) else { return 0 }
    let expected = "an amount of 0 or more with at most \(currency.digits) decimals"
    guard let text = value.text(expected: expected) else { return 0 }
    let parsed = Array(text.utf8).withView {
      Money.parse($0, digits: currency.digits, minimum: 0)
    }
    if let minor = parsed.value { return minor }
    value.fail(expected: expected)
    return 0
  }

  private static let expectedRate = "a share from 0 to 1 (0.25), or in percent with its sign (25 %)"

  /// A share of a sale: a fraction, or percent with its sign. A bare number above 1 is refused,
  /// since 25 could only be a mistake for 25 % or 0.25.
  private func rate(_ value: ValueReader) -> Rate? {
    guard let text = value.text(expected: Self.expectedRate) else { return nil }
    let isPercent = text.hasSuffix("%")
    let number = Array((isPercent ? String(text.dropLast()) : text).utf8)
    let parsed = number.withView {
      Rate.parse($0, unit: isPercent ? .percent : .fraction, bounds: .share)
    }
    if let scaled = parsed.value { return Rate(scaled: scaled) }
    value.fail(expected: Self.expectedRate)
    return nil
  }
}
