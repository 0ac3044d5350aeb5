import Engine

/// The signups and sales that are asked about, and whose clicks can be their touches: metrics.md section
/// 3.
struct TouchQuestions {
  /// A user of whom something is asked, when: their own key, and the visitors they were seen to be.
  private struct Asked {
    let person: Int32
    var instants: ClosedRange<Int64>
    var links: [Link] = []
  }

  /// A visitor that is a user's from `first` until `last` and as long as a row counts after.
  private struct Link {
    let person: Int32
    let first: Int64
    let last: Int64
  }

  /// Everybody whose touches are wanted.
  private(set) var persons: AskedPersons
  private let signups: SignupRows
  private let signupRows: [Int]
  private let ledger: Ledger
  private let sales: [Int]
  private let reach: Int64
  /// Users by the group of their hash.
  private var askedOf = GroupTable()
  private var asked: [Asked] = []
  /// The place in `asked` of each user of the ledger and of the signups, by code; −1 for one of whom
  /// nothing is asked.
  private var askedOfBuyer: [Int32]
  private var askedOfSignup: [Int32]
  /// The person that each visitor of the ledger is, by code; −1 for one of no sale that is asked about.
  private var personOfVisitor: [Int32]

  /// What is asked of a window.
  init(
    _ signups: SignupRows, _ ledger: Ledger, _ links: VisitorLinks, _ limits: ClickLimits,
    _ context: RunContext
  ) {
    self.signups = signups
    self.ledger = ledger
    reach = limits.attribution
    persons = AskedPersons(reach: limits.attribution)
    let first = context.firstInstantOfWeek
    // Sorted for tables that do not show the order rows came in.
    let ranks = signups.users.ranks()
    signupRows = signups.rows.indices.filter { signups.rows[$0].createdAt >= first }
      .sorted { ranks[Int(signups.rows[$0].user)] < ranks[Int(signups.rows[$1].user)] }
    sales = (0..<ledger.count).filter { ledger.occurredAt[$0] >= first && ledger.isSale($0) }
    askedOfBuyer = [Int32](repeating: -1, count: ledger.users.pool.count)
    askedOfSignup = [Int32](repeating: -1, count: signups.users.count)
    personOfVisitor = [Int32](repeating: -1, count: ledger.visitors.pool.count)
    ask(links)
  }

  /// Gives everybody a place once, so that a sale need not be looked up by its hashes.
  private mutating func ask(_ links: VisitorLinks) {
    let users = signups.users.hashes(KeyNamespace.user)
    for row in signupRows {
      let user = Int(signups.rows[row].user)
      let instant = signups.rows[row].createdAt
      askedOfSignup[user] = ask(of: users[user], instant...instant)
    }
    let buyers = ledger.users.pool.hashes(KeyNamespace.user)
    let visitors = ledger.visitors.pool.hashes(KeyNamespace.visitor)
    var buyerTimes = Times(count: buyers.count)
    var visitorTimes = Times(count: visitors.count)
    for sale in sales {
      let instant = ledger.occurredAt[sale]
      buyerTimes.add(instant, to: ledger.users.codes[sale])
      visitorTimes.add(instant, to: ledger.visitors.codes[sale])
    }
    buyerTimes.forEach { user, times in askedOfBuyer[user] = ask(of: buyers[user], times) }
    visitorTimes.forEach { visitor, times in
      personOfVisitor[visitor] = persons.ask(visitors[visitor], times)
    }
    links.forEach { visitor, user, first, last in link(visitor, user, first, last) }
    for row in signups.rows {
      guard let visitor = row.visitor else { continue }
      link(visitor, users[Int(row.user)], row.createdAt, row.createdAt)
    }
  }

  private mutating func ask(of user: UInt64, _ instants: ClosedRange<Int64>) -> Int32 {
    let index = askedOf.group(user, 0)
    let person = persons.ask(user, instants)
    if index == asked.count {
      asked.append(Asked(person: person, instants: instants))
    } else {
      let before = asked[index].instants
      asked[index].instants =
        min(before.lowerBound, instants.lowerBound)...max(before.upperBound, instants.upperBound)
    }
    return Int32(index)
  }

