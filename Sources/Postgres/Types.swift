import CPostgreSQL
import Engine

/// Types by the OIDs that every server has for them (its pg_type.dat).
enum TypeID {
  static let boolean: Oid = 16
  static let bytea: Oid = 17
  static let name: Oid = 19
  static let int8: Oid = 20
  static let int2: Oid = 21
  static let int4: Oid = 23
  static let text: Oid = 25
  static let oid: Oid = 26
  static let float4: Oid = 700
  static let float8: Oid = 701
  static let unknown: Oid = 705
  static let bpchar: Oid = 1042
  static let varchar: Oid = 1043
  static let date: Oid = 1082
  static let timestamp: Oid = 1114
  static let timestamptz: Oid = 1184
  static let numeric: Oid = 1700
  static let uuid: Oid = 2950
}

/// Days and microseconds from 1970-01-01, where ours begin, to 2000-01-01, where PostgreSQL's do.
enum Epoch {
  static let days: Int32 = 10_957
  static let microseconds: Int64 = 946_684_800_000_000
}

extension Migration {
  /// The types that databases spell differently, as PostgreSQL spells them.
  ///
  /// Money has no fixed scale: amounts are written with the decimals of the reporting currency,
  /// whether it has none, two or four, and stay exact.
  static let postgresTypes = [
    "serial": "BIGSERIAL PRIMARY KEY",
    "integer": "BIGINT",
    "money": "NUMERIC",
    "ratio": "NUMERIC(18,6)",
    "boolean": "BOOLEAN",
    "day": "DATE",
    "instant": "TIMESTAMP",
  ]
}

extension ColumnType {
  /// The type of a staged column.
  var postgresType: String {
    switch self {
    case .text: "TEXT COLLATE \"C\""
    case .integer: "BIGINT"
    case .money: "NUMERIC"
    case .ratio: "NUMERIC(18,6)"
    case .boolean: "BOOLEAN"
    case .day: "DATE"
    case .instant: "TIMESTAMP"
    }
  }
}
