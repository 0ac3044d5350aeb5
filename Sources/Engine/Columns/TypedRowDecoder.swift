// Rows of a database, whose values have types of their own, become batches here as records of a CSV
// file do in `RecordDecoder`: column by column, checked against the contract, a row's first offence
// in the contract's order refusing it.

/// A column of rows that a database gives.
package struct TypedColumn: Sendable {
  /// Its place among the fields of a row.
  package let place: Int
  /// Reads a value that is there; `digits` are those of the row's currency. Unused for text.
  package let parse: @Sendable (_ bytes: ByteView, _ digits: Int) -> Parsed

  /// A column at a place.
  package init(
    place: Int, parse: @escaping @Sendable (_ bytes: ByteView, _ digits: Int) -> Parsed
  ) {
    self.place = place
    self.parse = parse
  }
}

/// Some rows as they came: where each of their fields lies.
package struct TypedRows {
  /// The number of the first row, from 1.
  package var firstRow = 1
  /// How many fields a row has.
  package var fieldCount = 0
  /// The offset of each field in the bytes, row by row.
  package var offsets: [UInt32] = []
  /// The length of each field, −1 for NULL.
  package var lengths: [Int32] = []
  /// The offset behind each row.
  package var ends: [UInt32] = []

  /// No rows.
  package init() {}
}

/// Decodes rows of a database into batches. One per worker.
package struct TypedRowDecoder {
  private let contract: Contract
  private let currency: Currency
  private let columns: [TypedColumn?]
  private let order: [Int]
  private var offences: [RowOffence] = []

  /// A decoder; `columns` has one entry for each of the contract's, nil where the rows lack it.
  package init(contract: Contract, currency: Currency, columns: [TypedColumn?]) {
    self.contract = contract
    self.currency = currency
    self.columns = columns
    let all = contract.fields.indices
    order =
      all.filter { contract.fields[$0].isCurrency } + all.filter { !contract.fields[$0].isCurrency }
  }

  /// Decodes rows into `batch`, replacing what it held; the bytes must live as long as it is used.
  /// - Returns: The refused rows by their place among these, each with its first offence.
  package mutating func decode(
    _ rows: TypedRows, of bytes: ByteView, into batch: Batch
  ) -> [RowOffence] {
    let count = rows.ends.count
    batch.begin(rowCount: count, chunk: bytes)
    offences = []
    var currencies: [Int: [Int64]] = [:]
    for column in order {
      let field = contract.fields[column]
      if field.type.isText {
        decodeText(rows, column, field, into: batch)
        continue
      }
      var digits: [Int64]?
      if case .money(let name) = field.type {
        digits = name.flatMap { currencies[contract.column($0)] }
      }
      var values = batch.takeIntegers(column, count: count)
      decode(rows, of: bytes, column, field, currencies: digits, into: &values)
      if field.isCurrency { currencies[column] = values }
      batch.putIntegers(values, column)
    }
    addIdentity(rows, bytes, to: batch)
    offences.sort { ($0.row, $0.column) < ($1.row, $1.column) }
    var first: [RowOffence] = []
    for offence in offences where first.last?.row != offence.row { first.append(offence) }
    if !first.isEmpty { batch.drop(first.map(\.row)) }
    return first
  }

  private mutating func decode(
    _ rows: TypedRows, of bytes: ByteView, _ column: Int, _ field: Field, currencies: [Int64]?,
    into values: inout [Int64]
  ) {
    guard let source = columns[column] else {
      for row in values.indices {
        values[row] = field.valueIfAbsent
        if field.isRequired {
          offences.append(RowOffence(row: row, column: column, offence: .missing))
        }
      }
      return
    }
    let reporting = currency.digits
    let parse = source.parse
    let (isRequired, valueIfAbsent) = (field.isRequired, field.valueIfAbsent)
    let fieldCount = rows.fieldCount
    for row in 0..<values.count {
      let index = row * fieldCount + source.place
      let length = Int(rows.lengths[index])
      var parsed = Parsed.refused(.missing)
      if length >= 0 {
        let start = Int(rows.offsets[index])
        let digits = currencies.map { Currency(rawValue: $0[row])?.digits ?? 2 } ?? reporting
        parsed = parse(bytes.slice(start..<(start + length)), digits)
      }
      switch parsed {
      case .value(let value): values[row] = value
      case .refused(.missing) where !isRequired: values[row] = valueIfAbsent
      case .refused(let offence):
        values[row] = .absent
        offences.append(RowOffence(row: row, column: column, offence: offence))
      }
    }
  }

  private mutating func decodeText(
    _ rows: TypedRows, _ column: Int, _ field: Field, into batch: Batch
  ) {
    let count = rows.ends.count
    guard let source = columns[column] else { return batch.putEmptyTexts(column, count: count) }
    var slices = batch.takeTexts(column, count: count)
    for row in 0..<count {
      let index = row * rows.fieldCount + source.place
      let length = max(0, rows.lengths[index])
      slices.offsets[row] = rows.offsets[index]
      slices.lengths[row] = UInt32(length)
      if length == 0, field.isRequired {
        offences.append(RowOffence(row: row, column: column, offence: .missing))
      }
    }
    batch.putTexts(slices, column)
  }

  /// Adds what identifies each row: its number, the hash of its key and the hash of all it says.
  private func addIdentity(_ rows: TypedRows, _ bytes: ByteView, to batch: Batch) {
    let count = rows.ends.count
    var start = 0
    batch.positions = (0..<count).map { rows.firstRow + $0 }
    batch.recordHashes = rows.ends.map { end in
      defer { start = Int(end) }
      return hash(bytes.slice(start..<Int(end)))
    }
    batch.keyHashes = batch.keyHashes(of: contract, count: count)
  }
}

extension Batch {
  /// The hash of each row's primary key.
  func keyHashes(of contract: Contract, count: Int) -> [UInt64] {
    var keys = [UInt64](repeating: 0, count: count)
    for column in contract.key {
      if contract.fields[column].type.isText {
        let texts = text(column)
        for row in 0..<count { keys[row] = mix(keys[row], hash(texts[row])) }
      } else {
        let values = integers[column]
        for row in 0..<count { keys[row] = mix(keys[row], UInt64(bitPattern: values[row])) }
      }
    }
    return keys
  }
}

extension FieldType {
  /// Reads a value written as text the way the data contract says; `zone` is that of instants
  /// without an offset, `digits` those of the currency.
  package func parse(_ text: ByteView, zone: TimeZone, digits: Int) -> Parsed {
    if text.trimmed.isEmpty { return .refused(.missing) }
    switch self {
    case .text: return .refused(.type)
    case .instant: return Instant.parse(text, zone: zone)
    case .day: return Day.parse(text.trimmed)
    case .money: return Money.parse(text, digits: digits, minimum: 0)
    case .rate(let bounds, let unit): return Rate.parse(text, unit: unit, bounds: bounds)
    case .exchangeRate: return ExchangeRate.parse(text)
    case .integer(let bounds): return parseInteger(text, in: bounds)
    case .boolean: return parseBoolean(text)
    case .enumerated(let vocabulary):
      return vocabulary.code(of: text).map(Parsed.value) ?? .refused(.value)
    case .currency: return Currency(text).map { .value($0.rawValue) } ?? .refused(.value)
    }
  }
}
