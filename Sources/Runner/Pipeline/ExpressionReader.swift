import Engine
import YAML

/// Reads computed columns and conditions: `{concat: [{column: First}, " ", {column: Last}]}`.
///
/// A text is a constant; a mapping is one function. The set is closed, so that a mapping can be
/// checked whole before any row is read, and read by someone who has never seen it.
struct ExpressionReader {
  private let problems: Problems
  /// Judges a reference to a column, when the file has no header to look it up in.
  private let checkColumn: (_ name: String, _ value: ValueReader) -> Void

  static let functions = [
    "column", "concat", "first_of", "match", "extract", "trim", "lower", "abs", "negate",
    "multiply", "add", "line_number",
  ]

  init(problems: Problems, checkColumn: @escaping (String, ValueReader) -> Void) {
    self.problems = problems
    self.checkColumn = checkColumn
  }

  /// A text or a function.
  func expression(_ value: ValueReader) -> MappedExpression? {
    if let scalar = value.node.scalar, !scalar.isNull { return .literal(scalar.text) }
    guard let entries = value.node.mapping else {
      value.fail(expected: "a text or a function such as {column: NAME}")
      return nil
    }
    // `optional` belongs to `column`.
    let names = entries.compactMap(\.key.text).filter { $0 != "optional" }
    guard names.count == 1, let name = names.first else {
      value.fail(
        "expected one function, found \(names.isEmpty ? "none" : names.joined(separator: " and "))")
      return nil
    }
    guard Self.functions.contains(name) else {
      let near = nearest(to: name, in: Self.functions)
      let listed = near == nil ? "; expected \(Self.functions.joined(separator: ", "))" : ""
      value.fail("unknown function \(quote(name))\(listed)", suggestion: near)
      return nil
    }
    guard let reader = value.mapping() else { return nil }
    let result = function(name, reader, value)
    reader.finish()
    return result
  }

  private func function(
    _ name: String, _ reader: MappingReader, _ value: ValueReader
  ) -> MappedExpression? {
    switch name {
    case "column": return column(reader).map(MappedExpression.column)
    case "concat": return parts(reader, name).map(MappedExpression.concat)
    case "first_of": return parts(reader, name).map(MappedExpression.firstOf)
    case "multiply": return numbers(reader, name).map(MappedExpression.multiply)
    case "add": return numbers(reader, name).map(MappedExpression.add)
    case "trim": return subject(reader, name).map(MappedExpression.trim)
    case "lower": return subject(reader, name).map(MappedExpression.lower)
    case "abs": return subject(reader, name).map(MappedExpression.abs)
    case "negate": return subject(reader, name).map(MappedExpression.negate)
    case "extract": return extract(reader)
    case "match": return match(reader)
    default:
      if let flag = reader.optionalBoolean("line_number"), !flag {
        reader.fail("line_number", "expected true")
      }
      return .lineNumber
    }
  }

  /// `{column: NAME}`, `{column: [NAME, OTHER]}`, with `optional: true` where the file may lack it.
  func column(_ reader: MappingReader) -> ColumnReference? {
    let isOptional = reader.optionalBoolean("optional") ?? false
    guard let value = reader.value("column", expected: "the name of a column of the file") else {
      return nil
    }
    return reference(value, isOptional: isOptional)
  }

  /// One name or several to choose from.
  func reference(_ value: ValueReader, isOptional: Bool) -> ColumnReference? {
    guard let readers = value.itemOrList(of: "names of columns") else { return nil }
    let names = readers.compactMap { reader -> String? in
      guard let name = reader.text(expected: "the name of a column of the file") else { return nil }
      checkColumn(name, reader)
      return name
    }
    guard names.count == readers.count, !names.isEmpty else {
      if readers.isEmpty { value.fail("expected at least one name of a column") }
      return nil
    }
    return ColumnReference(names: names, mark: value.mark, isOptional: isOptional)
  }

  private func parts(_ reader: MappingReader, _ name: String) -> [MappedExpression]? {
    guard let items = reader.list(name, of: "texts and functions") else { return nil }
    if items.isEmpty { reader.fail(name, "expected at least one text or function, found none") }
    let parts = items.map(expression)
    return items.isEmpty || parts.contains { $0 == nil } ? nil : parts.compactMap(\.self)
  }

  private func numbers(_ reader: MappingReader, _ name: String) -> [MappedExpression]? {
    guard let parts = parts(reader, name) else { return nil }
    let items = reader.optionalList(name, of: "numbers") ?? []
    var areNumbers = true
    for (part, item) in zip(parts, items) {
      if case .literal(let text) = part, YAML.ExactDecimal(parsing: text) == nil {
        item.fail(expected: "a decimal number such as -1.5, or a function")
        areNumbers = false
      }
    }
    return areNumbers ? parts : nil
  }

  /// What a function works on: never a constant, which would give the same for every row.
  private func subject(_ reader: MappingReader, _ key: String) -> MappedExpression? {
    guard let value = reader.value(key, expected: "a function such as {column: NAME}") else {
      return nil
    }
    return subject(value)
  }

