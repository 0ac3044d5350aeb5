import Engine
import YAML

/// Reads the section `checks` of a pipeline, reporting everything that is wrong with it.
struct CheckReader {
  let known: KnownNames
  /// The tables that the pipeline's stages write.
  let made: Set<String>
  /// The pipeline's sources.
  let sources: [String]
  let world: ConfigurationWorld
  let problems: Problems
  /// The folder of SQL/checks.
  let sqlFolder: String
  /// Decimals of the reporting currency, which amounts may have.
  let moneyDigits: Int

  /// The key of `checks` that holds what is true of several tables together.
  static let reconcile = "reconcile"

  /// The checks, in the file's order; those with a problem are left out.
  func checks(_ value: ValueReader) -> [Check] {
    var checks: [Check] = []
    for (key, list) in value.entries(of: "tables and their checks") ?? [] {
      let name = key.text ?? ""
      guard let items = list.list(of: "checks") else { continue }
      if name == Self.reconcile {
        checks += items.compactMap(equation)
      } else if let table = subject(name, at: key.mark) {
        checks += items.compactMap { check($0, of: table) }
      }
    }
    var places: [String: Mark] = [:]
    for check in checks {
      if let other = places[check.name] {
        problems.add(
          check.mark,
          "two checks are called \(quote(check.name)), the other on line \(other.line); give one a "
            + "\"name\"")
      } else {
        places[check.name] = check.mark
      }
    }
    return checks
  }

  /// A table that the pipeline makes, or keeps about its runs.
  private func subject(_ name: String, at mark: Mark) -> TableSchema? {
    guard let table = table(name, at: mark, or: [Self.reconcile]) else { return nil }
    guard made.contains(name) || RunTables.all.contains(where: { $0.name == name }) else {
      problems.add(
        mark, "no stage of the pipeline makes the table \(quote(name)), so it cannot be checked")
      return nil
    }
    return table
  }

  /// A table by name, reporting one there is not.
  func table(_ name: String, at mark: Mark, or others: [String] = []) -> TableSchema? {
    if let table = known.tables.first(where: { $0.name == name }) { return table }
    problems.addUnknown("table", name, among: known.tables.map(\.name) + others, at: mark)
    return nil
  }

  /// A column of a table, reporting one it does not have.
  func column(_ name: String, of table: TableSchema, at mark: Mark) -> ColumnSchema? {
    if let column = table.columns.first(where: { $0.name == name }) { return column }
    problems.addUnknownColumn(
      name, of: "the table \(quote(table.name))", among: table.columns.map(\.name), at: mark)
    return nil
  }

  /// `table.column` as text, reporting what is wrong with it.
  func column(_ value: ValueReader) -> (table: TableSchema, column: ColumnSchema)? {
    let expected = "a column such as vendor_dimension.vendor_id"
    guard let text = value.text(expected: expected) else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      value.fail(expected: expected)
      return nil
    }
    guard let table = table(parts[0], at: value.mark),
      let column = column(parts[1], of: table, at: value.mark)
    else { return nil }
    return (table, column)
  }

  /// What every check may say beside its kind.
  struct Options {
    let name: String?
    let severity: Check.Severity
    let scope: Check.Scope?
    let maxFailing: Int
    let condition: Check.Condition?
  }

  func options(_ reader: MappingReader) -> Options {
    var name = reader.optionalText("name", expected: "the check's name")
    let allowed = { (byte: UInt8) in
      byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
        || [0x2D, 0x2E, 0x5F].contains(byte)
    }
    if let own = name, own.isEmpty || own.hasPrefix(".") || !own.utf8.allSatisfy(allowed) {
      reader.fail("name", "expected letters, digits, \"_\", \"-\" and \".\", found \(quote(own))")
      name = nil
    }
    return Options(
      name: name, severity: reader.optionalOneOf("severity", Check.Severity.self) ?? .error,
      scope: reader.optionalOneOf("of", Check.Scope.self),
      maxFailing: Int(reader.optionalInteger("max_failing", in: 0...1_000_000_000) ?? 0),
      condition: condition(reader, "where"))
  }

  func condition(_ reader: MappingReader, _ key: String) -> Check.Condition? {
    guard let value = reader.optionalValue(key),
      let sql = value.text(expected: "a condition in SQL")
    else { return nil }
    return Check.Condition(sql: sql, mark: value.mark)
  }
}
