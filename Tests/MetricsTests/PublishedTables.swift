import Engine

@testable import Metrics

/// What a warehouse keeps, in the plainest form: rows of values by their key.
struct PublishedTables {
  private enum Value: Hashable {
    case integer(Int64)
    case text(String?)
  }

  private var rows: [String: [[Value]: [Value]]] = [:]

  /// Publishes what a run made, as `TableChange` says.
  mutating func apply(_ changes: [String: TableChange]) {
    for (name, change) in changes {
      let schema = change.schema
      var kept = rows[name] ?? [:]
      let time = schema.timeColumn.map { schema.index(of: $0) }
      kept = kept.filter { !Self.lies($0.value, time, in: change.replaces) }
      for row in Self.values(of: change.rows) { kept[Self.key(row, schema)] = row }
      for row in Self.values(of: change.restated) where kept[Self.key(row, schema)] != nil {
        kept[Self.key(row, schema)] = row
      }
      for key in Self.values(of: change.retired) { kept[key] = nil }
      rows[name] = kept
    }
  }

  /// All rows of some tables.
  func tables(_ schemas: [TableSchema]) -> [String: Table] {
    var found: [String: Table] = [:]
    for schema in schemas {
      var table = Table(empty: schema)
      for row in (rows[schema.name] ?? [:]).values {
        for (column, value) in row.enumerated() {
          switch (value, table.columns[column]) {
          case (.integer(let value), .integers(var values)):
            values.append(value)
            table.columns[column] = .integers(values)
          case (.text(let value), .texts(var values)):
            values.append(value)
            table.columns[column] = .texts(values)
          default: preconditionFailure("rows are of the schema")
          }
        }
      }
      found[schema.name] = table
    }
    return found
  }

  private static func lies(_ row: [Value], _ time: Int?, in span: Span) -> Bool {
    switch span {
    case .nothing: return false
    case .everything: return true
    case .range(let from, let to):
      guard let time, case .integer(let value) = row[time] else { return false }
      return value >= from && value <= to
    }
  }

  private static func key(_ row: [Value], _ schema: TableSchema) -> [Value] {
    schema.key.map { row[schema.index(of: $0)] }
  }

  private static func values(of table: Table) -> [[Value]] {
    (0..<table.count).map { row in
      table.columns.map { column in
        switch column {
        case .integers(let values): .integer(values[row])
        case .texts(let values): .text(values.text(row))
        }
      }
    }
  }
}
