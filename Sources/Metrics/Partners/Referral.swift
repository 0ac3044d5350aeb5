import Engine

/// A customer and the partner who brought them.
struct Referral {
  /// What a referral's created_at is.
  enum Basis: Int32, CaseIterable {
    /// The user's signup.
    case signup
    /// The user's first sale.
    case firstSale

    /// The word in tables.
    var word: String { self == .signup ? "signup" : "first_sale" }
  }

  /// Why a referral does not count.
  enum Reason: Int32, CaseIterable {
    /// The partner's own user.
    case selfUser
    /// The partner's own e-mail address.
    case sameEmail

    /// The word in tables.
    var word: String { self == .selfUser ? "self_user" : "same_email" }
  }

  /// How far a referral has come.
  enum Status: Int32, CaseIterable {
    /// A customer who has not bought yet.
    case converted
    /// A customer who has bought.
    case qualified
    /// A referral that does not count.
    case rejected

    /// The word in tables.
    var word: String {
      switch self {
      case .converted: "converted"
      case .qualified: "qualified"
      case .rejected: "rejected"
      }
    }
  }

  let partner: String
  let user: String
  let code: String
  let createdAt: Int64
  /// Nil where another program made the row.
  let basis: Basis?
  let reason: Reason?
  /// The user's first sale, absent for none.
  var firstSale = Int64.absent

  /// Follows from the reason and the first sale.
  var status: Status {
    if reason != nil { return .rejected }
    return firstSale == .absent ? .converted : .qualified
  }

  /// When the referral qualified, absent for not yet or never.
  var conversionDate: Int64 { status == .qualified ? firstSale : .absent }

  /// The columns of `referrals`, ours last.
  static let columns = [
    ColumnSchema("partner_id", .text),
    ColumnSchema("referred_user_id", .text),
    ColumnSchema("referral_code", .text),
    ColumnSchema("status", .text),
    ColumnSchema("conversion_date", .instant, nullable: true),
    ColumnSchema("reason", .text, nullable: true),
    ColumnSchema("created_at", .instant),
    ColumnSchema("id", .text, extra: true),
    ColumnSchema("basis", .text, nullable: true, extra: true),
  ]

  /// A table with `columns` of referrals.
  static func table(_ referrals: [Referral], _ schema: TableSchema) -> Table {
    var partners = TextColumn()
    var users = TextColumn()
    var codes = TextColumn()
    var ids = TextColumn()
    for referral in referrals {
      partners.append(referral.partner)
      users.append(referral.user)
      codes.append(referral.code)
      NameUUID.url(Array("nightmill:referral:\(referral.user)".utf8)).withView { ids.append($0) }
    }
    let reasons = StringPool(words: Reason.allCases.map(\.word))
    let statuses = StringPool(words: Status.allCases.map(\.word))
    let bases = StringPool(words: Basis.allCases.map(\.word))
    return Table(
      schema: schema,
      columns: [
        .texts(partners), .texts(users), .texts(codes),
        .texts(TextColumn(codes: referrals.map { $0.status.rawValue }, pool: statuses)),
        .integers(referrals.map(\.conversionDate)),
        .texts(TextColumn(codes: referrals.map { $0.reason?.rawValue ?? -1 }, pool: reasons)),
        .integers(referrals.map(\.createdAt)), .texts(ids),
        .texts(TextColumn(codes: referrals.map { $0.basis?.rawValue ?? -1 }, pool: bases)),
      ])
  }
}
