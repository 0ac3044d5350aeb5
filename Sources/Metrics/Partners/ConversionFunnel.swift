import Engine

/// How far the visitors that a partner sent have come, by ISO week.
///
/// Each figure counts what happened in that week: accepted clicks (metrics.md section 2), their
/// distinct visitor keys, signups and first sales of the partner's customers as section 7 counts
/// them, and their sales after the first. `signup_rate` = signups / visitors, `conversion_rate` =
/// first_sales / visitors, `repeat_share` = repeat_sales / (first_sales + repeat_sales).
package struct ConversionFunnel: DerivedStage {
  package static let name = "conversion_funnel"
  package static let tags = ["partners"]
  package static let summary =
    "clicks, visitors, signups, first and repeat sales per partner and week"
  package static let upstream = [LedgerStage.name, Buyers.name, Timelines.name, Owners.name]
  package static let writes = [schema]

  /// One row per partner and week that the window touches with any figure.
  package static let schema = TableSchema(
    name: "conversion_funnel", summary: "how far a partner's visitors came in an ISO week",
    key: ["week", "partner_id"], timeColumn: "week",
    columns: [
      ColumnSchema("week", .day),
      ColumnSchema("partner_id", .text),
      ColumnSchema("clicks", .integer),
      ColumnSchema("visitors", .integer),
      ColumnSchema("signups", .integer),
      ColumnSchema("first_sales", .integer),
      ColumnSchema("repeat_sales", .integer),
      ColumnSchema("signup_rate", .ratio, nullable: true),
      ColumnSchema("conversion_rate", .ratio, nullable: true),
      ColumnSchema("repeat_share", .ratio, nullable: true),
      ColumnSchema("complete", .boolean),
    ])

  private let context: RunContext

  /// The stage of a run.
  package init(_ context: RunContext) { self.context = context }

  /// The table `conversion_funnel` of the weeks that the window touches.
  package func finish(_ tables: Upstream) throws(StageError) -> [TableChange] {
    var weeks = FunnelWeeks(context: context)
    weeks.addClicks(
      tables.table(Timelines.counts.name), visitors: tables.table(Timelines.visitors.name))
    let ledger = tables.ownedLedger
    weeks.addCustomers(OwnedCustomers(tables.table(Owners.name), ledger), ledger)
    return [TableChange(rows: weeks.table(), replaces: context.window.weekSpan)]
  }
}

/// The figures of partners by week.
private struct FunnelWeeks {
  /// The figures of one partner and week.
  struct Figures {
    var clicks: Int64 = 0
    var visitors: Int64 = 0
    var signups: Int64 = 0
    var firstSales: Int64 = 0
    var repeatSales: Int64 = 0
  }

  let context: RunContext
  var weeks = PartnerGroups(Figures())

  mutating func addClicks(_ counts: Table, visitors: Table) {
    weeks.addClicks(counts, where: { $0 == .accepted }) { clicks, _, figures in
      figures.clicks += clicks
    }
    let numbers = visitors.integers("visitors")
    weeks.addWeeks(visitors) { row, figures in figures.visitors += numbers[row] }
  }

  mutating func addCustomers(_ owned: OwnedCustomers, _ ledger: Ledger) {
    let map = weeks.add(owned.partners)
    let days = context.window.daysFromMonday
    var cursor = DayCursor(context.timeZone)
    for customer in owned.customers where customer.isSignup {
      let day = cursor.day(of: customer.createdAt)
      guard days.contains(day) else { continue }
      weeks.figures[weeks.group(map[customer.partner], weekOf: day)].signups += 1
    }
    let firstSales = ledger.firstSales()
    for row in 0..<ledger.count
    where ledger.isSale(row) && days.contains(Int32(ledger.days[row])) {
      guard let owner = owned.owner(of: row) else { continue }
      let group = weeks.group(map[owner], weekOf: Int32(ledger.days[row]))
      if firstSales[Int(ledger.users.codes[row])] == row {
        weeks.figures[group].firstSales += 1
      } else {
        weeks.figures[group].repeatSales += 1
      }
    }
  }

  func table() -> Table {
    let groups = weeks.sorted()
    let rows = groups.map { weeks.figures[$0] }
    return Table(
      schema: ConversionFunnel.schema,
      columns: [
        .integers(groups.map(weeks.day)), weeks.column(groups),
        .integers(rows.map(\.clicks)), .integers(rows.map(\.visitors)),
        .integers(rows.map(\.signups)), .integers(rows.map(\.firstSales)),
        .integers(rows.map(\.repeatSales)),
        .integers(rows.map { ratio($0.signups, $0.visitors) }),
        .integers(rows.map { ratio($0.firstSales, $0.visitors) }),
        .integers(rows.map { ratio($0.repeatSales, $0.firstSales + $0.repeatSales) }),
        .integers(groups.map { weeks.day($0) + 6 <= Int64(context.window.lastDay) ? 1 : 0 }),
      ])
  }
}
