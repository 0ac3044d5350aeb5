import Engine
import Support
import Testing

@Suite("Queries read, and only read, in both databases")
struct QueryTests {
  @Test("Parameters are bound by name, each as often as it stands", arguments: Database.allCases)
  func parameters(database: Database) throws {
    let rows = try Asked(database).warehouse.rows(
      "SELECT vendor, lost FROM weeks WHERE \"week\" BETWEEN :from AND :to AND vendor <> :not "
        + "AND :to IS NOT NULL AND ':from' <> vendor -- :nobody",
      ["from": .typed(7, .day), "to": .typed(21, .day), "not": .text("v"), "unused": .null],
      types: ["lost": .money])
    #expect(rows == ["w|money:-5", "w|money:-10"])
  }

  @Test(
    "Result columns come in the unit of the type they are said to have",
    arguments: Database.allCases,
    [
      ("sum(lost)", ColumnType.money, "money:0"),
      ("avg(lost) FILTER (WHERE vendor = 'v')", .money, "money:8"),
      ("avg(lost) FILTER (WHERE vendor = 'w')", .money, "money:-8"),
      ("1.0 / 3", .ratio, "ratio:333333"), ("-0.0000005", .ratio, "ratio:-1"),
      ("1", .ratio, "ratio:1000000"), ("max(\"week\")", .day, "day:21"),
      ("'2026-11-09 23:15:00.5'", .instant, "instant:1794266100500000"),
      ("count(*) > 3", .boolean, "boolean:1"), ("count(*)", .integer, "integer:4"),
      ("NULL", .money, "NULL"), ("12", .text, "12"),
    ])
  func types(database: Database, column: (sql: String, type: ColumnType, expected: String)) throws {
    let rows = try Asked(database).warehouse.rows(
      "SELECT \(column.sql) AS x FROM weeks LIMIT 1", types: ["x": column.type])
    #expect(rows == [column.expected])
  }

