import Engine
import YAML

/// A mapping bound to one file's header.
package struct BoundLayout: Sendable {
  /// How the contract's columns are made from the file's records.
  package let layout: RecordLayout
  /// Columns of the file that nothing is made from, in its order.
  package let extraColumns: [String]
  /// Columns of the contract that the file does not have, in the contract's order; all optional.
  package let absentColumns: [String]
}

/// Why a file's columns do not make its source: everything that is missing, at once.
package struct BindingError: Error, Sendable, CustomStringConvertible {
  /// The file.
  package let file: String
  /// The source it was read for.
  package let source: String
  /// What is wrong, one sentence each, with what was probably meant.
  package let problems: [String]
  /// The columns found, in the file's order.
  package let found: [String]
  /// What the source must have.
  package let expected: String

  /// The problems, a line each, the columns found, and what to do.
  package var description: String {
    let columns = found.map(quote).joined(separator: ", ")
    return problems.map { "\(file): \($0)\n" }.joined()
      + "  found: \(found.isEmpty ? "no columns" : columns)\n"
      + "  expected: \(expected)\n"
      + "  help: check that the file is an export of \(source), or map its columns in the pipeline: "
      + "columns: {NAME: {from: COLUMN OF THE FILE}}"
  }
}

extension SourceSpec {
  /// Binds the mapping to a file's header.
  ///
  /// - Parameters:
  ///   - header: The names of the file's columns. Of a file without a header the fields of its
  ///     first record: only their number counts.
  ///   - file: The file's name for messages.
  /// - Throws: Everything the file lacks.
  package func layout(header: [String], file: String) throws(BindingError) -> BoundLayout {
    let names =
      dialect.hasHeader
      ? header.map(trimmed) : fields ?? (0..<header.count).map { String($0 + 1) }
    var binder = HeaderBinder(names: names, source: contract.source)
    if names.count != header.count {
      binder.problems.append(
        "expected \(names.count) columns as \"fields\" says (\(mark)), found \(header.count)")
    }
    var absent: [String] = []
    let bindings = contract.fields.map { field in
      let spec = columns.first { $0.name == field.name }
      let binding = binder.binding(field, spec)
      if case .absent = binding.origin { absent.append(field.name) }
      return binding
    }
    let conditions = conditions.map { condition in
      Condition(
        binder.expression(condition.subject, for: "where"), anyOf: condition.patterns,
        negated: condition.isNegated)
    }
    guard binder.problems.isEmpty else {
      throw BindingError(
        file: file, source: contract.source, problems: binder.problems, found: names,
        expected: contract.headerDescription)
    }
    let extra = names.indices.filter { !binder.used.contains($0) && !names[$0].isEmpty }
    let fingerprint = Array((names.joined(separator: "\u{1F}") + "\n" + canonicalText).utf8)
      .withView { Engine.hash($0) }
    return BoundLayout(
      layout: RecordLayout(
        fieldCount: header.count, bindings: bindings, conditions: conditions,
        encoding: dialect.encoding, fingerprint: fingerprint),
      extraColumns: extra.map { names[$0] }, absentColumns: absent)
  }

