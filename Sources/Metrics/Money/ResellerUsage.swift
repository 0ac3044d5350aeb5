import Engine

/// How far resellers' accounts use their plans: calls and sales of an account in each calendar month
/// that the window touches, up to its last day, against the calls that its plan includes. A month that
/// is published up to a later day stays: running old days again does not take it back to then.
///
/// The plans' calls are those of the price list (100, 500, any number), and settings.
package struct ResellerUsage: MetricStage {
  package static let name = "reseller_usage"
  package static let tags = ["partners", "money"]
  package static let summary = "calls and sales of resellers' accounts against their plans"
  package static let upstream = [LedgerStage.name, Buyers.name]
  package static let writes = [schema]
  package static let parameters = [starterCalls, professionalCalls]
  package static let reads = [
    // The first month begins up to 30 days before the window.
    SourceRead("calls", columns: ["vendor_id", "started_at"], lookback: .days(31)),
    SourceRead(
      "reseller_accounts", columns: ["account_id", "partner_id", "plan", "vendor_id", "user_id"],
      lookback: .timeless),
  ]

  /// Calls a month of the smallest plan.
  package static let starterCalls = ParameterDeclaration(
    "starter_calls", .integer, defaultValue: "100", summary: "calls a month of the plan starter")
  /// Calls a month of the middle plan.
  package static let professionalCalls = ParameterDeclaration(
    "professional_calls", .integer, defaultValue: "500",
    summary: "calls a month of the plan professional")

  /// One row per account and month, also where nothing happened.
  package static let schema = TableSchema(
    name: "reseller_usage", summary: "a reseller's account in a calendar month, by its first day",
    key: ["month", "account_id"], timeColumn: "month", isNeverEmpty: true,
    columns: [
      ColumnSchema("month", .day),
      ColumnSchema("account_id", .text),
      ColumnSchema("partner_id", .text),
      ColumnSchema("plan", .text),
      ColumnSchema("calls", .integer),
      ColumnSchema("included_calls", .integer, nullable: true),
      ColumnSchema("usage", .ratio, nullable: true),
      ColumnSchema("calls_over", .integer),
      ColumnSchema("sales", .integer),
      ColumnSchema("revenue", .money),
      ColumnSchema("complete", .boolean),
      ColumnSchema("as_of", .day, extra: true),
    ])

  /// An account as it came, its texts as codes.
  struct Account: Sendable {
    var id: Int32
    var partner: Int32
    var plan: Int64
    var vendor: Int32
    var user: Int32
  }

  /// What a run's workers gather: accounts, and calls by vendor and month.
  package struct Partial: Sendable {
    var texts = StringPool()
    var accounts: [Account] = []
    var groups = GroupTable()
    var calls: [Int64] = []

    mutating func count(_ calls: Int64, of vendor: Int, in month: UInt64) {
      let group = groups.group(UInt64(vendor), month)
      if group == self.calls.count { self.calls.append(0) }
      self.calls[group] += calls
    }
  }

  private let context: RunContext
  private let instants: ClosedRange<Int64>

  /// The months that a run's window touches.
  package init(_ context: RunContext) {
    self.context = context
    let first = context.window.from.map { context.timeZone.firstInstant(of: $0.firstOfMonth) }
    let low = min(first ?? Instant.first, context.lastInstant)
    instants = low...context.lastInstant
  }

  /// Up to which day the window's last month is published.
  package var readsBack: [ReadBack] {
    let month = Int64(context.window.to.firstOfMonth.number)
    return [ReadBack(Self.schema, columns: ["as_of"], span: .range(from: month, to: month))]
  }

  /// No accounts and calls.
  package func makePartial() -> Partial { Partial() }

  /// Counts a batch of calls, or keeps the accounts.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Partial
  ) throws(StageError) {
    guard source == Sources.calls.source else { return addAccounts(batch, to: &partial) }
    let vendors = batch.text(Sources.calls.column("vendor_id"))
    let starts = batch.integers[Sources.calls.column("started_at")]
    var cursor = DayCursor(context.timeZone)
    // Calls are mostly in order, so the month rarely has to be worked out.
    var (month, days) = (Int32.min, Int32.max...Int32.max)
    for row in 0..<batch.count where instants.contains(starts[row]) {
      let day = cursor.day(of: starts[row])
      if !days.contains(day) {
        let first = Day(number: day).firstOfMonth
        (month, days) = (first.number, first.number...first.lastOfMonth.number)
      }
      partial.count(
        1, of: partial.texts.intern(vendors[row]), in: UInt64(bitPattern: Int64(month)))
    }
  }

  private func addAccounts(_ batch: Batch, to partial: inout Partial) {
    let contract = Sources.resellerAccounts
    let ids = batch.text(contract.column("account_id"))
    let partners = batch.text(contract.column("partner_id"))
    let plans = batch.integers[contract.column("plan")]
    let vendors = batch.text(contract.column("vendor_id"))
    let users = batch.text(contract.column("user_id"))
    for row in 0..<batch.count {
      partial.accounts.append(
        Account(
          id: Int32(partial.texts.intern(ids[row])),
          partner: Int32(partial.texts.intern(partners[row])), plan: plans[row],
          vendor: partial.texts.code(ofOptional: vendors[row]),
          user: partial.texts.code(ofOptional: users[row])))
    }
  }

  /// Adds another worker's calls and accounts.
  package func merge(
    _ other: consuming Partial, into partial: inout Partial
  ) throws(StageError) {
    let codes = partial.texts.merge(other.texts)
    let map = CodeMap(codes)
    for account in other.accounts {
      partial.accounts.append(
        Account(
          id: map[account.id], partner: map[account.partner], plan: account.plan,
          vendor: map[account.vendor], user: map[account.user]))
    }
    for (group, key) in other.groups.keys.enumerated() {
      partial.count(other.calls[group], of: codes[Int(key.x)], in: key.y)
    }
  }

  /// The accounts' months; throws where a sale lacks its exchange rate or a sum overflows.
  package func finish(
    _ partial: consuming Partial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let sales = try sales(partial, tables.ownedLedger)
    let asOf = Int64(context.window.lastDay)
    let isOlder = tables.published(Self.schema.name).integers("as_of").contains { $0 > asOf }
    let last = context.window.to.firstOfMonth
    // A window that ends in an older state of its last month leaves that month out.
    let end = isOlder ? last - 1 : last
    let texts = partial.texts
    let ranks = texts.ranks()
    let accounts = partial.accounts.sorted { ranks[Int($0.id)] < ranks[Int($1.id)] }
    var rows: [(account: Account, month: Day, calls: Int64, sale: (Int64, Int64))] = []
    for month in months(partial, sales) where month <= end {
      let key = UInt64(bitPattern: Int64(month.number))
      for account in accounts {
        let group = account.vendor < 0 ? nil : partial.groups.find(UInt64(account.vendor), key)
        rows.append(
          (
            account, month, group.map { partial.calls[$0] } ?? 0,
            sales[Key(account: account.id, month: month.number)] ?? (0, 0)
          ))
      }
    }
    let included = rows.map { includedCalls(of: $0.account.plan) }
    func text(_ code: (Account) -> Int32) -> TableColumn {
      .texts(TextColumn(codes: rows.map { code($0.account) }, pool: texts))
    }
    let table = Table(
      schema: Self.schema,
      columns: [
        .integers(rows.map { Int64($0.month.number) }), text(\.id), text(\.partner),
        .texts(
          TextColumn(
            codes: rows.map { Int32($0.account.plan) },
            pool: StringPool(words: ResellerPlan.vocabulary.words))),
        .integers(rows.map(\.calls)), .integers(included),
        .integers(
          zip(rows, included).map { $1 == .absent ? .absent : ratio($0.calls, $1) }),
        .integers(zip(rows, included).map { $1 == .absent ? 0 : max(0, $0.calls - $1) }),
        .integers(rows.map(\.sale.0)), .integers(rows.map(\.sale.1)),
        .integers(rows.map { $0.month.lastOfMonth <= context.window.to ? 1 : 0 }),
        .integers(rows.map { min(Int64($0.month.lastOfMonth.number), asOf) }),
      ])
    return [TableChange(rows: table, replaces: span(to: end))]
  }

  /// An account's month.
  private struct Key: Hashable {
    let account: Int32
    let month: Int32
  }

  /// Number and sum of the sales of each account and month: those of its vendor or of its user, each
  /// once.
  private func sales(
    _ partial: borrowing Partial, _ ledger: Ledger
  ) throws(StageError) -> [Key: (Int64, Int64)] {
    var (ofVendor, ofUser): ([Int: [Int32]], [Int: [Int32]]) = ([:], [:])
    for account in partial.accounts {
      if account.vendor >= 0 {
        let code = partial.texts.withBytes(of: Int(account.vendor)) {
          ledger.vendors.pool.code(of: $0)
        }
        if let code { ofVendor[code, default: []].append(account.id) }
      }
      if account.user >= 0 {
        let code = partial.texts.withBytes(of: Int(account.user)) { ledger.users.pool.code(of: $0) }
        if let code { ofUser[code, default: []].append(account.id) }
      }
    }
    var sums: [Key: (Int64, Int64)] = [:]
    if ofVendor.isEmpty, ofUser.isEmpty { return sums }
    for row in 0..<ledger.count
    where ledger.isSale(row) && instants.contains(ledger.occurredAt[row]) {
      let vendors = ofVendor[Int(ledger.vendors.codes[row])] ?? []
      let users = ofUser[Int(ledger.users.codes[row])] ?? []
      let month = Day(number: Int32(ledger.days[row])).firstOfMonth.number
      for account in Set(vendors + users) {
        let key = Key(account: account, month: month)
        let (count, sum) = sums[key] ?? (0, 0)
        let amount = try ledger.amount(row, for: Self.name)
        let account = "account \(partial.texts.text(of: Int(account)))"
        sums[key] = (count + 1, try Self.sum(sum, amount, account))
      }
    }
    return sums
  }

  /// The months that the window touches; where it covers everything, those in which something
  /// happened, and the last.
  private func months(_ partial: borrowing Partial, _ sales: [Key: (Int64, Int64)]) -> [Day] {
    let last = context.window.to.firstOfMonth
    if let from = context.window.from {
      var months = [from.firstOfMonth]
      while let month = months.last, month < last { months.append(month.adding(months: 1)) }
      return months
    }
    var found = Set(sales.keys.map(\.month)).union([last.number])
    for key in partial.groups.keys {
      found.insert(Int32(truncatingIfNeeded: Int64(bitPattern: key.y)))
    }
    return found.sorted().map { Day(number: $0) }
  }

  private func span(to end: Day) -> Span {
    let first = context.window.from?.firstOfMonth ?? Day.first
    return first > end ? .nothing : .range(from: Int64(first.number), to: Int64(end.number))
  }

  /// The calls that a plan includes, absent where they are not limited.
  private func includedCalls(of plan: Int64) -> Int64 {
    switch ResellerPlan(rawValue: plan) {
    case .starter: context.parameters[Self.starterCalls]
    case .professional: context.parameters[Self.professionalCalls]
    default: .absent
    }
  }
}
