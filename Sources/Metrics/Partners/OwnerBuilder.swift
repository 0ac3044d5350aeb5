import Engine

/// Decides who owns whom: metrics.md section 3.
struct OwnerBuilder {
  private let users: OwnedUserRows
  private let partners: Partners
  private let ledger: Ledger
  private let limit: Int64
  private let context: RunContext
  /// The first sale of each user of the ledger, by code, as its row; −1 for none.
  private let firstSales: [Int]

  init(
    _ users: OwnedUserRows, _ partners: Partners, _ ledger: Ledger, limit: Int64,
    _ context: RunContext
  ) {
    self.users = users
    self.partners = partners
    self.ledger = ledger
    self.limit = limit
    self.context = context
    firstSales = ledger.firstSales()
  }

  /// Every referral up to the window's end, by user: the published ones, then the new ones.
  func referrals(
    published: Table, signupTouches: Table, salePaths: SalePaths
  ) -> [Referral] {
    var referrals = existing(published)
    let taken = published.texts("referred_user_id")
    let isTaken = Set(taken.codes)
    let touches = SignupTouches(signupTouches, partners)
    let first = context.firstInstant()
    for row in users.rows {
      let user = users.users.withBytes(of: Int(row.user)) { bytes in
        taken.pool.code(of: bytes).map { isTaken.contains(Int32($0)) } ?? false
      }
      if user { continue }
      if row.createdAt >= first,
        let partner = codePartner(row) ?? touches.partner(of: users.users, row.user)
      {
        referrals.append(referral(row, partner, row.createdAt, .signup))
        continue
      }
      guard let sale = firstSale(row), ledger.occurredAt[sale] >= first,
        ledger.occurredAt[sale] >= row.createdAt,
        ledger.occurredAt[sale] - row.createdAt <= limit,
        let last = salePaths[sale].partners.last,
        let partner = partners.partner(ofID: salePaths.partners, last)
      else { continue }
      // A sale at the signup's very instant is found by the sale's visitor, but dates the referral
      // to the signup.
      let soldAt = ledger.occurredAt[sale]
      referrals.append(
        referral(row, partner, soldAt, soldAt == row.createdAt ? .signup : .firstSale))
    }
    return referrals.sorted { $0.user.utf8.lexicographicallyPrecedes($1.user.utf8) }
  }

  /// The active partner of the code that the user signed up with.
  private func codePartner(_ row: OwnedUserRows.Row) -> Int? {
    guard row.code >= 0 else { return nil }
    let partner = users.codes.withBytes(of: Int(row.code)) { partners.partner(ofCode: $0) }
    guard let partner, partners.isActive(partner, at: row.createdAt) else { return nil }
    return partner
  }

  private func firstSale(_ row: OwnedUserRows.Row) -> Int? {
    let code = users.users.withBytes(of: Int(row.user)) { ledger.users.pool.code(of: $0) }
    guard let code, firstSales[code] >= 0 else { return nil }
    return firstSales[code]
  }

  private func referral(
    _ row: OwnedUserRows.Row, _ partner: Int, _ createdAt: Int64, _ basis: Referral.Basis
  ) -> Referral {
    let user = users.users.text(of: Int(row.user))
    let email = row.email < 0 ? nil : users.emails.text(of: Int(row.email))
    var reason: Referral.Reason?
    if let own = partners.user(partner), Array(own.utf8) == Array(user.utf8) {
      reason = .selfUser
    } else if EmailAddress.areAlike(email, partners.email(partner)) {
      reason = .sameEmail
    }
    return Referral(
      partner: partners.id(partner), user: user, code: partners.code(partner),
      createdAt: createdAt, basis: basis, reason: reason,
      firstSale: firstSale(row).map { ledger.occurredAt[$0] } ?? .absent)
  }

  /// The published referrals that the run sees, with their first sales as of now. Those from after
  /// the window are not its business.
  private func existing(_ published: Table) -> [Referral] {
    let partnerIDs = published.texts("partner_id")
    let userIDs = published.texts("referred_user_id")
    let codes = published.texts("referral_code")
    let reasons = published.texts("reason")
    let bases = published.texts("basis")
    let created = published.integers("created_at")
    let conversions = published.integers("conversion_date")
    var referrals: [Referral] = []
    for row in 0..<published.count where created[row] <= context.lastInstant {
      let code = userIDs.withBytes(row) { ledger.users.pool.code(of: $0) }
      var sale = code.flatMap { firstSales[$0] < 0 ? nil : ledger.occurredAt[firstSales[$0]] }
      // A run of an old window does not see what a later one found, and does not take it back.
      if sale == nil, conversions[row] > context.lastInstant { sale = conversions[row] }
      let basis = bases.text(row)
      let reason = reasons.text(row)
      referrals.append(
        Referral(
          partner: partnerIDs.text(row) ?? "", user: userIDs.text(row) ?? "",
          code: codes.text(row) ?? "", createdAt: created[row],
          basis: Referral.Basis.allCases.first { $0.word == basis },
          reason: Referral.Reason.allCases.first { $0.word == reason },
          firstSale: sale ?? .absent))
    }
    return referrals
  }
}

/// The last touches of the window's signups, as the timelines found them.
private struct SignupTouches {
  private let users: StringPool
  private var partnerOfUser: [Int]

  init(_ table: Table, _ partners: Partners) {
    let userColumn = table.texts("user_id")
    let partnerColumn = table.texts("partner_id")
    users = userColumn.pool
    partnerOfUser = [Int](repeating: -1, count: users.count)
    for row in 0..<table.count {
      let partner = partners.partner(ofID: partnerColumn.pool, partnerColumn.codes[row])
      partnerOfUser[Int(userColumn.codes[row])] = partner ?? -1
    }
  }

  func partner(of pool: StringPool, _ user: Int32) -> Int? {
    guard let code = pool.withBytes(of: Int(user), { users.code(of: $0) }) else { return nil }
    return partnerOfUser[code] < 0 ? nil : partnerOfUser[code]
  }
}

extension Ledger {
  /// The first sale of each user, by code, as its row; −1 for none.
  func firstSales() -> [Int] {
    var firsts = [Int](repeating: -1, count: users.pool.count)
    // The ledger is in order of time.
    for row in 0..<count where isSale(row) && users.codes[row] >= 0 {
      let user = Int(users.codes[row])
      if firsts[user] < 0 { firsts[user] = row }
    }
    return firsts
  }
}
