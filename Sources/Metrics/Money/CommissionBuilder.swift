import Engine

/// Makes every commission line up to the window's end, in the ledger's order: metrics.md section 5.
///
/// The lines follow from the transactions, the owners, the partners and the program, so a run on any
/// day gives the same ones. But of a sale before the window whose lines were published, those are its
/// lines: a rate or a status that changed since rewrites nothing. One pass in order of time is enough:
/// a bonus asks for the month before, a reversal for the lines of an earlier sale.
struct CommissionBuilder {
  let ledger: Ledger
  let partners: PartnerTree
  let owned: OwnedCustomers
  /// The row of each partner that owns somebody, by its code in `owned`; −1 for one that is gone.
  private let partnerRows: [Int32]
  let program: CommissionProgram
  let published: PublishedLines
  /// The terms of each partner, by its row.
  let tiers: [CommissionProgram.Tier]
  var lines: [CommissionLine] = []
  /// Adjustments whose sale is not known, by row of the ledger.
  var unmatched: [Int32] = []
  var names = LineNames()

  /// What has become of a sale that was adjusted.
  struct Adjusted {
    /// Refunds and chargebacks less disputes won, in minor units of the sale's own currency.
    var refunded: Int64 = 0
    /// Whether the signup line is taken back for now.
    var lostBonus = false
  }

  /// By row of the ledger: the first of a sale's lines, and how many there are.
  var firstLine: [Int32]
  var lineCount: [UInt8]
  /// The sales that were adjusted, by row of the ledger.
  var adjusted: [Int32: Adjusted] = [:]
  /// What is taken back of each line so far.
  var reversed: [Int64] = []
  /// By user: whether its first sale has passed, the day of its first subscription under its owner,
  /// and the last month in which it bought.
  private var hasBought: [Bool]
  private var firstSubscription: [Int32]
  private var lastMonth: [Int32]
  /// By partner: clients and direct sub-partners active per month, and the last month in which a
  /// client of its own bought.
  private var clients: [MonthCounter]
  private var affiliates: [MonthCounter]
  private var lastActive: [Int32]

  private static let never = Int32.min

  init(
    _ ledger: Ledger, _ partners: PartnerTree, _ owned: OwnedCustomers,
    _ program: CommissionProgram, _ published: PublishedLines
  ) throws(StageError) {
    self.published = published
    self.ledger = ledger
    self.partners = partners
    self.owned = owned
    partnerRows = partners.rows(of: owned.partners)
    self.program = program
    tiers = try Self.tiers(of: partners.rows, program)
    firstLine = [Int32](repeating: 0, count: ledger.count)
    lineCount = [UInt8](repeating: 0, count: ledger.count)
    hasBought = [Bool](repeating: false, count: ledger.users.pool.count)
    firstSubscription = [Int32](repeating: Self.never, count: ledger.users.pool.count)
    lastMonth = firstSubscription
    let count = partners.rows.id.count
    clients = [MonthCounter](repeating: MonthCounter(), count: count)
    affiliates = clients
    lastActive = [Int32](repeating: Self.never, count: count)
  }

  /// The terms of every partner; a tier that the program does not have stops the run, used or not.
  private static func tiers(
    of rows: PartnerTerms, _ program: CommissionProgram
  ) throws(StageError) -> [CommissionProgram.Tier] {
    var tiers: [CommissionProgram.Tier] = []
    var unknown: Set<String> = []
    for row in rows.id.indices {
      let name = rows.tiers.text(of: Int(rows.tier[row]))
      if let tier = program.tier(name) {
        tiers.append(tier)
      } else {
        unknown.insert("\(name) (partner \(rows.ids.text(of: Int(rows.id[row]))))")
      }
    }
    if unknown.isEmpty { return tiers }
    let listed = unknown.sorted().prefix(5).joined(separator: ", ")
    throw StageError(
      stage: CommissionLedger.name,
      message: "the program \(program.name) has no tier \(listed)"
        + (unknown.count > 5 ? " and \(unknown.count - 5) more" : "")
        + "; it has \(program.tiers.keys.sorted().joined(separator: ", "))",
      help: "add the tier to the program, or a tier \"*\" for all others")
  }

