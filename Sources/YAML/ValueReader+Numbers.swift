extension ValueReader {
  /// A whole number, bare: `"12"` in quotes is text and reported. Environment values may be quoted,
  /// since JSON and `[ ]` have no other way to write them.
  package func integer(in range: ClosedRange<Int64> = .min ... .max) -> Int64? {
    let expected = Self.expectedInteger(in: range)
    guard let scalar = node.scalar, !scalar.isNull else {
      fail(expected: expected)
      return nil
    }
    let decimal = ExactDecimal(parsing: scalar.text)
    guard let decimal, decimal.scale == 0, range.contains(decimal.unscaled) else {
      fail(expected: expected, help: Self.spellingHelp(scalar))
      return nil
    }
    guard scalar.isPlain || scalar.written != nil else {
      fail(expected: expected, help: "remove the quotes")
      return nil
    }
    return decimal.unscaled
  }

  static func expectedInteger(in range: ClosedRange<Int64>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (.min, .max): "a whole number"
    case (let low, .max): "a whole number from \(low) up"
    case (.min, let high): "a whole number up to \(high)"
    case (let low, let high): "a whole number from \(low) to \(high)"
    }
  }

  /// `true` or `false`, bare. YAML 1.1's other words for them are reported with the word to write.
  package func boolean() -> Bool? {
    guard let scalar = node.scalar, scalar.isPlain || scalar.written != nil else {
      let quotes = ["true", "false"].contains(node.text ?? "")
      fail(expected: "true or false", help: quotes ? "remove the quotes" : nil)
      return nil
    }
    switch scalar.text {
    case "true": return true
    case "false": return false
    default:
      // For environment values the word to write would give the value away.
      let help: String? =
        switch scalar.written == nil ? scalar.text.lowercased() : "" {
        case "yes", "on", "y", "true": "write true"
        case "no", "off", "n", "false": "write false"
        default: nil
        }
      fail(expected: "true or false", help: help)
      return nil
    }
  }

  /// A decimal number, exact. Quotes are allowed: JSON writers put money in them.
  package func decimal() -> ExactDecimal? {
    guard let scalar = node.scalar, let decimal = ExactDecimal(parsing: scalar.text) else {
      fail(expected: "a decimal number such as 12.50", help: node.scalar.flatMap(Self.spellingHelp))
      return nil
    }
    return decimal
  }

  /// A share from 0 % to 100 % with its sign: `1 %`, `1%`, `0.5 %`. A bare number is reported,
  /// since 0.01 and 1 could both mean one per cent.
  package func percentage() -> Percentage? {
    guard let scalar = node.scalar, let percentage = Percentage(parsing: scalar.text) else {
      let isNumber = node.scalar.map { ExactDecimal(parsing: $0.text) != nil } ?? false
      fail(
        expected: "a percentage from 0 % to 100 %, such as 0.5 %",
        help: isNumber ? "add the % sign" : nil)
      return nil
    }
    return percentage
  }

  /// What to change in a number that is written in another notation.
  private static func spellingHelp(_ scalar: Node.Scalar) -> String? {
    guard scalar.written == nil, scalar.text.contains(where: \.isNumber) else { return nil }
    let digits = scalar.text.filter { $0 != "_" && $0 != "," && $0 != " " }
    if digits != scalar.text, ExactDecimal(parsing: digits) != nil { return "write \(digits)" }
    let unpadded = scalar.text.drop { $0 == "0" || $0 == "+" }
    if unpadded.count < scalar.text.count, ExactDecimal(parsing: String(unpadded)) != nil {
      return "write \(unpadded)"
    }
    return nil
  }
}
