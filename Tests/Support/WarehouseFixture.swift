import Engine

package let testTables = Migration(
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
package let calls = TableSchema(
  name: "calls", summary: "", key: ["call_id"], timeColumn: "at",
  columns: [
    ColumnSchema("call_id", .text), ColumnSchema("at", .instant), ColumnSchema("lost", .money),
    ColumnSchema("note", .text, nullable: true),
  ])

package let weeks = TableSchema(
  name: "weeks", summary: "", key: ["week", "vendor"], timeColumn: "week",
  columns: [
    ColumnSchema("week", .day), ColumnSchema("vendor", .text), ColumnSchema("lost", .money),
  ])

package let everyType = TableSchema(
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
package enum RowCell: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByNilLiteral
{
  case number(Int64)
  case text(String)
  case none
  package init(integerLiteral value: Int64) { self = .number(value) }
  package init(stringLiteral value: String) { self = .text(value) }
  package init(nilLiteral: ()) { self = .none }
}

package func table(_ schema: TableSchema, _ rows: [[RowCell]]) -> Table {
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

package func change(
  _ schema: TableSchema, _ rows: [[RowCell]], replaces: Engine.Span = .nothing,
  restated: [[RowCell]] = [], retired: [[RowCell]] = []
) -> TableChange {
  TableChange(
    rows: table(schema, rows), replaces: replaces, restated: table(schema, restated),
    retired: table(schema.selecting(schema.key), retired))
}

extension Warehouse {
  /// Every row of a statement, its values written out and joined by `|`.
  package func rows(
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
package func refusal(_ body: () throws -> Void) throws -> WarehouseError {
  do { try body() } catch let error as WarehouseError { return error }
  throw NotRefused()
}

/// A warehouse did what it should have refused.
package struct NotRefused: Error {
  package init() {}
}
