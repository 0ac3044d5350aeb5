import Engine
import YAML

/// Reads how one column of a contract is made, with only the keys that mean something for its type.
struct ColumnReader {
  let expressions: ExpressionReader
  let problems: Problems

  private static let formatKeys = [
    "format", "unit", "grouping", "decimal", "currency_sign", "parentheses",
  ]

  func column(_ field: Field, _ value: ValueReader) -> ColumnSpec? {
    // Nothing: the column of the same name, whatever the mapping file says.
    if value.node.isNull {
      return ColumnSpec(name: field.name, mark: value.mark, origin: .sameName)
    }
    guard let reader = value.mapping("column \(quote(field.name))") else { return nil }
    var spec = ColumnSpec(name: field.name, mark: value.mark, origin: .sameName)
    let isOptional = reader.optionalBoolean("optional")
    spec.isOptional = isOptional ?? false
    let from = reader.optionalValue("from")
    let computed = reader.optionalValue("value")
    if from != nil, computed != nil {
      value.fail("expected either \"from\" or \"value\", found both; keep one")
    }
    var isWhole = true
    if let from {
      let reference = expressions.reference(from, isOptional: spec.isOptional)
      if let reference { spec.origin = .column(reference) } else { isWhole = false }
    } else if let computed {
      if isOptional != nil {
        reader.fail(
          "optional", "belongs to the columns of \"value\"; write {column: NAME, optional: true}")
      }
      let expression = expressions.expression(computed)
      if let expression { spec.origin = .computed(expression) } else { isWhole = false }
    }
    spec.values = values(reader, field)
    spec.defaultText = reader.optionalValue("default").flatMap { constant($0, field) }
    if spec.isOptional, field.isRequired, spec.defaultText == nil {
      reader.fail(
        "optional",
        "every row must have \(field.name); give a \"default\" for files without the column")
    }
    readFormat(reader, field, &spec)
    reader.finish()
    return isWhole ? spec : nil
  }

  private func values(_ reader: MappingReader, _ field: Field) -> [(key: String, value: String)] {
    let entries = reader.optionalEntries("values", of: "texts and what they stand for") ?? []
    return entries.compactMap { key, value in
      // Nothing makes the value absent.
      let text = value.node.isNull ? "" : constant(value, field)
      return text.map { (key.text ?? "", $0) }
    }
  }

  /// A text that stands in for what a file says: checked now, as it would be refused in every row.
  private func constant(_ value: ValueReader, _ field: Field) -> String? {
    guard let text = value.text() else { return nil }
    guard !text.isEmpty else { return text }
    switch field.type {
    case .enumerated(let vocabulary):
      guard Array(text.utf8).withView({ vocabulary.code(of: $0) }) == nil else { return text }
      let near = nearest(to: text, in: vocabulary.words)
      value.fail(
        near == nil
          ? "expected one of \(vocabulary.words.joined(separator: ", ")), found \(quote(text))"
          : "unknown word \(quote(text))", suggestion: near)
      return nil
    case .integer(let bounds):
      guard let number = Int64(text), bounds.contains(number) else {
        let upper = bounds.upperBound == .max ? "up" : "to \(bounds.upperBound)"
        value.fail(expected: "a whole number from \(bounds.lowerBound) \(upper)")
        return nil
      }
    case .currency:
      guard Currency(code: text) != nil else {
        value.fail(expected: "an ISO 4217 currency code such as USD")
        return nil
      }
    default: break
    }
    return text
  }

  private func readFormat(_ reader: MappingReader, _ field: Field, _ spec: inout ColumnSpec) {
    let allowed: [String]
    switch field.type {
    case .instant:
      allowed = ["format"]
      if let value = reader.optionalValue("format"), let format = instantFormat(value) {
        spec.instantFormat = format
      }
    case .money:
      allowed = ["unit", "grouping", "decimal", "currency_sign", "parentheses"]
      spec.moneyFormat = moneyFormat(reader)
    case .rate, .exchangeRate:
      allowed = ["unit"]
      switch reader.optionalOneOf("unit", ["fraction", "percent"]) {
      case "fraction": spec.rateUnit = .fraction
      case "percent": spec.rateUnit = .percent
      default: break
      }
    default: allowed = []
    }
    for key in Self.formatKeys where !allowed.contains(key) && reader.contains(key) {
      let kinds =
        key == "format" ? "an instant" : key == "unit" ? "money or a rate" : "money"
      reader.fail(key, "belongs to \(kinds), and \(field.name) is \(field.type.words)")
    }
  }

  private func instantFormat(_ value: ValueReader) -> ColumnBinding.InstantFormat? {
    let expected = "iso, epoch_s, epoch_ms or a pattern such as \"%d/%m/%Y %H:%M\""
    guard let text = value.text(expected: expected) else { return nil }
    switch text {
    case "iso": return .standard
    case "epoch_s": return .epoch(.seconds)
    case "epoch_ms": return .epoch(.milliseconds)
    default: break
    }
    guard text.contains("%") else {
      value.fail(
        expected: expected, suggestion: nearest(to: text, in: ["iso", "epoch_s", "epoch_ms"]))
      return nil
    }
    do {
      return .pattern(try InstantPattern(text))
    } catch {
      value.fail("\(quote(text)): expected \(error.expected), found \(error.found); \(error.help)")
      return nil
    }
  }

  private func moneyFormat(_ reader: MappingReader) -> MoneyFormat? {
    var format = MoneyFormat.plain
    let grouping = reader.optionalOneOf("grouping", [",", ".", "'", " "])
    format.grouping = grouping?.utf8.first
    if let decimal = reader.optionalOneOf("decimal", [".", ","])?.utf8.first {
      format.decimal = decimal
    }
    format.currencySign = reader.optionalBoolean("currency_sign") ?? false
    format.parenthesesNegative = reader.optionalBoolean("parentheses") ?? false
    format.minorUnits = reader.optionalOneOf("unit", ["minor", "major"]) == "minor"
    if grouping != nil, format.grouping == format.decimal {
      reader.fail(
        "grouping",
        "is the same as the decimal sign; write decimal: \(grouping == "," ? "\".\"" : "\",\"")")
    }
    return format == .plain ? nil : format
  }
}

extension FieldType {
  /// The type in words for messages.
  var words: String {
    switch self {
    case .text: "text"
    case .instant: "an instant"
    case .day: "a day"
    case .money: "money"
    case .rate, .exchangeRate: "a rate"
    case .integer: "a whole number"
    case .boolean: "true or false"
    case .enumerated: "a word of a list"
    case .currency: "a currency"
    }
  }
}
