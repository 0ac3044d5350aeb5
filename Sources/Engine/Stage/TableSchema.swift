/// The name, columns, key and place in time of a table that a stage writes.
package struct TableSchema: Sendable {
  /// The table's name in the warehouse.
  package let name: String
  /// One line on what a row is, for `list` and the reports' definitions.
  package let summary: String
  /// The columns in the order of the canonical CSV; ours, which the specification does not name,
  /// come last.
  package let columns: [ColumnSchema]
  /// The columns that identify a row: unique in the warehouse.
  package let key: [String]
  /// The day, instant, week or year column (a whole number) that says which window a row belongs to;
  /// nil if rows have no place in time.
  package let timeColumn: String?
  /// Whether a run's rows are its own (the column `run_id`), so that an export shows the last run's
  /// only.
  package let isPerRun: Bool
  /// Whether there are rows also where nothing happened: one for each day or month, or what is known
  /// as of the last day.
  package let isNeverEmpty: Bool

  /// A table's schema.
  package init(
    name: String, summary: String, key: [String], timeColumn: String? = nil, isPerRun: Bool = false,
    isNeverEmpty: Bool = false,
    columns: [ColumnSchema]
  ) {
    self.name = name
    self.summary = summary
    self.columns = columns
    self.key = key
    self.timeColumn = timeColumn
    self.isPerRun = isPerRun
    self.isNeverEmpty = isNeverEmpty
  }

  /// The place of a column; the name comes from code, so an unknown one is a programming error.
  package func index(of column: String) -> Int {
    guard let index = columns.firstIndex(where: { $0.name == column }) else {
      preconditionFailure("table \(name) has no column \(column)")
    }
    return index
  }

  /// The columns an export writes unless told otherwise.
  package var exportedColumns: [String] { columns.filter { !$0.isExtra }.map(\.name) }

  /// The same table with some of its columns only.
  package func selecting(_ names: [String]) -> TableSchema {
    TableSchema(
      name: name, summary: summary, key: key, timeColumn: timeColumn, isPerRun: isPerRun,
      isNeverEmpty: isNeverEmpty, columns: names.map { columns[index(of: $0)] })
  }
}

/// A column of a table.
package struct ColumnSchema: Sendable, Equatable {
  /// The column's name.
  package let name: String
  /// What it holds.
  package let type: ColumnType
  /// Whether NULL is allowed.
  package let isNullable: Bool
  /// Whether the column is ours beyond the specification's, left out of an export that names no
  /// columns.
  package let isExtra: Bool
  /// How many decimals an export shows of a ratio, at most six; a stage rounds to as many.
  package let decimals: Int

  /// A column.
  package init(
    _ name: String, _ type: ColumnType, nullable: Bool = false, extra: Bool = false,
    decimals: Int = 6
  ) {
    precondition((0...6).contains(decimals), "\(name): a ratio holds millionths")
    self.name = name
    self.type = type
    self.decimals = decimals
    isNullable = nullable
    isExtra = extra
  }
}

/// What a column of a table holds, and the unit of its `Int64`.
package enum ColumnType: String, Sendable, CaseIterable {
  /// UTF-8 text.
  case text
  /// A whole number.
  case integer
  /// Minor units of the reporting currency.
  case money
  /// Days since 1970-01-01.
  case day
  /// Microseconds since 1970-01-01T00:00:00Z.
  case instant
  /// 0 or 1.
  case boolean
  /// Millionths, rounded half away from zero to the column's `decimals`.
  case ratio
}
