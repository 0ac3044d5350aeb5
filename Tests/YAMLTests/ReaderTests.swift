import Testing

@testable import YAML

@Suite("Values are read exactly or refused with what was expected and found")
struct ReaderTests {
  enum Unit: String, CaseIterable { case minor, percent, fraction }

  /// Reads `v` of a document and gives the value in words, or the messages.
  static func read<Value>(
    _ text: String, _ body: (MappingReader) -> Value?
  ) throws -> String {
    let problems = Problems()
    let node = try Node.parse("v: \(text)\n", file: "f.yaml")
    let value = body(MappingReader(node, what: "source", problems: problems))
    #expect((value == nil) == !problems.isEmpty, "a nil must come with a message, a value without")
    return value.map { "\($0)" } ?? problems.sorted.map(\.description).joined(separator: "\n")
  }

  @Test(
    "whole numbers: bare, in range, one notation",
    arguments: [
      ("12", "12"), ("1", "1"), ("64", "64"),
      ("65", "expected a whole number from 1 to 64, found 65"),
      ("\"12\"", "expected a whole number from 1 to 64, found the text \"12\"; remove the quotes"),
      ("012", "expected a whole number from 1 to 64, found 012; write 12"),
      ("1_0", "expected a whole number from 1 to 64, found 1_0; write 10"),
      ("0x10", "expected a whole number from 1 to 64, found 0x10"),
      ("1.0", "expected a whole number from 1 to 64, found 1.0"),
      ("99999999999999999999", "expected a whole number from 1 to 64, found 99999999999999999999"),
      ("[1]", "expected a whole number from 1 to 64, found a list"),
      ("~", "expected a whole number from 1 to 64, found nothing"),
    ])
  func integers(text: String, expected: String) throws {
    let found = try Self.read(text) { $0.integer("v", in: 1...64) }
    #expect(found == expected || found == "f.yaml:1:4: \"v\" in source: \(expected)")
  }

  @Test(
    "booleans: true and false alone, the others with the word to write",
    arguments: [
      ("true", "true"), ("false", "false"),
      ("yes", "expected true or false, found yes; write true"),
      ("Off", "expected true or false, found Off; write false"),
      ("TRUE", "expected true or false, found TRUE; write true"),
      ("\"true\"", "expected true or false, found the text \"true\"; remove the quotes"),
      ("1", "expected true or false, found 1"),
      ("{}", "expected true or false, found a mapping"),
    ])
  func booleans(text: String, expected: String) throws {
    let found = try Self.read(text) { $0.boolean("v") }
    #expect(found == expected || found == "f.yaml:1:4: \"v\" in source: \(expected)")
  }

  @Test(
    "decimals keep their digits: money never passes through binary floating point",
    arguments: [
      ("12.50", "12.50 = 1250 e-2"), ("\"0.10\"", "0.10 = 10 e-2"), ("-3", "-3 = -3 e-0"),
      ("9007199254740993.1", "9007199254740993.1 = 90071992547409931 e-1"),
      ("1e3", "expected a decimal number such as 12.50, found 1e3"),
      ("1,000.00", "expected a decimal number such as 12.50, found 1,000.00; write 1000.00"),
      (".5", "expected a decimal number such as 12.50, found .5"),
      ("1.", "expected a decimal number such as 12.50, found 1."),
      ("--1", "expected a decimal number such as 12.50, found --1"),
    ])
  func decimals(text: String, expected: String) throws {
    let found = try Self.read(text) { reader in
      reader.decimal("v").map { "\($0.text) = \($0.unscaled) e-\($0.scale)" }
    }
    #expect(found == expected || found == "f.yaml:1:4: \"v\" in source: \(expected)")
  }

  @Test(
    "percentages need their sign and are exact",
    arguments: [
      ("1 %", "1/100"), ("1%", "1/100"), ("0.5 %", "5/1000"), ("100 %", "100/100"),
      ("\"0 %\"", "0/100"),
      (
        "0.01",
        "expected a percentage from 0 % to 100 %, such as 0.5 %, found 0.01; add the % sign"
      ),
      ("101 %", "expected a percentage from 0 % to 100 %, such as 0.5 %, found 101 %"),
      ("-1 %", "expected a percentage from 0 % to 100 %, such as 0.5 %, found -1 %"),
      ("-0 %", "expected a percentage from 0 % to 100 %, such as 0.5 %, found -0 %"),
      ("few %", "expected a percentage from 0 % to 100 %, such as 0.5 %, found few %"),
    ])
  func percentages(text: String, expected: String) throws {
    let found = try Self.read(text) { reader in
      reader.percentage("v").map { "\($0.numerator)/\($0.denominator)" }
    }
    #expect(found == expected || found == "f.yaml:1:4: \"v\" in source: \(expected)")
  }

