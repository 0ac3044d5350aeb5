import Engine
import Foundation
import Testing

@testable import SQLite

/// A folder of its own for a test, removed when the test is done.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "nightmill-sqlite-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var file: String { path + "/w.sqlite" }

  func open(digits: Int = 2, readOnly: Bool = false) throws -> SQLiteWarehouse {
    try SQLiteWarehouse(path: file, moneyDigits: digits, readOnly: readOnly, patience: 100)
  }

  /// A warehouse with the tables that the tests here write.
  func warehouse(digits: Int = 2) throws -> SQLiteWarehouse {
    let warehouse = try open(digits: digits)
    try warehouse.migrate([testTables])
    return warehouse
  }
}

let testTables = Migration(
  number: 1, name: "001-test.sql",
  sql: """
    CREATE TABLE calls (
      id {{serial}}, call_id text NOT NULL UNIQUE, "at" {{instant}} NOT NULL,
      lost {{money}} NOT NULL, note text);
    CREATE TABLE every_type (
      name text NOT NULL UNIQUE, "text" text, "integer" {{integer}}, "money" {{money}},
      "day" {{day}}, "instant" {{instant}}, "boolean" {{boolean}}, "ratio" {{ratio}});
    CREATE TABLE weeks (
      "week" {{day}} NOT NULL, vendor text NOT NULL, lost {{money}} NOT NULL,
      UNIQUE ("week", vendor));
    """)

/// A table with a serial `id` that is not among the stage's columns.
let calls = TableSchema(
  name: "calls", summary: "", key: ["call_id"], timeColumn: "at",
  columns: [
    ColumnSchema("call_id", .text), ColumnSchema("at", .instant), ColumnSchema("lost", .money),
    ColumnSchema("note", .text, nullable: true),
  ])

let weeks = TableSchema(
  name: "weeks", summary: "", key: ["week", "vendor"], timeColumn: "week",
  columns: [
    ColumnSchema("week", .day), ColumnSchema("vendor", .text), ColumnSchema("lost", .money),
  ])

let everyType = TableSchema(
  name: "every_type", summary: "", key: ["name"],
  columns: [
    ColumnSchema("name", .text), ColumnSchema("text", .text, nullable: true),
    ColumnSchema("integer", .integer, nullable: true),
    ColumnSchema("money", .money, nullable: true), ColumnSchema("day", .day, nullable: true),
    ColumnSchema("instant", .instant, nullable: true),
    ColumnSchema("boolean", .boolean, nullable: true),
    ColumnSchema("ratio", .ratio, nullable: true),
  ])

/// A cell of a row written by hand.
enum Cell: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
  case number(Int64)
  case text(String)
  case none
  init(integerLiteral value: Int64) { self = .number(value) }
  init(stringLiteral value: String) { self = .text(value) }
  init(nilLiteral: ()) { self = .none }
}

func table(_ schema: TableSchema, _ rows: [[Cell]]) -> Table {
  var table = Table(empty: schema)
  for (index, column) in schema.columns.enumerated() {
    if column.type == .text {
      var texts = TextColumn()
      for row in rows {
        if case .text(let text) = row[index] { texts.append(text) } else { texts.append(nil) }
      }
      table.columns[index] = .texts(texts)
    } else {
      table.columns[index] = .integers(
        rows.map { if case .number(let value) = $0[index] { value } else { .absent } })
    }
  }
  return table
}

func change(
  _ schema: TableSchema, _ rows: [[Cell]], replaces: Engine.Span = .nothing,
  restated: [[Cell]] = [], retired: [[Cell]] = []
) -> TableChange {
  TableChange(
    rows: table(schema, rows), replaces: replaces, restated: table(schema, restated),
    retired: table(schema.selecting(schema.key), retired))
}

extension SQLiteWarehouse {
  /// Every row of a statement, its values written out and joined by `|`.
  func rows(
    _ sql: String, _ parameters: [String: SQLValue] = [:], types: [String: ColumnType] = [:]
  ) throws -> [String] {
    var rows: [String] = []
    try query(sql, parameters: parameters, types: types) { values in
      rows.append(
        values.map { value in
          switch value {
          case .null: "NULL"
          case .integer(let value): "\(value)"
          case .real(let value): "\(value)"
          case .text(let value): value
          case .typed(let value, let type): "\(type):\(value)"
          }
        }.joined(separator: "|"))
    }
    return rows
  }
}

/// The error that `body` throws, for its kind and words.
func refusal(_ body: () throws -> Void) throws -> WarehouseError {
  try #require(throws: WarehouseError.self) { try body() }
}