  @Test(
    "Instants and ratios without a type are written alike", arguments: Database.allCases)
  func untypedColumns(database: Database) throws {
    let warehouse = try Asked(database).warehouse
    let row: [RowCell] = ["r", nil, nil, nil, nil, 1_500_000, nil, 250_000]
    try warehouse.publish([change(everyType, [row])])
    #expect(
      try warehouse.rows("SELECT instant, ratio, ratio AS again FROM every_type") == [
        "1970-01-01 00:00:01.500000|0.25|0.25"
      ])
  }

  @Test("Names of the result's columns are given, in order", arguments: Database.allCases)
  func names(database: Database) throws {
    let warehouse = try Asked(database).warehouse
    let names = try warehouse.query("SELECT 1 AS b, 2 AS a", parameters: [:], types: [:]) { _ in }
    #expect(names == ["b", "a"])
    #expect(try warehouse.columns(of: "SELECT vendor AS a, :x AS b FROM weeks") == ["a", "b"])
  }

  @Test(
    "Nothing that writes gets through", arguments: Database.allCases,
    [
      "DELETE FROM weeks", "INSERT INTO weeks VALUES ('2026-01-05', 'x', 1) RETURNING lost",
      "WITH a AS (SELECT 1) UPDATE weeks SET lost = 0", "CREATE TABLE x (y integer)",
      "CREATE TEMP TABLE x AS SELECT 1", "DROP TABLE weeks", "BEGIN", "COMMIT", "VACUUM",
      "SAVEPOINT s", "REINDEX", "SELECT 1; DELETE FROM weeks",
    ])
  func onlyReads(database: Database, sql: String) throws {
    let asked = try Asked(database)
    let error = try refusal { _ = try asked.warehouse.rows(sql) }
    #expect(error.kind == .configuration)
    #expect(try asked.isUntouched())
  }

  @Test(
    "One statement may end in semicolons, blanks and comments", arguments: Database.allCases)
  func trailingComments(database: Database) throws {
    let warehouse = try Asked(database).warehouse
    for sql in ["SELECT 1;", "SELECT 1 ; -- done\n", "/* a */ SELECT 1;;  /* b */ ;\n--c"] {
      #expect(try warehouse.rows(sql) == ["1"], "\(sql)")
    }
  }

  @Test("A second statement is refused, whatever it is", arguments: Database.allCases)
  func secondStatement(database: Database) throws {
    let warehouse = try Asked(database).warehouse
    for sql in ["SELECT 1; SELECT 2", "SELECT 1; DELETE FROM weeks"] {
      let error = try refusal { _ = try warehouse.rows(sql) }
      #expect(error.message.contains("more than one statement"), "\(error.message)")
    }
  }

  @Test("No statement at all is said, not taken for an empty result", arguments: Database.allCases)
  func noStatement(database: Database) throws {
    let warehouse = try Asked(database).warehouse
    for sql in ["", " -- x", ";"] {
      let error = try refusal { _ = try warehouse.rows(sql) }
      #expect(error.message.contains("there is no statement"), "\(error.message)")
    }
  }

  @Test("A parameter without a value is named beside those there are", arguments: Database.allCases)
  func missingParameter(database: Database) throws {
    let error = try refusal {
      _ = try Asked(database).warehouse.rows(
        "SELECT :from, :till", ["from": .integer(1), "to": .integer(2)])
    }
    #expect(error.message.contains(":till has no value"))
    #expect(error.help.contains(":from, :to"))
  }

  @Test(
    "A mistake is shown with its line, and the next query is answered", arguments: Database.allCases
  )
  func mistake(database: Database) throws {
    let warehouse = try Asked(database).warehouse
    let error = try refusal { _ = try warehouse.rows("SELECT vendor,\n  lots\nFROM weeks") }
    #expect(error.message.contains("\n  statement:   lots"), "\(error.message)")
    #expect(error.kind == .configuration)
    #expect(try warehouse.rows("SELECT count(*) FROM weeks") == ["4"])
  }

  @Test(
    "An error of the row's receiver ends the query and arrives as it is",
    arguments: Database.allCases)
  func receiverThrows(database: Database) throws {
    let warehouse = try Asked(database).warehouse
    let many =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n"
    let error = try refusal {
      try warehouse.query(many, parameters: [:], types: [:]) { _ throws(WarehouseError) in
        throw WarehouseError(.failed, "full", help: "none")
      }
    }
    #expect(error.message == "full")
    try warehouse.publish([change(weeks, [[28, "x", 1]])])
  }

  @Test(
    "An audit may query and fail to, and still writes nothing by it", arguments: Database.allCases)
  func insidePublication(database: Database) throws {
    let warehouse = try Asked(database).warehouse
    try warehouse.publish([change(weeks, [[28, "x", 1]])]) { () throws(WarehouseError) in
      #expect(throws: WarehouseError.self) { try warehouse.rows("SELECT nope FROM weeks") }
      #expect(throws: WarehouseError.self) {
        try warehouse.rows("WITH d AS (DELETE FROM weeks RETURNING 1) SELECT * FROM d")
      }
      var count: [SQLValue] = []
      try warehouse.query("SELECT count(*) FROM weeks", parameters: [:], types: [:]) {
        row throws(WarehouseError) in count = row
      }
      #expect(count == [.integer(5)])
      return .publish(also: [])
    }
    #expect(try warehouse.rows("SELECT count(*) FROM weeks") == ["5"])
  }

  @Test(
    "A snapshot sees one publication, whatever is published meanwhile",
    arguments: Database.allCases)
  func snapshot(database: Database) throws {
    let asked = try Asked(database)
    let other = try asked.home.open()
    let reader = try asked.home.open(readOnly: true)
    try reader.snapshot { () throws(WarehouseError) in
      var counts: [[SQLValue]] = []
      func count() throws(WarehouseError) {
        try reader.query("SELECT count(*) FROM weeks", parameters: [:], types: [:]) {
          row throws(WarehouseError) in counts.append(row)
        }
      }
      try count()
      try other.publish([change(weeks, [], replaces: .everything)])
      try count()
      #expect(counts == [[.integer(4)], [.integer(4)]])
    }
  }

  @Test(
    "money_text shows amounts with the reporting currency's digits", arguments: Database.allCases,
    [(2, "123.45"), (0, "12345"), (3, "12.345")])
  func moneyText(database: Database, shown: (digits: Int, text: String)) throws {
    let home = try Home(database)
    try withExtendedLifetime(home) {
      let warehouse = try home.warehouse(digits: shown.digits)
      try warehouse.publish([change(weeks, [[0, "v", 12345]])])
      #expect(try warehouse.rows("SELECT money_text(lost) FROM weeks") == [shown.text])
    }
  }

  @Test("Texts sort by their bytes", arguments: Database.allCases)
  func order(database: Database) throws {
    let warehouse = try Asked(database).warehouse
    try warehouse.publish([change(weeks, [[0, "b", 1], [0, "B", 1], [0, "ä", 1]])])
    let rows = try warehouse.rows(
      "SELECT vendor FROM weeks WHERE \"week\" = :d ORDER BY vendor", ["d": .typed(0, .day)])
    #expect(rows == ["B", "b", "v", "ä"])
  }
}
