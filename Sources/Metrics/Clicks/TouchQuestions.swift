import Engine

/// The signups and sales that are asked about, and whose clicks can be their touches: metrics.md section
/// 3.
struct TouchQuestions {
  /// A user of whom something is asked: their own key, and the visitors they were seen to be.
  private struct Asked {
    let person: Int
    var links: [Link] = []
  }

  /// A visitor that is a user's from `first` until `last` and as long as a row counts after.
  private struct Link {
    let person: Int
    let first: Int64
    let last: Int64
  }

  /// Everybody whose touches are wanted, users and visitors, by hash.
  private(set) var persons = GroupTable()
  private let signups: SignupRows
  private let signupRows: [Int]
  private let ledger: Ledger
  private let sales: [Int]
  private let reach: Int64
  /// Users by the group of their hash.
  private var askedOf = GroupTable()
  private var asked: [Asked] = []
  /// The hash of each user and visitor of the ledger, by code.
  private let ledgerUsers: [UInt64]
  private let ledgerVisitors: [UInt64]
  private let userHashes: [UInt64]

  /// What is asked of a window.
  init(
    _ signups: SignupRows, _ ledger: Ledger, _ links: VisitorLinks, _ limits: ClickLimits,
    _ context: RunContext
  ) {
    self.signups = signups
    self.ledger = ledger
    reach = limits.attribution
    let first = context.firstInstantOfWeek
    // Sorted for tables that do not show the order rows came in.
    let ranks = signups.users.ranks()
    signupRows = signups.rows.indices.filter { signups.rows[$0].createdAt >= first }
      .sorted { ranks[Int(signups.rows[$0].user)] < ranks[Int(signups.rows[$1].user)] }
    sales = (0..<ledger.count).filter { ledger.occurredAt[$0] >= first && ledger.isSale($0) }
    userHashes = signups.users.hashes(KeyNamespace.user)
    ledgerUsers = ledger.users.pool.hashes(KeyNamespace.user)
    ledgerVisitors = ledger.visitors.pool.hashes(KeyNamespace.visitor)
    ask(links)
  }

  private mutating func ask(_ links: VisitorLinks) {
    for row in signupRows { ask(of: userHashes[Int(signups.rows[row].user)]) }
    for sale in sales {
      let (user, visitor) = (ledger.users.codes[sale], ledger.visitors.codes[sale])
      if user >= 0 { ask(of: ledgerUsers[Int(user)]) }
      if visitor >= 0 { _ = persons.group(ledgerVisitors[Int(visitor)], 0) }
    }
    links.forEach { visitor, user, first, last in link(visitor, user, first, last) }
    for row in signups.rows {
      guard let visitor = row.visitor else { continue }
      link(visitor, userHashes[Int(row.user)], row.createdAt, row.createdAt)
    }
  }

  private mutating func ask(of user: UInt64) {
    if askedOf.group(user, 0) == asked.count {
      asked.append(Asked(person: persons.group(user, 0)))
    }
  }

  private mutating func link(_ visitor: UInt64, _ user: UInt64, _ first: Int64, _ last: Int64) {
    guard let index = askedOf.find(user, 0) else { return }
    asked[index].links.append(Link(person: persons.group(visitor, 0), first: first, last: last))
  }

  /// The way of a user, or of a visitor without one, to what happened at an instant.
  private func path(
    _ user: UInt64?, _ visitor: UInt64?, _ instant: Int64, _ touches: Touches
  ) -> [Touches.Step] {
    var own: [Int] = []
    if let user, let index = askedOf.find(user, 0) {
      own.append(asked[index].person)
      for link in asked[index].links
      where link.first <= instant && instant - link.last <= reach && !own.contains(link.person) {
        own.append(link.person)
      }
    }
    // What happened names the visitor itself.
    if let visitor, let person = persons.find(visitor, 0), !own.contains(person) {
      own.append(person)
    }
    return touches.path(
      of: own, from: max(instant - reach, Instant.first), through: instant)
  }

  /// Rows of `signup_touches`, by user.
  func signupTable(_ touches: Touches, _ partners: Partners) -> Table {
    var users: [Int32] = []
    var steps: [Touches.Step] = []
    for row in signupRows {
      let signup = signups.rows[row]
      // The user's own row is among the links.
      let path = path(userHashes[Int(signup.user)], nil, signup.createdAt, touches)
      guard let last = path.last else { continue }
      users.append(signup.user)
      steps.append(last)
    }
    return Table(
      schema: Timelines.signupTouches,
      columns: [
        .texts(TextColumn(codes: users, pool: signups.users)),
        .texts(partners.column(steps.map(\.partner))), .integers(steps.map(\.instant)),
      ])
  }

  /// Rows of `sale_paths`, by sale and step.
  func saleTable(_ touches: Touches, _ partners: Partners) -> Table {
    var rows: [(sale: Int64, step: Int64)] = []
    var steps: [Touches.Step] = []
    for sale in sales {
      let (user, visitor) = (ledger.users.codes[sale], ledger.visitors.codes[sale])
      let path = path(
        user < 0 ? nil : ledgerUsers[Int(user)], visitor < 0 ? nil : ledgerVisitors[Int(visitor)],
        ledger.occurredAt[sale], touches)
      for step in path.indices { rows.append((Int64(sale), Int64(step))) }
      steps += path
    }
    return Table(
      schema: Timelines.salePaths,
      columns: [
        .integers(rows.map(\.sale)), .integers(rows.map(\.step)),
        .texts(partners.column(steps.map(\.partner))), .integers(steps.map(\.instant)),
      ])
  }
}

extension StringPool {
  /// The hash of each text in a space of keys, by code.
  func hashes(_ space: UInt64) -> [UInt64] {
    (0..<count).map { code in withBytes(of: code) { KeyNamespace.hash($0, space) } }
  }
}
