import Engine
import Workbook
import YAML

extension ReportLoader {
  func sheet(_ value: ValueReader, _ scope: Scope) -> Report.Sheet? {
    guard let reader = value.mapping("sheet") else { return nil }
    let name = reader.text("name")
    let title = reader.optionalText("title")
    let about = reader.text("about", expected: "what a row is")
    let query = query(reader, scope)
    let periods = reader.optionalInteger("periods", in: 1...104) ?? 1
    let frozen = reader.optionalInteger("frozen", in: 0...20) ?? 1
    let columns = columns(reader, "columns", scope)
    checkTotals(columns, reader)
    reader.finish()
    if let name, name.utf16.count > 31 || name.contains(where: { "[]:*?/\\".contains($0) }) {
      reader.fail("name", "expected at most 31 characters without [ ] : * ? / \\")
    }
    if let name, ["summary", "about"].contains(name.lowercased()) {
      reader.fail("name", "every workbook has its own sheet \(quote(name)); choose another name")
    }
    guard let name, let about, let query, !columns.isEmpty else { return nil }
    return Report.Sheet(
      name: name, title: title ?? name, about: about, mark: reader.mark, query: query,
      periods: Int(periods), columns: columns, frozen: Int(frozen))
  }

  /// The columns of a mapping, in its order.
  func columns(_ reader: MappingReader, _ key: String, _ scope: Scope) -> [Report.Column] {
    guard let entries = reader.entries(key, of: "columns") else { return [] }
    if entries.isEmpty { reader.fail(key, "expected at least one column") }
    var columns: [Report.Column] = []
    for entry in entries {
      var isPrinted = true
      let read = column(entry.key, entry.value, scope) { reader, _ in
        isPrinted = reader.optionalBoolean("print") ?? true
      }
      guard var column = read else { continue }
      column.isPrinted = isPrinted
      if isPrinted, let last = columns.last, !last.isPrinted {
        reader.problems.add(
          column.mark,
          "paper ends before \(quote(last.key)), which says print: false; put \(quote(column.key)) before it"
        )
      }
      if columns.contains(where: { $0.title.lowercased() == column.title.lowercased() }) {
        reader.problems.add(
          column.mark, "there are two columns titled \(quote(column.title)); give one a title")
      }
      columns.append(column)
    }
    return columns
  }

  /// A column: its type alone, or a mapping.
  func column(
    _ key: Node, _ value: ValueReader, _ scope: Scope,
    extra: (MappingReader, ReportType?) -> Void = { _, _ in }
  ) -> Report.Column? {
    guard let name = key.text else { return nil }
    if value.node.mapping == nil {
      guard let type = value.oneOf(ReportType.self) else { return nil }
      return Report.Column(
        key: name, mark: key.mark, title: Self.title(of: name), type: type,
        decimals: Self.decimals(type), width: nil, origin: .query(name), total: .none, rules: [])
    }
    let reader = MappingReader(
      value.node, what: "column \(quote(name))", problems: value.problems)
    let type = reader.oneOf("type", ReportType.self)
    let title = reader.optionalText("title") ?? Self.title(of: name)
    let width = reader.optionalInteger("width", in: 4...100)
    let decimals = reader.optionalInteger("decimals", in: 0...6)
    let total = reader.optionalOneOf("total", Report.Total.self) ?? .none
    let origin = origin(name, reader, type, scope)
    let rules = self.rules(reader, type)
    extra(reader, type)
    reader.finish()
    guard let type, let origin else { return nil }
    if total == .sum, !type.isAdditive {
      reader.fail("total", "a sum needs the type integer or money, and this is \(type.rawValue)")
    }
    if total == .ratio, case .quotient = origin {
    } else if total == .ratio {
      reader.fail("total", "a ratio needs \"of\" and \"over\"")
    }
    return Report.Column(
      key: name, mark: key.mark, title: title, type: type,
      decimals: decimals.map(Int.init) ?? Self.decimals(type), width: width.map(Int.init),
      origin: origin, total: total, rules: rules)
  }

