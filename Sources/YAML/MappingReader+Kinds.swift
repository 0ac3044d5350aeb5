extension MappingReader {
  /// Required text; see `ValueReader.text`.
  package func text(_ key: String, expected: String = "text") -> String? {
    value(key, expected: expected)?.text(expected: expected)
  }

  /// Text, or nil.
  package func optionalText(_ key: String, expected: String = "text") -> String? {
    optionalValue(key)?.text(expected: expected)
  }

  /// A required whole number in a range, bounds included.
  package func integer(_ key: String, in range: ClosedRange<Int64> = .min ... .max) -> Int64? {
    value(key, expected: ValueReader.expectedInteger(in: range))?.integer(in: range)
  }

  /// A whole number in a range, or nil.
  package func optionalInteger(
    _ key: String, in range: ClosedRange<Int64> = .min ... .max
  ) -> Int64? {
    optionalValue(key)?.integer(in: range)
  }

  /// A required `true` or `false`.
  package func boolean(_ key: String) -> Bool? {
    value(key, expected: "true or false")?.boolean()
  }

  /// `true`, `false` or nil.
  package func optionalBoolean(_ key: String) -> Bool? {
    optionalValue(key)?.boolean()
  }

  /// A required exact decimal number.
  package func decimal(_ key: String) -> ExactDecimal? {
    value(key, expected: "a decimal number such as 12.50")?.decimal()
  }

  /// A required share from 0 % to 100 %.
  package func percentage(_ key: String) -> Percentage? {
    value(key, expected: "a percentage such as 0.5 %")?.percentage()
  }

  /// A share from 0 % to 100 %, or nil.
  package func optionalPercentage(_ key: String) -> Percentage? {
    optionalValue(key)?.percentage()
  }

  /// Required: one of a few words.
  package func oneOf(_ key: String, _ words: [String]) -> String? {
    value(key, expected: "one of \(words.joined(separator: ", "))")?.oneOf(words)
  }

  /// One of a few words, or nil.
  package func optionalOneOf(_ key: String, _ words: [String]) -> String? {
    optionalValue(key)?.oneOf(words)
  }

  /// Required: a case of an enumeration by its word.
  package func oneOf<Word>(_ key: String, _ type: Word.Type) -> Word?
  where Word: RawRepresentable<String> & CaseIterable {
    oneOf(key, type.allCases.map(\.rawValue)).flatMap(Word.init(rawValue:))
  }

  /// A case of an enumeration by its word, or nil.
  package func optionalOneOf<Word>(_ key: String, _ type: Word.Type) -> Word?
  where Word: RawRepresentable<String> & CaseIterable {
    optionalValue(key)?.oneOf(type)
  }

  /// A required list; `items` says what of, in the plural.
  package func list(_ key: String, of items: String) -> [ValueReader]? {
    value(key, expected: "a list of \(items)")?.list(of: items)
  }

  /// A list, or nil.
  package func optionalList(_ key: String, of items: String) -> [ValueReader]? {
    optionalValue(key)?.list(of: items)
  }

  /// Required: the texts of a list, or of one scalar standing for a list of one.
  package func textOrList(_ key: String, of items: String) -> [String]? {
    value(key, expected: "a list of \(items)")?.textOrList(of: items)
  }

  /// The texts of a list or of one scalar, or nil.
  package func optionalTextOrList(_ key: String, of items: String) -> [String]? {
    optionalValue(key)?.textOrList(of: items)
  }

  /// A required mapping with known keys; `what` names it in messages.
  package func mapping(_ key: String, what: String? = nil) -> MappingReader? {
    value(key, expected: "a mapping")?.mapping(what)
  }

  /// A mapping with known keys, or nil.
  package func optionalMapping(_ key: String, what: String? = nil) -> MappingReader? {
    optionalValue(key)?.mapping(what)
  }

  /// The entries of a required mapping whose keys are free; `entries` says what they are.
  package func entries(_ key: String, of entries: String) -> [(key: Node, value: ValueReader)]? {
    value(key, expected: "a mapping of \(entries)")?.entries(of: entries)
  }

  /// The entries of a mapping whose keys are free, or nil.
  package func optionalEntries(
    _ key: String, of entries: String
  ) -> [(key: Node, value: ValueReader)]? {
    optionalValue(key)?.entries(of: entries)
  }
}
