import Engine

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
    /// The referral's code in `referrals`.
    let referral: Int32
  }

  /// The partners' IDs.
  let partners: StringPool
  /// The referrals' IDs.
  let referrals: StringPool
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
    let ids = owners.texts("id")
    let signup = bases.pool.code(ofWord: Referral.Basis.signup.word)
    let firstSales = ledger.firstSales()
    partners = partnerColumn.pool
    referrals = ids.pool
    customerOfUser = [Int](repeating: -1, count: ledger.users.pool.count)
    var customers: [Customer] = []
    for row in 0..<owners.count where reasons.codes[row] < 0 {
      let user = users.withBytes(row) { ledger.users.pool.code(of: $0) }
      if let user { customerOfUser[user] = customers.count }
      customers.append(
        Customer(
          partner: partnerColumn.codes[row], createdAt: created[row],
          isSignup: bases.codes[row] == signup, firstSale: user.map { firstSales[$0] } ?? -1,
          referral: ids.codes[row]))
    }
    self.customers = customers
  }

  /// The customer that a user of the ledger is, by its code; nil where nobody owns it.
  func customer(ofUser user: Int32) -> Customer? {
    guard user >= 0, customerOfUser[Int(user)] >= 0 else { return nil }
    return customers[customerOfUser[Int(user)]]
  }

  /// Whose a sale is, or the sale that an adjustment adjusts: nil for nobody's, also where it was
  /// before the referral or where no sale is known.
  func owner(of row: Int) -> Int32? {
    let original = ledger.originals[row]
    if !ledger.isSale(row), original == .absent { return nil }
    let sale = original == .absent ? row : Int(original)
    guard let customer = customer(ofUser: ledger.users.codes[sale]) else { return nil }
    return ledger.occurredAt[sale] >= customer.createdAt ? customer.partner : nil
  }
}