  private func origin(
    _ name: String, _ reader: MappingReader, _ type: ReportType?, _ scope: Scope
  ) -> Report.Origin? {
    let from = reader.optionalText("from", expected: "a column of the query")
    let parameter = reader.optionalText("parameter", expected: "the name of a parameter")
    let of = reader.optionalTextOrList("of", of: "columns")
    let over = reader.optionalTextOrList("over", of: "columns")
    let ways = [from != nil, parameter != nil, of != nil || over != nil].filter { $0 }.count
    if ways > 1 {
      reader.problems.add(
        reader.mark, "\(reader.what): expected one of \"from\", \"parameter\", \"of\" with \"over\""
      )
      return nil
    }
    if let parameter {
      guard scope.parameters.contains(where: { $0.name == parameter }) else {
        Scope.unknown(
          reader, "parameter", "parameter", parameter, among: scope.parameters.map(\.name))
        return nil
      }
      return .parameter(parameter)
    }
    guard of != nil || over != nil else { return .query(from ?? name) }
    guard let of, let over, !of.isEmpty, !over.isEmpty else {
      reader.problems.add(
        reader.mark, "\(reader.what): \"of\" and \"over\" belong together, each with columns")
      return nil
    }
    if let type, !type.isQuotient {
      reader.fail("type", "a quotient is percent, ratio or money, found \(type.rawValue)")
    }
    return .quotient(of: of, over: over)
  }

  /// Totals that divide need sums below the columns they divide.
  private func checkTotals(_ columns: [Report.Column], _ reader: MappingReader) {
    for column in columns where column.total == .ratio {
      guard case .quotient(let of, let over) = column.origin else { continue }
      for part in of + over where columns.first(where: { $0.key == part })?.total != .sum {
        reader.problems.add(
          column.mark,
          "the total of \(quote(column.key)) needs a column \(quote(part)) with total: sum")
      }
    }
  }

  private func rules(_ reader: MappingReader, _ type: ReportType?) -> [ConditionalRule] {
    let items = reader.optionalList("rules", of: "rules") ?? []
    // Without a type thresholds mean nothing; its absence is reported already.
    guard let type else { return [] }
    return items.compactMap { item in
      if item.node.mapping == nil {
        switch item.oneOf(["data_bar", "high_is_good", "low_is_good"]) {
        case "data_bar": return .dataBar()
        case "high_is_good": return .threeColors(highIsGood: true)
        case "low_is_good": return .threeColors(highIsGood: false)
        default: return nil
        }
      }
      guard let rule = item.mapping("rule") else { return nil }
      let signal: Signal? =
        switch rule.oneOf("is", ["good", "warning", "bad"]) {
        case "good": .good
        case "warning": .warning
        case "bad": .bad
        default: nil
        }
      let equals = rule.optionalText("equals")
      let comparisons: [(String, ConditionalRule.Comparison)] = [
        ("above", .above), ("at_least", .atLeast), ("below", .below), ("at_most", .atMost),
      ]
      let given = comparisons.compactMap { key, comparison in
        rule.optionalText(key).map { (key, comparison, $0) }
      }
      rule.finish()
      guard given.count + (equals == nil ? 0 : 1) == 1 else {
        item.fail("expected one of equals, above, at_least, below, at_most")
        return nil
      }
      guard let signal else { return nil }
      if let equals { return .text(equals, signal) }
      guard let (key, comparison, text) = given.first else { return nil }
      guard let number = ReportFormat.parse(text, type, moneyDigits: moneyDigits) else {
        rule.fail(
          key,
          "expected \(ReportFormat.expected(type, moneyDigits: moneyDigits)), found \(quote(text))")
        return nil
      }
      let format = ReportFormat(moneyDigits: moneyDigits, timeZone: .utc)
      return .compare(comparison, format.cell(.number(number), type), signal)
    }
  }

  /// `lost_revenue` is titled `Lost revenue`.
  static func title(of key: String) -> String {
    let words = key.replacing("_", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  static func decimals(_ type: ReportType) -> Int { type == .percent ? 1 : 2 }
}
