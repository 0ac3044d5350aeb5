import Engine

/// Every stage there is, for listing, planning and making them: one line each.
package enum StageCatalogue {
  /// A stage that can be made for a run.
  package struct Entry: Sendable {
    /// The stage's type: its name, summary, reads, writes, upstream, parameters and restated days.
    package let stage: any MetricStage.Type

    /// Makes the stage of a run.
    package func make(_ context: RunContext) -> any MetricStage { stage.init(context) }
  }

  /// Every stage, each after those it reads.
  package static let all: [Entry] = [
    Entry(stage: LedgerStage.self),
    Entry(stage: VendorDimension.self),
    Entry(stage: ProductDimension.self),
    Entry(stage: PartnerDimension.self),
    Entry(stage: VendorConnections.self),
    Entry(stage: ProductAnalytics.self),
    Entry(stage: ProductForecast.self),
    Entry(stage: Buyers.self),
    Entry(stage: GrowthMetrics.self),
    Entry(stage: CustomerLTV.self),
    Entry(stage: Timelines.self),
    Entry(stage: ClickQuality.self),
    Entry(stage: Owners.self),
    Entry(stage: Referrals.self),
    Entry(stage: Attribution.self),
    Entry(stage: CommissionLedger.self),
    Entry(stage: Commissions.self),
    Entry(stage: PayoutProposals.self),
    Entry(stage: PayoutRegister.self),
    Entry(stage: PartnerFees.self),
    Entry(stage: ResellerUsage.self),
    Entry(stage: PartnerAnalytics.self),
    Entry(stage: ConversionFunnel.self),
    Entry(stage: ReferralStats.self),
    Entry(stage: FraudSignals.self),
    Entry(stage: PartnerScores.self),
    Entry(stage: TaxForms.self),
  ]

  /// The stage of a name, nil if there is none.
  package static func named(_ name: String) -> Entry? { all.first { $0.stage.name == name } }

  /// Every setting that a stage declares, each once.
  package static var parameters: [ParameterDeclaration] {
    var found: [ParameterDeclaration] = []
    for entry in all {
      for declaration in entry.stage.parameters where !found.contains(declaration) {
        found.append(declaration)
      }
    }
    return found
  }
}
