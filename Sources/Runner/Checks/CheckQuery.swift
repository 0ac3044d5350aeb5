import Engine

/// A check as a statement whose rows are those that fail it, in the common subset of the
/// warehouses' SQL.
struct CheckQuery {
  /// The statement.
  private(set) var sql = ""
  /// The values of its parameters.
  private(set) var parameters: [String: SQLValue]
  /// How its columns are read.
  private(set) var types: [String: ColumnType] = [:]

  private let context: CheckContext
  private let scope: Check.Scope

  init(_ check: Check, in context: CheckContext) {
    self.context = context
    scope = check.scope
    parameters = context.parameters
    sql = statement(of: check)
  }

  /// How many rows fail each of several checks of single rows, of one table and scope: one row of
  /// counts, found in one pass over the table.
  init(counting checks: [Check], of table: TableSchema, in context: CheckContext) {
    self.context = context
    scope = checks.first?.scope ?? .table
    parameters = context.parameters
    var counts: [String] = []
    for check in checks {
      guard let (_, conditions) = rowConditions(check, table) else {
        preconditionFailure("\(check.name) is not about single rows")
      }
      let all = (rows(meeting: check.condition) + conditions).joined(separator: " AND ")
      counts.append("COUNT(CASE WHEN \(all) THEN 1 END) AS \"c\(counts.count)\"")
    }
    sql =
      "SELECT \(counts.joined(separator: ", ")) FROM \(Self.quoted(table.name))"
      + Self.clause(rows(of: table))
  }

  private mutating func statement(of check: Check) -> String {
    switch check.rule {
    case .query(let query):
      types = query.types
      return query.sql
    case .totals(let left, let right): return totals(left, right)
    case .sources: return Self.sources
    default: break
    }
    guard let table = check.subject else { preconditionFailure("\(check.name) has no table") }
    for column in table.columns { types[column.name] = column.type }
    let kept = rows(of: table) + rows(meeting: check.condition)
    if let (columns, conditions) = rowConditions(check, table) {
      return failing(table, columns, kept + conditions)
    }
    switch check.rule {
    case .unique(let columns):
      let list = columns.map(Self.quoted).joined(separator: ", ")
      let present = columns.map { "NOT " + Self.isMissing($0, of: table) }
      return "SELECT \(list), COUNT(*) AS \"rows\" FROM \(Self.quoted(table.name))"
        + Self.clause(kept + present) + " GROUP BY \(list) HAVING COUNT(*) > 1 ORDER BY \(list)"
    case .rowCount(let range):
      let (least, most) = (bind(.integer(range.lowerBound)), bind(.integer(range.upperBound)))
      return "SELECT \"rows\" FROM (SELECT COUNT(*) AS \"rows\" FROM \(Self.quoted(table.name))"
        + Self.clause(kept) + ") AS c WHERE \"rows\" < \(least) OR \"rows\" > \(most)"
    case .freshness(let days):
      let oldest = bind(context.oldest(table, days: days))
      let type = table.columns[table.index(of: table.timeName)].type
      (types["latest"], types["oldest_allowed"]) = (type, type)
      return "SELECT \"latest\", \(oldest) AS \"oldest_allowed\" FROM (SELECT "
        + "MAX(\(Self.quoted(table.timeName))) AS \"latest\" FROM \(Self.quoted(table.name))"
        + Self.clause(kept) + ") AS c WHERE \"latest\" IS NULL OR \"latest\" < \(oldest)"
    default: preconditionFailure("answered above")
    }
  }

  /// Of a check of single rows: the columns it is about, and what all is true of a row that fails.
  private mutating func rowConditions(
    _ check: Check, _ table: TableSchema
  ) -> (columns: [String], all: [String])? {
    switch check.rule {
    case .notNull(let columns):
      let missing = columns.map { Self.isMissing($0, of: table) }.joined(separator: " OR ")
      return (columns, ["(\(missing))"])
    case .acceptedValues(let column, let values):
      let list = values.map { bind($0) }.joined(separator: ", ")
      return (
        [column],
        ["NOT " + Self.isMissing(column, of: table), "\(Self.quoted(column)) NOT IN (\(list))"]
      )
    case .range(let column, let min, let max):
      let type = table.columns[table.index(of: column)].type
      var outside: [String] = []
      if let min { outside.append("\(Self.quoted(column)) < \(bind(.typed(min, type)))") }
      if let max { outside.append("\(Self.quoted(column)) > \(bind(.typed(max, type)))") }
      return ([column], ["(\(outside.joined(separator: " OR ")))"])
    case .relationships(let column, let other, let otherColumn):
      // NOT IN, unlike NOT EXISTS, has its own index made where the other column has none.
      let name = Self.quoted(otherColumn)
      return (
        [column],
        [
          "NOT " + Self.isMissing(column, of: table),
          "\(Self.quoted(column)) NOT IN (SELECT \(name) FROM \(Self.quoted(other)) "
            + "WHERE \(name) IS NOT NULL)",
        ]
      )
    case .unique, .rowCount, .freshness, .query, .totals, .sources: return nil
    }
  }

