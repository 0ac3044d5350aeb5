import Engine

/// A CSV file and what it says: one row of the table that every reader is held against.
package struct CSVCase: Sendable, CustomStringConvertible {
  package var description: String { name }

  /// The rule it protects.
  package let name: String
  /// The file.
  package let bytes: [UInt8]
  /// How it is written down.
  package var dialect = Dialect()
  /// How many fields a record must have; nil as the first record has.
  package let fieldCount: Int?
  /// What it says.
  package let expected: CSVReading

  /// A case without a header, of records of two fields unless told otherwise.
  init(
    _ name: String, _ text: String, records: [(Int, [String])] = [],
    refused: [(Int, Offence, Int, String)] = [], fieldCount: Int? = 2,
    dialect change: (inout Dialect) -> Void = { _ in }
  ) {
    self.name = name
    bytes = Array(text.utf8)
    dialect.hasHeader = false
    change(&dialect)
    self.fieldCount = fieldCount
    expected = CSVReading(
      records: records.map { .init(line: $0.0, fields: $0.1.map { Array($0.utf8) }) },
      refusals: refused.map {
        .init(line: $0.0, offence: $0.1, found: $0.2, raw: Array($0.3.utf8))
      })
  }

  private static let long = String(repeating: "long ", count: 40)

  /// Every rule of the data contract's section on CSV.
  package static let all: [CSVCase] = lines + quotes + files + refusals

  private static let lines = [
    CSVCase("LF", "a,b\nc,d\n", records: [(1, ["a", "b"]), (2, ["c", "d"])]),
    CSVCase("CR LF", "a,b\r\nc,d\r\n", records: [(1, ["a", "b"]), (2, ["c", "d"])]),
    CSVCase("CR", "a,b\rc,d\r", records: [(1, ["a", "b"]), (2, ["c", "d"])]),
    CSVCase(
      "all line ends in one file", "a,b\rc,d\r\ne,f\ng,h\n\ri,j",
      records: [
        (1, ["a", "b"]), (2, ["c", "d"]), (3, ["e", "f"]), (4, ["g", "h"]), (6, ["i", "j"]),
      ]
    ),
    CSVCase("no final newline", "a,b\nc,d", records: [(1, ["a", "b"]), (2, ["c", "d"])]),
    CSVCase("no final newline after a quote", "a,\"b\"", records: [(1, ["a", "b"])]),
    CSVCase("an empty last field at the end of the file", "a,", records: [(1, ["a", ""])]),
    CSVCase("empty fields", ",\n,b\n", records: [(1, ["", ""]), (2, ["", "b"])]),
    CSVCase(
      "blank lines are skipped, but counted as lines", "\n\na,b\n\r\n\r\nc,d\n\n",
      records: [(3, ["a", "b"]), (6, ["c", "d"])]),
    CSVCase("blank lines only", "\n\r\n\r"),
    CSVCase("nothing at all", ""),
    CSVCase("spaces are kept", " a , b \n", records: [(1, [" a ", " b "])]),
    CSVCase("a line of spaces is not blank", "  \n", refused: [(1, .ragged, 1, "  ")]),
    CSVCase(
      "blank lines of one column are blank, quoted ones are not", "a\n\n\"\"\n",
      records: [(1, ["a"]), (3, [""])], fieldCount: 1),
    CSVCase("NUL bytes are text", "a\0,\0\n", records: [(1, ["a\0", "\0"])]),
    CSVCase(
      "fields longer than any block", "\(long),\"\(long)\"\nc,d",
      records: [(1, [long, long]), (2, ["c", "d"])]),
  ]

  private static let quotes = [
    CSVCase("quoted fields", "\"a\",\"b\"\n", records: [(1, ["a", "b"])]),
    CSVCase("empty quoted fields", "\"\",\"\"\n", records: [(1, ["", ""])]),
    CSVCase("a delimiter in quotes", "\"a,b\",c\n", records: [(1, ["a,b", "c"])]),
    CSVCase("doubled quotes", "\"a\"\"b\",\"\"\"\"\n", records: [(1, ["a\"b", "\""])]),
    CSVCase(
      "doubled quotes side by side", "\"\"\"\"\"\",\"\"\"a\"\"\"\n",
      records: [(1, ["\"\"", "\"a\""])]),
    CSVCase(
      "line breaks in quotes count as lines", "\"a\nb\",c\nd,\"e\r\nf\rg\"\nh,i\n",
      records: [(1, ["a\nb", "c"]), (3, ["d", "e\r\nf\rg"]), (6, ["h", "i"])]),
    CSVCase("blank lines in quotes are text", "\"\n\n\",a\n", records: [(1, ["\n\n", "a"])]),
    CSVCase(
      "quotes in an unquoted field are text", "a\"b,c\"\"\n5\",6\n",
      records: [(1, ["a\"b", "c\"\""]), (2, ["5\"", "6"])]),
    CSVCase("a space before a quote makes it text", " \"a\",b\n", records: [(1, [" \"a\"", "b"])]),
    CSVCase(
      "without quoting, quotes are text", "\"a,b\"\n\"\"\",\n",
      records: [(1, ["\"a", "b\""]), (2, ["\"\"\"", ""])], dialect: { $0.quote = nil }),
    CSVCase(
      "another quote and delimiter", "'a;''b';\"c\n", records: [(1, ["a;'b", "\"c"])],
      dialect: {
        $0.quote = 0x27
        $0.delimiter = 0x3B
      }),
    CSVCase("tabs", "a\tb,c\n", records: [(1, ["a", "b,c"])], dialect: { $0.delimiter = 0x09 }),
  ]

  private static let files = [
    CSVCase(
      "a header is line 1", "x,y\na,b\n", records: [(2, ["a", "b"])], fieldCount: nil,
      dialect: { $0.hasHeader = true }),
    CSVCase(
      "a header over two lines", "\"x\ny\",z\na,b\n", records: [(3, ["a", "b"])], fieldCount: nil,
      dialect: { $0.hasHeader = true }),
    CSVCase(
      "blank lines before the header", "\r\n\nx,y\na,b\n", records: [(4, ["a", "b"])],
      fieldCount: nil, dialect: { $0.hasHeader = true }),
    CSVCase("a header only", "x,y", fieldCount: nil, dialect: { $0.hasHeader = true }),
    CSVCase("a byte-order mark", "\u{FEFF}a,b\n", records: [(1, ["a", "b"])]),
    CSVCase("a byte-order mark before a quote", "\u{FEFF}\"a\",b", records: [(1, ["a", "b"])]),
    CSVCase(
      "a byte-order mark before a header", "\u{FEFF}\"x\",y\n\u{FEFF}a,b",
      records: [(2, ["\u{FEFF}a", "b"])], fieldCount: nil, dialect: { $0.hasHeader = true }),
  ]

  private static let refusals = [
    CSVCase(
      "too few and too many fields", "a\nb,c\nd,e,f\ng,h",
      records: [(2, ["b", "c"]), (4, ["g", "h"])],
      refused: [(1, .ragged, 1, "a"), (3, .ragged, 3, "d,e,f")]),
    CSVCase(
      "a ragged record over several lines costs its first line only", "\"a\nb,c\nd\"\ne,f\n",
      records: [(2, ["b", "c"]), (4, ["e", "f"])],
      refused: [(1, .ragged, 1, "\"a"), (3, .ragged, 1, "d\"")]),
    CSVCase(
      "text after a closing quote", "\"a\"b,c\nd,e\n", records: [(2, ["d", "e"])],
      refused: [(1, .malformedQuote, 0, "\"a\"b,c")]),
    CSVCase(
      "a space after a closing quote", "\"a\" ,b\nc,d\n", records: [(2, ["c", "d"])],
      refused: [(1, .malformedQuote, 0, "\"a\" ,b")]),
    CSVCase(
      "text after a quote that closes lines later", "a,\"b\r\nc,d\r\ne,\"f\r\ng,h",
      records: [(2, ["c", "d"]), (4, ["g", "h"])],
      refused: [(1, .malformedQuote, 0, "a,\"b"), (3, .malformedQuote, 0, "e,\"f")]),
    CSVCase(
      "a quote never closed costs its first line only", "a,\"b\nc,d\ne,f",
      records: [(2, ["c", "d"]), (3, ["e", "f"])],
      refused: [(1, .malformedQuote, 0, "a,\"b")]),
    CSVCase(
      "a lone quote at the end", "a,b\n\"", records: [(1, ["a", "b"])],
      refused: [(2, .malformedQuote, 0, "\"")]),
    CSVCase(
      "many lines that each stay open to the end", "a\",\",\nb\",\",\nc\",\",\nd,e",
      records: [(4, ["d", "e"])],
      refused: [
        (1, .malformedQuote, 0, "a\",\","), (2, .malformedQuote, 0, "b\",\","),
        (3, .malformedQuote, 0, "c\",\","),
      ]),
    CSVCase(
      "ragged at the very end, over several lines", "a,b\n\"c\nd\"", records: [(1, ["a", "b"])],
      refused: [(2, .ragged, 1, "\"c"), (3, .ragged, 1, "d\"")]),
  ]
}
