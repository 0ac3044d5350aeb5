import Engine

/// What became of every payout: completed, under way, failed, and whether it is what its lines add
/// up to.
///
/// A payout is compared with the commission lines it lists. What does not fit is a note, not an
/// error: the payout has been made, and a person decides. A run for earlier days leaves a newer
/// register alone.
package struct PayoutRegister: MetricStage {
  package static let name = "payout_register"
  package static let tags = ["partners", "money"]
  package static let summary = "every payout beside the lines it lists"
  package static let upstream = [CommissionLedger.name]
  package static let writes = [schema]
  package static let reads = [
    SourceRead(
      "payouts",
      columns: [
        "payout_id", "partner_id", "amount", "currency", "status", "processed_at", "method",
        "commission_ids",
      ], lookback: .timeless)
  ]

  /// One row per payout known to the source at the window's end.
  package static let schema = TableSchema(
    name: "payout_register", summary: "a payout, and the commission lines it lists",
    key: ["payout_id"], timeColumn: "as_of", isNeverEmpty: true,
    columns: [
      ColumnSchema("payout_id", .text),
      ColumnSchema("partner_id", .text),
      ColumnSchema("amount", .money, nullable: true),
      ColumnSchema("currency", .text),
      ColumnSchema("own_amount", .text),
      ColumnSchema("status", .text),
      ColumnSchema("processed_at", .instant, nullable: true),
      ColumnSchema("method", .text, nullable: true),
      ColumnSchema("lines", .integer),
      ColumnSchema("lines_amount", .money),
      ColumnSchema("difference", .money, nullable: true),
      ColumnSchema("note", .text, nullable: true),
      ColumnSchema("as_of", .day, extra: true),
    ])

  /// A payout as it came.
  struct Row: Sendable {
    var id: Int32
    var partner: Int32
    var amount: Int64
    var currency: Int64
    var status: Int64
    var processedAt: Int64
    var method: Int32
    var lines: [UInt128]
    /// Whether the list has an entry that is no line's ID.
    var hasStranger: Bool
  }

  /// What a run's workers gather.
  package struct Partial: Sendable {
    var texts = StringPool()
    var rows: [Row] = []
  }

  private let context: RunContext

  /// The register as of the end of a run's window.
  package init(_ context: RunContext) { self.context = context }

  /// Whether there is a register of a later day.
  package var readsBack: [ReadBack] {
    let newer = Span.range(from: Int64(context.window.lastDay) + 1, to: Int64(Day.last.number))
    return [ReadBack(Self.schema, columns: ["as_of"], span: newer)]
  }

  /// No payouts.
  package func makePartial() -> Partial { Partial() }

  /// Keeps a batch of payouts.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Partial
  ) throws(StageError) {
    let contract = Sources.payouts
    let ids = batch.text(contract.column("payout_id"))
    let partners = batch.text(contract.column("partner_id"))
    let amounts = batch.integers[contract.column("amount")]
    let currencies = batch.integers[contract.column("currency")]
    let statuses = batch.integers[contract.column("status")]
    let processed = batch.integers[contract.column("processed_at")]
    let methods = batch.text(contract.column("method"))
    let lists = batch.text(contract.column("commission_ids"))
    for row in 0..<batch.count {
      var (lines, hasStranger): ([UInt128], Bool) = ([], false)
      ListedLines.eachEntry(lists[row]) { entry in
        if let id = NameUUID.parse(entry) { lines.append(id) } else { hasStranger = true }
      }
      partial.rows.append(
        Row(
          id: Int32(partial.texts.intern(ids[row])),
          partner: Int32(partial.texts.intern(partners[row])), amount: amounts[row],
          currency: currencies[row], status: statuses[row], processedAt: processed[row],
          method: partial.texts.code(ofOptional: methods[row]), lines: lines,
          hasStranger: hasStranger))
    }
  }

  /// Adds another worker's payouts.
  package func merge(
    _ other: consuming Partial, into partial: inout Partial
  ) throws(StageError) {
    let map = CodeMap(partial.texts.merge(other.texts))
    for var row in other.rows {
      (row.id, row.partner, row.method) = (map[row.id], map[row.partner], map[row.method])
      partial.rows.append(row)
    }
  }

  /// The register, in place of that of the run before.
  package func finish(
    _ partial: consuming Partial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    if tables.published(Self.schema.name).count > 0 {
      return [TableChange(rows: Table(empty: Self.schema), replaces: .nothing)]
    }
    let texts = partial.texts
    let ranks = texts.ranks()
    let rows = partial.rows.filter { isKnown($0) }.sorted { ranks[Int($0.id)] < ranks[Int($1.id)] }
    let lines = KnownLines(tables.table(CommissionLedger.name), context.timeZone)
    var takers: [UInt128: Int] = [:]
    for row in rows where Self.takes(row) {
      for id in row.lines { takers[id, default: 0] += 1 }
    }
    var (sums, differences): ([Int64], [Int64]) = ([], [])
    var (notes, amounts) = (TextColumn(), TextColumn())
    for row in rows {
      var total: Int64 = 0
      for id in row.lines {
        total = try Self.sum(total, lines.amount(id) ?? 0, "payout \(texts.text(of: Int(row.id)))")
      }
      let isOwn = row.currency == context.currency.rawValue
      sums.append(total)
      // What failed or was cancelled moved no money that could differ.
      differences.append(
        isOwn && Self.takes(row)
          ? try Self.sum(row.amount, -total, "payout \(texts.text(of: Int(row.id)))") : .absent)
      notes.append(note(row, texts, lines, takers, total: total, isOwn: isOwn))
      amounts.append(Self.text(row.amount, Currency(rawValue: row.currency)))
    }
    func code(_ code: (Row) -> Int32) -> TableColumn {
      .texts(TextColumn(codes: rows.map(code), pool: texts))
    }
    var currencies = TextColumn()
    for row in rows { currencies.append(Currency(rawValue: row.currency)?.text) }
    let table = Table(
      schema: Self.schema,
      columns: [
        code(\.id), code(\.partner),
        .integers(
          rows.map { $0.currency == context.currency.rawValue ? $0.amount : .absent }),
        .texts(currencies), .texts(amounts),
        .texts(
          TextColumn(
            codes: rows.map { Int32($0.status) },
            pool: StringPool(words: PayoutStatus.vocabulary.words))),
        .integers(rows.map(\.processedAt)), code(\.method),
        .integers(rows.map { Int64($0.lines.count) }), .integers(sums), .integers(differences),
        .texts(notes),
        .integers([Int64](repeating: Int64(context.window.lastDay), count: rows.count)),
      ])
    return [TableChange(rows: table, replaces: .everything)]
  }

  /// Whether the run sees the payout yet.
  private func isKnown(_ row: Row) -> Bool {
    row.processedAt == .absent || row.processedAt <= context.lastInstant
  }

  /// Whether a payout takes its lines; what failed or was cancelled gave them back.
  private static func takes(_ row: Row) -> Bool {
    row.status <= PayoutStatus.completed.rawValue
  }

  /// What a person should look at, the gravest first; nil where all is well.
  private func note(
    _ row: Row, _ texts: StringPool, _ lines: KnownLines, _ takers: [UInt128: Int], total: Int64,
    isOwn: Bool
  ) -> String? {
    if !Self.takes(row) { return nil }
    if row.lines.contains(where: { takers[$0] ?? 0 > 1 }) { return "line_paid_twice" }
    if row.hasStranger || row.lines.contains(where: { lines.amount($0) == nil }) {
      // The first line of these records was still held when it was paid: it paid older ones.
      let isOlder =
        row.processedAt != .absent && row.processedAt < lines.firstApproved && !row.hasStranger
        && row.lines.allSatisfy { lines.amount($0) == nil }
      return isOlder ? "before_records" : "unknown_line"
    }
    let partner = texts.text(of: Int(row.partner))
    if row.lines.contains(where: { lines.partner($0) != partner }) { return "line_of_another" }
    if row.status == PayoutStatus.completed.rawValue, row.processedAt == .absent {
      return "no_processed_at"
    }
    if !row.lines.isEmpty, isOwn, total != row.amount { return "amount_differs" }
    return nil
  }

  private static func text(_ amount: Int64, _ currency: Currency?) -> String {
    var bytes: [UInt8] = []
    Money.append(amount, digits: currency?.digits ?? 2, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The commission lines by ID, for looking up what payouts list.
private struct KnownLines {
  private var rowOf: [UInt128: Int] = [:]
  private let amounts: [Int64]
  private let partners: TextColumn
  /// The instant at which the first of them could be paid; the first there is where there are none.
  let firstApproved: Int64

  init(_ lines: Table, _ zone: TimeZone) {
    firstApproved =
      lines.integers("ready_on").min().map { zone.firstInstant(of: Day(number: Int32($0))) }
      ?? Instant.first
    amounts = lines.integers("amount")
    partners = lines.texts("partner_id")
    let (high, low) = (lines.integers("id_high"), lines.integers("id_low"))
    rowOf.reserveCapacity(lines.count)
    for row in 0..<lines.count { rowOf[CommissionLedger.id(high[row], low[row])] = row }
  }

  func amount(_ id: UInt128) -> Int64? { rowOf[id].map { amounts[$0] } }
  func partner(_ id: UInt128) -> String? { rowOf[id].flatMap { partners.text($0) } }
}
