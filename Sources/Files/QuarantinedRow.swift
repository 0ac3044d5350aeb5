import Engine

/// A record that was refused: where it stands, why, and what it says.
package struct QuarantinedRow: Sendable, Equatable, Comparable {
  /// The source.
  package let source: String
  /// The file's name.
  package let file: String
  /// The physical line the record begins on; the header's is 1.
  package let line: Int
  /// The contract's column, nil where the record as a whole is at fault.
  package let column: String?
  /// The reason.
  package let offence: Offence
  /// What was expected and what was found, for people.
  package let detail: String
  /// The record as it stands in the file, at most 4 KiB; digits are masked where the source holds
  /// secrets.
  package let raw: String

  /// By file name, then line.
  package static func < (left: QuarantinedRow, right: QuarantinedRow) -> Bool {
    if left.file != right.file {
      return left.file.utf8.lexicographicallyPrecedes(right.file.utf8)
    }
    return left.line < right.line
  }

  private static let longestRaw = 4096

  /// A record that was refused before, as it was kept.
  package init(
    source: String, file: String, line: Int, column: String?, offence: Offence, detail: String,
    raw: String
  ) {
    self.source = source
    self.file = file
    self.line = line
    self.column = column
    self.offence = offence
    self.detail = detail
    self.raw = raw
  }

  /// A row of a query, known by its number; `raw` says what there is to know it by.
  package init(
    query file: String, row: Int, _ column: Int, _ offence: Offence, contract: Contract, raw: String
  ) {
    let field = contract.fields[column]
    self.init(
      source: contract.source, file: file, line: row, column: field.name, offence: offence,
      detail: field.expectation(offence, nil),
      raw: Self.text(of: Array(raw.utf8), masked: contract.holdsSecrets))
  }

  init(
    _ place: RefusedPlace, line: Int, of file: BoundFile, contract: Contract, in chunk: ByteView,
    expected: Int
  ) {
    source = contract.source
    self.file = file.name
    self.line = line
    column = place.column.map { contract.fields[$0].name }
    offence = place.offence
    let bytes = chunk.slice(place.start..<min(place.end, place.start + Self.longestRaw))
    raw = Self.text(of: bytes, file.dialect.encoding, masked: contract.holdsSecrets)
    switch place.offence {
    case .ragged: detail = "expected \(expected) fields, found \(place.found)"
    case .malformedQuote:
      detail = "a quote is never closed, or text follows a closing quote"
    default:
      detail =
        place.column.map { column in
          contract.fields[column].expectation(place.offence, file.layout.bindings[column])
        } ?? ""
    }
  }

  private static func text(
    of bytes: ByteView, _ encoding: Dialect.Encoding, masked: Bool
  ) -> String {
    text(of: encoding == .latin1 ? transcodeLatin1(bytes) : bytes.bytes, masked: masked)
  }

  private static func text(of bytes: [UInt8], masked: Bool) -> String {
    var plain = Array(bytes.prefix(longestRaw))
    // A refused record of such a source may hold a secret in any column, so no digit of it is kept.
    if masked {
      for index in plain.indices where plain[index] >= 0x30 && plain[index] <= 0x39 {
        plain[index] = 0x2A
      }
    }
    var text = String(decoding: plain, as: UTF8.self)
    // Transcoding, and the mark for bytes that are not UTF-8, make it longer than it was.
    while text.utf8.count > longestRaw { text.unicodeScalars.removeLast() }
    return text
  }
}

/// What is refused and why, before its line number is known.
struct RefusedPlace {
  let start: Int
  let end: Int
  let offence: Offence
  let found: Int
  let column: Int?

  init(record: RefusedRecord, column: Int?) {
    start = record.start
    end = record.end
    offence = record.offence
    found = record.found
    self.column = column
  }

  init(_ place: Range<Int>, _ offence: RowOffence) {
    start = place.lowerBound
    end = place.upperBound
    self.offence = offence.offence
    found = 0
    column = offence.column
  }
}

extension Field {
  /// What a refused value should have been.
  func expectation(_ offence: Offence, _ binding: ColumnBinding?) -> String {
    switch offence {
    case .missing: "\(name) must not be empty"
    case .utf8: "\(name) is not valid UTF-8; set the source's encoding if it is latin-1"
    case .skippedLocalTime: "\(name) is a local time that the zone's clocks skip"
    default: "\(name): expected \(binding?.expectation ?? type.expectation)"
    }
  }
}

extension ColumnBinding {
  /// What a value of a format that the mapping declares looks like; nil as the contract says.
  var expectation: String? {
    switch instantFormat {
    case .standard: nil
    case .epoch(.seconds): "seconds since 1970-01-01T00:00:00Z"
    case .epoch(.milliseconds): "milliseconds since 1970-01-01T00:00:00Z"
    case .pattern(let pattern): "an instant written as \(pattern.pattern)"
    }
  }
}

extension FieldType {
  var expectation: String {
    switch self {
    case .text: "text"
    case .instant: "an instant such as 2026-03-05T10:00:00Z"
    case .day: "a day such as 2026-03-05"
    case .money:
      "an amount such as 12.30, not negative, with no more decimals than the currency has"
    case .rate: "a rate within its range, in decimals"
    case .exchangeRate: "a rate above 0, in decimals, of at most 17 digits"
    case .integer(let bounds):
      bounds.upperBound == .max
        ? "a whole number of at least \(bounds.lowerBound)"
        : "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
    case .boolean: "true or false"
    case .enumerated(let vocabulary): "one of \(vocabulary.words.joined(separator: ", "))"
    case .currency: "a currency code of ISO 4217 such as USD"
    }
  }
}
