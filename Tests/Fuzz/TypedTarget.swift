import Engine
import Files
import Support

/// Rows of values of every type.
struct TypedInput: CustomStringConvertible {
  /// A text for each column of each row.
  var rows: [[[UInt8]]]
  /// Whether the row's fields are quoted.
  var isQuoted: [Bool]
  var cut: CSVInput.Cut

  var description: String {
    rows.map { row in
      row.map { String(decoding: $0, as: UTF8.self).debugDescription }.joined(separator: ", ")
    }
    .joined(separator: "\n  ") + "\n  quoted \(isQuoted), \(cut)"
  }
}

/// Whole rows, every type of column, through a pass: values, and of refused rows the first offence
/// in the contract's order.
struct TypedTarget: Target {
  let name = "typed"
  private let file = ScratchFile("typed.csv")

  private static let words = [["click"], ["view"], ["add_to_cart"], ["search"], ["other"]]
  private static let booleans = [["false", "f", "0", "no"], ["true", "t", "1", "yes"]]
  private static let contract = Contract(
    source: "typed", key: ["id"],
    fields: [
      .required("id", .text), .optional("at", .instant),
      .required("amount", .money(currency: "currency")),
      .optional("day", .day), .optional("currency", .currency),
      .optional("rate", .rate(.share, unit: .percent)),
      .optional("count", .integer(-5...1_000_000)), .optional("flag", .boolean),
      .optional("event", .enumerated(Vocabulary(words.map { $0[0] }))),
      .optional("value", .money(currency: nil)), .optional("exchange", .exchangeRate),
    ])

  func make(using generator: inout SeededGenerator) -> TypedInput {
    let count = Int.random(in: 1...6, using: &generator)
    let rows = (0..<count).map { _ in
      Self.contract.fields.map { field -> [UInt8] in
        // One field in three is any text; a row of such alone would show the first column only.
        guard Int.random(in: 0..<3, using: &generator) > 0 else {
          return ValueText.random(using: &generator)
        }
        return fitting(field, using: &generator)
      }
    }
    return TypedInput(
      rows: rows, isQuoted: rows.map { _ in Bool.random(using: &generator) },
      cut: .random(length: count * 60, using: &generator))
  }

  private func fitting(_ field: Field, using generator: inout SeededGenerator) -> [UInt8] {
    if !field.isRequired, Int.random(in: 0..<4, using: &generator) == 0 { return [] }
    let texts =
      switch field.type {
      case .text: ["a", "\"", "é", " "]
      case .instant: ["2026-09-21T04:00:02Z", "2026-09-21 04:00:02.5", "2026-09-21"]
      case .day: ["2026-02-28", " 2024-02-29"]
      case .money: ["12", "12.3", "0.001", "12.300000", "9223372036854775807"]
      case .currency: ["USD", "jpy", " KWD ", "clf"]
      case .rate: ["10", "0.0000000001", "100"]
      case .exchangeRate: ["1.10", "0.92140421998617858", "0.000000000000000000000000000000010"]
      case .integer: ["0", "+7", "-5"]
      case .boolean: ["true", "No", "1"]
      case .enumerated: ["view", "Add_To_Cart"]
      }
    return Array((texts.randomElement(using: &generator) ?? "").utf8)
  }

  func smaller(_ input: TypedInput) -> [TypedInput] {
    var results: [TypedInput] = []
    for row in input.rows.indices {
      var changed = input
      changed.rows.remove(at: row)
      changed.isQuoted.remove(at: row)
      results.append(changed)
    }
    for row in input.rows.indices {
      for column in input.rows[row].indices {
        for text in cuts(of: input.rows[row][column]) {
          var changed = input
          changed.rows[row][column] = text
          results.append(changed)
        }
      }
    }
    return results
  }

