import Engine

/// What the ledger says of each user with a sale.
struct Customers {
  /// One user's sales and adjustments, by code of the user.
  struct Customer {
    /// Net: sales + disputes won − refunds − chargebacks.
    var spend: Int64 = 0
    var sales: Int64 = 0
    var orders: Int64 = 0
    /// Sales of the first day, which is no repeat of anything.
    var firstSales: Int64 = 0
    var firstSale: Int64 = 0
    var lastSale: Int64 = 0
    var firstDay: Int32 = 0
    var lastDay: Int32 = 0
    /// Distinct days with a sale.
    var days: Int32 = 0

    /// What the purchase model knows at the end of a day: days with a purchase, not single orders.
    func history(at day: Int32) -> PurchaseModel.History {
      PurchaseModel.History(
        repeats: days - 1, recency: lastDay - firstDay, age: day - firstDay)
    }

    /// What the spend model knows, in minor units a day with a purchase.
    var spendHistory: SpendModel.History {
      let repeats = days - 1
      return SpendModel.History(
        purchases: repeats,
        mean: repeats == 0 ? 0 : Double(sales - firstSales) / Double(repeats))
    }
  }

  /// By code of the ledger's users; without orders those who have no sale.
  private(set) var all: [Customer]

  /// The customers of a ledger; throws where an amount lacks its exchange rate or a sum is beyond
  /// 64 bits.
  init(_ ledger: Ledger) throws(StageError) {
    all = [Customer](repeating: Customer(), count: ledger.users.pool.count)
    for row in 0..<ledger.count {
      // Its own user is asked only where no sale is known: an adjustment of a sale that is nobody's
      // is nobody's either.
      let original = ledger.originals[row]
      let user = Int(ledger.users.codes[original == .absent ? row : Int(original)])
      guard user >= 0 else { continue }
      if ledger.isSale(row) {
        try addSale(row, of: user, ledger)
        continue
      }
      let amount = try ledger.amount(row, for: CustomerLTV.name)
      let isReturn = ledger.kinds[row] == TransactionKind.disputeWon.rawValue
      all[user].spend = try CustomerLTV.sum(
        all[user].spend, isReturn ? amount : -amount, Self.place(user, ledger))
    }
  }

  private mutating func addSale(
    _ row: Int, of user: Int, _ ledger: Ledger
  ) throws(StageError) {
    let amount = try ledger.amount(row, for: CustomerLTV.name)
    let day = Int32(ledger.days[row])
    var customer = all[user]
    customer.spend = try CustomerLTV.sum(customer.spend, amount, Self.place(user, ledger))
    customer.sales = try CustomerLTV.sum(customer.sales, amount, Self.place(user, ledger))
    if customer.orders == 0 {
      customer.firstSale = ledger.occurredAt[row]
      customer.firstDay = day
      customer.lastDay = day
      customer.days = 1
    }
    if day > customer.lastDay {
      customer.lastDay = day
      customer.days += 1
    }
    if customer.days == 1 { customer.firstSales = customer.sales }
    customer.orders += 1
    customer.lastSale = ledger.occurredAt[row]
    all[user] = customer
  }

  private static func place(_ user: Int, _ ledger: Ledger) -> String {
    "user \(ledger.users.pool.text(of: user))"
  }
}
