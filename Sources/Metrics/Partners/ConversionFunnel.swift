import Engine

/// How far the visitors that a partner sent have come, by ISO week.
///
/// Each figure counts what happened in that week: accepted clicks (metrics.md section 2), their
/// distinct visitor keys, signups and first sales of the partner's customers as section 7 counts
/// them, and their sales after the first. `signup_rate` = signups / visitors, `conversion_rate` =
/// first_sales / visitors, `repeat_share` = repeat_sales / (first_sales + repeat_sales).
package struct ConversionFunnel: MetricStage {
  package static let name = "conversion_funnel"
  package static let tags = ["partners"]
  package static let summary =
    "clicks, visitors, signups, first and repeat sales per partner and week"
  package static let upstream = [LedgerStage.name, Buyers.name, Timelines.name, Owners.name]
  package static let reads: [SourceRead] = []
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

  /// Nothing: all is made from other stages' tables.
  package func makePartial() {}

  /// Never called: the stage reads no source.
  package func add(_ batch: Batch, of source: String, to partial: inout Void) throws(StageError) {}

  /// Nothing to add.
  package func merge(_ other: Void, into partial: inout Void) throws(StageError) {}

  /// The table `conversion_funnel` of the weeks that the window touches.
  package func finish(_ partial: Void, _ tables: Upstream) throws(StageError) -> [TableChange] {
    var weeks = FunnelWeeks(context)
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
  private struct Figures {
    let partner: Int
    let week: Int32
    var clicks: Int64 = 0
    var visitors: Int64 = 0
    var signups: Int64 = 0
    var firstSales: Int64 = 0
    var repeatSales: Int64 = 0
  }

  private let context: RunContext
  private let days: ClosedRange<Int32>
  private var partners = StringPool()
  private var groups = GroupTable()
  private var figures: [Figures] = []

  init(_ context: RunContext) {
    self.context = context
    days = context.window.daysFromMonday
  }

  private mutating func group(_ partner: Int32, _ day: Int32) -> Int {
    let week = Day(number: day).weekStart.number
    let group = groups.group(UInt64(partner), UInt64(bitPattern: Int64(week)))
    if group == figures.count { figures.append(Figures(partner: Int(partner), week: week)) }
    return group
  }

  mutating func addClicks(_ counts: Table, visitors: Table) {
    let column = counts.texts("partner_id")
    let map = CodeMap(partners.merge(column.pool))
    let clickDays = counts.integers("day")
    let clicks = counts.integers("clicks")
    let verdicts = counts.texts("verdict")
    let accepted = verdicts.pool.code(ofWord: ClickVerdict.accepted.word)
    for row in 0..<counts.count where verdicts.codes[row] == accepted {
      figures[group(map[column.codes[row]], Int32(clickDays[row]))].clicks += clicks[row]
    }
    let visited = visitors.texts("partner_id")
    let visitedMap = CodeMap(partners.merge(visited.pool))
    let weeks = visitors.integers("week")
    let numbers = visitors.integers("visitors")
    for row in 0..<visitors.count {
      figures[group(visitedMap[visited.codes[row]], Int32(weeks[row]))].visitors += numbers[row]
    }
  }

  mutating func addCustomers(_ owned: OwnedCustomers, _ ledger: Ledger) {
    let map = CodeMap(partners.merge(owned.partners))
    var cursor = DayCursor(context.timeZone)
    for customer in owned.customers where customer.isSignup {
      let day = cursor.day(of: customer.createdAt)
      if days.contains(day) { figures[group(map[customer.partner], day)].signups += 1 }
    }
    let firstSales = ledger.firstSales()
    for row in 0..<ledger.count
    where ledger.isSale(row) && days.contains(Int32(ledger.days[row])) {
      guard let owner = owned.owner(of: row) else { continue }
      let group = group(map[owner], Int32(ledger.days[row]))
      if firstSales[Int(ledger.users.codes[row])] == row {
        figures[group].firstSales += 1
      } else {
        figures[group].repeatSales += 1
      }
    }
  }

  func table() -> Table {
    let ranks = partners.ranks()
    let rows = figures.sorted { left, right in
      if left.week != right.week { return left.week < right.week }
      return ranks[left.partner] < ranks[right.partner]
    }
    return Table(
      schema: ConversionFunnel.schema,
      columns: [
        .integers(rows.map { Int64($0.week) }),
        .texts(TextColumn(codes: rows.map { Int32($0.partner) }, pool: partners)),
        .integers(rows.map(\.clicks)), .integers(rows.map(\.visitors)),
        .integers(rows.map(\.signups)), .integers(rows.map(\.firstSales)),
        .integers(rows.map(\.repeatSales)),
        .integers(rows.map { ratio($0.signups, $0.visitors) }),
        .integers(rows.map { ratio($0.firstSales, $0.visitors) }),
        .integers(rows.map { ratio($0.repeatSales, $0.firstSales + $0.repeatSales) }),
        .integers(rows.map { $0.week + 6 <= context.window.lastDay ? 1 : 0 }),
      ])
  }
}
