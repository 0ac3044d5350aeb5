import Engine

/// A table in memory as rows to be shown: money as decimals, instants in UTC, as the canonical CSV
/// has them, sorted by key.
package struct ShownTable {
  /// The columns' names.
  package let columns: [String]
  /// The rows in the order of their keys.
  package let rows: [[ShownValue]]

  /// Rows of a stage's table.
  package init(_ table: Table, currency: Currency) {
    columns = table.schema.columns.map(\.name)
    let encoder = CSVEncoder(moneyDigits: currency.digits)
    let keys = table.schema.key.map { table.schema.index(of: $0) }
    let unsorted = (0..<table.count).map { row in
      table.columns.indices.map { table.shown(row, $0, encoder) }
    }
    rows = unsorted.sorted { left, right in
      for key in keys where left[key] != right[key] {
        return left[key].plain.utf8.lexicographicallyPrecedes(right[key].plain.utf8)
      }
      return false
    }
  }
}

extension Table {
  /// A value as the canonical CSV has it.
  func shown(_ row: Int, _ column: Int, _ encoder: CSVEncoder) -> ShownValue {
    switch columns[column] {
    case .texts(let values): return values.text(row).map { .text($0) } ?? .null
    case .integers(let values):
      if values[row] == .absent { return .null }
      let type = schema.columns[column].type
      var bytes: [UInt8] = []
      encoder.append(values[row], as: type, to: &bytes)
      let text = String(decoding: bytes, as: UTF8.self)
      return type == .day || type == .instant ? .text(text) : .figure(text)
    }
  }
}
