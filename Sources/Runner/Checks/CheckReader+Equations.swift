import Engine
import YAML

extension CheckReader {
  /// One item of `reconcile`: `sources`, or a left and a right that must be the same.
  func equation(_ item: ValueReader) -> Check? {
    if item.node.text == "sources" {
      return Check(
        name: "reconcile.sources", mark: item.mark, subject: nil, rule: .sources, scope: .window,
        severity: .error, maxFailing: 0, condition: nil)
    }
    guard item.node.mapping != nil else {
      item.fail(
        expected: "sources, or a mapping with name, left and right",
        suggestion: item.node.text.flatMap { nearest(to: $0, in: ["sources"]) })
      return nil
    }
    let reader = MappingReader(item.node, what: "reconcile", problems: problems)
    let isNamed = reader.value("name", expected: "the check's name") != nil
    let options = options(reader)
    let sides = ["left", "right"].map { side -> Check.Total? in
      reader.mapping(side, what: "\(quote(side)) of reconcile").flatMap(total)
    }
    reader.finish()
    // Rows are chosen on either side, and a difference is one figure.
    if options.condition != nil {
      reader.fail("where", "means nothing to a sum; say \"where\" under left or right")
    }
    if options.maxFailing > 0 { reader.fail("max_failing", "means nothing to a sum") }
    guard isNamed, let name = options.name, let left = sides[0], let right = sides[1] else {
      return nil
    }
    guard left.type == right.type else {
      item.fail(
        "left is \(left.type.rawValue) and right is \(right.type.rawValue); expected one type")
      return nil
    }
    return Check(
      name: name, mark: item.mark, subject: nil, rule: .totals(left, right),
      scope: options.scope ?? .window, severity: options.severity, maxFailing: 0, condition: nil)
  }

  private func total(_ reader: MappingReader) -> Check.Total? {
    let kinds = ["sum", "count", "source"].filter { reader.contains($0) }
    let condition = condition(reader, "where")
    defer { reader.finish() }
    guard kinds.count == 1, let kind = kinds.first else {
      problems.add(
        reader.mark,
        "\(reader.what): expected one of sum: table.column, count: table, source: source.used")
      return nil
    }
    switch kind {
    case "sum":
      guard let value = reader.value("sum", expected: "a column such as leads.lost_revenue"),
        let (table, column) = column(value)
      else { return nil }
      guard column.type == .money || column.type == .integer else {
        value.fail(
          "\(column.name) is \(column.type.rawValue); expected a column of money or integers")
        return nil
      }
      return .sum(table, column: column.name, condition)
    case "count":
      guard let value = reader.value("count", expected: "a table"),
        let name = value.text(expected: "a table")
      else { return nil }
      return table(name, at: value.mark).map { .count($0, condition) }
    default: return source(reader, condition)
    }
  }

  private func source(_ reader: MappingReader, _ condition: Check.Condition?) -> Check.Total? {
    let expected = "a source and a count of its rows, such as vendors.used"
    guard let value = reader.value("source", expected: expected),
      let text = value.text(expected: expected)
    else { return nil }
    if condition != nil { reader.fail("where", "means nothing to the counts of a source") }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      value.fail(expected: expected)
      return nil
    }
    let counts = RunTables.sourceCounts.columns.filter { $0.type == .integer }.map(\.name)
    var isKnown = true
    if !sources.contains(parts[0]) {
      problems.addUnknown("source", parts[0], among: sources, at: value.mark)
      isKnown = false
    }
    if !counts.contains(parts[1]) {
      problems.addUnknown("count", parts[1], among: counts, at: value.mark)
      isKnown = false
    }
    return isKnown ? .source(parts[0], count: parts[1]) : nil
  }
}
