import Engine

/// Clicks per partner, day and verdict, and distinct visitors per partner and week.
struct ClickCounts {
  private let verdicts = ClickVerdict.allCases.count
  /// Groups of (partner + 1, day); 0 for no partner.
  private var days = GroupTable()
  private var clicks: [Int64] = []
  /// Groups of (partner, Monday).
  private var weeks = GroupTable()
  private var visitors: [Int64] = []

  /// Counts a click; `partner` is −1 where none has its code.
  mutating func add(_ partner: Int, day: Int32, _ verdict: ClickVerdict) {
    let group = days.group(UInt64(partner + 1), UInt64(bitPattern: Int64(day)))
    if (group + 1) * verdicts > clicks.count {
      clicks.append(contentsOf: repeatElement(0, count: verdicts))
    }
    clicks[group * verdicts + verdict.rawValue] += 1
  }

  /// Counts a visitor of a partner's week.
  mutating func addVisitor(_ partner: Int, monday: Int32) {
    let group = weeks.group(UInt64(partner), UInt64(bitPattern: Int64(monday)))
    if group == visitors.count { visitors.append(0) }
    visitors[group] += 1
  }

  /// Rows of `click_counts` by partner, day and verdict.
  func table(_ partners: Partners) -> Table {
    var rows: [(partner: Int, day: Int64, verdict: ClickVerdict, clicks: Int64)] = []
    for (group, key) in days.keys.enumerated() {
      for verdict in ClickVerdict.allCases {
        let count = clicks[group * verdicts + verdict.rawValue]
        guard count > 0 else { continue }
        rows.append((Int(key.x) - 1, Int64(bitPattern: key.y), verdict, count))
      }
    }
    rows.sort { ($0.partner, $0.day, $0.verdict.word) < ($1.partner, $1.day, $1.verdict.word) }
    let words = StringPool(words: ClickVerdict.allCases.map(\.word))
    return Table(
      schema: Timelines.counts,
      columns: [
        .texts(partners.column(rows.map(\.partner))),
        .integers(rows.map(\.day)),
        .texts(TextColumn(codes: rows.map { Int32($0.verdict.rawValue) }, pool: words)),
        .integers(rows.map(\.clicks)),
      ])
  }

  /// Rows of `click_visitors` by partner and week.
  func visitorTable(_ partners: Partners) -> Table {
    let order = weeks.keys.indices.sorted {
      let (left, right) = (weeks.keys[$0], weeks.keys[$1])
      return (left.x, Int64(bitPattern: left.y)) < (right.x, Int64(bitPattern: right.y))
    }
    return Table(
      schema: Timelines.visitors,
      columns: [
        .texts(partners.column(order.map { Int(weeks.keys[$0].x) })),
        .integers(order.map { Int64(bitPattern: weeks.keys[$0].y) }),
        .integers(order.map { visitors[$0] }),
      ])
  }
}

extension Partners {
  /// The IDs of partners as a column, NULL for −1.
  func column(_ partners: [Int]) -> TextColumn {
    TextColumn(codes: partners.map { $0 < 0 ? -1 : idCode($0) }, pool: ids)
  }
}
