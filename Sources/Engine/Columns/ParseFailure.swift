/// Why a value, or a whole record, was refused: the reasons of the quarantine.
@frozen
package enum Offence: UInt8, Hashable, Sendable, CaseIterable {
  /// A required value is absent or empty.
  case missing
  /// The text is not of the column's type.
  case type
  /// More non-zero decimals than the type keeps.
  case precision
  /// A value outside its declared range, or too large to hold.
  case range
  /// A word that is not among the declared ones.
  case value
  /// Bytes that are not UTF-8.
  case utf8
  /// A local time that its zone skips.
  case skippedLocalTime
  /// A record with the wrong number of fields.
  case ragged
  /// Text after a closing quote, or a quote never closed.
  case malformedQuote

  /// The reason as the quarantine shows it.
  package var word: String {
    switch self {
    case .missing: "missing"
    case .type: "type"
    case .precision: "precision"
    case .range: "range"
    case .value: "value"
    case .utf8: "utf8"
    case .skippedLocalTime: "skipped_local_time"
    case .ragged: "ragged"
    case .malformedQuote: "malformed_quote"
    }
  }
}

/// What a parser made of a field: the value as a column holds it, or why it was refused. It
/// travels in two registers, so a parser in a hot loop costs no allocation.
@frozen
package enum Parsed: Equatable, Sendable {
  /// The value: minor units, microseconds, a day number or a scaled rate, as the parser says.
  case value(Int64)
  /// The reason for the quarantine.
  case refused(Offence)

  /// The value, or nil where the text was refused.
  @inlinable package var value: Int64? {
    if case .value(let value) = self { value } else { nil }
  }

  /// The offence, or nil where the text was accepted.
  @inlinable package var offence: Offence? {
    if case .refused(let offence) = self { offence } else { nil }
  }
}

/// A declaration that cannot be used: a time-zone file, or the pattern of an instant.
package struct ValueError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was being read, such as `instant pattern "%Y/%Q"`.
  package let place: String
  /// What it should have been.
  package let expected: String
  /// What it was.
  package let found: String
  /// What to do next.
  package let help: String

  /// An error about `place`, with what was expected and found and what to do next.
  package init(place: String, expected: String, found: String, help: String) {
    self.place = place
    self.expected = expected
    self.found = found
    self.help = help
  }

  /// One line: where, expected, found, help.
  package var description: String {
    "\(place): expected \(expected), found \(found); \(help)"
  }
}
