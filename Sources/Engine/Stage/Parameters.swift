/// A setting that a stage declares, with its default.
package struct ParameterDeclaration: Sendable, Equatable {
  /// What the text of a setting means.
  package enum Kind: String, Sendable {
    /// An amount in the reporting currency, 0 or more.
    case money
    /// A decimal fraction, 0 or more.
    case rate
    /// A whole number, 0 or more.
    case integer
  }

  /// The name in a pipeline's `parameters`.
  package let name: String
  /// What its text means.
  package let kind: Kind
  /// What holds where a pipeline says nothing.
  package let defaultValue: String
  /// One line on what it does.
  package let summary: String

  /// A setting.
  package init(_ name: String, _ kind: Kind, defaultValue: String, summary: String) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.summary = summary
  }

  /// The value of a text: minor units, a rate's `scaled` or a whole number; nil if it is not of the
  /// kind.
  package func value(of text: String, currency: Currency) -> Int64? {
    Array(text.utf8).withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let bytes = ByteView(start: base, count: buffer.count)
      let parsed: Parsed =
        switch kind {
        case .money: Money.parse(bytes, digits: currency.digits, minimum: 0)
        case .rate: Rate.parse(bytes, bounds: Rate.Bounds(minimum: Rate(scaled: 0)))
        case .integer: Money.parse(bytes, digits: 0, minimum: 0)
        }
      return parsed.value
    }
  }

  /// What a good value looks like in any currency, and what it is for.
  package var expected: String {
    switch kind {
    case .money: "an amount of 0 or more with no more decimals than the currency has: \(summary)"
    case .rate: "a decimal fraction of 0 or more (0.05 is 5 %): \(summary)"
    case .integer: "a whole number of 0 or more: \(summary)"
    }
  }

  /// What a good value looks like.
  fileprivate func expected(_ currency: Currency) -> String {
    switch kind {
    case .money: "an amount of 0 or more with at most \(currency.digits) decimals"
    case .rate: "a decimal fraction of 0 or more (0.05 is 5 %)"
    case .integer: "a whole number of 0 or more"
    }
  }
}

/// The values of declared settings, checked once before anything runs.
package struct Parameters: Sendable {
  private let values: [String: Int64]
  private let currency: Currency

  /// Checks the texts a pipeline gives for the declared settings. Names that no stage declares are
  /// left to the caller, who knows where they stand. All bad values are reported together.
  package init(
    _ texts: [String: String] = [:], declarations: [ParameterDeclaration] = [], currency: Currency
  ) throws(ParameterError) {
    var values: [String: Int64] = [:]
    var problems: [ParameterError.Problem] = []
    for declaration in declarations {
      guard let text = texts[declaration.name] else { continue }
      if let value = declaration.value(of: text, currency: currency) {
        values[declaration.name] = value
      } else {
        problems.append(
          ParameterError.Problem(
            name: declaration.name, expected: declaration.expected(currency), found: text))
      }
    }
    guard problems.isEmpty else { throw ParameterError(problems: problems) }
    self.values = values
    self.currency = currency
  }

  /// The value a pipeline gives a setting, nil where it says nothing.
  package func given(_ declaration: ParameterDeclaration) -> Int64? { values[declaration.name] }

  /// The value of a setting, its default where the pipeline says nothing: minor units of the
  /// reporting currency, a rate's `scaled`, or a whole number.
  package subscript(_ declaration: ParameterDeclaration) -> Int64 {
    if let value = values[declaration.name] { return value }
    guard let value = declaration.value(of: declaration.defaultValue, currency: currency) else {
      // Defaults come from code, and are whole amounts so that any currency can hold them.
      preconditionFailure(
        "\(declaration.name): the default \(declaration.defaultValue) is no \(declaration.kind)")
    }
    return value
  }
}

/// Settings whose values are not what their declarations ask for.
package struct ParameterError: Error, Sendable, CustomStringConvertible {
  /// One bad value.
  package struct Problem: Sendable, Equatable {
    /// The setting.
    package let name: String
    /// What a good value looks like.
    package let expected: String
    /// The text found.
    package let found: String
  }

  /// Every bad value, in the order of the declarations.
  package let problems: [Problem]

  package var description: String {
    problems.map { "parameter \($0.name): expected \($0.expected), found \"\($0.found)\"" }
      .joined(separator: "\n") + "\n  help: correct the value under `parameters`, or with --set"
  }
}
