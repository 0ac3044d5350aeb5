import Engine
import Foundation
import Support
import Testing

@testable import SQLite

@Suite("Queries read, and only read")
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

  @Test("Parameters are bound by name, typed ones as the file stores their type")
  func parameters() throws {
    let rows = try warehouse.rows(
      "SELECT vendor, lost FROM weeks WHERE \"week\" BETWEEN :from AND :to AND vendor <> :not",
      ["from": .typed(7, .day), "to": .typed(21, .day), "not": .text("v"), "unused": .null])
    #expect(rows == ["w|-5", "w|-10"])
  }

  @Test(
    "Result columns come in the unit of the type they are said to have",
    arguments: [
      ("sum(lost)", ColumnType.money, "money:0"),
      ("avg(lost) FILTER (WHERE vendor = 'v')", .money, "money:8"),
      ("avg(lost) FILTER (WHERE vendor = 'w')", .money, "money:-8"),
      ("1.0 / 3", .ratio, "ratio:333333"), ("-0.0000005", .ratio, "ratio:-1"),
      ("1", .ratio, "ratio:1000000"), ("max(\"week\")", .day, "day:21"),
      ("'2026-11-09 23:15:00.5'", .instant, "instant:1794266100500000"),
      ("count(*) > 3", .boolean, "boolean:1"), ("count(*)", .integer, "integer:4"),
      ("NULL", .money, "NULL"), ("12", .text, "12"),
    ])
  func types(expression: String, type: ColumnType, expected: String) throws {
    #expect(
      try warehouse.rows("SELECT \(expression) AS x FROM weeks LIMIT 1", types: ["x": type]) == [
        expected
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

  @Test("Names of the result's columns are given, in order")
  func names() throws {
    let names = try warehouse.query("SELECT 1 AS b, 2 AS a", parameters: [:], types: [:]) { _ in }
    #expect(names == ["b", "a"])
  }

  @Test(
    "Nothing that could change the database or its settings runs",
    arguments: [
      "DELETE FROM weeks", "INSERT INTO weeks VALUES ('2026-01-05', 'x', 1) RETURNING lost",
      "WITH a AS (SELECT 1) UPDATE weeks SET lost = 0", "CREATE TABLE x (y)", "DROP TABLE weeks",
      "CREATE TEMP TABLE x AS SELECT 1", "ATTACH 'other.sqlite' AS other", "BEGIN", "COMMIT",
      "PRAGMA journal_mode = DELETE", "PRAGMA query_only = 0", "PRAGMA writable_schema = 1",
      "VACUUM INTO 'copy.sqlite'", "VACUUM", "REINDEX",
      "SAVEPOINT s",
    ])
  func onlyReads(sql: String) throws {
    let error = try refusal { _ = try warehouse.rows(sql) }
    #expect(error.kind == .configuration)
    #expect(error.help.contains("a query only reads"))
    #expect(try warehouse.rows("SELECT count(*), sum(lost) FROM weeks") == ["4|0"])
    #expect(try warehouse.rows("SELECT name FROM sqlite_schema WHERE name = 'x'") == [])
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

  @Test(
    "One statement may end in semicolons, blanks and comments",
    arguments: ["SELECT 1;", "SELECT 1 ; -- done\n", "/* a */ SELECT 1;;  /* b */ ;\n--c"])
  func trailingComments(sql: String) throws {
    #expect(try warehouse.rows(sql) == ["1"])
  }

  @Test(
    "A second statement is refused, whatever it is",
    arguments: ["SELECT 1; SELECT 2", "SELECT 1; DELETE FROM weeks", "SELECT 1; nonsense"])
  func secondStatement(sql: String) throws {
    let error = try refusal { _ = try warehouse.rows(sql) }
    #expect(error.message.contains("more than one statement"))
  }

  @Test(
    "No statement at all is said, not taken for an empty result", arguments: ["", " -- x", ";"])
  func noStatement(sql: String) throws {
    let error = try refusal { _ = try warehouse.rows(sql) }
    #expect(error.message.contains("there is no statement"))
  }

  @Test("A parameter without a value is named beside those there are")
  func missingParameter() throws {
    let error = try refusal {
      _ = try warehouse.rows("SELECT :from, :till", ["from": .integer(1), "to": .integer(2)])
    }
    #expect(error.message.contains(":till has no value"))
    #expect(error.help.contains(":from, :to"))
    let unnamed = try refusal { _ = try warehouse.rows("SELECT ?") }
    #expect(unnamed.message.contains("parameter 1 of the query has no name"))
  }

  @Test("A mistake is shown with the line it is on")
  func mistake() throws {
    let error = try refusal { _ = try warehouse.rows("SELECT vendor,\n  lots\nFROM weeks") }
    #expect(error.message.contains("no such column: lots\n  statement:   lots"))
    #expect(error.kind == .configuration)
  }

  @Test("An error of the row's receiver ends the query and arrives as it is")
  func receiverThrows() throws {
    let error = try refusal {
      try warehouse.query("SELECT * FROM weeks", parameters: [:], types: [:]) {
        _ throws(WarehouseError) in
        throw WarehouseError(.failed, "full", help: "none")
      }
    }
    #expect(error.message == "full")
    try warehouse.publish([change(weeks, [[28, "x", 1]])])
  }

  @Test(
    "money_text shows amounts with the reporting currency's digits",
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
