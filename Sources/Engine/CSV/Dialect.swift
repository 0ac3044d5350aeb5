/// How a CSV file is written down.
package struct Dialect: Sendable, Equatable {
  /// The bytes of text fields.
  package enum Encoding: String, Sendable, CaseIterable {
    /// UTF-8, checked.
    case utf8 = "utf-8"
    /// ISO 8859-1: every byte is the code point of the same number.
    case latin1 = "latin-1"
  }

  /// Between fields; one ASCII byte.
  package var delimiter: UInt8 = 0x2C
  /// Around fields that hold delimiters, line breaks or quotes; nil where the export has no
  /// quoting.
  package var quote: UInt8? = 0x22
  /// The bytes of text fields.
  package var encoding = Encoding.utf8
  /// Whether the first record names the columns.
  package var hasHeader = true

  /// Comma, double quote, UTF-8, with a header.
  package init() {}
}
