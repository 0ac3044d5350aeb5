import Engine

/// Who owns which customer from when on, and whose each transaction is, by codes of users.
struct CustomerOwners {
  /// Users of the ledger, the vendors' users and the referred ones.
  private(set) var users: StringPool
  /// By user: the row of the partner who owns it, −1 for nobody.
  private(set) var partner: [Int32]
  /// By user: from when on its sales count, in microseconds.
  private(set) var since: [Int64]
  /// By row of the ledger: its user's code, −1 for none.
  private let userOfRow: [Int32]
  /// By user: the row of its referral, −1 for none.
  private var referral: [Int32]
  private let referralIDs: TextColumn

  /// Reads the referrals that own somebody.
  ///
  /// - Parameters:
  ///   - vendorUsers: vendors' users, which vendors' subscriptions without a user count for.
  init(
    _ ledger: Ledger, referrals: Table, _ partners: PartnerTree, vendorUsers: VendorUsers
  ) {
    users = ledger.users.pool
    var codes = ledger.users.codes
    let ofVendor = vendorUsers.users(of: ledger.vendors.pool, into: &users)
    let kind = TransactionKind.vendorSubscription.rawValue
    for row in codes.indices where codes[row] < 0 && ledger.kinds[row] == kind {
      let vendor = ledger.vendors.codes[row]
      if vendor >= 0 { codes[row] = ofVendor[Int(vendor)] }
    }
    userOfRow = codes
    partner = [Int32](repeating: -1, count: users.count)
    since = [Int64](repeating: .min, count: users.count)
    referral = partner
    referralIDs = referrals.texts("id")
    let referred = referrals.texts("referred_user_id")
    let owner = referrals.texts("partner_id")
    let status = referrals.texts("status")
    let created = referrals.integers("created_at")
    for row in 0..<referrals.count {
      guard status.text(row) != Self.rejected,
        let user = referred.withBytes(row, { users.code(of: $0) }),
        let known = owner.withBytes(row, { partners.row(of: $0) })
      else { continue }
      partner[user] = Int32(known)
      since[user] = created[row]
      referral[user] = Int32(row)
    }
  }

  /// The IDs of the referrals of some users, by their codes.
  func referralIDs(ofUsers codes: [Int32]) -> TextColumn {
    TextColumn(
      codes: codes.map { code in
        let row = code < 0 ? -1 : referral[Int(code)]
        return row < 0 ? -1 : referralIDs.codes[Int(row)]
      }, pool: referralIDs.pool)
  }

  /// The status of a referral that owns nobody.
  private static let rejected = "rejected"

  /// How many users there are.
  var userCount: Int { users.count }

  /// The user of a row of the ledger, −1 for none.
  func user(ofRow row: Int) -> Int { Int(userOfRow[row]) }
}

/// The vendors' users.
struct VendorUsers: Sendable {
  private var vendors = StringPool()
  private var users = StringPool()
  private var vendor: [Int32] = []
  private var user: [Int32] = []

  /// The columns that `add` reads.
  static let columns = ["vendor_id", "user_id"]

  /// No vendors.
  init() {}

  /// Keeps the vendors of a batch that have a user.
  mutating func add(_ batch: Batch) {
    let vendorTexts = batch.text(Sources.vendors.column("vendor_id"))
    let userTexts = batch.text(Sources.vendors.column("user_id"))
    for row in 0..<batch.count where !userTexts[row].isEmpty {
      vendor.append(Int32(vendors.intern(vendorTexts[row])))
      user.append(Int32(users.intern(userTexts[row])))
    }
  }

  /// Adds another worker's vendors.
  mutating func merge(_ other: VendorUsers) {
    let vendorMap = CodeMap(vendors.merge(other.vendors))
    let userMap = CodeMap(users.merge(other.users))
    vendor.append(contentsOf: other.vendor.lazy.map { vendorMap[$0] })
    user.append(contentsOf: other.user.lazy.map { userMap[$0] })
  }

  /// For each vendor of a pool the code of its user, −1 for none; users are added to `pool`.
  func users(of vendorPool: StringPool, into pool: inout StringPool) -> [Int32] {
    var found = [Int32](repeating: -1, count: vendorPool.count)
    for index in vendor.indices {
      guard
        let code = vendors.withBytes(of: Int(vendor[index]), { vendorPool.code(of: $0) })
      else { continue }
      found[code] = users.withBytes(of: Int(user[index])) { Int32(pool.intern($0)) }
    }
    return found
  }
}
