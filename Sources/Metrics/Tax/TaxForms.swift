import Engine

/// The 1099 summary of a tax year: metrics.md section 11.
///
/// Tax numbers come in with the profiles and never leave: what is published is the type, the last
/// four digits and, under a key, a code that says "the same number" (`HMAC`). The filing export,
/// which needs them whole, reads the sources again (`returns`).
package struct TaxForms: MetricStage {
  package static let name = "tax_1099"
  package static let tags = ["tax"]
  package static let summary = "1099 forms of the tax year: recipients, payments, exceptions"
  package static let writes = [recipients, payments, exceptions, rules]
  package static let parameters = [threshold]
  package static let reads = [
    SourceRead(
      "payouts",
      columns: [
        "payout_id", "partner_id", "amount", "currency", "status", "processed_at", "method",
        "reported_by", "withheld",
      ], lookback: .all),
    SourceRead(
      "tax_profiles", columns: Sources.taxProfiles.fields.map(\.name), lookback: .timeless),
    SourceRead(
      "partners", columns: ["partner_id", "company_name", "country", "email"],
      lookback: .timeless),
  ]

  /// Overrides the year's threshold; needed for a year whose amount is not in the table of rules.
  package static let threshold = ParameterDeclaration(
    "tax_threshold", .money, defaultValue: "0",
    summary: "payments of a tax year that need a 1099, where the table of rules is to be overruled")

  let context: RunContext

  /// The stage for a run's tax year; without one it makes nothing.
  package init(_ context: RunContext) { self.context = context }

  /// Nobody and nothing paid.
  package func makePartial() -> TaxPartial { TaxPartial() }

  /// Keeps the payouts, profiles or partners of a batch.
  package func add(
    _ batch: Batch, of source: String, to partial: inout TaxPartial
  ) throws(StageError) {
    guard context.values[TaxYear.self] != nil else { return }
    switch source {
    case Sources.payouts.source: partial.addPayouts(batch)
    case Sources.taxProfiles.source: partial.addProfiles(batch)
    default: partial.addPartners(batch)
    }
  }

  /// Adds another worker's rows.
  package func merge(
    _ other: consuming TaxPartial, into partial: inout TaxPartial
  ) throws(StageError) {
    partial.merge(other)
  }

  /// The tables of the tax year, in place of what was published for it.
  package func finish(
    _ partial: consuming TaxPartial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    guard let year = context.values[TaxYear.self] else {
      return Self.writes.map { TableChange(rows: Table(empty: $0), replaces: .nothing) }
    }
    let summary = try TaxSummary(partial, context, year)
    let span = Span.range(from: Int64(year.year), to: Int64(year.year))
    let exceptions = TaxExceptions(summary, context, year)
    return [
      summary.recipientTable(), try summary.paymentTable(), exceptions.table(),
      Self.table(of: year),
    ].map { TableChange(rows: $0, replaces: span) }
  }

  /// The forms of the tax year with their whole tax numbers: for the filing export, which nothing
  /// else may read or keep.
  package func returns(_ partial: consuming TaxPartial) throws(StageError) -> [TaxReturn] {
    guard let year = context.values[TaxYear.self] else { return [] }
    return try TaxSummary(partial, context, year).returns()
  }

  private static func table(of year: TaxYear) -> Table {
    var columns = (section: TextColumn(), name: TextColumn(), value: TextColumn())
    var source = TextColumn()
    for fact in year.facts {
      columns.section.append(fact.section)
      columns.name.append(fact.name)
      columns.value.append(fact.value)
      source.append(fact.source)
    }
    return Table(
      schema: rules,
      columns: [
        .integers(year.facts.map { _ in Int64(year.year) }),
        .integers(year.facts.indices.map { Int64($0 + 1) }),
        .texts(columns.section), .texts(columns.name), .texts(columns.value), .texts(source),
        .integers(year.facts.map { $0.asOf.map { Int64($0.number) } ?? .absent }),
      ])
  }
}
