import Engine

/// Who owns which customer, as of the window's end: every referral there is, those of earlier runs
/// and those that this window adds. `referrals` publishes them, other stages read them.
package struct Owners: MetricStage {
  package static let name = "owners"
  package static let summary = "every referral up to the window's end"
  package static let isEphemeral = true
  package static let upstream = [LedgerStage.name, Buyers.name, Timelines.name]
  package static let writes = [schema]
  package static let parameters = [conversionLimitDays]
  package static let reads = [
    SourceRead(
      "users", columns: ["user_id", "created_at", "email", "referral_code"], lookback: .timeless),
    SourceRead("partners", columns: PartnerRows.columns, lookback: .timeless),
  ]

  /// How many days after signup a first sale may still find its owner.
  package static let conversionLimitDays = ParameterDeclaration(
    "conversion_limit_days", .integer, defaultValue: "90",
    summary: "days after signup within which a first sale finds its owner by its last touch")

  /// One row per referred user, in order of user.
  package static let schema = TableSchema(
    name: "owners", summary: "a customer and who referred them", key: ["referred_user_id"],
    timeColumn: "created_at", columns: Referral.columns)

  /// What workers keep of users and partners.
  package struct Partial: Sendable {
    var users = OwnedUserRows()
    var partners = PartnerRows()
  }

  private let context: RunContext
  private let limit: Int64
  /// Users who signed up outside get no new referral.
  private let signups: ClosedRange<Int64>

  /// The stage of a run.
  package init(_ context: RunContext) {
    self.context = context
    limit = ClickLimits.span(context.parameters[Self.conversionLimitDays], of: Instant.day)
    let first = max(context.firstInstant() - limit, Instant.first)
    signups = min(first, context.lastInstant)...context.lastInstant
  }

  /// An owner, once there is one, stays: all that is published is read.
  package var readsBack: [ReadBack] {
    [
      ReadBack(
        Referrals.schema,
        columns: [
          "partner_id", "referred_user_id", "referral_code", "conversion_date", "reason",
          "created_at", "basis",
        ], span: .everything)
    ]
  }

  /// No users and partners.
  package func makePartial() -> Partial { Partial() }

  /// Keeps the users that can get a referral, or the partners.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Partial
  ) throws(StageError) {
    if source == Sources.partners.source {
      partial.partners.add(batch)
    } else {
      partial.users.add(batch, within: signups)
    }
  }

  /// Adds what another worker kept.
  package func merge(
    _ other: consuming Partial, into partial: inout Partial
  ) throws(StageError) {
    partial.users.merge(other.users)
    partial.partners.merge(other.partners)
  }

  /// The table `owners`; throws where two partners have one referral code.
  package func finish(
    _ partial: consuming Partial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let builder = OwnerBuilder(
      partial.users, try Partners(partial.partners, for: Self.name),
      tables.ownedLedger, limit: limit, context)
    let referrals = builder.referrals(
      published: tables.published(Referrals.schema.name),
      signupTouches: tables.table(Timelines.signupTouches.name),
      salePaths: SalePaths(tables.table(Timelines.salePaths.name)))
    return [
      TableChange(rows: Referral.table(referrals, Self.schema), replaces: .nothing)
    ]
  }
}

/// Users that can get a referral, as they came.
struct OwnedUserRows: Sendable {
  /// One user.
  struct Row: Sendable {
    var user: Int32
    let createdAt: Int64
    var email: Int32
    var code: Int32
  }

  private(set) var users = StringPool()
  private(set) var emails = StringPool()
  private(set) var codes = StringPool()
  private(set) var rows: [Row] = []

  mutating func add(_ batch: Batch, within instants: ClosedRange<Int64>) {
    let contract = Sources.users
    let texts = batch.text(contract.column("user_id"))
    let created = batch.integers[contract.column("created_at")]
    let emailTexts = batch.text(contract.column("email"))
    let codeTexts = batch.text(contract.column("referral_code"))
    for row in 0..<batch.count where instants.contains(created[row]) {
      rows.append(
        Row(
          user: Int32(users.intern(texts[row])), createdAt: created[row],
          email: emails.code(ofOptional: emailTexts[row]),
          code: codes.code(ofOptional: codeTexts[row])))
    }
  }

  mutating func merge(_ other: OwnedUserRows) {
    let userMap = CodeMap(users.merge(other.users))
    let emailMap = CodeMap(emails.merge(other.emails))
    let codeMap = CodeMap(codes.merge(other.codes))
    for row in other.rows {
      rows.append(
        Row(
          user: userMap[row.user], createdAt: row.createdAt, email: emailMap[row.email],
          code: codeMap[row.code]))
    }
  }
}
