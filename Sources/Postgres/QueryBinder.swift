import CPostgreSQL
import Engine

/// Decides how each column of a contract is read from a query's columns.
struct QueryBinder {
  let contract: Contract
  /// The query's file, for messages.
  let file: String
  /// The zone of timestamps without one.
  let timeZone: TimeZone
  /// The column by whose ranges the result may be read in parts.
  let splitBy: String?

  /// The binding of a query that gives some columns; everything that does not fit is one error.
  func bind(
    _ found: [(name: String, type: Oid)], _ sql: String
  ) throws(PostgresError) -> QuerySnapshot.Binding {
    var columns: [TypedColumn?] = []
    var selected: [String] = []
    var casts: [String] = []
    var problems: [String] = []
    for field in contract.fields {
      let matching = found.filter { $0.name == field.name }
      guard let column = matching.first else {
        columns.append(nil)
        if field.isRequired {
          problems.append("no column \(field.name), which must be there")
        }
        continue
      }
      if matching.count > 1 { problems.append("column \(field.name) stands twice") }
      guard let form = form(of: field.type, from: column.type) else {
        columns.append(nil)
        problems.append(
          "column \(field.name): expected \(field.type.acceptedTypes), found \(Self.name(column.type))"
        )
        continue
      }
      columns.append(TypedColumn(place: selected.count, parse: form.parse))
      casts.append(form.cast)
      selected.append("q.\(quoted(field.name))::\(form.cast)")
    }
    var split: SplitColumn?
    if let splitBy {
      let type = found.first { $0.name == splitBy }?.type
      split = type.flatMap { SplitColumn(name: splitBy, type: $0) }
      if split == nil {
        let what = type.map { ", found \(Self.name($0))" } ?? ", and the query gives none"
        // UUIDs are often kept so.
        let isText = type.map { Self.texts.contains($0) } ?? false
        let advice = isText ? "; if all its texts are UUIDs, name \(splitBy)::uuid AS part" : ""
        problems.append(
          "split_by \(splitBy): expected \(SplitColumn.acceptedTypes)\(what)\(advice)")
      }
    }
    if !problems.isEmpty {
      throw PostgresError(
        .configuration,
        "\(file): the query does not fit the source \(contract.source):"
          + problems.map { "\n  \($0)" }.joined()
          + "\n  it gives \(found.map(\.name).joined(separator: ", "))",
        help: "name columns with AS and cast them (amount::numeric) in the query")
    }
    let names = Set(contract.fields.map(\.name) + [splitBy].compactMap(\.self))
    var text = trimmed(sql)
    while text.last == ";" {
      text.removeLast()
      text = trimmed(text)
    }
    return QuerySnapshot.Binding(
      selected: selected.joined(separator: ", "), query: "(\n\(text)\n) AS q", split: split,
      columns: columns, fieldCount: selected.count, casts: casts,
      extraColumns: Set(found.map(\.name)).subtracting(names).sorted())
  }

  /// The type a column is read in, and how.
  private typealias Form = (
    cast: String, parse: @Sendable (_ bytes: ByteView, _ digits: Int) -> Parsed
  )

  private static let whole: Set<Oid> = [TypeID.int2, TypeID.int4, TypeID.int8]
  private static let texts: Set<Oid> = [
    TypeID.text, TypeID.varchar, TypeID.bpchar, TypeID.name, TypeID.unknown,
  ]

  /// nil where values of the type cannot be taken for the field's without a guess.
  private func form(of field: FieldType, from type: Oid) -> Form? {
    let zone = timeZone
    let asText: Form = ("text", { field.parse($0, zone: zone, digits: $1) })
    if Self.texts.contains(type) { return asText }
    switch field {
    case .text: return type == TypeID.bytea ? nil : asText
    // Words of an enum type, which has an OID of its own.
    case .enumerated, .currency: return type >= Self.firstOwnType ? asText : nil
    case .instant:
      switch type {
      case TypeID.timestamptz: return ("timestamptz", { bytes, _ in Self.instant(bytes) })
      case TypeID.timestamp where timeZone.name == "UTC":
        return ("timestamp", { bytes, _ in Self.instant(bytes) })
      case TypeID.timestamp, TypeID.date: return asText
      default: return nil
      }
    case .day:
      return type == TypeID.date
        ? ("date", { bytes, _ in BinaryTime.day(bytes).map(Parsed.value) ?? .refused(.range) })
        : nil
    case .boolean:
      return type == TypeID.boolean ? ("boolean", { bytes, _ in .value(Int64(bytes[0])) }) : nil
    case .integer(let bounds):
      if Self.whole.contains(type) {
        return (
          "bigint",
          { bytes, _ in
            let value = bytes.bigEndian64(0)
            return bounds.contains(value) && value != .absent ? .value(value) : .refused(.range)
          }
        )
      }
      return type == TypeID.numeric
        ? ("numeric", { bytes, _ in Self.scaled(bytes, 0, bounds, inexact: .type) }) : nil
    case .money:
      return Self.whole.contains(type) || type == TypeID.numeric
        ? (
          "numeric",
          { bytes, digits in Self.scaled(bytes, digits, 0...Int64.max, inexact: .precision) }
        )
        : nil
    case .exchangeRate:
      return Self.whole.contains(type) || type == TypeID.numeric ? asText : nil
    case .rate(let bounds, let unit):
      guard Self.whole.contains(type) || type == TypeID.numeric else { return nil }
      let range = bounds.minimum.scaled...bounds.maximum.scaled
      let scale = unit == .fraction ? 12 : 10
      return (
        "numeric", { bytes, _ in Self.scaled(bytes, scale, range, inexact: .precision) }
      )
    }
  }

  /// The first OID that servers give to types which are made on them.
  private static let firstOwnType: Oid = 16_384

  private static func instant(_ bytes: ByteView) -> Parsed {
    BinaryTime.instant(bytes).map(Parsed.value) ?? .refused(.range)
  }

  private static func scaled(
    _ bytes: ByteView, _ scale: Int, _ range: ClosedRange<Int64>, inexact: Offence
  ) -> Parsed {
    switch Numeric.scaled(bytes, scale: scale) {
    case .exact(let value): range.contains(value) ? .value(value) : .refused(.range)
    case .rounded: .refused(inexact)
    case .none: .refused(.range)
    }
  }

  /// A type's name for messages.
  private static func name(_ type: Oid) -> String {
    switch type {
    case TypeID.boolean: "boolean"
    case TypeID.int2, TypeID.int4, TypeID.int8: "an integer"
    case TypeID.float4, TypeID.float8: "a floating-point number, which is not exact"
    case TypeID.numeric: "numeric"
    case TypeID.text, TypeID.varchar, TypeID.bpchar: "text"
    case TypeID.date: "date"
    case TypeID.timestamp: "timestamp"
    case TypeID.timestamptz: "timestamptz"
    case TypeID.uuid: "uuid"
    case TypeID.bytea: "bytea"
    default: "the type with OID \(type)"
    }
  }
}

extension FieldType {
  /// The types of PostgreSQL that the field may be read from.
  fileprivate var acceptedTypes: String {
    switch self {
    case .text: "text or a type that is written as one"
    case .instant: "timestamptz, timestamp, date or text"
    case .day: "date or text"
    case .money: "numeric, an integer (of whole units) or text"
    case .rate, .exchangeRate: "numeric, an integer or text"
    case .integer: "an integer, numeric or text"
    case .boolean: "boolean or text"
    case .enumerated, .currency: "text or an enum"
    }
  }
}
