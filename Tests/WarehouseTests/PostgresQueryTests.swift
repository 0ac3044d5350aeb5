import Engine
import Support
import Testing

@Suite("What PostgreSQL alone could be asked")
struct PostgresQueryTests {
  private let asked: Asked
  private var warehouse: any Warehouse { asked.warehouse }

  init() throws { asked = try Asked(.postgres) }

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
    "Types that only PostgreSQL has are read as what they are said to be",
    arguments: [
      ("timestamp '2026-11-09 23:15:00.5'", ColumnType.instant, "instant:1794266100500000"),
      ("sum(3::bigint)", .integer, "integer:12"),
    ])
  func types(expression: String, type: ColumnType, expected: String) throws {
    #expect(
      try warehouse.rows("SELECT \(expression) AS x FROM weeks LIMIT 1", types: ["x": type]) == [
        expected
      ])
  }

  @Test(
    "Nothing gets through that writes by other ways",
    arguments: [
      "WITH d AS (DELETE FROM weeks RETURNING 1) SELECT * FROM d",
      "COPY weeks TO '/tmp/x'", "SELECT nextval('calls_id_seq')",
      "SELECT * FROM weeks FOR UPDATE", "EXPLAIN ANALYZE DELETE FROM weeks",
      "SET default_transaction_read_only = off", "DO $$ BEGIN DELETE FROM weeks; END $$",
      "SELECT set_config('transaction_read_only', 'off', false)",
    ])
  func refusesWrites(sql: String) throws {
    let error = try refusal { _ = try warehouse.rows(sql) }
    #expect(error.kind == .configuration)
    #expect(try asked.isUntouched())
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
