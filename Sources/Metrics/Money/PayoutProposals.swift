import Engine

/// What is to be paid to whom: metrics.md section 6. Every partner with approved lines that no
/// payout lists appears once, proposed or held with the first reason that applies.
///
/// The table has no past: a run for earlier days leaves newer proposals alone, since what it would
/// propose may have been paid.
package struct PayoutProposals: MetricStage {
  package static let name = "payouts"
  package static let tags = ["partners", "money"]
  package static let summary = "payouts to propose, and why others are held"
  package static let upstream = [CommissionLedger.name]
  package static let writes = [schema]
  package static let reads = [
    SourceRead("partners", columns: PartnerTerms.columns, lookback: .timeless),
    SourceRead("tax_profiles", columns: ["partner_id", "form"], lookback: .timeless),
  ]

  /// One row per partner with something to be paid, or owed.
  package static let schema = TableSchema(
    name: "payouts", summary: "a partner's payout as of the last day, proposed or held",
    key: ["partner_id"], timeColumn: "as_of", isNeverEmpty: true,
    columns: [
      ColumnSchema("partner_id", .text),
      ColumnSchema("amount", .money),
      ColumnSchema("decision", .text),
      ColumnSchema("reason", .text, nullable: true),
      ColumnSchema("lines", .integer),
      ColumnSchema("as_of", .day, extra: true),
      ColumnSchema("commission_ids", .text, extra: true),
      ColumnSchema("idempotency_key", .text, nullable: true, extra: true),
    ])

  /// Why a payout waits; the raw value is the code of the reason, in the order they are asked.
  private enum Hold: Int32, CaseIterable {
    case negativeBalance
    case belowMinimum
    case partnerSuspended
    case noPaymentMethod
    case taxFormMissing

    static let words = [
      "negative_balance", "below_minimum", "partner_suspended", "no_payment_method",
      "tax_form_missing",
    ]
  }

  /// What a run's workers gather.
  package struct Partial: Sendable {
    var partners = PartnerTerms()
    /// Partners with a tax form.
    var withForm = StringPool()
  }

  private let context: RunContext

  /// Payouts as of the end of a run's window.
  package init(_ context: RunContext) { self.context = context }

  /// Proposals of a later day, which stay.
  package var readsBack: [ReadBack] { [Self.newer(than: context.window)] }

  /// The days of proposals that are newer than a window.
  static func newer(than window: Window) -> ReadBack {
    let span = Span.range(from: Int64(window.lastDay) + 1, to: Int64(Day.last.number))
    return ReadBack(schema, columns: ["as_of"], span: span)
  }

  /// No partners.
  package func makePartial() -> Partial { Partial() }

  /// Keeps the rows of a batch.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Partial
  ) throws(StageError) {
    guard source == Sources.taxProfiles.source else { return partial.partners.add(batch) }
    let ids = batch.text(Sources.taxProfiles.column("partner_id"))
    let forms = batch.integers[Sources.taxProfiles.column("form")]
    let none = Sources.taxForms.words.firstIndex(of: "none").map { Int64($0) }
    for row in 0..<batch.count where forms[row] != none {
      _ = partial.withForm.intern(ids[row])
    }
  }

  /// Adds another worker's rows.
  package func merge(
    _ other: consuming Partial, into partial: inout Partial
  ) throws(StageError) {
    partial.partners.merge(other.partners)
    _ = partial.withForm.merge(other.withForm)
  }

  /// The payouts, in place of those of the run before; throws where a sum overflows.
  package func finish(
    _ partial: consuming Partial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    if tables.published(Self.schema.name).count > 0 {
      return [TableChange(rows: Table(empty: Self.schema), replaces: .nothing)]
    }
    let partners = try PartnerTree(partial.partners, for: Self.name)
    let dues = try dues(tables.table(CommissionLedger.name), partners)
    var codes: [Int32] = []
    var amounts: [Int64] = []
    var holds: [Int32] = []
    var counts: [Int64] = []
    var lists = TextColumn()
    var keys = TextColumn()
    for (partner, due) in dues.enumerated() where !due.ids.isEmpty {
      codes.append(partners.rows.id[partner])
      amounts.append(due.amount)
      let hold = self.hold(partner, due.amount, partners, partial.withForm)
      holds.append(hold?.rawValue ?? -1)
      counts.append(Int64(due.ids.count))
      var text: [UInt8] = []
      for id in due.ids.sorted() {
        if !text.isEmpty { text.append(UInt8(ascii: " ")) }
        NameUUID.append(id, to: &text)
      }
      text.withView { lists.append($0) }
      guard hold == nil else {
        keys.append(nil)
        continue
      }
      Self.idempotencyKey(partners.id(partner), paying: text).withView { keys.append($0) }
    }
    let decisions = StringPool(words: ["proposed", "held"])
    let asOf = [Int64](repeating: Int64(context.window.lastDay), count: codes.count)
    let table = Table(
      schema: Self.schema,
      columns: [
        .texts(TextColumn(codes: codes, pool: partners.rows.ids)), .integers(amounts),
        .texts(TextColumn(codes: holds.map { $0 < 0 ? 0 : 1 }, pool: decisions)),
        .texts(TextColumn(codes: holds, pool: StringPool(words: Hold.words))),
        .integers(counts), .integers(asOf), .texts(lists), .texts(keys),
      ])
    return [TableChange(rows: table, replaces: .everything)]
  }

  /// What a payment service is given with a payout, so that a proposal that it gets twice is paid once:
  /// it follows from the partner and the lines, and so stays the same on the next day.
  static func idempotencyKey(_ partner: String, paying lines: [UInt8]) -> [UInt8] {
    NameUUID.url(Array("nightmill:payout:\(partner):".utf8) + lines)
  }

  private struct Due {
    var amount: Int64 = 0
    var ids: [UInt128] = []
  }

  /// By partner: its approved lines that no payout lists. A line of a day before the window that is not
  /// published is not owed yet: its day is still to be run.
  private func dues(_ lines: Table, _ partners: PartnerTree) throws(StageError) -> [Due] {
    var dues = [Due](repeating: Due(), count: partners.rows.id.count)
    let (high, low) = (lines.integers("id_high"), lines.integers("id_low"))
    let (statuses, listed) = (lines.integers("status"), lines.integers("is_listed"))
    let amounts = lines.integers("amount")
    let ids = lines.texts("partner_id")
    let (days, published) = (lines.integers("day"), lines.integers("published_status"))
    let first = Int64(context.window.firstDay())
    let approved = Int64(CommissionStatus.approved.rawValue)
    for row in 0..<lines.count where statuses[row] == approved && listed[row] == 0 {
      guard days[row] >= first || published[row] != .absent else { continue }
      guard let partner = ids.withBytes(row, { partners.row(of: $0) }) else { continue }
      dues[partner].amount = try Self.sum(
        dues[partner].amount, amounts[row], "payout to partner \(partners.id(partner))")
      dues[partner].ids.append(CommissionLedger.id(high[row], low[row]))
    }
    return dues
  }

  /// The first reason that a payout is held for, nil where it is proposed.
  private func hold(
    _ partner: Int, _ amount: Int64, _ partners: PartnerTree, _ withForm: StringPool
  ) -> Hold? {
    let rows = partners.rows
    let tier = context.values[CommissionProgram.self]?.tier(
      rows.tiers.text(of: Int(rows.tier[partner])))
    if amount < 0 { return .negativeBalance }
    if amount == 0 || amount < tier?.minimumPayout ?? 0 { return .belowMinimum }
    if rows.status(partner, at: context.lastInstant) != .active { return .partnerSuspended }
    if !rows.hasPaymentMethod[partner] { return .noPaymentMethod }
    let hasForm = rows.ids.withBytes(of: Int(rows.id[partner])) { withForm.code(of: $0) != nil }
    return hasForm ? nil : .taxFormMissing
  }
}
