import Engine

extension PostgresWarehouse {
  /// The published rows of a span, in no particular order; no rows where the span is `.nothing`.
  package func read(
    _ schema: TableSchema, columns: [String], span: Span
  ) throws(WarehouseError) -> Table {
    let selected = schema.selecting(columns)
    if span == .nothing { return Table(empty: selected) }
    let list = selected.columns.map { "p.\(quoted($0.name))::\($0.type.readType)" }
    // COPY takes no parameters; bounds are days or instants, written out here.
    var condition = schema.isWithin(span)
    for (index, bound) in schema.bounds(of: span).enumerated() {
      condition = condition.replacing("$\(index + 1)", with: literal(bound.text ?? ""))
    }
    // One list of each kind per column, of which one stays empty: growing an array inside an enum
    // would copy it.
    var found = (
      integers: [[Int64]](repeating: [], count: selected.columns.count),
      texts: [TextColumn](repeating: TextColumn(), count: selected.columns.count)
    )
    let types = selected.columns.map(\.type)
    try connection.copyOut(
      "COPY (SELECT \(list.joined(separator: ", ")) FROM \(name(schema.name)) AS p "
        + "WHERE \(condition)) TO STDOUT (FORMAT binary)", orError: \.warehouseError, into: &found
    ) { (found, bytes) throws(WarehouseError) in
      var tuple = TupleReader(bytes)
      for (index, type) in types.enumerated() {
        let field = tuple.next()
        if type == .text {
          found.texts[index].append(field ?? .none)
        } else if let field {
          guard let value = value(field, type) else {
            throw WarehouseError(
              .configuration,
              "\(url.masked): \(schema.name).\(columns[index]): expected \(type.expectation), found "
                + "a value that is none",
              help: "correct the row; only nightmill should write to this table")
          }
          found.integers[index].append(value)
        } else {
          found.integers[index].append(.absent)
        }
      }
    }
    return Table(
      schema: selected,
      columns: types.indices.map {
        types[$0] == .text ? .texts(found.texts[$0]) : .integers(found.integers[$0])
      })
  }

  /// A value of COPY's binary form; nil if it is not of its type.
  private func value(_ bytes: ByteView, _ type: ColumnType) -> Int64? {
    switch type {
    case .text: nil
    case .integer: bytes.bigEndian64(0)
    case .money, .ratio:
      if case .exact(let value) = Numeric.scaled(bytes, scale: type == .money ? moneyDigits : 6) {
        value
      } else {
        nil
      }
    case .boolean: bytes.isEmpty ? nil : Int64(bytes[0])
    case .day: BinaryTime.day(bytes)
    case .instant: BinaryTime.instant(bytes)
    }
  }
}

/// Days and instants in binary form.
enum BinaryTime {
  /// Days since 1970-01-01, nil outside the years 0001 to 9999.
  @inline(__always)
  static func day(_ bytes: ByteView) -> Int64? {
    let (day, overflows) = bytes.bigEndian32(0).addingReportingOverflow(Epoch.days)
    return overflows || day < Day.first.number || day > Day.last.number ? nil : Int64(day)
  }

  /// Microseconds since 1970-01-01T00:00:00Z, nil outside the years 0001 to 9999.
  @inline(__always)
  static func instant(_ bytes: ByteView) -> Int64? {
    let (instant, overflows) = bytes.bigEndian64(0).addingReportingOverflow(Epoch.microseconds)
    return overflows || instant < Instant.first || instant > Instant.last ? nil : instant
  }
}

extension ColumnType {
  /// The type a column is read as, so that its binary form is known.
  fileprivate var readType: String {
    switch self {
    case .text: "text"
    case .integer: "bigint"
    case .money, .ratio: "numeric"
    case .boolean: "boolean"
    case .day: "date"
    case .instant: "timestamp"
    }
  }

  /// What a value of the type must be, for messages.
  var expectation: String {
    switch self {
    case .text: "text"
    case .integer: "a whole number"
    case .money: "an amount of the reporting currency"
    case .day: "a day"
    case .instant: "an instant"
    case .boolean: "true or false"
    case .ratio: "a number within 64 bits of millionths"
    }
  }
}
