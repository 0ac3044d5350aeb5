/// Writes `users.csv`: starts with a byte-order mark, as a spreadsheet's export does.
enum SampleUsers {
  static func write(
    _ world: SampleWorld, in directory: String, _ lines: inout SampleLines
  ) throws(GenerateError) -> GeneratedFile {
    var file = try SampleFile(
      "users.csv", in: directory,
      header: "user_id,created_at,email,visitor_id,referral_code,activated_at,email_verified_at,"
        + "plan",
      style: .init(byteOrderMark: true), random: world.random(14))
    var random = world.random(15)
    let last = world.span.end - 1
    var row = RowBytes()
    for (user, created) in world.created.enumerated() {
      row.bytes.removeAll(keepingCapacity: true)
      row.text("usr_")
      row.key(world.userKey(user))
      row.comma()
      row.instant(created)
      row.comma()
      let partner = referrer(user, world, &random)
      row.text(email(user, partner.sameEmail, world))
      row.comma()
      if random.chance(880) {
        row.text("v")
        row.key(world.visitorKey(user))
      }
      row.comma()
      if let referrer = partner.referrer {
        row.text(world.partners[referrer].code)
        if partner.sameEmail == nil { lines.signedUp(user, with: referrer) }
      }
      row.comma()
      let activated = created + random.between(60, 3 * 86_400)
      if random.chance(720), activated <= last { row.instant(activated) }
      row.comma()
      let verified = created + random.between(20, 86_400)
      if random.chance(810), verified <= last { row.instant(verified) }
      row.comma()
      row.text(world.plan(user).map { ["starter", "professional", "enterprise"][$0] } ?? "free")
      try file.row(row)
    }
    return try file.close()
  }

  /// The partner whose code is given at signup, if any; some of them by people who refer themselves.
  private static func referrer(
    _ user: Int, _ world: SampleWorld, _ random: inout SampleRandom
  ) -> (referrer: Int?, sameEmail: Int?) {
    let drawn = random.chance(110) ? world.partnerPicker.pick(&random) : nil
    let place = user - world.firstNewUser
    if place >= 0, place % 10 == 0 {
      if (1...3).contains(place / 10) {
        let partner = SamplePartner.sameEmail[place / 10 - 1]
        return (partner, partner)
      }
      if (4...5).contains(place / 10) {
        return (SamplePartner.selfReferring[place / 10 - 4], nil)
      }
    }
    return (drawn, nil)
  }

  private static func email(_ user: Int, _ sameEmail: Int?, _ world: SampleWorld) -> String {
    if let sameEmail { return "NightmillSample\(sameEmail)+deal@gmail.com" }
    let hash = world.hash(user)
    if hash % 50 == 0 { return "" }
    let first = Catalogue.firstNames[Int(hash >> 8 & 31)]
    let last = Catalogue.lastNames[Int(hash >> 16 & 31)]
    return "\(first).\(last)\(user)@example.\(["com", "net", "org"][Int((hash >> 24) % 3)])"
  }
}
