import Engine

/// Sums over spans of days per key, each answered by two binary searches: entries are grouped by
/// key and kept in order of days with running totals.
struct DayTotals {
  /// A value of a key on a day; absent for one that is not known.
  struct Entry {
    let key: Int
    let day: Int32
    let value: Int64
    /// Where it comes from.
    let row: Int
  }

  /// What a span holds.
  struct Total: Equatable {
    var sum: Int128
    var count: Int64
    /// The row of the first value that is not known; the sum leaves it out.
    var unknownRow: Int?
  }

  private var starts: [Int]
  private var days: [Int32]
  private var rows: [Int]
  /// Totals of all entries before each place; one place more than there are entries.
  private var sums: [Int128]
  private var unknowns: [Int]

  /// Totals of entries given in ascending order of days; keys are below `keys`.
  init(keys: Int, _ entries: [Entry]) {
    starts = [Int](repeating: 0, count: keys + 1)
    for entry in entries { starts[entry.key + 1] += 1 }
    for key in 0..<keys { starts[key + 1] += starts[key] }
    var next = starts
    var order = [Int](repeating: 0, count: entries.count)
    for (index, entry) in entries.enumerated() {
      order[next[entry.key]] = index
      next[entry.key] += 1
    }
    days = order.map { entries[$0].day }
    rows = order.map { entries[$0].row }
    sums = [0]
    unknowns = [0]
    for index in order {
      let value = entries[index].value
      sums.append(sums[sums.count - 1] + (value == .absent ? 0 : Int128(value)))
      unknowns.append(unknowns[unknowns.count - 1] + (value == .absent ? 1 : 0))
    }
  }

  /// What a key has from one day through another, both included.
  func total(_ key: Int, from: Int32, through: Int32) -> Total {
    let low = place(key, from: from)
    let high = max(low, place(key, from: through + 1))
    var unknownRow: Int?
    if unknowns[high] > unknowns[low] {
      let first = (low..<high).first { unknowns[$0 + 1] > unknowns[$0] }
      unknownRow = first.map { rows[$0] }
    }
    return Total(sum: sums[high] - sums[low], count: Int64(high - low), unknownRow: unknownRow)
  }

  /// The place of a key's first entry on `day` or later.
  private func place(_ key: Int, from day: Int32) -> Int {
    var low = starts[key]
    var high = starts[key + 1]
    while low < high {
      let middle = (low + high) / 2
      if days[middle] < day { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
