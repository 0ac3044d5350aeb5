import Engine

/// What publishing a change would do to a table: rows by key, and the columns that move.
package struct ChangeDifference {
  /// What happens to a row.
  package enum Kind: String, Sendable {
    /// It is not published yet.
    case added
    /// It would go.
    case removed
    /// It is published with other values.
    case changed
  }

  /// A row that is not as it is published.
  package struct Row: Sendable {
    /// What happens to it.
    package let kind: Kind
    /// The values of the key's columns.
    package let key: [String]
    /// The columns that differ, with the value that is published and the one that was computed;
    /// none for a row that is added or removed.
    package let moves: [(column: String, published: ShownValue, computed: ShownValue)]
  }

  /// The table.
  package let table: String
  /// The columns of its key.
  package let key: [String]
  /// The rows that differ, in the order of their keys.
  package let rows: [Row]
  /// How many rows are the same.
  package let same: Int

  /// How many rows have something happen to them.
  package func count(_ kind: Kind) -> Int { rows.count { $0.kind == kind } }

  /// The columns that move, and in how many rows, in the table's order.
  package var moved: [(column: String, rows: Int)] {
    var counts: [String: Int] = [:]
    for row in rows { for move in row.moves { counts[move.column, default: 0] += 1 } }
    return columns.compactMap { name in counts[name].map { (name, $0) } }
  }

  private let columns: [String]

  /// Compares a change with what a warehouse has published; nil: nothing is.
  ///
  /// Published rows in the part that the change replaces go if their key is not among its rows;
  /// restated rows count only where their key is published, as publishing has it.
  package init(
    _ change: TableChange, published warehouse: (any Warehouse)?, currency: Currency
  ) throws(RunError) {
    let schema = change.schema
    table = schema.name
    key = schema.key
    columns = schema.columns.map(\.name)
    let before = KeyedRows(try Self.read(schema, from: warehouse), currency)
    var differing: [Row] = []
    var unchanged = 0
    var handled: Set<[String]> = []
    for (table, adds) in [(change.rows, true), (change.restated, false)] {
      let now = KeyedRows(table, currency)
      for (key, row) in now.places {
        guard let old = before.places[key] else {
          if adds { differing.append(Row(kind: .added, key: key, moves: [])) }
          continue
        }
        handled.insert(key)
        let moves = Self.moves(from: before.values(old), to: now.values(row), columns)
        if moves.isEmpty {
          unchanged += 1
        } else {
          differing.append(Row(kind: .changed, key: key, moves: moves))
        }
      }
    }
    let retired = KeyedRows(change.retired, currency).places
    for (key, row) in before.places where !handled.contains(key) {
      if retired[key] != nil || change.replaces.contains(row, of: before.table) {
        differing.append(Row(kind: .removed, key: key, moves: []))
      }
    }
    rows = differing.sorted { left, right in
      for (a, b) in zip(left.key, right.key) where a != b {
        return a.utf8.lexicographicallyPrecedes(b.utf8)
      }
      return false
    }
    same = unchanged
  }

  private static func moves(
    from then: [ShownValue], to now: [ShownValue], _ columns: [String]
  ) -> [(column: String, published: ShownValue, computed: ShownValue)] {
    columns.indices.filter { then[$0] != now[$0] }.map { (columns[$0], then[$0], now[$0]) }
  }

  private static func read(
    _ schema: TableSchema, from warehouse: (any Warehouse)?
  ) throws(RunError) -> Table {
    guard let warehouse else { return Table(empty: schema) }
    return try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.read(schema, columns: schema.columns.map(\.name), span: .everything)
    }
  }
}

/// The rows of a table by their keys, as texts.
private struct KeyedRows {
  let table: Table
  let places: [[String]: Int]
  private let encoder: CSVEncoder

  init(_ table: Table, _ currency: Currency) {
    self.table = table
    let encoder = CSVEncoder(moneyDigits: currency.digits)
    self.encoder = encoder
    let columns = table.schema.key.map { table.schema.index(of: $0) }
    var places: [[String]: Int] = [:]
    for row in 0..<table.count {
      places[columns.map { table.shown(row, $0, encoder).plain }] = row
    }
    self.places = places
  }

  func values(_ row: Int) -> [ShownValue] {
    table.columns.indices.map { table.shown(row, $0, encoder) }
  }
}

extension Span {
  /// Whether a row of a table lies in the span.
  fileprivate func contains(_ row: Int, of table: Table) -> Bool {
    switch self {
    case .nothing: return false
    case .everything: return true
    case .range(let from, let to):
      guard let column = table.schema.timeColumn else { return false }
      let value = table.integers(column)[row]
      return value != .absent && value >= from && value <= to
    }
  }
}
