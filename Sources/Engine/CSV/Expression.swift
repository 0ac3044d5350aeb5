/// A computed column: a closed set of functions over the fields of one record.
///
/// Evaluated for each record of exports that need it, so it works on bytes; columns taken as they
/// are never come here. Texts are UTF-8 (a latin-1 file's fields are transcoded before).
package indirect enum Expression: Sendable {
  /// A field of the record, as text.
  case field(Int)
  /// A constant.
  case literal([UInt8])
  /// All parts, one after the other.
  case concat([Expression])
  /// The first part that is not empty.
  case firstOf([Expression])
  /// The result of the first case whose pattern fits, else the default (else empty).
  case match(Expression, cases: [MatchCase], otherwise: Expression?)
  /// What a group of a regular expression caught, empty where it does not occur.
  case extract(Expression, TextPattern, group: Int)
  /// Without white space around.
  case trim(Expression)
  /// In lower case (ASCII letters).
  case lower(Expression)
  /// Without its sign.
  case abs(Expression)
  /// With the opposite sign.
  case negate(Expression)
  /// The exact product.
  case multiply([Expression])
  /// The exact sum.
  case add([Expression])
  /// The physical line the record begins on.
  case lineNumber

  var usesLineNumber: Bool {
    switch self {
    case .lineNumber: true
    case .field, .literal: false
    case .concat(let parts), .firstOf(let parts), .multiply(let parts), .add(let parts):
      parts.contains(where: \.usesLineNumber)
    case .match(let subject, let cases, let otherwise):
      subject.usesLineNumber || cases.contains { $0.result.usesLineNumber }
        || otherwise?.usesLineNumber ?? false
    case .extract(let part, _, _), .trim(let part), .lower(let part), .abs(let part),
      .negate(let part):
      part.usesLineNumber
    }
  }

  /// The value for one record; nil where arithmetic meets a text that is not a number or a result
  /// too long to be exact.
  package func value(_ record: RecordFields) -> [UInt8]? {
    switch self {
    case .field(let field): return record.text(field)
    case .literal(let bytes): return bytes
    case .lineNumber: return Array(String(record.line).utf8)
    case .concat(let parts):
      var joined: [UInt8] = []
      for part in parts {
        guard let value = part.value(record) else { return nil }
        joined += value
      }
      return joined
    case .firstOf(let parts):
      for part in parts {
        guard let value = part.value(record) else { return nil }
        if !value.isEmpty { return value }
      }
      return []
    case .match(let subject, let cases, let otherwise):
      guard let value = subject.value(record) else { return nil }
      for match in cases where match.pattern.matches(value) { return match.result.value(record) }
      return otherwise == nil ? [] : otherwise?.value(record)
    case .extract(let part, let pattern, let group):
      guard let value = part.value(record) else { return nil }
      return pattern.group(group, in: value)
    case .trim(let part): return part.value(record).map(Self.trimmed)
    case .lower(let part):
      return part.value(record)?.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 }
    case .abs(let part): return part.number(record) { $0.magnitude }
    case .negate(let part): return part.number(record) { $0.negated }
    case .multiply(let parts): return Self.fold(parts, record) { $0.multiplied(by: $1) }
    case .add(let parts): return Self.fold(parts, record) { $0.adding($1) }
    }
  }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return [] }
    return Array(bytes[first...last])
  }

  /// Applies exact arithmetic to one number; an empty text stays empty.
  private func number(
    _ record: RecordFields, _ operation: (ExactDecimal) -> ExactDecimal?
  ) -> [UInt8]? {
    guard let text = value(record) else { return nil }
    if text.isEmpty { return [] }
    return ExactDecimal(text).flatMap(operation)?.text
  }

  /// Combines numbers exactly; empty if any of them is: a result would be a guess.
  private static func fold(
    _ parts: [Expression], _ record: RecordFields,
    _ operation: (ExactDecimal, ExactDecimal) -> ExactDecimal?
  ) -> [UInt8]? {
    var total: ExactDecimal?
    for part in parts {
      guard let text = part.value(record) else { return nil }
      if text.isEmpty { return [] }
      guard let number = ExactDecimal(text) else { return nil }
      if let sum = total {
        guard let next = operation(sum, number) else { return nil }
        total = next
      } else {
        total = number
      }
    }
    return total?.text ?? []
  }
}

/// One case of a `match`: a pattern and what the value is if it fits.
package struct MatchCase: Sendable {
  let pattern: TextPattern
  let result: Expression

  /// A pattern and the value it gives.
  package init(_ pattern: TextPattern, _ result: Expression) {
    self.pattern = pattern
    self.result = result
  }
}

/// A condition of `where:`: rows that do not meet it are not wanted.
package struct Condition: Sendable {
  let expression: Expression
  let patterns: [TextPattern]
  let isNegated: Bool

  /// Holds if any of the patterns fits (or, negated, if none does).
  package init(_ expression: Expression, anyOf patterns: [TextPattern], negated: Bool = false) {
    self.expression = expression
    self.patterns = patterns
    isNegated = negated
  }

  func holds(for record: RecordFields) -> Bool {
    let value = expression.value(record) ?? []
    return patterns.contains { $0.matches(value) } != isNegated
  }
}