  /// Makes the lines of all transactions.
  mutating func build(_ workers: Workers) throws(StageError) {
    for row in 0..<ledger.count {
      if ledger.isSale(row) { try addSale(row) } else { try addAdjustment(row) }
    }
    nameLines(workers)
  }

  /// Gives an ID to each line that did not need one to be found among those published; none is 0, as
  /// each holds its version.
  private mutating func nameLines(_ workers: Workers) {
    let (ledger, partners, first) = (ledger, partners.rows, names)
    lines.withUnsafeMutableBufferPointer { lines in
      // Each part writes to lines of its own.
      nonisolated(unsafe) let lines = lines
      _ = workers.map(lines.indices) { part in
        var names = first
        for index in part where lines[index].id == 0 {
          lines[index].id = names.id(of: lines[index], ledger, partners)
        }
      }
    }
  }

  private mutating func addSale(_ row: Int) throws(StageError) {
    let user = Int(ledger.users.codes[row])
    guard user >= 0 else { return }
    let isFirst = !hasBought[user]
    hasBought[user] = true
    guard let customer = owned.customer(ofUser: Int32(user)),
      ledger.occurredAt[row] >= customer.createdAt
    else { return }
    let partner = Int(partnerRows[Int(customer.partner)])
    guard partner >= 0 else { return }

    let start = lines.count
    let tier = tiers[partner]
    if isFirst, tier.signupBonus > 0 {
      add(.signup, row, partner, of: partner, tier.signupBonus, base: 0, Rate(scaled: 0))
    }
    let day = Int32(ledger.days[row])
    let kind = Int(ledger.kinds[row])
    let isSubscription = kind >= Int(TransactionKind.subscription.rawValue)
    if !isSubscription || isWithinTerm(user, day, tier) {
      try addShares(row, kind, partner, isSubscription ? .recurring : .transaction)
    }
    count(user, of: partner, on: day)
    if published.mayHold(day) { settle(from: start) }
    firstLine[row] = Int32(start)
    lineCount[row] = UInt8(lines.count - start)
  }

  /// Whether a subscription still earns, counted from the user's first one under this owner.
  private mutating func isWithinTerm(
    _ user: Int, _ day: Int32, _ tier: CommissionProgram.Tier
  ) -> Bool {
    if firstSubscription[user] == Self.never { firstSubscription[user] = day }
    guard let months = tier.recurringMonths else { return true }
    return day < Day(number: firstSubscription[user]).adding(months: months).number
  }

  /// The lines of a sale for its owner and the partners above it, and the owner's bonus.
  private mutating func addShares(
    _ row: Int, _ kind: Int, _ owner: Int, _ type: CommissionType
  ) throws(StageError) {
    let tier = tiers[owner]
    var rates = tier.rates[kind]
    if type == .recurring, program.partnerRate == .partner, partners.rows.rate[owner] != .absent {
      let own = Rate(scaled: partners.rows.rate[owner])
      if rates.isEmpty { rates = [own] } else { rates[0] = own }
    }
    guard !rates.isEmpty else { return }
    let amount = try ledger.amount(row, for: CommissionLedger.name)
    let isDecided = published.mayHold(Int32(ledger.days[row]))
    var partner = owner
    for (level, rate) in rates.enumerated() {
      if level > 0 {
        guard let parent = partners.parent(of: partner) else { break }
        partner = parent
        // What an inactive partner would have got is paid to nobody.
        guard partners.rows.status(partner, at: ledger.occurredAt[row]) == .active else {
          add(type, row, partner, of: owner, 0, base: amount, rate, level: UInt8(level + 1))
          continue
        }
      }
      guard let share = Money.multiply(amount, by: rate) else { throw overflow(row) }
      add(type, row, partner, of: owner, share, base: amount, rate, level: UInt8(level + 1))
    }
    guard rates[0].scaled > 0 || isDecided, let volume = tier.volumeBonus else { return }
    let month = Self.month(Int32(ledger.days[row]))
    let reached =
      volume.count == .clients
      ? clients[owner].count(before: month) : affiliates[owner].count(before: month)
    guard let bonus = volume.rate(for: reached) else { return }
    let share: Int64? =
      // There is none without a share; but there may have been one.
      if rates[0].scaled == 0 {
        0
      } else if volume.mode == .points {
        Money.multiply(amount, by: bonus)
      } else {
        Self.multiply(amount, rates[0], bonus)
      }
    guard let share else { throw overflow(row) }
    add(.bonus, row, owner, of: owner, share, base: amount, bonus)
  }

