import Engine

/// What a commission line is for; the raw value is the order of a sale's lines.
package enum CommissionType: UInt8, CaseIterable, Sendable {
  /// At an owned user's first sale.
  case signup
  /// For a subscription.
  case recurring
  /// For a purchase or booking.
  case transaction
  /// For the volume of the month before.
  case bonus

  /// The words, in the order of the raw values.
  package static let words = ["signup", "recurring", "transaction", "bonus"]
  /// The word.
  package var word: String { Self.words[Int(rawValue)] }
}

/// How far a commission line has come; the raw value is its code.
package enum CommissionStatus: UInt8, CaseIterable, Sendable {
  /// Still within its hold.
  case pending
  /// Past its hold.
  case approved
  /// In a completed payout.
  case paid
  /// Void, as its partner is terminated, or a dispute about it was upheld.
  case cancelled
  /// Waiting, as somebody disputes it.
  case disputed

  /// The words, in the order of the raw values.
  package static let words = ["pending", "approved", "paid", "cancelled", "disputed"]
}

/// A line of the commissions: what one partner earns, or loses, by one transaction.
struct CommissionLine: Sendable {
  /// What it is for.
  var type: CommissionType
  /// 1 for the owner, 2 for its parent, 3 for its grandparent.
  var level: UInt8
  var status = CommissionStatus.pending
  /// The row of the partner in the directory.
  var partner: Int32
  /// The row of the partner who owns the customer.
  var owner: Int32
  /// The row of the transaction in the ledger.
  var row: Int32
  /// The day of that transaction.
  var day: Int32
  /// From this day on it is approved.
  var readyOn: Int32
  /// The line it takes back, −1 for one that stands on its own.
  var reverses: Int32 = -1
  /// Minor units of the reporting currency; below 0 where it takes back.
  var amount: Int64
  /// What the rate was applied to, in minor units of the reporting currency.
  var base: Int64
  /// The rate by which the base was multiplied, 0 where the amount is a fixed one.
  var rate: Rate
  /// Its ID, known once all lines are made.
  var id: UInt128 = 0
}
