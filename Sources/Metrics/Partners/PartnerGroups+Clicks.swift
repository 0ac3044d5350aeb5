import Engine

extension PartnerGroups {
  /// Goes through the clicks of `Timelines.counts` whose verdict counts, with the figures of their
  /// partner and week. Clicks of no known partner belong to nobody.
  mutating func addClicks(
    _ counts: Table, where isCounted: (ClickVerdict) -> Bool,
    _ add: (_ clicks: Int64, _ verdict: ClickVerdict, _ figures: inout Figures) -> Void
  ) {
    let column = counts.texts("partner_id")
    let map = self.add(column.pool)
    let days = counts.integers("day")
    let clicks = counts.integers("clicks")
    let words = counts.texts("verdict")
    let verdicts = (0..<words.pool.count).map { code in
      ClickVerdict.allCases.first { $0.word == words.pool.text(of: code) }
    }
    for row in 0..<counts.count where column.codes[row] >= 0 {
      guard let verdict = verdicts[Int(words.codes[row])], isCounted(verdict) else { continue }
      let group = group(map[column.codes[row]], weekOf: Int32(days[row]))
      add(clicks[row], verdict, &figures[group])
    }
  }

  /// Goes through the rows of a table of partners' weeks, with the figures of each.
  mutating func addWeeks(_ table: Table, _ add: (_ row: Int, _ figures: inout Figures) -> Void) {
    let column = table.texts("partner_id")
    let map = self.add(column.pool)
    let mondays = table.integers("week")
    for row in 0..<table.count {
      let group = group(map[column.codes[row]], day: Int32(mondays[row]))
      add(row, &figures[group])
    }
  }
}
