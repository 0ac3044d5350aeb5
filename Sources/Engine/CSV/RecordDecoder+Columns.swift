extension RecordDecoder {
  /// Decodes one column of all rows, or only checks it if nobody reads it.
  mutating func decodeColumn(
    _ input: ColumnInput, _ index: borrowing RecordIndex, _ line: (Int) -> Int,
    into batch: Batch
  ) {
    let field = contract.fields[input.column]
    let binding = layout.bindings[input.column]
    if case .text = field.type {
      decodeText(input, field, binding, index, line, into: batch)
      return
    }
    var values = batch.takeIntegers(input.column, count: input.rows.count)
    switch field.type {
    case .text: break
    case .instant:
      let zone = settings.timeZone
      switch binding.instantFormat {
      case .standard:
        var last = LastDay()
        fill(&values, input, field, binding, index, line) { text, _ in
          Instant.parse(text, zone: zone, after: &last)
        }
      case .epoch(let unit):
        fill(&values, input, field, binding, index, line) { text, _ in
          Instant.parseEpoch(text, unit: unit)
        }
      case .pattern(let pattern):
        fill(&values, input, field, binding, index, line) { text, _ in
          pattern.parse(text, zone: zone)
        }
      }
    case .day:
      fill(&values, input, field, binding, index, line) { text, _ in Day.parse(text.trimmed) }
    case .money(let currencyColumn):
      decodeMoney(&values, input, field, binding, currencyColumn, index, line)
    case .rate(let bounds, let unit):
      let unit = binding.rateUnit ?? unit
      fill(&values, input, field, binding, index, line) { text, _ in
        Rate.parse(text, unit: unit, bounds: bounds)
      }
    case .exchangeRate:
      let unit = binding.rateUnit ?? .fraction
      fill(&values, input, field, binding, index, line) { text, _ in
        ExchangeRate.parse(text, unit: unit)
      }
    case .integer(let bounds):
      fill(&values, input, field, binding, index, line) { text, _ in parseInteger(text, in: bounds)
      }
    case .boolean:
      fill(&values, input, field, binding, index, line) { text, _ in parseBoolean(text) }
    case .enumerated(let vocabulary):
      fill(&values, input, field, binding, index, line) { text, _ in
        vocabulary.code(of: text).map(Parsed.value) ?? unknownWord(text)
      }
    case .currency:
      fill(&values, input, field, binding, index, line) { text, _ in
        Currency(text.trimmed).map { .value($0.rawValue) } ?? unknownWord(text)
      }
      currencies[input.column] = values
    }
    batch.putIntegers(values, input.column)
  }

  private mutating func decodeMoney(
    _ values: inout [Int64], _ input: ColumnInput, _ field: Field, _ binding: ColumnBinding,
    _ currencyColumn: String?, _ index: borrowing RecordIndex, _ line: (Int) -> Int
  ) {
    let rowCurrencies = currencyColumn.flatMap { currencies[contract.column($0)] }
    let reporting = settings.currency.digits
    let format = binding.moneyFormat
    fill(&values, input, field, binding, index, line) { text, row in
      // A row whose currency is not known is refused anyway; two decimals decide what else is said
      // of its amount.
      let digits = rowCurrencies.map { Currency(rawValue: $0[row])?.digits ?? 2 } ?? reporting
      guard let format else { return Money.parse(text, digits: digits, minimum: 0) }
      return Money.parse(text, digits: digits, minimum: 0, format: format)
    }
  }

  /// Parses the column's text of every row with `parse`, which gets the text (not empty) and the
  /// row.
  @inline(__always)
  private mutating func fill(
    _ values: inout [Int64], _ input: ColumnInput, _ field: Field, _ binding: ColumnBinding,
    _ index: borrowing RecordIndex, _ line: (Int) -> Int, _ parse: (ByteView, Int) -> Parsed
  ) {
    let first = input.rows.lowerBound
    let column = input.column
    // Parsers read UTF-8: a pound sign of a latin-1 file must become one first.
    let isUTF8 = layout.encoding == .utf8 || index.isASCII
    if case .field(let position) = binding.origin, binding.isPlainField, isUTF8 {
      for row in 0..<values.count {
        let (bytes, isEscaped) = index.field(position, ofRecord: first + row, in: input.chunk)
        // Doubled quotes are never part of a number, date or word, but what is refused must be
        // refused for its type.
        if bytes.isEmpty {
          absent(&values, row, column, field)
        } else if isEscaped {
          let plain = unescape(bytes)
          store(parsed(plain, row, parse), &values, row, column, field)
        } else {
          store(parse(bytes, row), &values, row, column, field)
        }
      }
      return
    }
    for row in 0..<values.count {
      guard let text = mappedText(input, row, binding, index, line) else {
        offences.append(RowOffence(row: row, column: column, offence: .type))
        continue
      }
      if text.isEmpty {
        absent(&values, row, column, field)
      } else {
        store(parsed(text, row, parse), &values, row, column, field)
      }
    }
  }

  @inline(__always)
  private func parsed(_ text: [UInt8], _ row: Int, _ parse: (ByteView, Int) -> Parsed) -> Parsed {
    text.withView { parse($0, row) }
  }

  @inline(__always)
  private mutating func store(
    _ parsed: Parsed, _ values: inout [Int64], _ row: Int, _ column: Int, _ field: Field
  ) {
    switch parsed {
    case .value(let value): values[row] = value
    case .refused(.missing): absent(&values, row, column, field)
    case .refused(let offence):
      values[row] = .absent
      offences.append(RowOffence(row: row, column: column, offence: offence))
    }
  }

  private mutating func absent(_ values: inout [Int64], _ row: Int, _ column: Int, _ field: Field) {
    values[row] = field.valueIfAbsent
    if field.isRequired {
      offences.append(RowOffence(row: row, column: column, offence: .missing))
    }
  }

  /// The text of a column that is mapped: computed, translated or defaulted; nil where arithmetic
  /// meets something that is no number.
  func mappedText(
    _ input: ColumnInput, _ row: Int, _ binding: ColumnBinding,
    _ index: borrowing RecordIndex, _ line: (Int) -> Int
  ) -> [UInt8]? {
    let record = input.rows.lowerBound + row
    var text: [UInt8] = []
    switch binding.origin {
    case .absent: break
    case .field(let position):
      let (bytes, isEscaped) = index.field(position, ofRecord: record, in: input.chunk)
      text = isEscaped ? unescape(bytes) : bytes.bytes
      if layout.encoding == .latin1 { text = text.withView(transcodeLatin1) }
    case .computed(let expression):
      guard
        let value = withFields(of: record, index, input.chunk, line, { expression.value($0) })
      else { return nil }
      text = value
    }
    if let values = binding.values {
      text = text.withView { values.replacement(for: $0) } ?? text
    }
    // Spaces alone are nothing, except where spaces are kept.
    let isText = contract.fields[input.column].type.isText
    let isEmpty = isText ? text.isEmpty : text.withView { $0.trimmed.isEmpty }
    return isEmpty ? binding.defaultText ?? [] : text
  }
}

/// Why a text that is no declared word is refused: spaces alone are an empty value.
private func unknownWord(_ text: ByteView) -> Parsed {
  .refused(text.trimmed.isEmpty ? .missing : .value)
}

/// A whole number with an optional sign; spaces around it are ignored.
func parseInteger(_ text: ByteView, in bounds: ClosedRange<Int64>) -> Parsed {
  let parsed = Money.parse(text, digits: 0)
  let trimmed = text.trimmed
  for index in 0..<trimmed.count where trimmed[index] == 0x2E { return .refused(.type) }
  guard case .value(let value) = parsed else { return parsed }
  return bounds.contains(value) ? parsed : .refused(.range)
}

/// `true/false/t/f/1/0/yes/no` in any case; spaces around it are ignored.
func parseBoolean(_ text: ByteView) -> Parsed {
  guard !text.trimmed.isEmpty else { return .refused(.missing) }
  return booleanWords.code(of: text).map(Parsed.value) ?? .refused(.type)
}

private let booleanWords = Vocabulary(
  ["false", "true"], synonyms: ["false": ["f", "0", "no"], "true": ["t", "1", "yes"]])