  func check(_ input: TypedInput) -> (difference: String?, shape: String) {
    let contract = Self.contract
    var bytes: [UInt8] = []
    var expected: [Int: String] = [:]
    var shape = ""
    var line = 1
    for (row, isQuoted) in zip(input.rows, input.isQuoted) {
      // Line breaks and delimiters are the other target's business; unquoted, so are quotes.
      let texts = row.map { text in
        text.filter { ![0x0A, 0x0D, 0x2C].contains($0) && (isQuoted || $0 != 0x22) }
      }
      let fields = texts.map {
        isQuoted ? [0x22] + $0.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22] : $0
      }
      bytes += Array(fields.joined(separator: [0x2C])) + [0x0A]
      let outcome = slow(texts)
      expected[line] = outcome
      shape += outcome.hasPrefix("refused") ? outcome : "row "
      line += 1
    }
    file.write(bytes)
    do {
      let found = try read(input)
      for line in 1..<line where found[line] != expected[line] {
        let text =
          "row \(line): expected \(expected[line] ?? "nothing")\nfound \(found[line] ?? "nothing")"
        return (text, shape)
      }
      return (nil, shape)
    } catch {
      return ("\(error) in \(contract.source)", shape)
    }
  }

  /// What a row comes to: its values, or the first offence.
  private func slow(_ texts: [[UInt8]]) -> String {
    let fields = Self.contract.fields
    var values: [String] = []
    let currency = Currency(code: String(decoding: slowTrim(texts[4]), as: UTF8.self).uppercased())
    for (field, text) in zip(fields, texts) {
      let parsed: Parsed
      switch field.type {
      case .text:
        if text.isEmpty, field.isRequired { return "refused \(field.name) missing" }
        if String(validating: text, as: UTF8.self) == nil { return "refused \(field.name) utf8" }
        values.append("\(text)")
        continue
      case .instant: parsed = slowInstant(text, .utc)
      case .day: parsed = slowDay(text)
      case .money(let column):
        parsed = slowDecimal(text, places: column == nil ? 2 : currency?.digits ?? 2, minimum: 0)
      case .currency:
        let trimmed = slowTrim(text)
        parsed =
          trimmed.isEmpty
          ? .refused(.missing) : currency.map { .value($0.rawValue) } ?? .refused(.value)
      case .rate:
        let scaled = slowDecimal(text, places: 10, minimum: Money.minimum)
        let isInside = scaled.value.map { $0 >= 0 && $0 <= Rate.scale } ?? true
        parsed = isInside ? scaled : .refused(.range)
      case .exchangeRate: parsed = slowExchangeRate(text)
      case .integer(let bounds): parsed = slowInteger(text, in: bounds)
      case .boolean: parsed = slowWord(text, Self.booleans, otherwise: .type)
      case .enumerated: parsed = slowWord(text, Self.words, otherwise: .value)
      }
      switch parsed {
      case .value(let value): values.append("\(value)")
      case .refused(.missing):
        if field.isRequired { return "refused \(field.name) missing" }
        values.append("-")
      case .refused(let offence): return "refused \(field.name) \(offence.word)"
      }
    }
    return values.joined(separator: " ")
  }

  /// What a pass makes of the file: by line, its values or the offence.
  private func read(_ input: TypedInput) throws(PassError<Never>) -> [Int: String] {
    let contract = Self.contract
    let fields = contract.fields
    let layout = RecordLayout(
      fieldCount: fields.count,
      bindings: fields.indices.map { ColumnBinding(.field($0)) }, fingerprint: 7)
    var dialect = Dialect()
    dialect.hasHeader = false
    var options = PassOptions()
    options.chunkSize = input.cut.chunkSize
    options.readAhead = input.cut.readAhead
    options.batchSize = input.cut.batchSize
    options.threads = input.cut.threads
    let pass = CSVPass(
      contract: contract, settings: .init(timeZone: .utc, currency: .usd),
      files: [
        BoundFile(
          path: file.path, name: "a", layout: layout, dialect: dialect, dataStart: 0, dataLine: 1)
      ],
      wanted: fields.map { _ in true }, options: options)
    let (workers, counts) = try pass.run(
      makeWorker: { [(position: Int, text: String)]() }, progress: { _, _ in true },
      fold: { (found: inout [(position: Int, text: String)], batch: Batch, _: Int) throws(Never) in
        for row in 0..<batch.count {
          let values = fields.indices.map { column -> String in
            if fields[column].type.isText { return "\(batch.text(column)[row].bytes)" }
            let value = batch.integers[column][row]
            return value == .absent ? "-" : "\(value)"
          }
          found.append((batch.positions[row], values.joined(separator: " ")))
        }
      })
    var found: [Int: String] = [:]
    for refused in counts.quarantined {
      found[refused.line] = "refused \(refused.column ?? "record") \(refused.offence.word)"
    }
    // Rows that are fine stand, in file order, on the lines that are left.
    let rows = workers.joined().sorted { $0.position < $1.position }
    let lines = (1...input.rows.count).filter { found[$0] == nil }
    for (line, row) in zip(lines, rows) { found[line] = row.text }
    return found
  }
}
