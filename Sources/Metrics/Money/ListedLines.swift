import Engine

/// The payouts as the commissions see them: which lines each lists, and how far it has come.
struct ListedLines: Sendable {
  /// How a line is listed; being paid counts before being taken.
  enum Listing: Equatable, Sendable {
    /// By a payout that is pending or being processed: the line is taken, but not paid.
    case taken
    /// By one that was completed in time, and when.
    case paid(at: Int64)

    /// When it was paid, nil where it is not yet.
    var paidAt: Int64? {
      if case .paid(let at) = self { at } else { nil }
    }
  }

  /// By the line's ID.
  private(set) var listings: [UInt128: Listing] = [:]

  /// The columns that `add` reads.
  static let columns = ["status", "processed_at", "commission_ids"]

  /// Keeps the lines that a batch of payouts lists, as seen at `last`; what failed or was cancelled
  /// lists nothing, nor does what was completed later.
  mutating func add(_ batch: Batch, until last: Int64) {
    let contract = Sources.payouts
    let statuses = batch.integers[contract.column("status")]
    let processed = batch.integers[contract.column("processed_at")]
    let lists = batch.text(contract.column("commission_ids"))
    for row in 0..<batch.count {
      let listing: Listing
      switch PayoutStatus(rawValue: statuses[row]) {
      case .pending, .processing: listing = .taken
      case .completed where processed[row] != .absent && processed[row] <= last:
        listing = .paid(at: processed[row])
      default: continue
      }
      // What is no UUID names no line.
      Self.eachEntry(lists[row]) { entry in
        if let id = NameUUID.parse(entry) { enter(id, listing) }
      }
    }
  }

  /// Adds another worker's listings.
  mutating func merge(_ other: ListedLines) {
    for (id, listing) in other.listings { enter(id, listing) }
  }

  private mutating func enter(_ id: UInt128, _ listing: Listing) {
    switch (listings[id], listing) {
    // Paid twice, which the register shows: the first time counts.
    case (.paid(let first), .paid(let at)): listings[id] = .paid(at: min(first, at))
    case (.paid, .taken): break
    default: listings[id] = listing
    }
  }

  /// Calls `body` with each entry of a list whose entries are separated by spaces.
  static func eachEntry(_ list: ByteView, _ body: (ByteView) -> Void) {
    var start = 0
    for end in 0...list.count where end == list.count || list[end] == UInt8(ascii: " ") {
      if end > start { body(list.slice(start..<end)) }
      start = end + 1
    }
  }
}
