import Engine
import Support
import Testing

@testable import SQLite

@Suite("Filling an empty table")
struct FillTests {
  private static let indexed = Migration(
    number: 2, name: "002-index.sql",
    sql: """
      CREATE INDEX calls_at ON calls ("at");
      CREATE INDEX calls_lost ON calls (lost) WHERE lost > 5;
      """)

  /// Many rows, in an order that is not that of their keys.
  private func rows(_ count: Int) -> [[RowCell]] {
    (0..<count).map { number in
      let name = "call-\(number * 7919 % count)"
      return [.text(name), .number(Int64(number)), .number(Int64(number % 10)), .text("\(number)")]
    }
  }

  @Test("Many rows get ids in the order of their keys, and every index is there afterwards")
  func fill() throws {
    let folder = try Folder()
    let warehouse = try folder.warehouse()
    try warehouse.migrate([testTables, Self.indexed])
    let schema = try warehouse.rows("SELECT name, sql FROM sqlite_schema ORDER BY name")
    try warehouse.publish([change(calls, rows(5000), replaces: .everything)])
    #expect(
      try warehouse.rows("SELECT name, sql FROM sqlite_schema ORDER BY name")
        .filter { !$0.hasPrefix("sqlite_sequence") }
        == schema.filter { !$0.hasPrefix("sqlite_sequence") })
    let keys = try warehouse.rows("SELECT call_id FROM calls ORDER BY id")
    #expect(keys == rows(5000).map { "call-\($0[1].number * 7919 % 5000)" }.sorted())
    #expect(try warehouse.rows("SELECT min(id), max(id) FROM calls") == ["1|5000"])
    let check = try Statement("PRAGMA integrity_check", on: warehouse.database)
    #expect(try check.step())
    #expect(check.text(0) == "ok")
    #expect(
      try warehouse.rows("SELECT note FROM calls WHERE \"at\" = '1970-01-01 00:00:00.001234'")
        == ["1234"])
  }

  @Test("A row that cannot be kept leaves the table empty and its indexes in place")
  func failure() throws {
    let folder = try Folder()
    let warehouse = try folder.warehouse()
    try warehouse.migrate([testTables, Self.indexed])
    let schema = try warehouse.rows("SELECT name, sql FROM sqlite_schema ORDER BY name")
    let twice = rows(5000) + [["call-17", 1, 1, nil]]
    let error = try refusal { try warehouse.publish([change(calls, twice)]) }
    #expect(error.message.contains("another row has the same key"))
    #expect(error.message.contains("call_id 'call-17'"))
    #expect(try warehouse.rows("SELECT count(*) FROM calls") == ["0"])
    #expect(try warehouse.rows("SELECT name, sql FROM sqlite_schema ORDER BY name") == schema)
  }
}

extension RowCell {
  fileprivate var number: Int {
    if case .number(let value) = self { Int(value) } else { 0 }
  }
}