  /// The key and some columns of the rows that meet all conditions, in the order of the key.
  private func failing(
    _ table: TableSchema, _ columns: [String], _ conditions: [String]
  ) -> String {
    let shown = table.key + columns.filter { !table.key.contains($0) }
    return "SELECT \(shown.map(Self.quoted).joined(separator: ", ")) FROM "
      + Self.quoted(table.name) + Self.clause(conditions)
      + " ORDER BY \(table.key.map(Self.quoted).joined(separator: ", "))"
  }

  private mutating func totals(_ left: Check.Total, _ right: Check.Total) -> String {
    for name in ["left", "right", "difference"] { types[name] = left.type }
    return "SELECT \"left\", \"right\", \"left\" - \"right\" AS \"difference\" FROM (SELECT "
      + "(\(total(left))) AS \"left\", (\(total(right))) AS \"right\") AS e "
      + "WHERE \"left\" <> \"right\""
  }

  private mutating func total(_ total: Check.Total) -> String {
    switch total {
    case .sum(let table, let column, let condition):
      let kept = Self.clause(rows(of: table) + rows(meeting: condition))
      return
        "SELECT COALESCE(SUM(\(Self.quoted(column))), 0) FROM \(Self.quoted(table.name))\(kept)"
    case .count(let table, let condition):
      let kept = Self.clause(rows(of: table) + rows(meeting: condition))
      return "SELECT COUNT(*) FROM \(Self.quoted(table.name))\(kept)"
    case .source(let source, let count):
      return "SELECT COALESCE(SUM(\(Self.quoted(count))), 0) FROM source_counts "
        + "WHERE run_id = :run_id AND source = \(bind(.text(source)))"
    }
  }

  /// The conditions that keep the rows of the scope.
  private mutating func rows(of table: TableSchema) -> [String] {
    var kept: [String] = []
    if scope != .table, table.isPerRun { kept.append("\"run_id\" = :run_id") }
    if let span = context.span(table, scope) {
      let type = table.columns[table.index(of: table.timeName)].type
      let bounds = [span.lowerBound, span.upperBound].map { bind(.typed($0, type)) }
      kept.append("\(Self.quoted(table.timeName)) BETWEEN \(bounds[0]) AND \(bounds[1])")
    }
    return kept
  }

  /// A condition of the pipeline file; on lines of its own, so that a comment at its end hides
  /// nothing.
  private func rows(meeting condition: Check.Condition?) -> [String] {
    condition.map { ["(\n\($0.sql)\n)"] } ?? []
  }

  /// A parameter for a value.
  private mutating func bind(_ value: SQLValue) -> String {
    let name = "p\(parameters.count)"
    parameters[name] = value
    return ":\(name)"
  }

  private static func isMissing(_ column: String, of table: TableSchema) -> String {
    let name = quoted(column)
    // A text column that has no NULL holds "no text" as the empty one.
    return table.columns[table.index(of: column)].type == .text
      ? "(\(name) IS NULL OR \(name) = '')" : "(\(name) IS NULL)"
  }

  private static func clause(_ conditions: [String]) -> String {
    conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
  }

  private static func quoted(_ name: String) -> String { "\"\(name)\"" }

  private static let sources = """
    SELECT source, "read", "used", "filtered", "duplicate", "superseded", "quarantined",
      kept AS quarantined_rows
    FROM (
      SELECT s.*, (
        SELECT COUNT(*) FROM quarantined_rows AS q
        WHERE q.run_id = s.run_id AND q.source = s.source) AS kept
      FROM source_counts AS s
      WHERE s.run_id = :run_id) AS c
    WHERE "read" <> "used" + "filtered" + "duplicate" + "superseded" + "quarantined"
      OR "quarantined" <> kept
    ORDER BY source
    """
}
