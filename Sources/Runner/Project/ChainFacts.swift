import Engine

/// What the warehouse knows about a commission line, in words.
struct ChainFacts {
  let warehouse: any Warehouse
  let currency: Currency
  let timeZone: TimeZone

  private func rows(
    _ sql: String, _ types: [String: ColumnType] = [:], _ parameters: [String: SQLValue]
  ) throws(RunError) -> [[ReportValue]] {
    try warehouse.values(sql, types, parameters)
  }

  private func text(_ value: ReportValue) -> String? {
    if case .text(let text) = value { text } else { nil }
  }

  private func money(_ value: Int64) -> String {
    "\(decimal(value, digits: currency.digits)) \(currency.text)"
  }

  private func decimal(_ value: Int64, digits: Int) -> String {
    var bytes: [UInt8] = []
    Money.append(value, digits: digits, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func day(_ number: Int64) -> String { Day(number: Int32(number)).text }

  /// Date and time in the reporting zone, to the second.
  private func time(_ instant: Int64) -> String {
    let seconds = (instant - timeZone.firstInstant(of: timeZone.day(of: instant))) / 1_000_000
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(timeZone.day(of: instant).text) "
      + [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
  }

  /// The line of an ID.
  func line(_ id: String) throws(RunError) -> ChainLine? {
    let row = try rows(
      """
      SELECT partner_id, transaction_id, status, "type", source_partner_id, user_id, "rule",
        referral_id, reversal_of, amount, "level", "day", approved_on, base_amount, paid_at, rate
      FROM commissions WHERE id = :id
      """,
      [
        "amount": .money, "level": .integer, "day": .day, "approved_on": .day,
        "base_amount": .money, "paid_at": .instant, "rate": .ratio,
      ], ["id": .text(id)]
    ).first
    guard let row else { return nil }
    func word(_ index: Int) -> String { text(row[index]) ?? "" }
    func number(_ index: Int) -> Int64 { row[index].number ?? 0 }
    return ChainLine(
      partner: word(0), transaction: word(1), status: word(2), type: word(3), owner: word(4),
      user: word(5), rule: word(6), referral: text(row[7]), reversalOf: text(row[8]),
      amount: number(9), level: number(10), day: number(11), approvedOn: number(12),
      base: number(13), paidAt: row[14].number, rate: row[15].number)
  }

  /// The IDs of a transaction's lines.
  func lines(ofTransaction id: String) throws(RunError) -> [String] {
    try rows(
      "SELECT id FROM commissions WHERE transaction_id = :id ORDER BY id", [:], ["id": .text(id)]
    ).compactMap { text($0[0]) }
  }

  /// Who owns the customer since when, and that day.
  func referral(_ line: ChainLine) throws(RunError) -> (text: String, day: Int64)? {
    guard let id = line.referral else { return nil }
    let row = try rows(
      """
      SELECT partner_id, referred_user_id, referral_code, status, created_at, basis
      FROM referrals WHERE id = :id
      """, ["created_at": .instant], ["id": .text(id)]
    ).first
    guard let row, let created = row[4].number else { return nil }
    let basis = text(row[5]) == "first_sale" ? "first sale" : "sign-up"
    return (
      "\(text(row[1]) ?? "") is a customer of \(text(row[0]) ?? "") since the \(basis) on "
        + "\(time(created)), code \(text(row[2]) ?? "") (\(text(row[3]) ?? ""), \(id))",
      Int64(timeZone.day(of: created).number)
    )
  }

  /// The owner's accepted clicks up to the referral.
  func clicks(of line: ChainLine, before day: Int64?) throws(RunError) -> String {
    let last = day ?? line.day
    let row = try rows(
      """
      SELECT SUM(clicks) AS clicks, MAX("day") AS last_day FROM click_quality
      WHERE partner_id = :partner AND verdict = 'accepted' AND "day" <= :day
      """, ["clicks": .integer, "last_day": .day],
      ["partner": .text(line.owner), "day": .typed(last, .day)]
    ).first
    guard let row, let clicks = row[0].number, let latest = row[1].number else {
      return "none of \(line.owner) is published up to \(self.day(last)), the day of the referral"
    }
    return "\(clicks) accepted of \(line.owner) up to \(self.day(last)), the day of the referral; "
      + "the last on \(self.day(latest))"
  }

  /// What each model gives whom of the sale.
  func touches(_ line: ChainLine) throws(RunError) -> [String] {
    let rows = try rows(
      """
      SELECT partner_id, model, amount FROM attribution WHERE transaction_id = :sale
      ORDER BY partner_id, CASE model WHEN 'first' THEN 1 WHEN 'last' THEN 2 WHEN 'linear' THEN 3
        WHEN 'position' THEN 4 ELSE 5 END
      """, ["amount": .money], ["sale": .text(line.saleID)])
    if rows.isEmpty { return ["the sale's are not published"] }
    var partners: [String] = []
    for row in rows {
      guard let partner = text(row[0]), !partners.contains(partner) else { continue }
      partners.append(partner)
    }
    if partners == ["direct"] { return ["none before the sale: every model calls it direct"] }
    return partners.map { partner in
      let shares = rows.filter { text($0[0]) == partner }.map {
        "\(text($0[1]) ?? "") \(decimal($0[2].number ?? 0, digits: currency.digits))"
      }
      return "\(partner) by model: \(shares.joined(separator: ", "))"
    }
  }

  /// The sale, as far as tables have it.
  func sale(_ line: ChainLine) throws(RunError) -> String {
    let row = try rows(
      """
      SELECT "day", SUM(amount) AS amount FROM attribution
      WHERE transaction_id = :sale AND model = 'last' GROUP BY "day"
      """, ["amount": .money, "day": .day], ["sale": .text(line.saleID)]
    ).first
    guard let row, let amount = row[1].number, let on = row[0].number else {
      return "\(line.saleID) by \(line.user)"
    }
    return "\(line.saleID): \(money(amount)) on \(day(on)), by \(line.user)"
  }

  /// By what rule how much of what.
  func rate(_ line: ChainLine) -> String {
    guard let rate = line.rate else { return "a fixed amount: \(line.rule)" }
    var percent = decimal(rate, digits: 4)
    while percent.hasSuffix("0") { percent.removeLast() }
    if percent.hasSuffix(".") { percent.removeLast() }
    return "\(percent) % of \(money(line.base)): \(line.rule)"
  }

  /// The line itself.
  func words(_ line: ChainLine) -> String {
    let levels = [2: ", as the owner's parent", 3: ", as the owner's grandparent"]
    let state =
      switch line.status {
      case "pending": "pending, approved from \(day(line.approvedOn)) on"
      case "approved": "approved since \(day(line.approvedOn))"
      case "paid": "paid\(line.paidAt.map { " on \(time($0))" } ?? "")"
      default: line.status
      }
    return "\(money(line.amount)) for \(line.partner)\(levels[Int(line.level)] ?? ""), "
      + "\(line.type), on \(day(line.day)); \(state)"
  }

  /// What was taken back of a line, or which line it takes back.
  func reversals(_ line: ChainLine) throws(RunError) -> [String] {
    let condition =
      line.reversalOf == nil
      ? "reversal_of = :sale" : "transaction_id = :sale AND reversal_of IS NULL"
    let found = try rows(
      """
      SELECT transaction_id, id, amount, "day" FROM commissions
      WHERE \(condition) AND partner_id = :partner AND "type" = :type AND "level" = :level
      ORDER BY "day", transaction_id
      """, ["amount": .money, "day": .day],
      [
        "sale": .text(line.saleID), "partner": .text(line.partner), "type": .text(line.type),
        "level": .typed(line.level, .integer),
      ])
    if found.isEmpty {
      return [line.reversalOf == nil ? "nothing" : "a line that is not published"]
    }
    return found.map { row in
      "\(money(row[2].number ?? 0)) on \(day(row[3].number ?? 0)) by \(text(row[0]) ?? "") "
        + "(\(text(row[1]) ?? ""))"
    }
  }

  /// The payout that took it, or what is proposed.
  func payout(_ line: ChainLine, _ id: String) throws(RunError) -> String {
    if line.status == "paid", let paidAt = line.paidAt {
      let row = try rows(
        """
        SELECT payout_id, own_amount, currency, "lines" AS line_count, note FROM payout_register
        WHERE partner_id = :partner AND status = 'completed' AND processed_at = :paid
        ORDER BY payout_id
        """, ["line_count": .integer],
        ["partner": .text(line.partner), "paid": .typed(paidAt, .instant)]
      ).first
      guard let row else { return "completed on \(time(paidAt)); it is not in the register" }
      let note = text(row[4]).map { "; to look at: \($0)" } ?? ""
      return "\(text(row[0]) ?? ""): \(text(row[1]) ?? "") \(text(row[2]) ?? "") for "
        + "\(row[3].number ?? 0) lines, completed on \(time(paidAt))\(note)"
    }
    let row = try rows(
      """
      SELECT decision, reason, amount, "lines" AS line_count, as_of, commission_ids
      FROM payouts WHERE partner_id = :partner
      """, ["amount": .money, "line_count": .integer, "as_of": .day],
      ["partner": .text(line.partner)]
    ).first
    guard let row, text(row[5])?.split(separator: " ").contains(Substring(id)) ?? false else {
      return line.status == "approved" ? "one that is under way lists it" : "none yet"
    }
    let reason = text(row[1]).map { " (\($0))" } ?? ""
    return "\(text(row[0]) ?? "")\(reason) as of \(day(row[4].number ?? 0)): "
      + "\(money(row[2].number ?? 0)) for \(row[3].number ?? 0) lines"
  }
}
