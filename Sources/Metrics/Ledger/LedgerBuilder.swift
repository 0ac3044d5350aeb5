import Engine

/// Sorts, links and converts what a ledger's partials gathered.
struct LedgerBuilder {
  private let rows: LedgerPartial
  private let context: RunContext
  private let rates: RateTable

  init(_ rows: LedgerPartial, _ context: RunContext) {
    self.rows = rows
    self.context = context
    rates = RateTable(rows.rates, reporting: context.currency)
  }

  /// The ledger's table, in order of time, then ID.
  func table() throws(StageError) -> Table {
    let order = sortedRows()
    let originals = linked(order)
    let days = days(of: order)
    var rateDays: [Int64] = []
    rateDays.reserveCapacity(order.count)
    var amounts: [Int64] = []
    amounts.reserveCapacity(order.count)
    /// For each sale: its adjustments in its own currency so far, what was taken less what came
    /// back.
    var taken = [Int64](repeating: 0, count: order.count)
    for (place, row) in order.enumerated() {
      let original = originals[place]
      guard original >= 0, rows.currency[order[original]] == rows.currency[row] else {
        rateDays.append(days[place])
        amounts.append(try converted(rows.amount[row], row: row, day: days[place]) ?? .absent)
        continue
      }
      let before = taken[original]
      let isReturn = rows.kind[row] == UInt8(TransactionKind.disputeWon.rawValue)
      let after = try LedgerStage.sum(
        before, isReturn ? -rows.amount[row] : rows.amount[row],
        "adjustments of transaction \(name(order[original]))")
      taken[original] = after
      rateDays.append(days[original])
      let left = try converted(before, row: row, day: days[original])
      let right = try converted(after, row: row, day: days[original])
      guard let left, let right else {
        amounts.append(rows.amount[row] == 0 ? 0 : .absent)
        continue
      }
      // Both lie within 63 bits and the change has the sign of the kind, so only its size can be
      // too large.
      let (change, overflow) = (isReturn ? left : right).subtractingReportingOverflow(
        isReturn ? right : left)
      if overflow { throw LedgerStage.overflowError("transaction \(name(row))") }
      amounts.append(change)
    }
    return Table(
      schema: LedgerStage.schema,
      columns: [
        .texts(TextColumn(codes: order.map { rows.id[$0] }, pool: rows.ids)),
        .integers(order.map { rows.occurredAt[$0] }),
        .integers(days),
        .integers(order.map { Int64(rows.kind[$0]) }),
        .integers(amounts),
        .integers(order.map { rows.currency[$0] }),
        .integers(rateDays),
        .integers(originals.map { $0 < 0 ? .absent : Int64($0) }),
        .texts(TextColumn(codes: order.map { rows.vendor[$0] }, pool: rows.vendors)),
        .texts(TextColumn(codes: order.map { rows.product[$0] }, pool: rows.products)),
        .integers(order.map { rows.quantity[$0] }),
        .integers(order.map { rows.amount[$0] }),
        .texts(TextColumn(codes: order.map { rows.user[$0] }, pool: rows.users)),
        .texts(TextColumn(codes: order.map { rows.visitor[$0] }, pool: rows.visitors)),
        .texts(TextColumn(codes: order.map { rows.subscription[$0] }, pool: rows.subscriptions)),
        .integers(order.map { Int64(rows.interval[$0]) }),
        .integers(order.map { rows.intervalCount[$0] }),
      ])
  }

  private func sortedRows() -> [Int] {
    var order = RowOrder(count: rows.id.count)
    let keys = rows.occurredAt.map { UInt64(sortKey: $0) }
    order.sort(by: keys)
    order.sortTies(of: keys) { rows.ids.isBefore(rows.id[Int($0)], rows.id[Int($1)]) }
    return order.rows.map { Int($0) }
  }

  /// For each place in the order, the place of the sale it adjusts, −1 for none: only a sale that
  /// came before is an original.
  private func linked(_ order: [Int]) -> [Int] {
    var placeOfSale = [Int](repeating: -1, count: rows.references.count)
    var originals: [Int] = []
    originals.reserveCapacity(order.count)
    for (place, row) in order.enumerated() {
      originals.append(rows.reference[row] < 0 ? -1 : placeOfSale[Int(rows.reference[row])])
      if rows.kind[row] <= UInt8(TransactionKind.vendorSubscription.rawValue),
        let reference = rows.ids.withBytes(of: Int(rows.id[row]), rows.references.code)
      {
        placeOfSale[reference] = place
      }
    }
    return originals
  }

  private func days(of order: [Int]) -> [Int64] {
    var cursor = DayCursor(context.timeZone)
    return order.map { Int64(cursor.day(of: rows.occurredAt[$0])) }
  }

  /// An amount of the row's currency in the reporting one; nil without a rate. 0 is 0 at any rate.
  private func converted(
    _ amount: Int64, row: Int, day: Int64
  ) throws(StageError) -> Int64? {
    guard amount != 0, rows.currency[row] != context.currency.rawValue else { return amount }
    guard let from = Currency(rawValue: rows.currency[row]),
      let rate = rates.rate(of: rows.currency[row], on: Int32(day))
    else { return nil }
    guard
      let result = rate.convert(
        minor: amount, fromDigits: from.digits, toDigits: context.currency.digits)
    else { throw LedgerStage.overflowError("transaction \(name(row))") }
    return result
  }

  private func name(_ row: Int) -> String { rows.ids.text(of: Int(rows.id[row])) }
}

/// Exchange rates by currency and day.
struct RateTable {
  /// How many days a rate stays good after its own.
  static let reach: Int32 = 7

  private var days: [Int64: [Int32]] = [:]
  private var values: [Int64: [ExchangeRate]] = [:]

  init(_ rows: [LedgerPartial.RateRow], reporting: Currency) {
    for row in rows.sorted(by: { $0.day < $1.day }) where row.currency != reporting.rawValue {
      days[row.currency, default: []].append(row.day)
      values[row.currency, default: []].append(row.rate)
    }
  }

  /// The latest rate of the day or the 7 days before it; nil if there is none.
  func rate(of currency: Int64, on day: Int32) -> ExchangeRate? {
    guard let days = days[currency], let values = values[currency] else { return nil }
    let after = days.firstIndex(after: day)
    guard after > 0, days[after - 1] >= day - Self.reach else { return nil }
    return values[after - 1]
  }
}

extension [Int32] {
  /// Of ascending values: the index of the first above `value`.
  func firstIndex(after value: Int32) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
