import Engine

/// How the rows of a table differ from those expected, whatever their order.
struct TableDifference {
  private let table: ExpectedTable
  private let found: [[String: String]]

  /// The rows of `found` have the table's key and every column that an expected row names.
  init(_ table: ExpectedTable, found: [[String: String]]) {
    self.table = table
    self.found = found
  }

  /// The columns that tell rows apart; a case has one run, whose ID says nothing.
  private var key: [String] { table.schema.key.filter { !table.schema.isPerRun || $0 != "run_id" } }

  /// A line for each row that differs, is missing or is unexpected; empty where all are as
  /// expected.
  var lines: [String] {
    let matched = matches()
    var missing = table.rows.indices.filter { !matched.contains($0) }
    var extra = found.indices.filter { matched[$0] == nil }
    if missing.isEmpty, extra.isEmpty { return [] }
    var lines: [String] = []
    for expected in missing {
      guard let nearest = nearest(to: table.rows[expected], among: extra) else { continue }
      missing.removeAll { $0 == expected }
      extra.removeAll { $0 == nearest }
      lines.append(line(table.rows[expected], found[nearest]))
    }
    for expected in missing {
      let row = table.rows[expected]
      lines.append("missing     \(text(row.values, columns(of: row))) (\(row.mark))")
    }
    for index in extra { lines.append("unexpected  \(text(found[index], shownColumns))") }
    let count = "\(table.rows.count) row\(table.rows.count == 1 ? "" : "s")"
    return ["\(table.schema.name): expected \(count), found \(found.count)"]
      + lines.map { "  \($0)" }
  }

  /// The expected row that each found row stands for, nil for none: as many pairs as there can be.
  ///
  /// Rows may name different columns, so one found row can fit several expected ones; pairs are
  /// moved along until a place is found for each (augmenting paths).
  private func matches() -> [Int?] {
    var owner = [Int?](repeating: nil, count: found.count)
    func place(_ expected: Int, _ tried: inout Set<Int>) -> Bool {
      for index in found.indices
      where !tried.contains(index) && fits(table.rows[expected], found[index]) {
        tried.insert(index)
        var isFree = true
        if let current = owner[index] { isFree = place(current, &tried) }
        if isFree {
          owner[index] = expected
          return true
        }
      }
      return false
    }
    for expected in table.rows.indices {
      var tried: Set<Int> = []
      _ = place(expected, &tried)
    }
    return owner
  }

  private func fits(_ expected: ExpectedRow, _ row: [String: String]) -> Bool {
    expected.values.allSatisfy { row[$0.key] == $0.value }
  }

  /// The row that is probably meant: the one with the same key, else the one with most cells alike.
  private func nearest(to expected: ExpectedRow, among rows: [Int]) -> Int? {
    if key.allSatisfy({ expected.values[$0] != nil }) {
      return rows.first { row in key.allSatisfy { found[row][$0] == expected.values[$0] } }
    }
    func alike(_ row: Int) -> Int { expected.values.count { found[row][$0.key] == $0.value } }
    let best = rows.max { alike($0) < alike($1) }
    return best.flatMap { alike($0) > 0 ? $0 : nil }
  }

  private func line(_ expected: ExpectedRow, _ row: [String: String]) -> String {
    let cells = columns(of: expected).filter { row[$0] != expected.values[$0] }.map { column in
      "\(column) is \(shown(row[column])), expected \(shown(expected.values[column]))"
    }
    return "differs     \(text(row, key)): \(cells.joined(separator: "; ")) "
      + "(\(expected.mark))"
  }

  private func columns(of row: ExpectedRow) -> [String] {
    table.schema.columns.map(\.name).filter { row.values[$0] != nil }
  }

  /// The key and the columns that some row names.
  private var shownColumns: [String] {
    key + table.columns.filter { !key.contains($0) }
  }

  private func text(_ values: [String: String], _ columns: [String]) -> String {
    columns.map { "\($0) \(shown(values[$0]))" }.joined(separator: ", ")
  }

  private func shown(_ text: String?) -> String {
    guard let text, !text.isEmpty else { return "(none)" }
    return text
  }
}
