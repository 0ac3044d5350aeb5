import Engine

/// What partners of each tier earn and pay: metrics.md section 5. Programs are files in
/// `Pipelines/programs`.
package struct CommissionProgram: Sendable, Equatable {
  /// Whose rate holds for the owner's share of subscriptions.
  package enum PartnerRate: String, CaseIterable, Sendable {
    /// The partner's own `commission_rate` where it has one, else the tier's.
    case partner
    /// Always the tier's.
    case tier
  }

  /// The terms of one tier. Amounts are minor units of the reporting currency.
  package struct Tier: Sendable, Equatable {
    /// Earned at an owned user's first sale.
    package var signupBonus: Int64 = 0
    /// By the raw value of a sale's `TransactionKind`: the owner's rate, its parent's, its
    /// grandparent's; empty where nothing is earned.
    package var rates = [[Rate]](repeating: [], count: CommissionProgram.saleKinds.count)
    /// For how many calendar months from a user's first one subscriptions earn; nil for life.
    package var recurringMonths: Int?
    /// What is earned on top for volume, if anything.
    package var volumeBonus: VolumeBonus?
    /// The least that is paid out.
    package var minimumPayout: Int64 = 0
    /// Days from a line's day until it is approved.
    package var holdDays = CommissionProgram.defaultHoldDays
    /// What the tier is invoiced, or given for marketing.
    package var fees = Fees()

    /// A tier that earns nothing.
    package init() {}
  }

  /// A bonus in steps by what a partner brought in the calendar month before.
  package struct VolumeBonus: Sendable, Equatable {
    /// What is counted.
    package enum Count: String, CaseIterable, Sendable {
      /// Owned users with a sale.
      case clients
      /// Direct sub-partners of whose own users one had a sale.
      case affiliates
    }

    /// How a step's rate is used.
    package enum Mode: String, CaseIterable, Sendable {
      /// A part of the commission: amount × rate × bonus.
      case multiply
      /// Percentage points of the sale: amount × bonus.
      case points
    }

    /// From how many on which rate holds.
    package struct Step: Sendable, Equatable {
      /// The least count.
      package let at: Int
      /// The bonus from there on.
      package let rate: Rate

      /// A step.
      package init(at: Int, rate: Rate) {
        self.at = at
        self.rate = rate
      }
    }

    /// What is counted.
    package let count: Count
    /// How the rate is used.
    package let mode: Mode
    /// Ascending by count.
    package let steps: [Step]

    /// A bonus; the steps must ascend.
    package init(count: Count, mode: Mode, steps: [Step]) {
      self.count = count
      self.mode = mode
      self.steps = steps
    }

    /// The rate of the highest step that a count reaches, nil below the first.
    package func rate(for count: Int) -> Rate? { steps.last { $0.at <= count }?.rate }
  }

  /// What white-label and technology partners are invoiced, and what they are given for marketing:
  /// amounts, but for the share.
  package struct Fees: Sendable, Equatable {
    /// Once, when the partnership begins.
    package var setup: Int64 = 0
    /// Each month.
    package var monthlyLicense: Int64 = 0
    /// Of the net revenue of their customers, each month.
    package var revenueShare = Rate(scaled: 0)
    /// Once, for cards of their own design.
    package var customCard: Int64 = 0
    /// Each month.
    package var support: Int64 = 0
    /// Once, for connecting their systems.
    package var integration: Int64 = 0
    /// Each quarter, in the partner's favour.
    package var coMarketingBudget: Int64 = 0

    /// No fees.
    package init() {}
  }

  /// The kinds of sale that rates are stated for, in the order of their raw values.
  package static let saleKinds = TransactionKind.allCases.filter(\.isSale)
  /// How far up the chain of parents a sale earns, the owner included.
  package static let levels = 3
  /// Days from a line's day until it is approved, where a program says nothing.
  package static let defaultHoldDays = 30
  /// The tier that stands for every other.
  package static let anyTier = "*"

  /// Its name, or "settings" for one written within a pipeline's settings.
  package let name: String
  /// Whose rate holds for the owner's share of subscriptions.
  package let partnerRate: PartnerRate
  /// The share of a sale that all levels together should not exceed.
  package let payoutRatio: Rate
  /// The tiers by name.
  package let tiers: [String: Tier]

  /// A program; by default commissions above 40 % of a sale are warned about.
  package init(
    name: String, partnerRate: PartnerRate, payoutRatio: Rate = defaultPayoutRatio,
    tiers: [String: Tier]
  ) {
    self.name = name
    self.partnerRate = partnerRate
    self.payoutRatio = payoutRatio
    self.tiers = tiers
  }

  /// 40 %, the target that the scorecard compares commissions with.
  package static let defaultPayoutRatio = Rate(scaled: Rate.scale * 2 / 5)

  /// Tiers of which all levels of one kind of sale together take more than `payoutRatio`, each with
  /// its kind and the sum; by tier, then kind.
  package var costlyTiers: [(tier: String, kind: TransactionKind, total: Rate)] {
    tiers.sorted { $0.key < $1.key }.flatMap { name, tier in
      Self.saleKinds.compactMap { kind in
        let total = Rate(scaled: tier.rates[Int(kind.rawValue)].reduce(0) { $0 + $1.scaled })
        return total > payoutRatio ? (name, kind, total) : nil
      }
    }
  }

  /// What is said of them, a line each: who takes how much of which sale, and what the limit is.
  package var costlyTierTexts: [String] {
    costlyTiers.map { tier, kind, total in
      let word = TransactionKind.vocabulary.words[Int(kind.rawValue)]
      return "program \(name): all levels of tier \(tier) together take \(total.percentText) of a "
        + "\(word), more than its payout_ratio of \(payoutRatio.percentText)"
    }
  }

  /// The most that all levels of a tier together take of a sale, bonuses aside; 0 where none does.
  package var mostOfSale: Rate {
    Rate(scaled: shares.map { $0.reduce(0) { $0 + $1.scaled } }.max() ?? 0)
  }

  /// The most that a sale pays beside its owner's own share of it: the shares of the partners above,
  /// and a bonus in points.
  package var mostBesideOwner: Rate {
    let above = shares.map { $0.dropFirst().reduce(0) { $0 + $1.scaled } }.max() ?? 0
    return Rate(scaled: above + highestBonus(.points))
  }

  /// The highest bonus that is a part of the owner's own share.
  package var mostOfOwnerShare: Rate { Rate(scaled: highestBonus(.multiply)) }

  /// The rates of each tier and kind of sale.
  private var shares: [[Rate]] { tiers.values.flatMap(\.rates) }

  private func highestBonus(_ mode: VolumeBonus.Mode) -> Int64 {
    tiers.values.compactMap { tier in
      tier.volumeBonus?.mode == mode ? tier.volumeBonus?.steps.map(\.rate.scaled).max() : nil
    }.max() ?? 0
  }

  /// The terms of a tier, `"*"` standing in for those not named; nil if there is neither.
  package func tier(_ name: String) -> Tier? { tiers[name] ?? tiers[Self.anyTier] }
}

extension Rate {
  /// In percent, as `12.5 %`.
  package var percentText: String {
    var bytes: [UInt8] = []
    Money.append(scaled, digits: 10, to: &bytes)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self) + " %"
  }
}
