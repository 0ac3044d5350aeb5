import Engine

/// The disputes as the commissions see them: which lines wait, and which are void.
struct DisputedLines: Sendable {
  /// What a dispute does to a line; the greater counts where several name it.
  enum Effect: UInt8, Sendable {
    /// Open at the window's end: the line waits.
    case waits = 1
    /// Upheld by then: the line is void.
    case isVoid = 2
  }

  /// A transaction's lines for one partner.
  private struct Pair: Hashable {
    let transaction: Int
    let partner: Int
  }

  private var byLine: [UInt128: Effect] = [:]
  private var byPair: [Pair: Effect] = [:]
  private var texts = StringPool()

  /// The columns that `add` reads.
  static let columns = [
    "commission_id", "transaction_id", "partner_id", "opened_at", "resolved_at", "outcome",
  ]

  /// No disputes.
  init() {}

  /// Whether nothing is disputed, so that no line need be looked up.
  var isEmpty: Bool { byLine.isEmpty && byPair.isEmpty }

  /// Keeps the disputes of a batch as seen at `last`.
  mutating func add(_ batch: Batch, until last: Int64) {
    let contract = Sources.disputes
    let lines = batch.text(contract.column("commission_id"))
    let transactions = batch.text(contract.column("transaction_id"))
    let partners = batch.text(contract.column("partner_id"))
    let opened = batch.integers[contract.column("opened_at")]
    let resolved = batch.integers[contract.column("resolved_at")]
    let outcomes = batch.integers[contract.column("outcome")]
    for row in 0..<batch.count where opened[row] <= last {
      let isResolved = resolved[row] != .absent && resolved[row] <= last
      if isResolved, outcomes[row] == DisputeOutcome.dismissed.rawValue { continue }
      // Resolved without an outcome is not resolved yet: money waits rather than leaves.
      let isUpheld = isResolved && outcomes[row] == DisputeOutcome.upheld.rawValue
      let effect: Effect = isUpheld ? .isVoid : .waits
      if let id = NameUUID.parse(lines[row]) {
        enter(id, effect)
      } else if !transactions[row].isEmpty, !partners[row].isEmpty {
        enter(
          Pair(transaction: texts.intern(transactions[row]), partner: texts.intern(partners[row])),
          effect)
      }
    }
  }

  /// Adds another worker's disputes.
  mutating func merge(_ other: DisputedLines) {
    for (id, effect) in other.byLine { enter(id, effect) }
    let codes = texts.merge(other.texts)
    for (pair, effect) in other.byPair {
      enter(Pair(transaction: codes[pair.transaction], partner: codes[pair.partner]), effect)
    }
  }

  private mutating func enter(_ id: UInt128, _ effect: Effect) {
    byLine[id] = max(byLine[id] ?? effect, effect)
  }

  private mutating func enter(_ pair: Pair, _ effect: Effect) {
    byPair[pair] = max(byPair[pair] ?? effect, effect)
  }

  /// What disputes do to a line, nil where nobody disputes it.
  func effect(_ id: UInt128, transaction: ByteView, partner: ByteView) -> Effect? {
    let named = byLine[id]
    guard !byPair.isEmpty, let transaction = texts.code(of: transaction),
      let partner = texts.code(of: partner),
      let paired = byPair[Pair(transaction: transaction, partner: partner)]
    else { return named }
    return max(named ?? paired, paired)
  }
}

extension DisputedLines.Effect: Comparable {
  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
