import Engine

/// Which visitors were seen to be which users, and when.
///
/// A visitor counts as a user's at *t* if a row of the 30 days before carries both. So of a pair
/// only the ends of each run of rows matter, a run being rows with no gap above 30 days: it links
/// from its first row until 30 days after its last. Nearly every pair has one run, whatever the
/// number of its rows, and runs unite in any order.
struct VisitorLinks: Sendable {
  /// One run of a pair.
  private struct Run {
    let pair: Int
    var first: Int64
    var last: Int64
  }

  private var pairs = GroupTable()
  /// The run of each pair that was touched last.
  private var firsts: [Int64] = []
  private var lasts: [Int64] = []
  private var others: [Run] = []
  private var unitedOthers = 0
  private let reach: Int64

  /// No links; rows count for `reach` microseconds.
  init(reach: Int64) { self.reach = reach }

  /// Links a visitor and a user at an instant.
  mutating func add(_ visitor: UInt64, _ user: UInt64, _ instant: Int64) {
    add(visitor, user, first: instant, last: instant)
  }

  private mutating func add(_ visitor: UInt64, _ user: UInt64, first: Int64, last: Int64) {
    let pair = pairs.group(visitor, user)
    if pair == firsts.count {
      firsts.append(first)
      lasts.append(last)
    } else if first <= lasts[pair] + reach, firsts[pair] <= last + reach {
      firsts[pair] = min(firsts[pair], first)
      lasts[pair] = max(lasts[pair], last)
    } else {
      others.append(Run(pair: pair, first: firsts[pair], last: lasts[pair]))
      firsts[pair] = first
      lasts[pair] = last
      if others.count > 2 * unitedOthers + 1024 { unite() }
    }
  }

  /// Unites what overlaps of the runs set aside.
  private mutating func unite() {
    others.sort { ($0.pair, $0.first) < ($1.pair, $1.first) }
    var united: [Run] = []
    for run in others {
      if let end = united.last, end.pair == run.pair, run.first <= end.last + reach {
        united[united.count - 1].last = max(end.last, run.last)
      } else {
        united.append(run)
      }
    }
    others = united
    unitedOthers = united.count
  }

  /// Adds what another worker saw.
  mutating func merge(_ other: VisitorLinks) {
    for (pair, key) in other.pairs.keys.enumerated() {
      add(key.x, key.y, first: other.firsts[pair], last: other.lasts[pair])
    }
    for run in other.others {
      let key = other.pairs.keys[run.pair]
      add(key.x, key.y, first: run.first, last: run.last)
    }
  }

  /// Calls `body` with every run: the visitor, the user, and the first and last instant at which
  /// the run's rows say so.
  func forEach(_ body: (UInt64, UInt64, Int64, Int64) -> Void) {
    for (pair, key) in pairs.keys.enumerated() { body(key.x, key.y, firsts[pair], lasts[pair]) }
    for run in others {
      let key = pairs.keys[run.pair]
      body(key.x, key.y, run.first, run.last)
    }
  }
}
