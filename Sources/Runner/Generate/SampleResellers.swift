/// Writes `reseller_accounts.csv`: businesses, and some customers, whose accounts resellers opened.
/// Busy ones have a small plan here and there, so that some use more calls than it includes.
struct SampleResellers {
  /// Plans by turns; the first businesses are the busiest.
  private static let plans = [
    "enterprise", "professional", "professional", "starter", "professional", "starter",
  ]

  /// Every third business has an account, opened by each reseller in turn; each reseller has one of a
  /// customer without a business, too.
  static func write(
    _ world: SampleWorld, in directory: String
  ) throws(GenerateError) -> GeneratedFile {
    var file = try SampleFile(
      "reseller_accounts.csv", in: directory,
      header: "account_id,partner_id,plan,vendor_id,user_id",
      random: world.random(48))
    var random = world.random(49)
    let resellers = world.partners.indices.filter {
      world.partners[$0].type == "reseller" && world.partners[$0].status != "pending"
    }
    var accounts = 0
    func row(of reseller: Int, plan: String, vendor: Int?, user: Int?) -> RowBytes {
      var row = RowBytes("acc_\(SampleVendor.zeros(accounts + 1, 4))")
      row.text(",\(SamplePartner.id(reseller)),\(plan),")
      if let vendor { row.number(world.vendors[vendor].id) }
      row.comma()
      if let user {
        row.text("usr_")
        row.key(world.userKey(user))
      }
      return row
    }
    // A small world may have no reseller.
    if resellers.isEmpty { return try file.close() }
    for vendor in stride(from: 0, to: world.vendors.count, by: 3) {
      let reseller = resellers[accounts % resellers.count]
      try file.row(
        row(
          of: reseller, plan: plans[accounts % plans.count], vendor: vendor,
          user: world.vendors[vendor].user))
      accounts += 1
    }
    for reseller in resellers {
      let user = world.activeUser(
        of: max(1, world.firstNewUser), at: world.span.end, &random)
      try file.row(row(of: reseller, plan: "starter", vendor: nil, user: user))
      accounts += 1
    }
    return try file.close()
  }
}