  private func trimmed(_ name: String) -> String {
    String(
      name.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}

extension Contract {
  /// The columns a file must or may have, for messages: `call_id, vendor_id and perhaps
  /// session_id`.
  package var headerDescription: String {
    let required = fields.filter(\.isRequired).map(\.name).joined(separator: ", ")
    let optional = fields.filter { !$0.isRequired }.map(\.name).joined(separator: ", ")
    return optional.isEmpty ? required : "\(required) and perhaps \(optional)"
  }
}

/// Looks the columns of one mapping up in one header, collecting what is missing.
struct HeaderBinder {
  let names: [String]
  let source: String
  var used: Set<Int> = []
  var problems: [String] = []

  private let positions: [String: [Int]]

  init(names: [String], source: String) {
    self.names = names
    self.source = source
    positions = Dictionary(grouping: names.indices) { names[$0] }
  }

  /// Adds a problem once: an expression may ask for the same column many times.
  private mutating func report(_ problem: String) {
    if !problems.contains(problem) { problems.append(problem) }
  }

  mutating func binding(_ field: Field, _ spec: ColumnSpec?) -> ColumnBinding {
    var binding = ColumnBinding(origin(field, spec))
    guard let spec else { return binding }
    if !spec.values.isEmpty { binding.values = ValueDictionary(spec.values) }
    binding.defaultText = spec.defaultText.map { Array($0.utf8) }
    binding.instantFormat = spec.instantFormat
    binding.moneyFormat = spec.moneyFormat
    binding.rateUnit = spec.rateUnit
    return binding
  }

  private mutating func origin(_ field: Field, _ spec: ColumnSpec?) -> ColumnBinding.Origin {
    switch spec?.origin ?? .sameName {
    case .computed(let mapped): return .computed(expression(mapped, for: field.name))
    case .column(let reference):
      return position(reference, for: field.name).map { .field($0) } ?? .absent
    case .sameName:
      if let position = position(named: field.name) { return .field(position) }
      // A default stands in for the whole column.
      if field.isRequired, spec?.defaultText == nil, !(spec?.isOptional ?? false) {
        report(
          "the column \(quote(field.name)) is missing, which \(source) must have\(hint(field.name))"
        )
      }
      return .absent
    }
  }

  /// The first of the names that the file has.
  private mutating func position(_ reference: ColumnReference, for column: String) -> Int? {
    for name in reference.names {
      if let position = position(named: name) { return position }
    }
    guard !reference.isOptional else { return nil }
    let wanted = reference.names.map(quote).joined(separator: " or ")
    report(
      "the column \(wanted) is missing, which \(column) needs (\(reference.mark))"
        + hint(reference.names[0]))
    return nil
  }

  private mutating func position(named name: String) -> Int? {
    guard let found = positions[name] else { return nil }
    if found.count > 1 {
      let listed = found.map { String($0 + 1) }.joined(separator: " and ")
      let problem =
        "\(found.count) columns are named \(quote(name)) (columns \(listed)); rename all but one"
      report(problem)
    }
    used.insert(found[0])
    return found[0]
  }

  private func hint(_ name: String) -> String {
    let near = nearest(to: name, in: names.filter { !$0.isEmpty })
    return near.map { " (did you mean \(quote($0))?)" } ?? ""
  }

  mutating func expression(_ mapped: MappedExpression, for column: String) -> Expression {
    switch mapped {
    case .column(let reference):
      return position(reference, for: column).map { .field($0) } ?? .literal([])
    case .literal(let text): return .literal(Array(text.utf8))
    case .concat(let parts): return .concat(expressions(parts, column))
    case .firstOf(let parts): return .firstOf(expressions(parts, column))
    case .multiply(let parts): return .multiply(expressions(parts, column))
    case .add(let parts): return .add(expressions(parts, column))
    case .extract(let part, let pattern, let group):
      return .extract(expression(part, for: column), pattern, group: group)
    case .trim(let part): return .trim(expression(part, for: column))
    case .lower(let part): return .lower(expression(part, for: column))
    case .abs(let part): return .abs(expression(part, for: column))
    case .negate(let part): return .negate(expression(part, for: column))
    case .lineNumber: return .lineNumber
    case .match(let subject, let cases, let otherwise):
      let subject = expression(subject, for: column)
      var bound: [MatchCase] = []
      for (pattern, result) in cases {
        bound.append(MatchCase(pattern, expression(result, for: column)))
      }
      var rest: Expression?
      if let otherwise { rest = expression(otherwise, for: column) }
      return .match(subject, cases: bound, otherwise: rest)
    }
  }

  private mutating func expressions(_ parts: [MappedExpression], _ column: String) -> [Expression] {
    var bound: [Expression] = []
    for part in parts { bound.append(expression(part, for: column)) }
    return bound
  }
}