  @Test("a limit of 1 % lets the hundredth row pass and not one more")
  func exceeded() throws {
    let limit = try #require(Percentage(parsing: "1 %"))
    #expect(!limit.isExceeded(by: 10, of: 1_000))
    #expect(limit.isExceeded(by: 11, of: 1_000))
    #expect(!limit.isExceeded(by: 0, of: 0))
    #expect(!limit.isExceeded(by: .max / 100, of: .max))
  }

  @Test(
    "one of a few words: the nearest is suggested, else all are listed",
    arguments: [
      ("percent", "percent"),
      ("precent", "unknown word \"precent\" (did you mean \"percent\"?)"),
      ("Minor", "unknown word \"Minor\" (did you mean \"minor\"?)"),
      ("dollars", "expected one of minor, percent, fraction, found dollars"),
      ("[minor]", "expected one of minor, percent, fraction, found a list"),
    ])
  func words(text: String, expected: String) throws {
    let found = try Self.read(text) { $0.oneOf("v", Unit.self) }
    #expect(found == expected || found == "f.yaml:1:4: \"v\" in source: \(expected)")
  }

  @Test(
    "lists of text, or one text for a list of one",
    arguments: [
      ("a.csv", "[\"a.csv\"]"), ("[a.csv, 12]", "[\"a.csv\", \"12\"]"), ("[]", "[]"),
      (
        "{a: b}",
        "f.yaml:1:4: \"v\" in source: expected a list of file names, found a mapping"
      ),
      (
        "[a, [b], ~]",
        """
        f.yaml:1:8: item 2 of "v" in source: expected text, found a list
        f.yaml:1:13: item 3 of "v" in source: expected text, found nothing
        """
      ),
    ])
  func lists(text: String, expected: String) throws {
    #expect(try Self.read(text) { $0.textOrList("v", of: "file names") } == expected)
  }

