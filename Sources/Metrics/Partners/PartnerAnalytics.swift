import Engine

/// Clicks, signups, conversions, revenue and commissions per partner and day: metrics.md section 7.
package struct PartnerAnalytics: DerivedStage {
  package static let name = "partner_analytics"
  package static let tags = ["partners"]
  package static let summary = "clicks, signups, conversions and revenue per partner and day"
  package static let upstream =
    [LedgerStage.name, Buyers.name, Timelines.name, Owners.name]
    + (hasCommissions ? [commissions] : [])
  package static let writes = [schema]

  /// The stage whose table of the same name says what partners earned; 0 without one.
  private static let commissions = "commissions"
  private static var hasCommissions: Bool { StageCatalogue.named(commissions) != nil }

  /// One row per partner and day with any figure.
  package static let schema = TableSchema(
    name: "partner_analytics", summary: "a partner's figures of a day",
    key: ["partner_id", "metric_date"], timeColumn: "metric_date",
    columns: [
      ColumnSchema("partner_id", .text),
      ColumnSchema("metric_date", .day),
      ColumnSchema("clicks", .integer),
      ColumnSchema("signups", .integer),
      ColumnSchema("conversions", .integer),
      ColumnSchema("revenue", .money),
      ColumnSchema("commission_earned", .money),
      ColumnSchema("id", .text, extra: true),
    ])

  private let context: RunContext

  /// The stage of a run.
  package init(_ context: RunContext) { self.context = context }

  /// The table `partner_analytics` of the window; throws where an amount lacks its exchange rate or
  /// a sum overflows.
  package func finish(_ tables: Upstream) throws(StageError) -> [TableChange] {
    var days = PartnerDays(context)
    days.addClicks(tables.table(Timelines.counts.name))
    let ledger = tables.ownedLedger
    let owned = OwnedCustomers(tables.table(Owners.name), ledger)
    days.addSignups(owned)
    try days.addRevenue(owned, ledger)
    if Self.hasCommissions { try days.addCommissions(tables.table(Self.commissions)) }
    return [TableChange(rows: days.table(), replaces: context.window.daySpan)]
  }
}

/// The referrals that count, and whose sales are an owner's.
struct OwnedCustomers {
  /// One customer.
  struct Customer {
    /// The partner's code in `partners`.
    let partner: Int32
    let createdAt: Int64
    let isSignup: Bool
    /// The row of the first sale in the ledger, −1 for none.
    let firstSale: Int
  }

  /// The partners' IDs.
  let partners: StringPool
  /// Every customer whose referral was not rejected.
  let customers: [Customer]
  /// The customer of each user of the ledger, by code; −1 for none.
  private var customerOfUser: [Int]
  private let ledger: Ledger

  /// Reads the table `owners`.
  init(_ owners: Table, _ ledger: Ledger) {
    self.ledger = ledger
    let partnerColumn = owners.texts("partner_id")
    let users = owners.texts("referred_user_id")
    let bases = owners.texts("basis")
    let reasons = owners.texts("reason")
    let created = owners.integers("created_at")
    let signup = bases.pool.code(ofWord: Referral.Basis.signup.word)
    let firstSales = ledger.firstSales()
    partners = partnerColumn.pool
    customerOfUser = [Int](repeating: -1, count: ledger.users.pool.count)
    var customers: [Customer] = []
    for row in 0..<owners.count where reasons.codes[row] < 0 {
      let user = users.withBytes(row) { ledger.users.pool.code(of: $0) }
      if let user { customerOfUser[user] = customers.count }
      customers.append(
        Customer(
          partner: partnerColumn.codes[row], createdAt: created[row],
          isSignup: bases.codes[row] == signup, firstSale: user.map { firstSales[$0] } ?? -1))
    }
    self.customers = customers
  }

  /// Whose a sale is, or the sale that an adjustment adjusts: nil for nobody's, also where it was
  /// before the referral or where no sale is known.
  func owner(of row: Int) -> Int32? {
    let original = ledger.originals[row]
    if !ledger.isSale(row), original == .absent { return nil }
    let sale = original == .absent ? row : Int(original)
    let user = ledger.users.codes[sale]
    guard user >= 0, customerOfUser[Int(user)] >= 0 else { return nil }
    let customer = customers[customerOfUser[Int(user)]]
    return ledger.occurredAt[sale] >= customer.createdAt ? customer.partner : nil
  }
}

extension StringPool {
  /// The code of a word, −2 (no row's) if it is not there.
  func code(ofWord word: String) -> Int32 {
    Array(word.utf8).withView { code(of: $0) }.map { Int32($0) } ?? -2
  }
}
