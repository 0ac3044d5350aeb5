import Engine
import Support
import Testing

private let settings = RecordDecoder.Settings(timeZone: .utc, currency: .usd)

private let contract = Contract(
  source: "sales", key: ["id"],
  fields: [
    .required("id", .text), .required("amount", .money(currency: "currency")),
    .optional("note", .text), .required("currency", .currency),
    .optional("kind", .enumerated(Vocabulary(["card", "cash"]))),
  ])

private func layout(
  _ fieldCount: Int = 5, encoding: Dialect.Encoding = .utf8, conditions: [Condition] = [],
  _ change: (inout [ColumnBinding]) -> Void = { _ in }
) -> RecordLayout {
  var bindings = (0..<5).map { ColumnBinding(.field($0)) }
  change(&bindings)
  return RecordLayout(
    fieldCount: fieldCount, bindings: bindings, conditions: conditions, encoding: encoding,
    fingerprint: 0)
}

private func refusals(_ text: [UInt8], _ layout: RecordLayout) -> [String] {
  decode(text, contract, layout, settings: settings).refusals.map {
    "\($0.row) \(contract.fields[$0.column].name) \($0.offence.word)"
  }
}

@Suite("A row is refused for its first offence, and mapped columns are checked like others")
struct CSVRowTests {
  @Test("the first offence in contract order is the reason, also where it is found last")
  func firstOffence() {
    let rows = [
      ["", "x", "", "XYZ", "wire"], ["1", "x", "", "XYZ", "wire"], ["1", "1", "", "XYZ", "wire"],
      ["1", "1", "", "USD", "wire"], ["1", "1", "", "USD", "card"],
      ["1", "1.5", "", "JPY", "wire"],
      ["1", "", "", "", ""],
    ]
    #expect(
      refusals(rows.flatMap(csvRecord), layout()) == [
        "0 id missing", "1 amount type", "2 currency value", "3 kind value", "5 amount precision",
        "6 amount missing",
      ])
  }

  @Test("invalid UTF-8 refuses its row where the contract reads it, and nowhere else")
  func invalidText() {
    let bytes = Array("a,1,".utf8) + [0xFF] + Array(",USD,card\nb,1,ok,USD,card\n".utf8)
    #expect(refusals(bytes, layout()) == ["0 note utf8"])
    let skipping = layout { $0[2] = ColumnBinding(.absent) }
    #expect(refusals(bytes, skipping) == [])
    // Columns that no stage reads are still checked.
    let (batch, found) = decode(
      bytes, contract, layout(), settings: settings, wanted: [false, true, false, false, false])
    #expect(found.map(\.offence) == [.utf8])
    #expect(batch.count == 1)
    #expect(batch.text(0)[0].text == "b")
  }

  @Test(
    "every malformed kind of UTF-8 is refused, and the outermost well-formed ones are not",
    arguments: [
      ([0x80], false), ([0xC0, 0x80], false), ([0xC3], false), ([0xE0, 0x80, 0x80], false),
      ([0xED, 0xA0, 0x80], false), ([0xF0, 0x80, 0x80, 0x80], false),
      ([0xF4, 0x90, 0x80, 0x80], false), ([0xF5, 0x80, 0x80, 0x80], false),
      ([0xE2, 0x82], false), ([0xC2, 0x80], true), ([0xED, 0x9F, 0xBF], true),
      ([0xEE, 0x80, 0x80], true), ([0xF0, 0x90, 0x80, 0x80], true),
      ([0xF4, 0x8F, 0xBF, 0xBF], true), ([0xEF, 0xBF, 0xBE], true),
    ] as [([UInt8], Bool)])
  func utf8(bytes: [UInt8], isValid: Bool) {
    for padding in [0, 7, 8, 9] {
      let text = [UInt8](repeating: 0x61, count: padding) + bytes
      let row = Array("a,1,".utf8) + text + Array(",USD,card\n".utf8)
      #expect(refusals(row, layout()).isEmpty == isValid, "\(text)")
      #expect((String(validating: text, as: UTF8.self) != nil) == isValid)
    }
  }

  @Test("latin-1 text arrives as UTF-8, and its pound signs as money")
  func latin1() {
    let bytes =
      Array("\"caf".utf8) + [0xE9] + Array("\"\"\",".utf8) + [0xA3] + Array("12.30,x,GBP,\n".utf8)
    let latin = layout(encoding: .latin1) {
      $0[1].moneyFormat = MoneyFormat(currencySign: true)
    }
    let (batch, found) = decode(bytes, contract, latin, settings: settings)
    #expect(found == [])
    #expect(batch.text(0)[0].text == "café\"")
    #expect(batch.integers[1] == [1230])
  }

  @Test("dictionaries, defaults and computed columns are read like columns of the file")
  func mappings() {
    let mapped = layout {
      $0[0] = ColumnBinding(.computed(.concat([.field(0), .literal([0x2D]), .lineNumber])))
      $0[1] = ColumnBinding(.computed(.multiply([.field(1), .literal(Array("0.5".utf8))])))
      $0[2] = ColumnBinding(.absent)
      $0[2].defaultText = Array("none".utf8)
      $0[3].defaultText = Array("EUR".utf8)
      $0[4].values = ValueDictionary([("Visa", "card"), ("notes & coins", "cash"), ("?", "")])
    }
    let rows = [
      ["a", "3", "x", "", "VISA"], ["b", "4.10", "x", "usd", " Notes & Coins "],
      ["c", "1", "", " ", "?"], ["d", "1", "", "", "cash"], ["e", "1", "", "", "bitcoin"],
      ["f", "one", "", "", ""], ["g", "0.01", "", "", ""],
    ]
    let (batch, found) = decode(rows.flatMap(csvRecord), contract, mapped, settings: settings)
    let eur = Currency(code: "EUR")!.rawValue
    #expect((0..<batch.count).map { batch.text(0)[$0].text } == ["a-1", "b-2", "c-3", "d-4"])
    #expect(batch.integers[1] == [150, 205, 50, 50])
    #expect((0..<batch.count).map { batch.text(2)[$0].text } == Array(repeating: "none", count: 4))
    #expect(batch.integers[3] == [eur, Currency.usd.rawValue, eur, eur])
    #expect(batch.integers[4] == [0, 1, .absent, 1])
    #expect(
      found.map { "\($0.row) \($0.column) \($0.offence.word)" } == [
        "4 4 value", "5 1 type", "6 1 precision",
      ])
  }

  @Test("rows that are not wanted are filtered, whatever else is wrong with them")
  func filtered() {
    let isCard = Condition(.lower(.field(4)), anyOf: [TextPattern(.equals(Array("card".utf8)))])
    let text = [
      ["a", "1", "", "USD", "Card"], ["b", "x", "", "USD", "cash"], ["c", "x", "", "USD", "card"],
    ].flatMap(csvRecord)
    let (batch, found) = decode(
      text, contract, layout(conditions: [isCard]), settings: settings)
    #expect(batch.count == 1)
    #expect(found.map(\.row) == [2])
    let notCard = Condition(
      .field(4), anyOf: [TextPattern(.prefix(Array("ca".utf8)))], negated: true)
    #expect(
      decode(text, contract, layout(conditions: [notCard]), settings: settings).batch.count == 1)
  }

  @Test("line numbers are those of the record's first line")
  func lineNumbers() {
    let numbered = layout { $0[0] = ColumnBinding(.computed(.lineNumber)) }
    let text = Array("a,1,\"x\ny\",USD,\n\r\nb,1,,USD,\rc,1,,USD,\n".utf8)
    let batch = decode(text, contract, numbered, settings: settings).batch
    #expect((0..<batch.count).map { batch.text(0)[$0].text } == ["1", "4", "5"])
    #expect(Set(batch.recordHashes).count == 3)
  }
}
