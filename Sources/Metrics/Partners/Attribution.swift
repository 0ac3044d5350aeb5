import Engine

/// Every sale shared over the partners that touched its customer, by five models: metrics.md
/// section 4.
package struct Attribution: DerivedStage {
  package static let name = "attribution"
  package static let tags = ["partners"]
  package static let summary = "each sale shared over its partners' touches, by five models"
  package static let upstream = [LedgerStage.name, Timelines.name]
  package static let writes = [shares]
  package static let views = [schema]

  /// Who gets a sale that nobody touched.
  static let direct = "direct"

  /// One row per sale and partner with a touch: what each model gives. Nearly every sale is one
  /// partner's alone, so a row per model would say the same five times.
  package static let shares = TableSchema(
    name: "attribution_shares", summary: "a partner's shares of a sale, by all models",
    key: ["transaction_id", "partner_id"], timeColumn: "day",
    columns: [ColumnSchema("transaction_id", .text), ColumnSchema("partner_id", .text)]
      + AttributionModel.allCases.map { ColumnSchema($0.column, .money) }
      + [ColumnSchema("day", .day)])

  /// The same as the specification has it: one row per sale, model and partner with a touch.
  package static let schema = TableSchema(
    name: "attribution", summary: "a partner's share of a sale by a model",
    key: ["transaction_id", "model", "partner_id"], timeColumn: "day",
    columns: [
      ColumnSchema("transaction_id", .text),
      ColumnSchema("model", .text),
      ColumnSchema("partner_id", .text),
      ColumnSchema("amount", .money),
      ColumnSchema("day", .day, extra: true),
    ])

  private let context: RunContext

  /// The stage of a run.
  package init(_ context: RunContext) { self.context = context }

  /// The shares of the window's sales; throws where a sale lacks its exchange rate.
  package func finish(_ tables: Upstream) throws(StageError) -> [TableChange] {
    let ledger = Ledger(tables.table(LedgerStage.name))
    let paths = SalePaths(tables.table(Timelines.salePaths.name))
    var rows = AttributionRows(ledger, paths.partners)
    for sale in 0..<ledger.count
    where ledger.isSale(sale) && context.window.contains(Int32(ledger.days[sale])) {
      rows.add(sale, try ledger.amount(sale, for: Self.name), paths[sale])
    }
    return [TableChange(rows: rows.table(), replaces: context.window.daySpan)]
  }
}

/// The ways to the window's sales, as the timelines found them.
struct SalePaths {
  /// The partners' turns, as codes of `partners`; of each sale together, the earliest first.
  let steps: [Int32]
  /// When each turn was.
  let instants: [Int64]
  /// The partners' IDs.
  let partners: StringPool
  /// Where each sale's turns begin, by its row in the ledger, and after the last sale where they end.
  private var starts: [Int]

  /// Reads the table `sale_paths`, whose rows ascend by sale and step.
  init(_ table: Table) {
    let sales = table.integers("sale")
    let column = table.texts("partner_id")
    steps = column.codes
    partners = column.pool
    instants = table.integers("touched_at")
    starts = [Int](repeating: 0, count: Int(sales.last ?? -1) + 2)
    for sale in sales { starts[Int(sale) + 1] += 1 }
    for sale in starts.indices.dropLast() { starts[sale + 1] += starts[sale] }
  }

  /// The turns on the way to a sale, by its row in the ledger, and when each was.
  subscript(_ sale: Int) -> (partners: ArraySlice<Int32>, instants: ArraySlice<Int64>) {
    let range = sale + 1 < starts.count ? starts[sale]..<starts[sale + 1] : 0..<0
    return (steps[range], instants[range])
  }
}

/// Rows of `attribution_shares` as they are made.
private struct AttributionRows {
  private let ledger: Ledger
  private let partners: StringPool
  private let ranks: [Int]
  private let direct: Int32
  private var ids: [Int32] = []
  private var owners: [Int32] = []
  /// Each model's shares, in the models' order.
  private var shares = AttributionModel.allCases.map { _ in [Int64]() }
  private var days: [Int64] = []

  init(_ ledger: Ledger, _ partners: StringPool) {
    self.ledger = ledger
    var partners = partners
    direct = Int32(Array(Attribution.direct.utf8).withView { partners.intern($0) })
    ranks = partners.ranks()
    self.partners = partners
  }

  /// Shares a sale by every model.
  mutating func add(
    _ sale: Int, _ amount: Int64,
    _ path: (partners: ArraySlice<Int32>, instants: ArraySlice<Int64>)
  ) {
    // Where a sale is one partner's alone, or nobody's, all models agree.
    if path.partners.count <= 1 {
      addRow(sale, path.partners.first ?? direct)
      for model in shares.indices { shares[model].append(amount) }
      return
    }
    let steps = Array(path.partners)
    let instants = Array(path.instants)
    let parts = AttributionModel.allCases.map {
      AttributionModel.split(amount, $0.weights(instants))
    }
    for owner in Set(steps).sorted(by: { ranks[Int($0)] < ranks[Int($1)] }) {
      addRow(sale, owner)
      for model in shares.indices {
        // Parts of one amount, so their sum is no larger.
        let share = zip(steps, parts[model]).reduce(0) { $1.0 == owner ? $0 + $1.1 : $0 }
        shares[model].append(share)
      }
    }
  }

  private mutating func addRow(_ sale: Int, _ owner: Int32) {
    ids.append(ledger.ids.codes[sale])
    owners.append(owner)
    days.append(ledger.days[sale])
  }

  func table() -> Table {
    Table(
      schema: Attribution.shares,
      columns: [
        .texts(TextColumn(codes: ids, pool: ledger.ids.pool)),
        .texts(TextColumn(codes: owners, pool: partners)),
      ] + shares.map { .integers($0) } + [.integers(days)])
  }
}
