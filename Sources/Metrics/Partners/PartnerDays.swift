import Engine

/// The figures of partners by day.
struct PartnerDays {
  /// The figures of one partner and day.
  private struct Figures {
    let partner: Int
    let day: Int64
    var clicks: Int64 = 0
    var signups: Int64 = 0
    var conversions: Int64 = 0
    var revenue: Int64 = 0
    var commission: Int64 = 0

    var isEmpty: Bool {
      clicks == 0 && signups == 0 && conversions == 0 && revenue == 0 && commission == 0
    }
  }

  private let context: RunContext
  private var partners = StringPool()
  private var groups = GroupTable()
  private var figures: [Figures] = []

  /// No figures.
  init(_ context: RunContext) { self.context = context }

  private mutating func group(_ partner: Int, _ day: Int64) -> Int {
    let group = groups.group(UInt64(partner), UInt64(bitPattern: day))
    if group == figures.count { figures.append(Figures(partner: partner, day: day)) }
    return group
  }

  /// Adds the accepted clicks of `click_counts`.
  mutating func addClicks(_ counts: Table) {
    let column = counts.texts("partner_id")
    let map = CodeMap(partners.merge(column.pool))
    let days = counts.integers("day")
    let verdicts = counts.texts("verdict")
    let clicks = counts.integers("clicks")
    let accepted = verdicts.pool.code(ofWord: ClickVerdict.accepted.word)
    for row in 0..<counts.count
    where verdicts.codes[row] == accepted && context.window.contains(Int32(days[row])) {
      figures[group(Int(map[column.codes[row]]), days[row])].clicks += clicks[row]
    }
  }

  /// Adds the window's signups.
  mutating func addSignups(_ owned: OwnedCustomers) {
    let map = CodeMap(partners.merge(owned.partners))
    var cursor = DayCursor(context.timeZone)
    for customer in owned.customers where customer.isSignup {
      let day = cursor.day(of: customer.createdAt)
      guard context.window.contains(day) else { continue }
      figures[group(Int(map[customer.partner]), Int64(day))].signups += 1
    }
  }

  /// Adds the window's sales of owned customers, their adjustments, and which are first sales.
  mutating func addRevenue(_ owned: OwnedCustomers, _ ledger: Ledger) throws(StageError) {
    let map = CodeMap(partners.merge(owned.partners))
    for customer in owned.customers where customer.firstSale >= 0 {
      let sale = customer.firstSale
      guard context.window.contains(Int32(ledger.days[sale])),
        ledger.occurredAt[sale] >= customer.createdAt
      else { continue }
      figures[group(Int(map[customer.partner]), ledger.days[sale])].conversions += 1
    }
    for row in 0..<ledger.count where context.window.contains(Int32(ledger.days[row])) {
      guard let owner = owned.owner(of: row) else { continue }
      let amount = try ledger.amount(row, for: PartnerAnalytics.name)
      let group = group(Int(map[owner]), ledger.days[row])
      let place = figures[group].partner
      figures[group].revenue = try PartnerAnalytics.sum(
        figures[group].revenue, ledger.takesBack(row) ? -amount : amount,
        "revenue of partner \(partners.text(of: place))")
    }
  }

  /// Adds the commission lines of the window's days, reversals included.
  mutating func addCommissions(_ lines: Table) throws(StageError) {
    let column = lines.texts("partner_id")
    let map = CodeMap(partners.merge(column.pool))
    let days = lines.integers("day")
    let amounts = lines.integers("amount")
    for row in 0..<lines.count where context.window.contains(Int32(days[row])) {
      let group = group(Int(map[column.codes[row]]), days[row])
      let place = figures[group].partner
      figures[group].commission = try PartnerAnalytics.sum(
        figures[group].commission, amounts[row],
        "commissions of partner \(partners.text(of: place))")
    }
  }

  /// Rows of `partner_analytics` by partner, then day.
  func table() -> Table {
    let ranks = partners.ranks()
    let rows = figures.filter { !$0.isEmpty }.sorted { left, right in
      if left.partner != right.partner { return ranks[left.partner] < ranks[right.partner] }
      return left.day < right.day
    }
    var ids = TextColumn()
    for row in rows {
      let day = Day(number: Int32(row.day)).text
      let name = "nightmill:partner_analytics:\(partners.text(of: row.partner)):\(day)"
      NameUUID.url(Array(name.utf8)).withView { ids.append($0) }
    }
    return Table(
      schema: PartnerAnalytics.schema,
      columns: [
        .texts(TextColumn(codes: rows.map { Int32($0.partner) }, pool: partners)),
        .integers(rows.map(\.day)), .integers(rows.map(\.clicks)),
        .integers(rows.map(\.signups)), .integers(rows.map(\.conversions)),
        .integers(rows.map(\.revenue)), .integers(rows.map(\.commission)), .texts(ids),
      ])
  }
}

extension Ledger {
  /// Whether a row takes money back: a refund or chargeback, not a sale or a dispute won.
  func takesBack(_ row: Int) -> Bool {
    kinds[row] == TransactionKind.refund.rawValue
      || kinds[row] == TransactionKind.chargeback.rawValue
  }
}
