import Engine

/// What a generated data set should hold. The same options give the same bytes on every machine.
package struct GenerateOptions: Sendable {
  /// Customers in `users.csv` (1 to 5,000,000); every other size follows from it.
  package var users: Int
  /// Any number; another seed gives another data set of the same shape.
  package var seed: UInt64
  /// Length of the span in calendar days of America/New_York (7 to 3,660).
  package var days: Int
  /// The span's last day, in days since 1970-01-01 (see ``day(_:_:_:)``).
  package var endDay: Int
  /// Rows of `clicks.csv` before planted ones; nil: 27.5 per user and eight weeks.
  package var clicks: Int?
  /// Rows of `calls.csv` before planted ones; nil: 5.5 per user and eight weeks.
  package var calls: Int?
  /// Rows of `transactions.csv` before planted ones; nil: 4 per user and eight weeks.
  package var transactions: Int?
  /// Plant rows that a reader must refuse, repeated rows and harmless oddities.
  package var badRows: Bool
  /// Replace files of the same names in the folder instead of refusing.
  package var overwrite: Bool

  /// Eight ISO weeks, Monday 2026-09-21 to Sunday 2026-11-15, unless told otherwise.
  package init(
    users: Int, seed: UInt64, days: Int = 56, endDay: Int = GenerateOptions.day(2026, 11, 15),
    clicks: Int? = nil, calls: Int? = nil, transactions: Int? = nil, badRows: Bool = true,
    overwrite: Bool = false
  ) {
    self.users = users
    self.seed = seed
    self.days = days
    self.endDay = endDay
    self.clicks = clicks
    self.calls = calls
    self.transactions = transactions
    self.badRows = badRows
    self.overwrite = overwrite
  }

  /// Days since 1970-01-01 of a date of the Gregorian calendar.
  package static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    Civil.dayNumber(year, month, day)
  }

  var clickCount: Int { clicks ?? users * 55 * days / (2 * 56) }
  var callCount: Int { calls ?? users * 11 * days / (2 * 56) }
  var transactionCount: Int { transactions ?? users * 4 * days / 56 }

  func validate() throws(GenerateError) {
    try Self.require(users, in: 1...5_000_000, "users")
    try Self.require(days, in: 7...3_660, "days")
    try Self.require(
      endDay, in: Self.day(1980, 1, 1)...Self.day(9000, 1, 1), "last day (days since 1970)")
    for (count, name) in [(clicks, "clicks"), (calls, "calls"), (transactions, "transactions")] {
      if let count { try Self.require(count, in: 0...1_000_000_000, name) }
    }
  }

  private static func require(
    _ value: Int, in range: ClosedRange<Int>, _ name: String
  ) throws(GenerateError) {
    guard !range.contains(value) else { return }
    throw GenerateError(
      place: name, expected: "a number from \(range.lowerBound) to \(range.upperBound)",
      found: "\(value)", advice: "choose a value in that range")
  }
}

/// One file that ``generate(_:into:)`` wrote.
package struct GeneratedFile: Sendable, Equatable {
  /// Name within the folder, such as `calls.csv`.
  package var name: String
  /// Records after the header, planted ones included: what a reader counts as read.
  package var rows: Int
  /// Size in bytes.
  package var bytes: Int
  /// What was planted on purpose, in the order of the lines.
  package var planted: [PlantedRow]
}

/// A record that is in the file on purpose.
package struct PlantedRow: Sendable, Equatable {
  /// What a reader makes of the record.
  package enum Effect: String, Sendable {
    /// Refused, with ``PlantedRow/reason``.
    case quarantined
    /// Repeated later with the same values.
    case duplicate
    /// Repeated later with other values.
    case superseded
    /// Odd, and still a good row.
    case harmless
  }

  /// The record's first physical line; the header is line 1.
  package var line: Int
  /// What becomes of it.
  package var effect: Effect
  /// The quarantine reason (`type`, `range`, …); empty unless quarantined.
  package var reason: String
  /// What is odd about it, in words.
  package var what: String
}

/// Why a data set could not be generated. Nothing is left behind.
package struct GenerateError: Error, Equatable, CustomStringConvertible {
  /// The option or path at fault.
  package var place: String
  /// What would have been right.
  package var expected: String
  /// What was there.
  package var found: String
  /// What to do next.
  package var advice: String

  /// One sentence for people.
  package var description: String {
    "generate: \(place): expected \(expected), found \(found); \(advice)"
  }
}
