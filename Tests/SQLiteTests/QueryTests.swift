import Engine
import Foundation
import Support
import Testing

@testable import SQLite

@Suite("What an SQLite file alone could be asked")
struct QueryTests {
  private let folder: Folder
  private let warehouse: SQLiteWarehouse

  init() throws {
    folder = try Folder()
    warehouse = try folder.warehouse()
    try warehouse.publish([
      change(weeks, [[0, "v", 5], [7, "v", 10], [14, "w", -5], [21, "w", -10]]),
      change(calls, [["a", 10, 100, "x"]]),
    ])
  }

  @Test(
    "A value that is not of the type is refused with its column and itself",
    arguments: [
      (
        "'12.30'", ColumnType.money,
        "column x: expected money in minor units, found the text '12.30'"
      ),
      ("1e30", .money, "found 1.0e+30"), ("'9 Nov'", .day, "found the text '9 Nov'"),
      ("20260101", .day, "found 20260101"), ("2", .boolean, "expected 0 or 1, found 2"),
      ("1.5", .integer, "expected a whole number, found 1.5"),
      ("x'00ff'", .text, "found a blob of 2 bytes"),
    ])
  func wrongValues(expression: String, type: ColumnType, expected: String) throws {
    let error = try refusal {
      _ = try warehouse.rows("SELECT \(expression) AS x", types: ["x": type])
    }
    #expect(error.message.contains(expected), "\(error.message)")
  }

  @Test(
    "Nothing that could change the database or its settings runs",
    arguments: [
      "ATTACH 'other.sqlite' AS other", "PRAGMA journal_mode = DELETE", "PRAGMA query_only = 0",
      "PRAGMA writable_schema = 1", "VACUUM INTO 'copy.sqlite'", "VACUUM",
      "INSERT INTO weeks VALUES ('2026-01-05', 'x', 1) RETURNING lost", "BEGIN",
    ])
  func onlyReads(sql: String) throws {
    let error = try refusal { _ = try warehouse.rows(sql) }
    #expect(error.kind == .configuration)
    #expect(error.help.contains("a query only reads"))
    #expect(try warehouse.rows("SELECT count(*), sum(lost) FROM weeks") == ["4|0"])
  }

  @Test(
    "The schema cannot be edited, nor code loaded",
    arguments: ["UPDATE sqlite_master SET sql = ''", "SELECT load_extension('x')"])
  func schemaIsSafe(sql: String) throws {
    let error = try refusal { _ = try warehouse.rows(sql) }
    #expect(error.kind == .configuration)
    #expect(try warehouse.rows("SELECT count(*), sum(lost) FROM weeks") == ["4|0"])
  }

  @Test(
    "The schema can be looked at",
    arguments: [
      "PRAGMA table_info(weeks)", "SELECT name FROM pragma_table_info('weeks')",
      "SELECT name FROM sqlite_schema", "EXPLAIN QUERY PLAN SELECT * FROM weeks",
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM n",
    ])
  func schemaIsReadable(sql: String) throws {
    #expect(try warehouse.rows(sql).count >= 1)
  }

  @Test("A parameter without a name is refused, and so is a second statement that is none")
  func mistakes() throws {
    let unnamed = try refusal { _ = try warehouse.rows("SELECT ?") }
    #expect(unnamed.message.contains("parameter 1 of the query has no name"))
    let second = try refusal { _ = try warehouse.rows("SELECT 1; nonsense") }
    #expect(second.message.contains("more than one statement"))
    let column = try refusal { _ = try warehouse.rows("SELECT vendor,\n  lots\nFROM weeks") }
    #expect(column.message.contains("no such column: lots\n  statement:   lots"))
  }

  @Test(
    "money_text takes any amount in minor units",
    arguments: [
      (2, "12345", "123.45"), (2, "-5", "-0.05"), (0, "12345", "12345"), (3, "12345", "12.345"),
      (2, "2.5", "0.03"), (2, "NULL", "NULL"),
    ])
  func moneyText(digits: Int, minor: String, expected: String) throws {
    let folder = try Folder()
    let warehouse = try folder.open(digits: digits)
    #expect(try warehouse.rows("SELECT money_text(\(minor))") == [expected])
  }

  @Test("money_text of text is an error, not zero")
  func moneyTextOfText() throws {
    let error = try refusal { _ = try warehouse.rows("SELECT money_text('abc')") }
    #expect(error.message.contains("money_text expects an amount in minor units"))
  }
}
