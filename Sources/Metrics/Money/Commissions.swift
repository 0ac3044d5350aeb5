import Engine

/// What partners earn, line by line: metrics.md section 5.
///
/// A run writes the lines of its days. The status of earlier lines changes too: a hold ends, a payout
/// completes, a partner is terminated. So an earlier line is written anew where its status differs
/// from the published one. A run for earlier days than those that payouts are proposed for leaves
/// earlier lines alone, and keeps the status of published ones: it would turn paid lines back.
package struct Commissions: MetricStage {
  package static let name = "commissions"
  package static let tags = ["partners", "money"]
  package static let summary = "commission lines: bonuses, shares, levels, reversals, their status"
  package static let upstream = [CommissionLedger.name]
  package static let writes = [schema, exceptions]
  package static let reads: [SourceRead] = []

  /// One row per line.
  package static let schema = TableSchema(
    name: "commissions", summary: "what a partner earns, or loses, by a transaction",
    key: ["id"], timeColumn: "day",
    columns: [
      ColumnSchema("id", .text),
      ColumnSchema("type", .text),
      ColumnSchema("transaction_id", .text),
      ColumnSchema("partner_id", .text),
      ColumnSchema("level", .integer),
      ColumnSchema("amount", .money),
      ColumnSchema("day", .day),
      ColumnSchema("status", .text),
      ColumnSchema("reversal_of", .text, nullable: true),
      ColumnSchema("referral_id", .text, nullable: true, extra: true),
      ColumnSchema("currency", .text, extra: true),
      ColumnSchema("period_start", .day, extra: true),
      ColumnSchema("period_end", .day, extra: true),
      ColumnSchema("paid_at", .instant, nullable: true, extra: true),
      ColumnSchema("source_partner_id", .text, extra: true),
      ColumnSchema("user_id", .text, extra: true),
      ColumnSchema("approved_on", .day, extra: true),
      ColumnSchema("base_amount", .money, extra: true),
      ColumnSchema("rate", .ratio, nullable: true, extra: true),
      ColumnSchema("rule", .text, extra: true),
    ])

  /// One row per refund, chargeback or dispute won that reverses nothing.
  package static let exceptions = TableSchema(
    name: "commission_exceptions", summary: "an adjustment whose sale is not known",
    key: ["transaction_id"], timeColumn: "day",
    columns: [
      ColumnSchema("transaction_id", .text),
      ColumnSchema("day", .day),
      ColumnSchema("kind", .text),
      ColumnSchema("amount", .money, nullable: true),
      ColumnSchema("user_id", .text, nullable: true),
      ColumnSchema("reason", .text),
    ])

  private let window: Window
  private let currency: Currency

  /// The stage for a run's window.
  package init(_ context: RunContext) {
    window = context.window
    currency = context.currency
  }

  /// Whether payouts are proposed for a later day.
  package var readsBack: [ReadBack] { [PayoutProposals.newer(than: window)] }

  /// Nothing is read.
  package func makePartial() {}

  /// Nothing is read.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Void
  ) throws(StageError) {}

  /// Nothing is read.
  package func merge(_ other: consuming Void, into partial: inout Void) throws(StageError) {}

  /// The lines and exceptions of the window, and earlier lines that changed.
  package func finish(
    _ partial: consuming Void, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    var lines = tables.table(CommissionLedger.name)
    let isOld = tables.published(PayoutProposals.schema.name).count > 0
    if isOld { Self.keepStatuses(in: &lines) }
    let days = lines.integers("day")
    let own = days.indices.filter { window.contains(Int32(days[$0])) }
    let first = Int64(window.firstDay())
    let changed = isOld ? [] : Self.changedRows(of: lines, before: first)
    let unmatched = tables.table(CommissionLedger.exceptions.name)
    return [
      TableChange(
        rows: published(lines, own), replaces: window.daySpan,
        restated: published(lines, changed)),
      TableChange(rows: published(exceptions: unmatched), replaces: window.daySpan),
    ]
  }

  /// The rows of lines before a day that are published with another status.
  private static func changedRows(of lines: Table, before first: Int64) -> [Int] {
    let (days, statuses) = (lines.integers("day"), lines.integers("status"))
    let published = lines.integers("published_status")
    return days.indices.filter { row in
      days[row] < first && published[row] != .absent && published[row] != statuses[row]
    }
  }

  /// Gives lines the status that they are published with.
  private static func keepStatuses(in lines: inout Table) {
    var kept = lines.integers("status")
    for (row, status) in lines.integers("published_status").enumerated() where status != .absent {
      kept[row] = status
    }
    lines.columns[lines.schema.index(of: "status")] = .integers(kept)
  }

  /// Rows of the commission ledger as they are published.
  private func published(_ lines: Table, _ rows: [Int]) -> Table {
    // A run over everything publishes them all.
    let picked = rows.count == lines.count ? lines : lines.selecting(rows: rows)
    let (high, low) = (picked.integers("id_high"), picked.integers("id_low"))
    var ids = TextColumn()
    var text: [UInt8] = []
    for row in rows.indices {
      text.removeAll(keepingCapacity: true)
      NameUUID.append(CommissionLedger.id(high[row], low[row]), to: &text)
      text.withView { ids.append(distinct: $0) }
    }
    let months = picked.integers("day").map { Day(number: Int32($0)).firstOfMonth }
    func words(_ column: String, _ words: [String]) -> TableColumn {
      .texts(
        TextColumn(
          codes: picked.integers(column).map { Int32($0) }, pool: StringPool(words: words)))
    }
    return Table(
      schema: Self.schema,
      columns: [
        .texts(ids), words("type", CommissionType.words),
        .texts(picked.texts("transaction_id")), .texts(picked.texts("partner_id")),
        .integers(picked.integers("level")), .integers(picked.integers("amount")),
        .integers(picked.integers("day")), words("status", CommissionStatus.words),
        .texts(picked.texts("reversal_of")), .texts(picked.texts("referral_id")),
        .texts(
          TextColumn(
            codes: [Int32](repeating: 0, count: rows.count),
            pool: StringPool(words: [currency.text]))),
        .integers(months.map { Int64($0.number) }),
        .integers(months.map { Int64($0.lastOfMonth.number) }),
        .integers(picked.integers("paid_at")), .texts(picked.texts("owner_id")),
        .texts(picked.texts("user_id")), .integers(picked.integers("ready_on")),
        .integers(picked.integers("base_amount")),
        .integers(picked.integers("rate").map { $0 == 0 ? .absent : ratio($0, Rate.scale) }),
        .texts(picked.texts("rule")),
      ])
  }

  private func published(exceptions table: Table) -> Table {
    let days = table.integers("day")
    let picked = table.selecting(
      rows: days.indices.filter { window.contains(Int32(days[$0])) })
    var reasons = TextColumn()
    for _ in 0..<picked.count { reasons.append("original_unknown") }
    return Table(
      schema: Self.exceptions,
      columns: [
        .texts(picked.texts("transaction_id")), .integers(picked.integers("day")),
        .texts(
          TextColumn(
            codes: picked.integers("kind").map { Int32($0) },
            pool: StringPool(words: TransactionKind.vocabulary.words))),
        .integers(picked.integers("amount")), .texts(picked.texts("user_id")), .texts(reasons),
      ])
  }
}