  @Test("unknown keys are each reported with the nearest key, or all keys where none is near")
  func unknownKeys() throws {
    let problems = Problems()
    let node = try Node.parse(
      "fiels: a.csv\nmax-quarantined: 1 %\nDelimiter: x\nzebra: 1\nheader: true\nheadr: true\n",
      file: "p.yaml")
    let reader = MappingReader(node, what: "source", problems: problems)
    _ = reader.textOrList("files", of: "file names")
    _ = reader.optionalPercentage("max_quarantined")
    _ = reader.optionalText("delimiter")
    #expect(reader.optionalBoolean("header") == true)
    reader.finish()
    let keys = "files, max_quarantined, delimiter, header"
    #expect(
      problems.sorted.map(\.description) == [
        "p.yaml:1:1: source: the key \"files\" is missing; expected a list of file names",
        "p.yaml:1:1: source: unknown key \"fiels\" (did you mean \"files\"?)",
        "p.yaml:2:1: source: unknown key \"max-quarantined\" (did you mean \"max_quarantined\"?)",
        "p.yaml:3:1: source: unknown key \"Delimiter\" (did you mean \"delimiter\"?)",
        "p.yaml:4:1: source: unknown key \"zebra\"; expected \(keys)",
        "p.yaml:6:1: source: unknown key \"headr\"; expected \(keys)",
      ])
  }

  @Test("absent, empty and null: required keys are reported, optional ones are nil in silence")
  func absence() throws {
    let problems = Problems()
    let node = try Node.parse("a:\nb: ~\n", file: "p.yaml")
    let reader = MappingReader(node, what: "report", problems: problems)
    #expect(reader.optionalText("a") == nil)
    #expect(reader.optionalInteger("c") == nil)
    #expect(problems.isEmpty)
    #expect(reader.contains("b") && !reader.contains("c"))
    #expect(reader.text("b") == nil)
    #expect(reader.integer("c") == nil)
    #expect(
      problems.sorted.map(\.description) == [
        "p.yaml:1:1: report: the key \"c\" is missing; expected a whole number",
        "p.yaml:2:4: \"b\" in report: expected text, found nothing",
      ])
  }

  @Test("a node of the wrong kind gives one message, not one for every key")
  func wrongKind() throws {
    let problems = Problems()
    let reader = MappingReader(
      try Node.parse("[1]", file: "p.yaml"), what: "pipeline", problems: problems)
    #expect(reader.text("name") == nil)
    #expect(reader.mapping("sources") == nil)
    reader.finish()
    #expect(
      problems.sorted.map(\.description) == [
        "p.yaml:1:1: pipeline: expected a mapping, found a list"
      ])
  }

  @Test("problems of several files come at once, sorted, each once, in one error")
  func severalFiles() throws {
    let problems = Problems()
    let second = Node.parse(
      Array("base: &b {x: yes}\nagain: *b\nn: 1\nn: 2\n".utf8), file: "b.yaml", problems: problems)
    let root = MappingReader(try #require(second), what: "mapping", problems: problems)
    for key in ["base", "again"] {
      _ = root.mapping(key, what: "column")?.boolean("x")
    }
    #expect(Node.parse(Array("a: [".utf8), file: "a.yaml", problems: problems) == nil)
    let error = #expect(throws: YAMLError.self) { try problems.throwIfAny() }
    #expect(
      error?.description == """
        a.yaml:1:5: expected a value here; the file ends here
        b.yaml:1:14: "x" in column: expected true or false, found yes; write true
        b.yaml:4:1: the key "n" stands twice, first on line 3; remove one
        """)
  }

  @Test("a JSON settings file reads like YAML: nested, with free keys and exact amounts")
  func settingsFile() throws {
    let problems = Problems()
    let node = try Node.parse(
      """
      {"timezone": "America/New_York", "tax_year": 2026, "parameters": {},
       "program": {"tiers": {"tier2": {"signup_bonus": "100.00", "recurring_months": null},
                             "tier1": {"signup_bonus": 50.00, "recurring_months": 12}}}}
      """, file: "settings.json")
    let settings = MappingReader(node, what: "settings", problems: problems)
    #expect(settings.text("timezone") == "America/New_York")
    #expect(settings.integer("tax_year", in: 2000...2100) == 2026)
    #expect(settings.entries("parameters", of: "parameters")?.isEmpty == true)
    let program = try #require(settings.mapping("program"))
    let tiers = try #require(program.entries("tiers", of: "tiers"))
    #expect(tiers.map(\.key.text) == ["tier2", "tier1"])
    let readers = tiers.compactMap { $0.value.mapping() }
    #expect(readers.map { $0.decimal("signup_bonus")?.unscaled } == [10_000, 5_000])
    #expect(readers.map { $0.optionalInteger("recurring_months") } == [nil, 12])
    for reader in readers + [program, settings] { reader.finish() }
    #expect(problems.isEmpty, "\(problems.sorted)")
  }

  @Test("long and unprintable text is cut and escaped: a message stays one line of a terminal")
  func messagesAreOneLine() throws {
    let long = String(repeating: "x", count: 500)
    let found = try Self.read("\"\\e[31m\\n\(long)\"") { $0.integer("v") }
    #expect(found.contains(#"found the text "\u001b[31m\nxxx"#))
    #expect(found.count < 160)
  }
}

@Suite("The nearest known word is offered, and nothing far-fetched")
struct NearestTests {
  @Test(
    "typing slips, case, dashes",
    arguments: [
      ("fiels", "files"), ("file", "files"), ("FILES", "files"),
      ("max-quarantined", "max_quarantined"),
      ("tiemzone", "timezone"), ("maxquarantine", "max_quarantined"), ("frm", "from"),
      ("no", nil), ("x", nil), ("", nil), ("completely", nil),
      (String(repeating: "files", count: 1_000), nil),
    ])
  func suggestions(word: String, expected: String?) {
    let known = ["files", "from", "to", "timezone", "max_quarantined"]
    #expect(nearest(to: word, in: known) == expected)
  }

  @Test("of equally near words the first wins, so messages do not change between runs")
  func ties() {
    #expect(nearest(to: "date", in: ["data", "rate"]) == "data")
    #expect(nearest(to: "date", in: ["rate", "data"]) == "rate")
  }
}
