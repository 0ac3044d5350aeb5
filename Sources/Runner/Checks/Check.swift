import Engine
import YAML

/// A data check of a pipeline: what must hold of the published tables; see docs/checks.md.
package struct Check: Sendable {
  /// Its name: what messages, files and `--select` call it.
  package let name: String
  /// Where it is said.
  package let mark: Mark
  /// The table it is about, nil for one that compares several.
  let subject: TableSchema?
  /// What must hold.
  let rule: Rule
  /// Which rows it looks at.
  let scope: Scope
  /// What a failure does.
  package let severity: Severity
  /// How many rows may fail before the check does.
  let maxFailing: Int
  /// An SQL condition that rows must meet to be looked at.
  let condition: Condition?

  /// What a failed check does.
  package enum Severity: String, Sendable, CaseIterable {
    /// Nothing is published.
    case error
    /// It is told, and stops nothing.
    case warn
  }

  /// Which rows of a table a check looks at.
  enum Scope: String, Sendable, CaseIterable {
    /// Those of the run's days; all of them in a table without a place in time.
    case window
    /// Those of the ISO weeks that the run's days touch, up to the last day.
    case weeks
    /// Every row.
    case table
  }

  /// SQL of a pipeline file.
  struct Condition: Sendable {
    let sql: String
    let mark: Mark
  }

  /// What must hold.
  enum Rule: Sendable {
    /// None of the columns is NULL or empty text.
    case notNull([String])
    /// No two rows have the same values in all of the columns, where none of them is missing.
    case unique([String])
    /// The column, where there is a value, has one of these.
    case acceptedValues(String, [SQLValue])
    /// The column, where there is a value, lies within bounds, both included, in its unit.
    case range(String, min: Int64?, max: Int64?)
    /// The column's values, where there are any, are values of a column of another table.
    case relationships(String, table: String, column: String)
    /// There are that many rows.
    case rowCount(ClosedRange<Int64>)
    /// The latest row is at most that many days older than the run's last day.
    case freshness(days: Int)
    /// The statement gives no row.
    case query(Query)
    /// Two sums or counts are the same.
    case totals(Total, Total)
    /// Of every source, rows read = used + filtered + duplicate + superseded + quarantined, and as
    /// many quarantined rows are kept.
    case sources
  }

  /// A statement of SQL/checks.
  struct Query: Sendable {
    let file: String
    let sql: String
    /// How its columns are read, where it is said.
    let types: [String: ColumnType]
  }

  /// One side of an equation.
  enum Total: Sendable {
    /// The sum of a column.
    case sum(TableSchema, column: String, Condition?)
    /// The number of rows.
    case count(TableSchema, Condition?)
    /// A figure of `source_counts` of the run.
    case source(String, count: String)

    var table: TableSchema? {
      switch self {
      case .sum(let table, _, _), .count(let table, _): table
      case .source: nil
      }
    }

    var type: ColumnType {
      if case .sum(let table, let column, _) = self {
        return table.columns[table.index(of: column)].type
      }
      return .integer
    }

    /// What is summed or counted, as the pipeline says it.
    var text: String {
      switch self {
      case .sum(let table, let column, let condition):
        "sum of \(table.name).\(column)" + Self.text(condition)
      case .count(let table, let condition): "count of \(table.name)" + Self.text(condition)
      case .source(let source, let count): "\(source).\(count) of the run"
      }
    }

    private static func text(_ condition: Condition?) -> String {
      condition.map { " where \($0.sql)" } ?? ""
    }
  }

  /// The tables whose rows it depends on, without those that a run keeps about itself.
  var tables: [String] {
    var names = [subject?.name].compactMap { $0 }
    switch rule {
    case .relationships(_, let table, _): names.append(table)
    case .totals(let left, let right): names += [left, right].compactMap { $0.table?.name }
    default: break
    }
    return names.filter { name in !RunTables.all.contains { $0.name == name } }
  }

  /// Whether a run that writes these tables must pass it.
  func concerns(_ written: Set<String>) -> Bool {
    tables.isEmpty || tables.contains(where: written.contains)
  }

  /// Whether a word of `--select` means it: its name, or a table it depends on.
  package func isMeant(by word: String) -> Bool {
    word == name || word == subject?.name || tables.contains(word)
  }

  /// What must hold, in words.
  var expectation: String {
    switch rule {
    case .notNull(let columns): "\(columns.joined(separator: ", ")) must not be missing"
    case .unique(let columns): "\(columns.joined(separator: ", ")) must be unique"
    case .acceptedValues(let column, let values):
      "\(column) must be one of \(values.map(Self.text).joined(separator: ", "))"
    case .range(let column, _, _): "\(column) must lie within its bounds"
    case .relationships(let column, let table, let other):
      "\(column) must be in \(table).\(other)"
    case .rowCount(let range) where range.upperBound == .max:
      "there must be at least \(range.lowerBound) rows"
    case .rowCount(let range):
      "there must be \(range.lowerBound) to \(range.upperBound) rows"
    case .freshness(let days):
      "the latest row must not be older than \(days) day\(days == 1 ? "" : "s")"
    case .query(let query): "\(query.file) must give no row"
    case .totals(let left, let right):
      "left, the \(left.text), and right, the \(right.text), must be the same"
    case .sources: "rows read = used + filtered + duplicate + superseded + quarantined"
    }
  }

  /// Whether it looks at each row by itself.
  var isOfSingleRows: Bool {
    switch rule {
    case .notNull, .acceptedValues, .range, .relationships: true
    case .unique, .rowCount, .freshness, .query, .totals, .sources: false
    }
  }

  /// What is counted as failing, as in `2 rows`.
  var countsRows: Bool {
    switch rule {
    case .rowCount, .freshness, .totals: false
    default: true
    }
  }

  private static func text(_ value: SQLValue) -> String {
    if case .typed(let number, .boolean) = value { return number == 0 ? "false" : "true" }
    return ShownValue(value).plain
  }
}
