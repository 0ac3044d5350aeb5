import Engine

/// The figures of partners by day.
struct PartnerDays {
  /// The figures of one partner and day.
  private struct Figures {
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
  private var days = PartnerGroups(Figures())

  /// No figures.
  init(_ context: RunContext) { self.context = context }

  /// Adds the accepted clicks of `click_counts`.
  mutating func addClicks(_ counts: Table) {
    let column = counts.texts("partner_id")
    let map = days.add(column.pool)
    let clickDays = counts.integers("day")
    let verdicts = counts.texts("verdict")
    let clicks = counts.integers("clicks")
    let accepted = verdicts.pool.code(ofWord: ClickVerdict.accepted.word)
    for row in 0..<counts.count
    where verdicts.codes[row] == accepted && context.window.contains(Int32(clickDays[row])) {
      let group = days.group(map[column.codes[row]], day: Int32(clickDays[row]))
      days.figures[group].clicks += clicks[row]
    }
  }

  /// Adds the window's signups.
  mutating func addSignups(_ owned: OwnedCustomers) {
    let map = days.add(owned.partners)
    var cursor = DayCursor(context.timeZone)
    for customer in owned.customers where customer.isSignup {
      let day = cursor.day(of: customer.createdAt)
      guard context.window.contains(day) else { continue }
      days.figures[days.group(map[customer.partner], day: day)].signups += 1
    }
  }

  /// Adds the window's sales of owned customers, their adjustments, and which are first sales.
  mutating func addRevenue(_ owned: OwnedCustomers, _ ledger: Ledger) throws(StageError) {
    let map = days.add(owned.partners)
    for customer in owned.customers where customer.firstSale >= 0 {
      let sale = customer.firstSale
      guard context.window.contains(Int32(ledger.days[sale])),
        ledger.occurredAt[sale] >= customer.createdAt
      else { continue }
      let group = days.group(map[customer.partner], day: Int32(ledger.days[sale]))
      days.figures[group].conversions += 1
    }
    for row in 0..<ledger.count where context.window.contains(Int32(ledger.days[row])) {
      guard let owner = owned.owner(of: row) else { continue }
      let amount = try ledger.amount(row, for: PartnerAnalytics.name)
      let group = days.group(map[owner], day: Int32(ledger.days[row]))
      days.figures[group].revenue = try PartnerAnalytics.sum(
        days.figures[group].revenue, ledger.takesBack(row) ? -amount : amount,
        "revenue of partner \(days.name(group))")
    }
  }

  /// Adds the commission lines of the window's days, reversals included.
  mutating func addCommissions(_ lines: Table) throws(StageError) {
    let column = lines.texts("partner_id")
    let map = days.add(column.pool)
    let lineDays = lines.integers("day")
    let amounts = lines.integers("amount")
    for row in 0..<lines.count where context.window.contains(Int32(lineDays[row])) {
      let group = days.group(map[column.codes[row]], day: Int32(lineDays[row]))
      days.figures[group].commission = try PartnerAnalytics.sum(
        days.figures[group].commission, amounts[row],
        "commissions of partner \(days.name(group))")
    }
  }

  /// Rows of `partner_analytics` by day, then partner.
  func table() -> Table {
    let groups = days.sorted().filter { !days.figures[$0].isEmpty }
    let rows = groups.map { days.figures[$0] }
    var ids = TextColumn()
    let prefix = Array("nightmill:partner_analytics:".utf8)
    var name = NameUUID.Name()
    var text: [UInt8] = []
    for group in groups {
      text.removeAll(keepingCapacity: true)
      Day(number: Int32(days.day(group))).append(to: &text)
      name.begin(prefix)
      days.partners.withBytes(of: Int(days.partner(group))) { name.append($0) }
      name.append(UInt8(ascii: ":"))
      text.withView { name.append($0) }
      text.removeAll(keepingCapacity: true)
      NameUUID.append(name.id(), to: &text)
      text.withView { ids.append(distinct: $0) }
    }
    return Table(
      schema: PartnerAnalytics.schema,
      columns: [
        days.column(groups), .integers(groups.map(days.day)), .integers(rows.map(\.clicks)),
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
