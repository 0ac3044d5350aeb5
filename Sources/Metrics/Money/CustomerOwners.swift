import Engine

/// Who owns which customer from when on, and whose each transaction is, by codes of users.
struct CustomerOwners {
  /// The users of the ledger.
  let users: StringPool
  /// By user: the row of the partner who owns it, −1 for nobody.
  private(set) var partner: [Int32]
  /// By user: from when on its sales count, in microseconds.
  private(set) var since: [Int64]
  /// By row of the ledger: its user's code, −1 for none.
  private let userOfRow: [Int32]
  /// By user: the row of its referral, −1 for none.
  private var referral: [Int32]
  private let referralIDs: TextColumn

  /// Reads the referrals that own somebody; the ledger is one with buyers for its users.
  init(_ ledger: Ledger, referrals: Table, _ partners: PartnerTree) {
    users = ledger.users.pool
    userOfRow = ledger.users.codes
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
