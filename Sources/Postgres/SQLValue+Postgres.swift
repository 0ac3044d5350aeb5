import CPostgreSQL
import Engine

extension Connection.Parameter {
  /// A value with the type that comparisons need; the type of texts and NULL is left to the server,
  /// so that a text may be compared with a date.
  init(_ value: SQLValue, moneyDigits: Int) {
    switch value {
    case .null: self.init(nil)
    case .integer(let value): self.init(String(value), type: TypeID.int8)
    case .real(let value): self.init(String(value), type: TypeID.float8)
    case .text(let text): self.init(text.replacing("\0", with: "\u{2400}"))
    case .typed(.absent, let type): self.init(nil, type: type.parameterType)
    case .typed(let value, let type):
      self.init(type.text(value, moneyDigits: moneyDigits), type: type.parameterType)
    }
  }
}

extension ColumnType {
  fileprivate var parameterType: Oid {
    switch self {
    case .text: TypeID.text
    case .integer: TypeID.int8
    case .money, .ratio: TypeID.numeric
    case .boolean: TypeID.boolean
    case .day: TypeID.date
    case .instant: TypeID.timestamp
    }
  }

  /// A value as PostgreSQL reads it.
  fileprivate func text(_ value: Int64, moneyDigits: Int) -> String {
    var bytes: [UInt8] = []
    switch self {
    case .text, .integer: return String(value)
    case .boolean: return value == 0 ? "f" : "t"
    case .money: Money.append(value, digits: moneyDigits, to: &bytes)
    case .ratio: Money.append(value, digits: 6, to: &bytes)
    case .day:
      // A day before the year 1 or after 9999 is outside of every table: the nearest one finds the
      // same rows.
      let number = min(max(value, Int64(Day.first.number)), Int64(Day.last.number))
      return Day(number: Int32(number)).text
    case .instant:
      Instant.appendWarehouse(min(max(value, Instant.first), Instant.last), to: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// How the columns of a query's result are read.
struct TypesOfRow {
  private let wanted: [String: ColumnType]
  private(set) var names: [String] = []
  private var columns: [(wanted: ColumnType?, type: Oid, isRatio: Bool)] = []

  init(_ wanted: [String: ColumnType]) { self.wanted = wanted }

  /// Takes names and types from a result.
  mutating func read(_ result: QueryResult) {
    names = (0..<result.columnCount).map { result.name($0) }
    columns = names.enumerated().map { index, name in
      // The modifier of numeric(18,6), as ratios are kept: precision and scale, and 4 more.
      let isRatio = PQfmod(result.handle, Int32(index)) == (18 << 16 | 6) + 4
      return (wanted[name], result.type(index), isRatio)
    }
  }

  /// The values of a result's only row, each in the unit of its type if it has one.
  func values(
    of result: QueryResult, moneyDigits: Int
  ) throws(WarehouseError) -> [SQLValue] {
    var values: [SQLValue] = []
    values.reserveCapacity(columns.count)
    for (index, column) in columns.enumerated() {
      if result.isNull(0, index) {
        values.append(.null)
        continue
      }
      let bytes = result.bytes(0, index)
      switch column.wanted {
      case .text: values.append(.text(bytes.text))
      case let wanted?:
        guard let value = wanted.value(bytes, column.type, moneyDigits: moneyDigits) else {
          throw WarehouseError(
            .configuration,
            "column \(names[index]): expected \(wanted.expectation), found '\(bytes.text.prefix(80))'",
            help: "correct the expression, or the type that the column is declared to have")
        }
        values.append(.typed(value, wanted))
      case nil: values.append(Self.natural(bytes, column.type, isRatio: column.isRatio))
      }
    }
    return values
  }

  /// A value as the database gives it. Sums of whole numbers, which are numeric, are whole numbers;
  /// instants and ratios are written as in the other kind of warehouse.
  private static func natural(_ bytes: ByteView, _ type: Oid, isRatio: Bool) -> SQLValue {
    let text = bytes.text
    switch type {
    case TypeID.numeric where isRatio: return Double(text).map { .real($0) } ?? .text(text)
    case TypeID.int2, TypeID.int4, TypeID.int8, TypeID.oid, TypeID.numeric:
      return Int64(text).map { .integer($0) } ?? .text(text)
    case TypeID.timestamp:
      guard let instant = Instant.parse(bytes, zone: .utc).value else { return .text(text) }
      var written: [UInt8] = []
      Instant.appendWarehouse(instant, to: &written)
      return .text(String(decoding: written, as: UTF8.self))
    case TypeID.float4, TypeID.float8: return Double(text).map { .real($0) } ?? .text(text)
    case TypeID.boolean: return .typed(text == "t" ? 1 : 0, .boolean)
    default: return .text(text)
    }
  }
}

extension ColumnType {
  /// A value in text form in the unit of this type; nil if it is not of it.
  ///
  /// Amounts and ratios are rounded half away from zero, as the mean of amounts must be.
  fileprivate func value(_ bytes: ByteView, _ type: Oid, moneyDigits: Int) -> Int64? {
    switch self {
    case .text: nil
    case .integer:
      if case .exact(let value) = Numeric.scaled(bytes.text, scale: 0), type != TypeID.text {
        value
      } else {
        nil
      }
    case .money: type == TypeID.text ? nil : Numeric.scaled(bytes.text, scale: moneyDigits).value
    case .ratio: type == TypeID.text ? nil : Numeric.scaled(bytes.text, scale: 6).value
    case .boolean:
      switch bytes.text {
      case "t", "1": 1
      case "f", "0": 0
      default: nil
      }
    case .day: Day.parse(bytes).value
    case .instant: Instant.parse(bytes, zone: .utc).value
    }
  }
}