  func subject(_ value: ValueReader) -> MappedExpression? {
    guard let expression = expression(value) else { return nil }
    if case .literal(let text) = expression {
      value.fail("the constant \(quote(text)) is the same in every row; write {column: \(text)}")
      return nil
    }
    return expression
  }

  private func extract(_ reader: MappingReader) -> MappedExpression? {
    guard let inner = reader.mapping("extract", what: "extract") else { return nil }
    let of = subject(inner, "of")
    let value = inner.value("regex", expected: "a regular expression")
    let regex = value.flatMap(regex)
    let number = inner.optionalInteger("group", in: 0...99)
    inner.finish()
    guard let regex else { return nil }
    let group = number.map(Int.init) ?? min(1, regex.groupCount)
    guard group <= regex.groupCount else {
      inner.fail(
        "group",
        "the regular expression \(quote(regex.source)) has \(Self.count(regex.groupCount)), expected at most \(regex.groupCount), found \(group)"
      )
      return nil
    }
    return of.map { .extract($0, TextPattern(.regex(regex)), group: group) }
  }

  private static func count(_ groups: Int) -> String {
    groups == 0 ? "no groups" : groups == 1 ? "1 group" : "\(groups) groups"
  }

  private func match(_ reader: MappingReader) -> MappedExpression? {
    guard let inner = reader.mapping("match", what: "match") else { return nil }
    let of = subject(inner, "of")
    let items = inner.list("cases", of: "cases such as {is: no-answer, then: timeout}")
    var cases: [(pattern: TextPattern, result: MappedExpression)] = []
    var isWhole = items != nil
    for item in items ?? [] {
      guard let reader = item.mapping() else {
        isWhole = false
        continue
      }
      let patterns = comparison(reader, ["is", "in", "prefix", "matches"])?.patterns
      let then = reader.value("then", expected: "a text or a function").flatMap(expression)
      reader.finish()
      guard let patterns, let then else {
        isWhole = false
        continue
      }
      cases += patterns.map { ($0, then) }
    }
    let otherwise = inner.optionalValue("else")
    let result = otherwise.flatMap(expression)
    inner.finish()
    guard let of, isWhole, otherwise == nil || result != nil else { return nil }
    return .match(of, cases: cases, otherwise: result)
  }

  /// One condition of `where`: a column or a computed value, and what it is compared with.
  func condition(_ item: ValueReader) -> ConditionSpec? {
    guard let reader = item.mapping() else { return nil }
    let isOptional = reader.optionalBoolean("optional") ?? false
    let column = reader.optionalValue("column")
    let computed = reader.optionalValue("value")
    let subject: MappedExpression?
    switch (column, computed) {
    case (let column?, nil): subject = reference(column, isOptional: isOptional).map { .column($0) }
    case (nil, let computed?): subject = self.subject(computed)
    default:
      item.fail(
        "expected either \"column\" or \"value\", found \(column == nil ? "neither" : "both")")
      subject = nil
    }
    let comparison = comparison(reader, ["is", "in", "not", "not_in", "prefix", "matches"])
    reader.finish()
    guard let subject, let comparison else { return nil }
    return ConditionSpec(
      subject: subject, patterns: comparison.patterns, isNegated: comparison.isNegated)
  }

  private func comparison(
    _ reader: MappingReader, _ words: [String]
  ) -> (patterns: [TextPattern], isNegated: Bool)? {
    let found = words.filter { reader.contains($0) }
    guard found.count == 1, let word = found.first else {
      let listed = words.joined(separator: ", ")
      let all = found.isEmpty ? "none" : found.joined(separator: " and ")
      reader.problems.add(reader.mark, "\(reader.what): expected one of \(listed), found \(all)")
      return nil
    }
    guard let value = reader.value(word, expected: "a text or a list of texts"),
      let readers = value.itemOrList(of: "texts")
    else { return nil }
    if readers.isEmpty { value.fail("expected at least one text") }
    let patterns = readers.map { pattern(word, $0) }
    guard !readers.isEmpty, !patterns.contains(where: { $0 == nil }) else { return nil }
    return (patterns.compactMap(\.self), word.hasPrefix("not"))
  }

  private func pattern(_ word: String, _ value: ValueReader) -> TextPattern? {
    if word == "matches" { return regex(value).map { TextPattern(.regex($0)) } }
    guard let text = value.text() else { return nil }
    return TextPattern(word == "prefix" ? .prefix(Array(text.utf8)) : .equals(Array(text.utf8)))
  }

  private func regex(_ value: ValueReader) -> CompiledRegex? {
    guard let source = value.text(expected: "a regular expression") else { return nil }
    var reason = ""
    if let regex = CompiledRegex(source, problem: &reason) { return regex }
    value.fail("\(quote(source)) is not a regular expression: \(reason)")
    return nil
  }
}
