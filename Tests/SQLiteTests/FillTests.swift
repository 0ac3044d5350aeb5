import Engine
import Foundation
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

  @Test("The same rows and indexes with any number of threads", arguments: [2, 8])
  func threads(count: Int) throws {
    func dump(_ threads: Int) throws -> [String] {
      let folder = try Folder()
      let warehouse = try folder.open(threads: threads)
      try warehouse.migrate([testTables, Self.indexed])
      try warehouse.publish([change(calls, rows(20_000), replaces: .everything)])
      let check = try Statement("PRAGMA integrity_check", on: warehouse.database)
      #expect(try check.step() && check.text(0) == "ok")
      return try warehouse.rows("SELECT * FROM calls ORDER BY rowid")
    }
    #expect(try dump(count) == dump(1))
  }

  @Test("A first publication that was cut off is undone by whoever opens the file, also to read it")
  func cutOff() throws {
    let folder = try Folder()
    let other = try Folder()
    let warehouse = try folder.warehouse()
    // So that pages go to the file before the end.
    try warehouse.database.execute("PRAGMA cache_size = 10")
    var copied: [String] = []
    try warehouse.publish([change(calls, rows(5000))]) {
      // As the disk is when the process dies here.
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
        try? FileManager.default.copyItem(
          atPath: "\(folder.path)/\(name)", toPath: "\(other.path)/\(name)")
        copied.append(name)
      }
      return .refuse
    }
    #expect(copied.contains { $0.hasSuffix("-journal") })
    let reader = try other.open(readOnly: true)
    #expect(try reader.rows("SELECT count(*) FROM calls") == ["0"])
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
