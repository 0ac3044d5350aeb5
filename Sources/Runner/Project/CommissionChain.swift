import Engine

/// How a commission line came about, step by step, as the warehouse tells it: clicks, touches,
/// referral, sale, rate, line, reversals, payout.
package struct CommissionChain {
  /// A step in words and figures; a step of several lines has its name on the first alone.
  package let steps: [(name: String, text: String)]

  /// The line of an ID; throws where there is none.
  package init(
    id: String, warehouse: any Warehouse, currency: Currency, timeZone: TimeZone
  ) throws(RunError) {
    let facts = ChainFacts(warehouse: warehouse, currency: currency, timeZone: timeZone)
    guard let line = try facts.line(id) else { throw try Self.unknown(id, facts) }
    var steps: [(name: String, text: String)] = []
    func add(_ name: String, _ texts: [String]) {
      for (index, text) in texts.enumerated() { steps.append((index == 0 ? name : "", text)) }
    }
    let referral = try facts.referral(line)
    add("clicks", [try facts.clicks(of: line, before: referral?.day)])
    add("touches", try facts.touches(line))
    add("referral", [referral?.text ?? "none is published for \(line.user)"])
    add("sale", [try facts.sale(line)])
    add("rate", [facts.rate(line)])
    add("line", [facts.words(line)])
    add(line.reversalOf == nil ? "taken back" : "takes back", try facts.reversals(line))
    add("payout", [try facts.payout(line, id)])
    self.steps = steps
  }

  private static func unknown(_ id: String, _ facts: ChainFacts) throws(RunError) -> RunError {
    let lines = try facts.lines(ofTransaction: id)
    return RunError(
      .failed, "no commission line has the ID \(quote(id))",
      help: lines.isEmpty
        ? "IDs are the column id of the table commissions: nightmill query "
          + "\"SELECT id, partner_id, amount FROM commissions LIMIT 5\""
        : "it is a transaction; its lines are \(lines.joined(separator: ", "))")
  }
}

/// A commission line.
struct ChainLine {
  let partner, transaction, status, type, owner, user, rule: String
  let referral, reversalOf: String?
  let amount, level, day, approvedOn, base: Int64
  let paidAt, rate: Int64?

  /// The sale it is earned by.
  var saleID: String { reversalOf ?? transaction }
}
