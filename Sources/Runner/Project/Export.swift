import Engine
import Files
import YAML

/// A table of the warehouse as canonical CSV: rows sorted by their fields' bytes from left to
/// right.
package struct Export {
  private let schema: TableSchema
  private let columns: [String]

  /// An export of a table; `columns` picks and orders, nil takes the table's own.
  package init(table: String, columns: [String]?) throws(RunError) {
    let tables = Registry.readable
    guard let schema = tables.first(where: { $0.name == table }) else {
      let names = tables.map(\.name)
      throw RunError(
        .usage, "no table is called \"\(table)\"",
        help: nearest(to: table, in: names).map { "did you mean \"\($0)\"?" }
          ?? "there are: \(names.joined(separator: ", "))")
    }
    for column in columns ?? [] where !schema.columns.contains(where: { $0.name == column }) {
      let names = schema.columns.map(\.name)
      throw RunError(
        .usage, "table \(table) has no column \"\(column)\"",
        help: nearest(to: column, in: names).map { "did you mean \"\($0)\"?" }
          ?? "it has: \(names.joined(separator: ", "))")
    }
    self.schema = schema
    self.columns = columns ?? schema.exportedColumns
  }

  /// The CSV, header first. Of tables that keep rows for each run, only the last run's are
  /// exported.
  package func bytes(from warehouse: any Warehouse, currency: Currency) throws(RunError) -> [UInt8]
  {
    let encoder = CSVEncoder(moneyDigits: currency.digits)
    let described = columns.map { schema.columns[schema.index(of: $0)] }
    var types: [String: ColumnType] = [:]
    for column in described where column.type != .text { types[column.name] = column.type }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    var sql = "SELECT \(names) FROM \"\(schema.name)\""
    if schema.isPerRun {
      sql +=
        " WHERE run_id = (SELECT run_id FROM runs ORDER BY finished_at DESC, run_id DESC LIMIT 1)"
    }
    // Fields are kept apart while sorting, so that "from left to right" holds whatever the fields
    // contain.
    var rows: [[[UInt8]]] = []
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.query(sql, parameters: [:], types: types) { row throws(WarehouseError) in
        rows.append(zip(row, described).map { Self.field($0, decimals: $1.decimals, encoder) })
      }
    }
    rows.sort { left, right in
      for (a, b) in zip(left, right) where a != b { return a.lexicographicallyPrecedes(b) }
      return false
    }
    var bytes = Array(columns.joined(separator: ",").utf8) + [0x0A]
    for row in rows {
      for (index, field) in row.enumerated() {
        if index > 0 { bytes.append(0x2C) }
        encoder.append(text: field, to: &bytes)
      }
      bytes.append(0x0A)
    }
    return bytes
  }

  /// A value as canonical CSV writes it, unquoted; a ratio with `decimals` decimals.
  static func field(
    _ value: SQLValue, decimals: Int = 6, _ encoder: CSVEncoder
  ) -> [UInt8] {
    switch value {
    case .null: return []
    case .integer(let number): return Array(String(number).utf8)
    case .real(let number): return Array("\(number)".utf8)
    case .text(let text): return Array(text.utf8)
    case .typed(let number, let type):
      var bytes: [UInt8] = []
      encoder.append(number, as: type, decimals: decimals, to: &bytes)
      return bytes
    }
  }
}
