import Testing

@testable import Engine

@Suite("The first record of a file is read whatever its quotes, line ends and length")
struct HeaderReaderTests {
  static func read(
    _ bytes: [UInt8], _ dialect: Dialect = Dialect(), isLast: Bool = true
  ) -> HeaderReader.Outcome {
    bytes.withView { HeaderReader(dialect).read($0, isLast: isLast) }
  }

  static let cases: [(text: String, names: [String], next: Int, lines: Int)] = [
    ("a,b\n1,2\n", ["a", "b"], 4, 1),
    ("a,b\r\n1,2\r\n", ["a", "b"], 5, 1),
    ("a,b\r1,2\r", ["a", "b"], 4, 1),
    ("\u{FEFF}a,b\n", ["a", "b"], 7, 1),
    ("\u{FEFF}\"a\",b\n", ["a", "b"], 9, 1),
    ("\n\r\n\r\na\n", ["a"], 7, 4),
    ("\"a,1\",\"b \"\"c\"\"\"\nx", ["a,1", "b \"c\""], 16, 1),
    ("\"a\nb\",\"c\r\nd\"\r\nx", ["a\nb", "c\r\nd"], 14, 3),
    ("a\"b,c\n", ["a\"b", "c"], 6, 1),
    ("a,,\n", ["a", "", ""], 4, 1),
    ("\"\",a\n", ["", "a"], 5, 1),
    ("größe,名前\nx", ["größe", "名前"], 15, 1),
    ("a,b", ["a", "b"], 3, 1),
    ("\"a\"", ["a"], 3, 1),
    ("a\r", ["a"], 2, 1),
  ]

  @Test("names, the next record's place and its line", arguments: cases)
  func records(text: String, names: [String], next: Int, lines: Int) {
    let start = text.hasPrefix("\u{FEFF}") ? 3 : 0
    let expected = HeaderRecord(names: names, start: start, next: next, lines: lines)
    #expect(Self.read(Array(text.utf8)) == .record(expected))
  }

  @Test(
    "cut anywhere, it asks for more or gives the same record: no cut makes another",
    arguments: cases)
  func cuts(text: String, names: [String], next: Int, lines: Int) {
    let bytes = Array(text.utf8)
    let whole = Self.read(bytes)
    for cut in 0...bytes.count {
      let outcome = Self.read(Array(bytes[..<cut]), isLast: false)
      #expect(outcome == .needsMore || outcome == whole, "cut after \(cut) bytes")
      // Enough is enough: one byte beyond the record always settles it.
      if cut > next { #expect(outcome == whole, "cut after \(cut) bytes") }
    }
  }

  @Test("the scanner, knowing the number of fields, finds the same record", arguments: cases)
  func scanner(text: String, names: [String], next: Int, lines: Int) {
    let length = text.utf8.count
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
    bytes.withView { padded in
      let chunk = padded.slice(0..<length)
      var index = RecordIndex(fieldCount: names.count)
      _ = RecordScanner(Dialect()).scan(
        chunk, from: text.hasPrefix("\u{FEFF}") ? 3 : 0, limit: next, isLast: true, into: &index)
      #expect(index.count == 1)
      let found = names.indices.map { field in
        index.field(field, ofRecord: 0, in: chunk).bytes.text.replacing("\"\"", with: "\"")
      }
      #expect(found == names)
    }
  }

  @Test("latin-1, other delimiters and quotes")
  func dialects() {
    var dialect = Dialect()
    dialect.encoding = .latin1
    dialect.delimiter = 0x3B
    dialect.quote = 0x27
    let bytes: [UInt8] = [0x27, 0x67, 0xF6, 0x3B, 0x27, 0x3B, 0x22, 0x61, 0x22, 0x0A]
    #expect(
      Self.read(bytes, dialect)
        == .record(HeaderRecord(names: ["gö;", "\"a\""], start: 0, next: 10, lines: 1)))
    dialect.quote = nil
    #expect(
      Self.read(bytes, dialect)
        == .record(HeaderRecord(names: ["'gö", "'", "\"a\""], start: 0, next: 10, lines: 1)))
  }

  @Test(
    "what is no header says so",
    arguments: [
      ("", HeaderReader.Outcome.empty),
      ("\n\r\n\r", .empty),
      ("\u{FEFF}", .empty),
      ("\n\"a\" b,c\n", .malformed(line: 2, "text after the closing quote of column 1")),
      ("a,\"b\nc\n", .malformed(line: 1, "the quote of column 2 is never closed")),
    ])
  func refused(text: String, expected: HeaderReader.Outcome) {
    #expect(Self.read(Array(text.utf8)) == expected)
  }

  @Test("UTF-16 is named, not read as gibberish")
  func utf16() {
    #expect(
      Self.read([0xFF, 0xFE, 0x61, 0x00])
        == .malformed(line: 1, "the file is UTF-16; expected utf-8"))
  }
}
