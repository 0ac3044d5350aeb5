import Engine
import Support

/// Disputes about commission lines, and resellers' accounts, made to collide like the rest of
/// `NastyData`: several disputes about a line, accounts that share a vendor or a user.
struct NastyMoney: Random {
  var random: SeededGenerator
  private let days: ClosedRange<Int>

  init(seed: UInt64, days: ClosedRange<Int>) {
    random = SeededGenerator(seed: seed &* 57 &+ 3)
    self.days = days
  }

  private mutating func instant() -> String {
    let at = number(days) * 86_400_000_000 + pick([0, 4 * 3_600_000_000, 86_400_000_000 - 1])
    return RawTime.text(at) + "Z"
  }

  /// Adds both sources; there must be transactions.
  mutating func add(to sources: inout [String: RawSource]) {
    let transactions = sources["transactions"]?.rows.map { $0[0] } ?? []
    sources["disputes"] = RawSource(
      header: [
        "dispute_id", "commission_id", "transaction_id", "partner_id", "opened_at", "resolved_at",
        "outcome",
      ],
      rows: transactions.isEmpty ? [] : (0..<60).map { dispute($0, of: pick(transactions)) })
    sources["reseller_accounts"] = RawSource(
      header: ["account_id", "partner_id", "plan", "vendor_id", "user_id"],
      rows: (0..<9).map {
        [
          "a\($0)", "p\(number(0...5))", pick(["starter", "professional", "Enterprise"]),
          chance(70) ? "v\(number(0...5))" : "",
          chance(60) ? pick(["x", "u"]) + "\(number(0...9))" : "",
        ]
      })
  }

  /// A dispute about a transaction's lines for a partner, or about one that there may be.
  private mutating func dispute(_ index: Int, of transaction: String) -> [String] {
    let (partner, type) = (
      "p\(number(0...4))", pick(["transaction", "recurring", "bonus", "signup"])
    )
    let name = "nightmill:commission:\(type):\(transaction):\(partner):\(pick([1, 1, 2, 3]))"
    let named = chance(50) ? NameUUID.text(NameUUID.id(url: Array(name.utf8))) : pick(["", "?"])
    return [
      "d\(index)", chance(10) ? named.uppercased() : named, chance(90) ? transaction : "",
      chance(90) ? partner : "", instant(), chance(70) ? instant() : "",
      pick(["", "upheld", "Dismissed", "dismissed"]),
    ]
  }
}
