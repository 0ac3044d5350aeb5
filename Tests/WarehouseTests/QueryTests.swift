import Engine
import Postgres
import Support
import Testing

@Suite("PostgreSQL answers queries as SQLite does")
struct PostgresQueryTests {
  private let home: Home
  private let warehouse: any Warehouse

  init() throws {
    home = try Home(.postgres)
    warehouse = try home.warehouse()
    try warehouse.publish([
      change(weeks, [[0, "v", 5], [7, "v", 10], [14, "w", -5], [21, "w", -10]]),
      change(calls, [["a", 10, 100, "x"]]),
    ])
  }

  @Test("Parameters are bound by name, each as often as it stands")
  func parameters() throws {
    let rows = try warehouse.rows(
      "SELECT vendor, lost FROM weeks WHERE \"week\" BETWEEN :from AND :to AND vendor <> :not "
        + "AND :to IS NOT NULL AND ':from' <> vendor -- :nobody",
      ["from": .typed(7, .day), "to": .typed(21, .day), "not": .text("v"), "unused": .null],
      types: ["lost": .money])
    #expect(rows == ["w|money:-5", "w|money:-10"])
  }

  @Test("NULL and texts take the type that the statement gives them, else they are text")
  func untyped() throws {
    #expect(
      try warehouse.rows(
        "SELECT count(*) FROM weeks WHERE :v IS NULL OR vendor = :v", ["v": .null]) == ["4"])
    #expect(
      try warehouse.rows(
        "SELECT count(*) FROM weeks WHERE \"week\" = :d", ["d": .text("1970-01-08")]) == ["1"])
    #expect(try warehouse.rows("SELECT :x AS x", ["x": .text("it's")]) == ["it's"])
  }

  @Test(
    "Result columns come in the unit of the type they are said to have",
    arguments: [
      ("sum(lost)", ColumnType.money, "money:0"),
      ("avg(lost) FILTER (WHERE vendor = 'v')", .money, "money:8"),
      ("avg(lost) FILTER (WHERE vendor = 'w')", .money, "money:-8"),
      ("1.0 / 3", .ratio, "ratio:333333"), ("-0.0000005", .ratio, "ratio:-1"),
      ("1", .ratio, "ratio:1000000"), ("max(\"week\")", .day, "day:21"),
      ("timestamp '2026-11-09 23:15:00.5'", .instant, "instant:1794266100500000"),
      ("count(*) > 3", .boolean, "boolean:1"), ("count(*)", .integer, "integer:4"),
      ("sum(3::bigint)", .integer, "integer:12"), ("NULL", .money, "NULL"), ("12", .text, "12"),
    ])
  func types(expression: String, type: ColumnType, expected: String) throws {
    #expect(
      try warehouse.rows("SELECT \(expression) AS x FROM weeks LIMIT 1", types: ["x": type]) == [
        expected
      ])
  }

  @Test(
    "Nothing that writes gets through",
    arguments: [
      "DELETE FROM weeks", "WITH d AS (DELETE FROM weeks RETURNING 1) SELECT * FROM d",
      "COPY weeks TO '/tmp/x'", "SELECT nextval('calls_id_seq')", "DROP TABLE weeks",
      "SELECT * FROM weeks FOR UPDATE", "EXPLAIN ANALYZE DELETE FROM weeks",
      "SET default_transaction_read_only = off", "DO $$ BEGIN DELETE FROM weeks; END $$",
      "SELECT 1; DELETE FROM weeks", "SELECT set_config('transaction_read_only', 'off', false)",
    ])
  func refusesWrites(sql: String) throws {
    let error = try refusal { _ = try warehouse.rows(sql) }
    #expect(error.kind == .configuration)
    #expect(
      try warehouse.rows("SELECT count(*), sum(lost) AS x FROM weeks", types: ["x": .money]) == [
        "4|money:0"
      ])
  }

  @Test("An audit may query and fail to, and still writes nothing by it")
  func insidePublication() throws {
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

  @Test("A mistake is shown with the line it is on")
  func mistake() throws {
    let error = try refusal { _ = try warehouse.rows("SELECT vendor,\n  lots\nFROM weeks") }
    #expect(error.line == 2)
    #expect(error.message.contains("lots"))
    #expect(error.kind == .configuration)
    #expect(try warehouse.columns(of: "SELECT vendor AS a, :x AS b FROM weeks") == ["a", "b"])
  }

  @Test("An error of the row's receiver ends the query and arrives as it is")
  func receiverThrows() throws {
    let error = try refusal {
      try warehouse.query("SELECT * FROM generate_series(1, 100000)", parameters: [:], types: [:]) {
        _ throws(WarehouseError) in
        throw WarehouseError(.failed, "full", help: "none")
      }
    }
    #expect(error.message == "full")
    try warehouse.publish([change(weeks, [[28, "x", 1]])])
  }

  @Test("A snapshot sees one publication, whatever is published meanwhile")
  func snapshot() throws {
    let other = try home.open()
    let reader = try home.open(readOnly: true)
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
    "money_text shows amounts with the reporting currency's digits",
    arguments: [(2, "123.45"), (0, "12345"), (3, "12.345")])
  func moneyText(digits: Int, expected: String) throws {
    let warehouse = try Home(.postgres).warehouse(digits: digits)
    try warehouse.publish([change(weeks, [[0, "v", 12345]])])
    #expect(
      try warehouse.rows("SELECT money_text(lost), lost FROM weeks") == ["\(expected)|\(expected)"])
  }

  @Test("Texts sort by their bytes, as in SQLite")
  func order() throws {
    try warehouse.publish([change(weeks, [[0, "b", 1], [0, "B", 1], [0, "ä", 1]])])
    let rows = try warehouse.rows(
      "SELECT vendor FROM weeks WHERE \"week\" = :d ORDER BY vendor", ["d": .typed(0, .day)])
    #expect(rows == ["B", "b", "v", "ä"])
  }

  @Test("Every type, its NULL and its bounds come back as they went in")
  func roundTrip() throws {
    let rows: [[RowCell]] = [
      [
        "extremes", "ünï 'x' \"y\"; --", .number(.max), .number(.max), 2_932_896,
        253_402_300_799_999_999, 1, .number(999_999_999_999_999_999),
      ],
      [
        "lowest", "\\N\t", .number(.min + 1), .number(.min + 1), -719_162, -62_135_596_800_000_000,
        0, .number(-999_999_999_999_999_999),
      ],
      ["nothing", nil, nil, nil, nil, nil, nil, nil],
      ["around zero", "-", -1, -1, -1, -1, 0, 333_333],
    ]
    try warehouse.publish([change(everyType, rows, replaces: .everything)])
    let names = everyType.columns.map(\.name)
    let read = try warehouse.read(everyType, columns: names, span: .everything)
    let written = table(everyType, rows)
    #expect(read.count == 4)
    for row in 0..<read.count {
      let source = try #require(
        (0..<4).first { written.texts("name").text($0) == read.texts("name").text(row) })
      #expect(read.texts("text").text(row) == written.texts("text").text(source))
      for column in names.dropFirst(2) {
        #expect(
          read.integers(column)[row] == written.integers(column)[source], "\(column) of row \(row)")
      }
    }
    let some = try warehouse.read(weeks, columns: ["lost"], span: .range(from: 7, to: 14))
    #expect(some.integers("lost").sorted() == [-5, 10])
  }
}
