/// What a source must look like: its columns in the order of the specification, and its primary
/// key.
package struct Contract: Sendable {
  /// The source's name, such as `calls`.
  package let source: String
  /// The columns in contract order; the first offence in this order is a refused row's reason.
  package let fields: [Field]
  /// Indexes of the primary key's columns.
  package let key: [Int]

  /// A contract; `key` names columns of `fields`.
  package init(source: String, key: [String], fields: [Field]) {
    self.source = source
    self.fields = fields
    self.key = key.map { name in
      guard let index = fields.firstIndex(where: { $0.name == name }) else {
        preconditionFailure("the key \(name) of \(source) is not one of its columns")
      }
      return index
    }
  }

  /// The index of a column in batches of this source. The name comes from code, so an unknown one
  /// is a programming error.
  package func column(_ name: String) -> Int {
    guard let index = fields.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("\(source) has no column \(name)")
    }
    return index
  }

  /// Whether raw text of the source may hold secrets (tax identifiers), to be masked wherever it is
  /// shown.
  package var holdsSecrets: Bool { fields.contains(where: \.isSecret) }
}

/// One column of a contract.
package struct Field: Sendable {
  /// The canonical name.
  package let name: String
  /// How its text is read.
  package let type: FieldType
  /// Whether an absent value refuses the row (and an absent column stops the run).
  package let isRequired: Bool
  /// Whether the value is a secret that must never be shown.
  package let isSecret: Bool
  /// What batches hold where there is no value: `Int64.absent`, or the value that none stands for, so
  /// that a row which leaves it out says the same as one which spells it.
  package let valueIfAbsent: Int64

  /// A column that every row must have.
  package static func required(_ name: String, _ type: FieldType) -> Field {
    Field(name: name, type: type, isRequired: true, isSecret: false, valueIfAbsent: .absent)
  }

  /// A column that may be absent or empty.
  package static func optional(_ name: String, _ type: FieldType, secret: Bool = false) -> Field {
    Field(name: name, type: type, isRequired: false, isSecret: secret, valueIfAbsent: .absent)
  }

  /// A column that is not text and may be absent or empty, which then means `value`.
  package static func optional(_ name: String, _ type: FieldType, default value: Int64) -> Field {
    Field(name: name, type: type, isRequired: false, isSecret: false, valueIfAbsent: value)
  }
}

/// How a field's text is read, and the unit of its `Int64` in a batch.
package enum FieldType: Sendable {
  /// UTF-8 text, spaces kept.
  case text
  /// Microseconds since 1970-01-01T00:00:00Z.
  case instant
  /// Days since 1970-01-01.
  case day
  /// Minor units of the row's currency (a column of the same contract) or, without one, of the
  /// reporting currency; never negative.
  case money(currency: String?)
  /// A decimal fraction, scaled as `Rate`, within the bounds; the unit holds unless a mapping says
  /// otherwise.
  case rate(Rate.Bounds, unit: Rate.Unit)
  /// `ExchangeRate.packed`, above zero; a fraction unless a mapping says otherwise.
  case exchangeRate
  /// A whole number within the bounds.
  case integer(ClosedRange<Int64>)
  /// 0 or 1.
  case boolean
  /// The code of a word in a vocabulary.
  case enumerated(Vocabulary)
  /// `Currency.rawValue`.
  case currency

  /// Whether batches hold it as text slices.
  package var isText: Bool {
    if case .text = self { return true }
    return false
  }
}
