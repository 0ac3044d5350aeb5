import Engine
import YAML

extension CheckReader {
  /// The kinds of checks of one table.
  enum Kind: String, CaseIterable {
    case notNull = "not_null"
    case unique
    case acceptedValues = "accepted_values"
    case range
    case relationships
    case rowCount = "row_count"
    case freshness
    case sql
  }

  /// One check of a table.
  func check(_ item: ValueReader, of table: TableSchema) -> Check? {
    guard item.node.mapping != nil else {
      item.fail(expected: "a check such as not_null: [\(table.columns[0].name)]")
      return nil
    }
    let reader = MappingReader(
      item.node, what: "check of \(quote(table.name))", problems: problems)
    let kinds = Kind.allCases.filter { reader.contains($0.rawValue) }
    let options = options(reader)
    let rule = kinds.first.flatMap { self.rule($0, reader, table) }
    if kinds.first == .sql { _ = reader.contains("columns") }
    reader.finish()
    guard kinds.count == 1, let kind = kinds.first else {
      // A misspelt kind was reported as an unknown key.
      let keys = item.node.mapping?.compactMap(\.key.text) ?? []
      let others = ["name", "severity", "of", "max_failing", "where"]
      let known = Kind.allCases.map(\.rawValue) + others
      if kinds.count > 1 || keys.allSatisfy(known.contains) {
        let found = kinds.map { quote($0.rawValue) }.joined(separator: " and ")
        item.fail(
          "expected one of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")), found "
            + (kinds.isEmpty ? "none" : "\(found); make them checks of their own"))
      }
      return nil
    }
    guard let rule else { return nil }
    refuseOptions(that: rule, reader, kind.rawValue, table)
    // The latest row is the latest of all: in the window there may be none.
    let scope = kind == .freshness ? Check.Scope.table : options.scope ?? .window
    return Check(
      name: options.name ?? Self.name(rule, kind.rawValue, table), mark: item.mark, subject: table,
      rule: rule, scope: scope, severity: options.severity,
      maxFailing: options.maxFailing, condition: options.condition)
  }

  /// Options that would mean nothing to a kind are mistakes.
  private func refuseOptions(
    that rule: Check.Rule, _ reader: MappingReader, _ kind: String, _ table: TableSchema
  ) {
    switch rule {
    case .query:
      for key in ["where", "of"] where reader.contains(key) {
        reader.fail(key, "means nothing to \(kind); write it in the SQL file")
      }
    case .freshness:
      for key in ["of", "max_failing"] where reader.contains(key) {
        reader.fail(key, "means nothing to \(kind), which looks at the latest row of the table")
      }
    case .rowCount where reader.contains("max_failing"):
      reader.fail("max_failing", "means nothing to \(kind); say min and max")
    default: break
    }
  }

  private static func name(_ rule: Check.Rule, _ kind: String, _ table: TableSchema) -> String {
    let detail: String? =
      switch rule {
      case .notNull(let columns), .unique(let columns): columns.count == 1 ? columns[0] : nil
      case .acceptedValues(let column, _), .range(let column, _, _),
        .relationships(let column, _, _):
        column
      case .query(let query):
        query.file.split(separator: "/").last.map { String($0.prefix { $0 != "." }) }
      default: nil
      }
    return "\(table.name).\(kind)" + (detail.map { ".\($0)" } ?? "")
  }

  private func rule(_ kind: Kind, _ reader: MappingReader, _ table: TableSchema) -> Check.Rule? {
    switch kind {
    case .notNull: return columns(reader, kind, table).map { .notNull($0) }
    case .unique: return columns(reader, kind, table).map { .unique($0) }
    case .acceptedValues: return acceptedValues(reader, table)
    case .range: return range(reader, table)
    case .relationships: return relationships(reader, table)
    case .rowCount: return rowCount(reader)
    case .freshness: return freshness(reader, table)
    case .sql: return query(reader)
    }
  }

  private func columns(
    _ reader: MappingReader, _ kind: Kind, _ table: TableSchema
  ) -> [String]? {
    guard let value = reader.value(kind.rawValue, expected: "a list of columns"),
      let items = value.itemOrList(of: "columns")
    else { return nil }
    if items.isEmpty { value.fail("expected at least one column") }
    let found = items.compactMap { item -> String? in
      guard let name = item.text(expected: "a column") else { return nil }
      return column(name, of: table, at: item.mark)?.name
    }
    return found.count == items.count && !found.isEmpty ? found : nil
  }

  /// The one column of `{column: …}` and what is said of it.
  private func column(
    _ reader: MappingReader, _ kind: Kind, _ expected: String, _ table: TableSchema
  ) -> (column: ColumnSchema, value: ValueReader)? {
    guard let value = reader.value(kind.rawValue, expected: expected),
      let entries = value.entries(of: "a column")
    else { return nil }
    guard entries.count == 1, let entry = entries.first else {
      value.fail("expected one column, found \(entries.count); make them checks of their own")
      return nil
    }
    guard let column = column(entry.key.text ?? "", of: table, at: entry.key.mark) else {
      return nil
    }
    return (column, entry.value)
  }

  private func acceptedValues(_ reader: MappingReader, _ table: TableSchema) -> Check.Rule? {
    guard
      let (column, value) = column(
        reader, .acceptedValues, "a column and its values, such as {trend: [hot, steady]}", table),
      let items = value.list(of: "values")
    else { return nil }
    if items.isEmpty { value.fail("expected at least one value") }
    let values = items.compactMap { item -> SQLValue? in
      guard let text = item.text(expected: column.type.expected(moneyDigits: moneyDigits)) else {
        return nil
      }
      if column.type == .text { return .text(text) }
      return number(text, column, item).map { .typed($0, column.type) }
    }
    return values.count == items.count && !values.isEmpty
      ? .acceptedValues(column.name, values) : nil
  }

  private func number(_ text: String, _ column: ColumnSchema, _ value: ValueReader) -> Int64? {
    if let number = column.type.parse(text, moneyDigits: moneyDigits) { return number }
    value.fail(expected: column.type.expected(moneyDigits: moneyDigits))
    return nil
  }

  private func range(_ reader: MappingReader, _ table: TableSchema) -> Check.Rule? {
    guard
      let (column, value) = column(
        reader, .range, "a column and its bounds, such as {views: {min: 0}}", table),
      let bounds = value.mapping()
    else { return nil }
    if column.type == .text || column.type == .boolean {
      value.fail("the column is \(column.type.rawValue), which has no range")
      return nil
    }
    let ends = ["min", "max"].map { key -> Int64?? in
      guard let end = bounds.optionalValue(key) else { return .some(nil) }
      guard let text = end.text(expected: column.type.expected(moneyDigits: moneyDigits)),
        let number = number(text, column, end)
      else { return nil }
      return number
    }
    bounds.finish()
    guard let min = ends[0], let max = ends[1] else { return nil }
    if min == nil, max == nil {
      value.fail("expected min or max or both")
      return nil
    }
    if let min, let max, min > max {
      value.fail("min is above max; exchange them")
      return nil
    }
    return .range(column.name, min: min, max: max)
  }

  private func relationships(_ reader: MappingReader, _ table: TableSchema) -> Check.Rule? {
    guard
      let (column, value) = column(
        reader, .relationships,
        "a column and the one it points to, such as {vendor_id: vendor_dimension.vendor_id}", table),
      let (other, otherColumn) = self.column(value)
    else { return nil }
    guard column.type == otherColumn.type else {
      value.fail(
        "\(column.name) is \(column.type.rawValue) and \(otherColumn.name) is "
          + "\(otherColumn.type.rawValue); expected columns of one type")
      return nil
    }
    return .relationships(column.name, table: other.name, column: otherColumn.name)
  }

  private func rowCount(_ reader: MappingReader) -> Check.Rule? {
    guard let bounds = reader.mapping("row_count", what: "row_count") else { return nil }
    let min = bounds.optionalInteger("min", in: 0...Int64.max)
    let max = bounds.optionalInteger("max", in: 0...Int64.max)
    let isSaid = bounds.contains("min") || bounds.contains("max")
    bounds.finish()
    if !isSaid {
      reader.fail("row_count", "expected min or max or both, such as {min: 1}")
      return nil
    }
    if let min, let max, min > max {
      reader.fail("row_count", "min is above max; exchange them")
      return nil
    }
    return .rowCount((min ?? 0)...(max ?? .max))
  }

  private func freshness(_ reader: MappingReader, _ table: TableSchema) -> Check.Rule? {
    let expected = "a number of days such as 1 day"
    guard let value = reader.value("freshness", expected: expected),
      let text = value.text(expected: expected)
    else { return nil }
    let words = text.split(separator: " ")
    guard words.count == 2, ["day", "days"].contains(words[1]), let days = Int(words[0]),
      (0...36_500).contains(days)
    else {
      value.fail(expected: expected)
      return nil
    }
    guard table.timeColumn != nil else {
      value.fail("the table \(quote(table.name)) has no place in time")
      return nil
    }
    return .freshness(days: days)
  }

  private func query(_ reader: MappingReader) -> Check.Rule? {
    guard let name = reader.text("sql", expected: "a file of SQL/checks") else { return nil }
    var types: [String: ColumnType] = [:]
    for (key, value) in reader.optionalEntries("columns", of: "columns and their types") ?? [] {
      if let type = value.oneOf(ColumnType.self), let column = key.text { types[column] = type }
    }
    guard
      let (file, sql) = SQLFile(folder: sqlFolder, world: world).read(
        name, reader, parameters: CheckContext.parameterNames)
    else { return nil }
    return .query(Check.Query(file: file, sql: sql, types: types))
  }
}