  private mutating func link(_ visitor: UInt64, _ user: UInt64, _ first: Int64, _ last: Int64) {
    guard let index = askedOf.find(user, 0) else { return }
    let from = max(asked[index].instants.lowerBound, first)
    let through = min(asked[index].instants.upperBound, last + reach)
    // Nothing is asked of the user while they are this visitor.
    if from > through { return }
    asked[index].links.append(
      Link(person: persons.ask(visitor, from...through), first: first, last: last))
  }

  /// Appends to `steps` the way to what happened at an instant, of a user by the place in `asked` and
  /// of the visitor that it names by the person; −1 for none. `own` is memory to work in.
  private func appendPath(
    _ user: Int32, _ visitor: Int32, _ instant: Int64, _ touches: Touches,
    to steps: inout [Touches.Step], _ own: inout [Int32]
  ) {
    own.removeAll(keepingCapacity: true)
    func add(_ person: Int32) {
      if touches.hasAny(of: person), !own.contains(person) { own.append(person) }
    }
    if user >= 0 {
      add(asked[Int(user)].person)
      for link in asked[Int(user)].links
      where link.first <= instant && instant - link.last <= reach { add(link.person) }
    }
    if visitor >= 0 { add(visitor) }
    touches.appendPath(
      of: own, from: max(instant - reach, Instant.first), through: instant, to: &steps)
  }

  /// Rows of `signup_touches`, by user.
  func signupTable(_ touches: Touches, _ partners: Partners) -> Table {
    var users: [Int32] = []
    var steps: [Touches.Step] = []
    var path: [Touches.Step] = []
    var own: [Int32] = []
    for row in signupRows {
      let signup = signups.rows[row]
      // The user's own row is among the links.
      path.removeAll(keepingCapacity: true)
      appendPath(
        askedOfSignup[Int(signup.user)], -1, signup.createdAt, touches, to: &path, &own)
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
    var saleColumn: [Int64] = []
    var stepColumn: [Int64] = []
    var steps: [Touches.Step] = []
    var own: [Int32] = []
    for sale in sales {
      let (user, visitor) = (Int(ledger.users.codes[sale]), Int(ledger.visitors.codes[sale]))
      let before = steps.count
      appendPath(
        user < 0 ? -1 : askedOfBuyer[user], visitor < 0 ? -1 : personOfVisitor[visitor],
        ledger.occurredAt[sale], touches, to: &steps, &own)
      for step in 0..<steps.count - before {
        saleColumn.append(Int64(sale))
        stepColumn.append(Int64(step))
      }
    }
    return Table(
      schema: Timelines.salePaths,
      columns: [
        .integers(saleColumn), .integers(stepColumn),
        .texts(partners.column(steps.map(\.partner))), .integers(steps.map(\.instant)),
      ])
  }
}

/// The first and the last of some instants, by code: looking a person up once is enough.
private struct Times {
  private var firsts: [Int64]
  private var lasts: [Int64]

  init(count: Int) {
    firsts = [Int64](repeating: .max, count: count)
    lasts = [Int64](repeating: .min, count: count)
  }

  /// Adds an instant to those of a code; −1 is nobody's.
  mutating func add(_ instant: Int64, to code: Int32) {
    if code < 0 { return }
    firsts[Int(code)] = min(firsts[Int(code)], instant)
    lasts[Int(code)] = max(lasts[Int(code)], instant)
  }

  /// Calls `body` with each code that has any.
  func forEach(_ body: (Int, ClosedRange<Int64>) -> Void) {
    for code in firsts.indices where firsts[code] <= lasts[code] {
      body(code, firsts[code]...lasts[code])
    }
  }
}

extension StringPool {
  /// The hash of each text in a space of keys, by code.
  func hashes(_ space: UInt64) -> [UInt64] { (0..<count).map { hash(of: $0, space) } }

  /// The hash of a code's text in a space of keys.
  func hash(of code: Int, _ space: UInt64) -> UInt64 {
    withBytes(of: code) { KeyNamespace.hash($0, space) }
  }
}
