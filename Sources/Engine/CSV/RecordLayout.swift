/// How the columns of a contract are made from the fields of one file's records: a mapping bound to
/// a header.
package struct RecordLayout: Sendable {
  /// How many fields a record has.
  package let fieldCount: Int
  /// One binding for each of the contract's columns, in its order.
  package let bindings: [ColumnBinding]
  /// A record that fails one of these is not wanted: counted as filtered, not checked further.
  package let conditions: [Condition]
  /// The bytes of the file's text fields.
  package let encoding: Dialect.Encoding
  /// Differs between layouts that give the same bytes different meanings.
  package let fingerprint: UInt64
  /// Whether a column depends on where the record stands in its file.
  package let usesLineNumber: Bool

  /// A layout; `fingerprint` should cover the header and the mapping.
  package init(
    fieldCount: Int, bindings: [ColumnBinding], conditions: [Condition] = [],
    encoding: Dialect.Encoding = .utf8, fingerprint: UInt64
  ) {
    self.fieldCount = fieldCount
    self.bindings = bindings
    self.conditions = conditions
    self.encoding = encoding
    self.fingerprint = fingerprint
    usesLineNumber =
      bindings.contains { $0.origin.usesLineNumber }
      || conditions.contains { $0.expression.usesLineNumber }
  }
}

/// Where one column's text comes from and how it is written.
package struct ColumnBinding: Sendable {
  /// Where the text comes from.
  package enum Origin: Sendable {
    /// The file has no such column: every value is absent (or the default).
    case absent
    /// A field of the record.
    case field(Int)
    /// A function of the record's fields.
    case computed(Expression)

    var usesLineNumber: Bool {
      if case .computed(let expression) = self { return expression.usesLineNumber }
      return false
    }
  }

  /// How an instant is written.
  package enum InstantFormat: Sendable {
    /// As the data contract says: ISO 8601 and RFC 3339.
    case standard
    /// Seconds or milliseconds since 1970-01-01T00:00:00Z.
    case epoch(Instant.EpochUnit)
    /// A declared layout.
    case pattern(InstantPattern)
  }

  /// Where the text comes from.
  package var origin: Origin
  /// Texts that stand for other texts; a text that is not in it stays as it is.
  package var values: ValueDictionary?
  /// What an empty value stands for.
  package var defaultText: [UInt8]?
  /// How an instant is written.
  package var instantFormat = InstantFormat.standard
  /// How money is written; nil as the data contract says.
  package var moneyFormat: MoneyFormat?
  /// The unit of a rate; nil as the contract declares.
  package var rateUnit: Rate.Unit?

  /// A column taken as it is.
  package init(_ origin: Origin) { self.origin = origin }

  /// Whether a value is simply the bytes of a field.
  var isPlainField: Bool {
    if case .field = origin { return values == nil && defaultText == nil }
    return false
  }
}

/// Texts that stand for other texts in an export, such as Twilio's `no-answer` for `timeout`; case
/// is ignored.
package struct ValueDictionary: Sendable {
  private var pool = StringPool()
  private var replacements: [[UInt8]] = []

  /// Pairs of what an export says and what it means. Of keys that differ in case only the first
  /// counts.
  package init(_ pairs: [(key: String, value: String)]) {
    for pair in pairs {
      let known = pool.count
      let code = Self.folded(Array(pair.key.utf8)).withView { pool.intern($0) }
      if code == known { replacements.append(Array(pair.value.utf8)) }
    }
  }

  /// What `text` stands for, nil if the dictionary does not say; spaces around it are ignored.
  func replacement(for text: ByteView) -> [UInt8]? {
    Self.folded(text.trimmed.bytes).withView { pool.code(of: $0) }.map { replacements[$0] }
  }

  private static func folded(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 }
  }
}