  /// Adds a line; one of nothing is left out, unless it may have been published with an amount.
  private mutating func add(
    _ type: CommissionType, _ row: Int, _ partner: Int, of owner: Int, _ amount: Int64,
    base: Int64, _ rate: Rate, level: UInt8 = 1
  ) {
    let day = Int32(ledger.days[row])
    guard amount != 0 || published.mayHold(day) else { return }
    var line = CommissionLine(
      type: type, level: level, partner: Int32(partner), owner: Int32(owner), row: Int32(row),
      day: day, readyOn: day + Int32(tiers[owner].holdDays), amount: amount, base: base, rate: rate)
    if published.mayHold(day) { line.id = names.id(of: line, ledger, partners.rows) }
    lines.append(line)
    reversed.append(0)
  }

  /// Leaves of a sale's lines, the last ones, those that were published, as they were; where none was,
  /// its day was never run, and they stay as they would be now.
  private mutating func settle(from start: Int) {
    let amounts = lines[start...].map { published.amount(of: $0.id) }
    let isKnown = amounts.contains { $0 != nil }
    var end = start
    for (index, amount) in zip(start..., amounts) {
      var line = lines[index]
      if isKnown { line.amount = amount ?? 0 }
      guard line.amount != 0 else { continue }
      lines[end] = line
      end += 1
    }
    lines.removeSubrange(end...)
    reversed.removeSubrange(end...)
  }

  /// Notes that an owned user bought, for the bonuses of the month after.
  private mutating func count(_ user: Int, of partner: Int, on day: Int32) {
    let month = Self.month(day)
    if lastMonth[user] != month {
      lastMonth[user] = month
      clients[partner].add(in: month)
    }
    if lastActive[partner] != month {
      lastActive[partner] = month
      if let parent = partners.parent(of: partner) { affiliates[parent].add(in: month) }
    }
  }

  /// Months since year 0, for comparing.
  private static func month(_ day: Int32) -> Int32 {
    let (year, month, _) = Day(number: day).civil
    return Int32(year * 12 + month - 1)
  }

  /// amount × rate × bonus, rounded once; nil on overflow. Rates are reduced first: two of them with
  /// all their 24 decimals would leave 128 bits too little room.
  private static func multiply(_ amount: Int64, _ rate: Rate, _ bonus: Rate) -> Int64? {
    let (above, below) = reduced(rate)
    let (aboveBonus, belowBonus) = reduced(bonus)
    let (product, overflow) = (Int128(amount) * Int128(above)).multipliedReportingOverflow(
      by: Int128(aboveBonus))
    if overflow { return nil }
    return Money.narrow(Money.divideRounded(product, Int128(below) * Int128(belowBonus)))
  }

  private static func reduced(_ rate: Rate) -> (Int64, Int64) {
    var (divisor, rest) = (Rate.scale, rate.scaled)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    return (rate.scaled / divisor, Rate.scale / divisor)
  }

  func overflow(_ row: Int) -> StageError {
    CommissionLedger.overflowError("commission of transaction \(ledger.ids.text(row) ?? "")")
  }
}
