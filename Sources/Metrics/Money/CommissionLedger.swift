import Engine

/// Every commission line up to the window's end, with its status there: what the stages about
/// partners' money read, made once.
package struct CommissionLedger: MetricStage {
  package static let name = "commission_ledger"
  package static let summary = "commission lines up to the last day, with their status"
  package static let isEphemeral = true
  package static let upstream = [LedgerStage.name, Buyers.name, Owners.name]
  package static let writes = [schema, exceptions]
  package static let reads = [
    SourceRead("partners", columns: PartnerTerms.columns, lookback: .timeless),
    SourceRead("payouts", columns: ListedLines.columns, lookback: .timeless),
    SourceRead("disputes", columns: DisputedLines.columns, lookback: .timeless),
  ]

  /// One row per line, in the order of the transactions.
  static let schema = TableSchema(
    name: "commission_ledger", summary: "a commission line", key: ["id_high", "id_low"],
    columns: [
      ColumnSchema("id_high", .integer),
      ColumnSchema("id_low", .integer),
      ColumnSchema("type", .integer),
      ColumnSchema("status", .integer),
      ColumnSchema("level", .integer),
      ColumnSchema("partner_id", .text),
      ColumnSchema("owner_id", .text),
      ColumnSchema("user_id", .text),
      ColumnSchema("referral_id", .text, nullable: true),
      ColumnSchema("transaction_id", .text),
      ColumnSchema("reversal_of", .text, nullable: true),
      ColumnSchema("day", .day),
      ColumnSchema("ready_on", .day),
      ColumnSchema("amount", .money),
      ColumnSchema("base_amount", .money),
      ColumnSchema("rate", .integer),
      ColumnSchema("rule", .text),
      ColumnSchema("is_listed", .boolean),
      ColumnSchema("paid_at", .instant, nullable: true),
      ColumnSchema("published_status", .integer, nullable: true),
    ])

  /// One row per adjustment that reverses nothing, as its sale is not known.
  static let exceptions = TableSchema(
    name: "commission_ledger_exceptions", summary: "an adjustment without its sale",
    key: ["transaction_id"],
    columns: [
      ColumnSchema("transaction_id", .text),
      ColumnSchema("day", .day),
      ColumnSchema("kind", .integer),
      ColumnSchema("amount", .money, nullable: true),
      ColumnSchema("user_id", .text, nullable: true),
    ])

  /// What a run's workers gather.
  package struct Partial: Sendable {
    var partners = PartnerTerms()
    var payouts = ListedLines()
    var disputes = DisputedLines()
  }

  private let program: CommissionProgram?
  private let window: Window
  private let lastInstant: Int64
  private let workers: Workers

  /// The lines up to the end of a run's window, by the program of its settings; without one there
  /// are none.
  package init(_ context: RunContext) {
    program = context.values[CommissionProgram.self]
    window = context.window
    lastInstant = context.lastInstant
    workers = context.workers
  }

  /// Lines that were published stay.
  package var readsBack: [ReadBack] { [PublishedLines.readBack(for: window)] }

  /// No partners, payouts and disputes.
  package func makePartial() -> Partial { Partial() }

  /// Keeps the rows of a batch.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Partial
  ) throws(StageError) {
    switch source {
    case Sources.partners.source: partial.partners.add(batch)
    case Sources.payouts.source: partial.payouts.add(batch, until: lastInstant)
    default: partial.disputes.add(batch, until: lastInstant)
    }
  }

  /// Adds another worker's rows.
  package func merge(
    _ other: consuming Partial, into partial: inout Partial
  ) throws(StageError) {
    partial.partners.merge(other.partners)
    partial.payouts.merge(other.payouts)
    partial.disputes.merge(other.disputes)
  }

  /// The lines; throws where a partner's tier is not in the program, partners are each other's
  /// parents, an amount lacks its exchange rate, or a sum overflows.
  package func finish(
    _ partial: consuming Partial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let ledger = tables.ownedLedger
    guard let program else {
      return [Self.schema, Self.exceptions].map {
        TableChange(rows: Table(empty: $0), replaces: .nothing)
      }
    }
    let partners = try PartnerTree(partial.partners, for: Self.name)
    let owned = OwnedCustomers(tables.table(Owners.name), ledger)
    let published = PublishedLines(tables.published(Commissions.schema.name), for: window)
    var builder = try CommissionBuilder(ledger, partners, owned, program, published)
    try builder.build(workers)
    var lines = builder.lines
    judge(&lines, ledger, partners, partial)
    return [
      TableChange(
        rows: table(lines, ledger, owned, partners, partial.payouts, published),
        replaces: .nothing),
      TableChange(rows: exceptions(builder.unmatched, ledger), replaces: .nothing),
    ]
  }

  /// The status of every line at the window's end. A reversal comes after its line, whose status is
  /// then known.
  private func judge(
    _ lines: inout [CommissionLine], _ ledger: Ledger, _ partners: PartnerTree,
    _ partial: borrowing Partial
  ) {
    let rows = partners.rows
    let isTerminated = rows.id.indices.map { rows.status($0, at: lastInstant) == .terminated }
    let hasDisputes = !partial.disputes.isEmpty
    for index in lines.indices {
      let line = lines[index]
      var effect: DisputedLines.Effect?
      if hasDisputes {
        effect = ledger.ids.withBytes(Int(line.row)) { transaction in
          rows.ids.withBytes(of: Int(rows.id[Int(line.partner)])) { partner in
            partial.disputes.effect(line.id, transaction: transaction, partner: partner)
          }
        }
      }
      let reversed = line.reverses < 0 ? nil : lines[Int(line.reverses)].status
      let isVoid = reversed.map { $0 == .cancelled } ?? isTerminated[Int(line.partner)]
      if partial.payouts.listings[line.id]?.paidAt != nil {
        lines[index].status = .paid
      } else if isVoid || effect == .isVoid {
        lines[index].status = .cancelled
      } else if effect == .waits || reversed == .disputed {
        lines[index].status = .disputed
      } else {
        lines[index].status = line.readyOn <= window.lastDay ? .approved : .pending
      }
    }
  }

  private func table(
    _ lines: [CommissionLine], _ ledger: Ledger, _ owned: OwnedCustomers, _ partners: PartnerTree,
    _ payouts: ListedLines, _ published: PublishedLines
  ) -> Table {
    func integers(_ value: (CommissionLine) -> Int64) -> TableColumn { .integers(lines.map(value)) }
    func partner(_ row: (CommissionLine) -> Int32) -> TableColumn {
      .texts(
        TextColumn(
          codes: lines.map { partners.rows.id[Int(row($0))] }, pool: partners.rows.ids))
    }
    let ids = ledger.ids
    let users = lines.map { line in
      let origin = line.reverses < 0 ? line.row : lines[Int(line.reverses)].row
      return ledger.users.codes[Int(origin)]
    }
    return Table(
      schema: Self.schema,
      columns: [
        integers { Int64(bitPattern: UInt64(truncatingIfNeeded: $0.id >> 64)) },
        integers { Int64(bitPattern: UInt64(truncatingIfNeeded: $0.id)) },
        integers { Int64($0.type.rawValue) },
        integers { Int64($0.status.rawValue) },
        integers { Int64($0.level) },
        partner(\.partner),
        partner(\.owner),
        .texts(TextColumn(codes: users, pool: ledger.users.pool)),
        .texts(
          TextColumn(
            codes: users.map { owned.customer(ofUser: $0)?.referral ?? -1 },
            pool: owned.referrals)),
        .texts(TextColumn(codes: lines.map { ids.codes[Int($0.row)] }, pool: ids.pool)),
        .texts(
          TextColumn(
            codes: lines.map { line in
              line.reverses < 0 ? -1 : ids.codes[Int(lines[Int(line.reverses)].row)]
            }, pool: ids.pool)),
        integers { Int64($0.day) },
        integers { Int64($0.readyOn) },
        integers(\.amount),
        integers(\.base),
        integers(\.rate.scaled),
        .texts(rules(lines, partners)),
        integers { payouts.listings[$0.id] == nil ? 0 : 1 },
        integers { payouts.listings[$0.id]?.paidAt ?? .absent },
        integers { published.status(of: $0.id) },
      ])
  }

  /// An ID from the two words that a table holds it in.
  static func id(_ high: Int64, _ low: Int64) -> UInt128 {
    UInt128(UInt64(bitPattern: high)) << 64 | UInt128(UInt64(bitPattern: low))
  }

  /// How each line came about: the program, the owner's tier, what for, and the level.
  private func rules(_ lines: [CommissionLine], _ partners: PartnerTree) -> TextColumn {
    let (rows, program) = (partners.rows, program?.name ?? "")
    var column = TextColumn()
    var known: [UInt64: Int32] = [:]
    for line in lines {
      let tier = rows.tier[Int(line.owner)]
      let key = UInt64(tier) << 16 | UInt64(line.type.rawValue) << 8 | UInt64(line.level)
      if let code = known[key] {
        column.codes.append(code)
      } else {
        let words = "tier \(rows.tiers.text(of: Int(tier))), \(line.type.word), level \(line.level)"
        column.append("program \(program), \(words)")
        known[key] = column.codes[column.codes.count - 1]
      }
    }
    return column
  }

  private func exceptions(_ rows: [Int32], _ ledger: Ledger) -> Table {
    let rows = rows.map { Int($0) }
    return Table(
      schema: Self.exceptions,
      columns: [
        .texts(TextColumn(codes: rows.map { ledger.ids.codes[$0] }, pool: ledger.ids.pool)),
        .integers(rows.map { ledger.days[$0] }),
        .integers(rows.map { ledger.kinds[$0] }),
        .integers(rows.map { ledger.amountIfKnown($0) }),
        .texts(TextColumn(codes: rows.map { ledger.users.codes[$0] }, pool: ledger.users.pool)),
      ])
  }
}
