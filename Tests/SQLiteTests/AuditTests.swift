import Engine
import Foundation
import Support
import Testing

@testable import SQLite

@Suite("An audit sees what is about to be published, and nobody else does until it agrees")
struct AuditTests {
  private let folder: Folder
  private let warehouse: SQLiteWarehouse

  init() throws {
    folder = try Folder()
    warehouse = try folder.warehouse()
    try warehouse.publish([change(calls, [["a", 10, 100, nil]])])
  }

  private static let next = [change(calls, [["b", 20, 200, nil]])]
  private static let keys = "SELECT call_id FROM calls ORDER BY call_id"

  private var bytes: Data {
    get throws { try Data(contentsOf: URL(filePath: folder.file)) }
  }

  @Test(
    "A refused publication leaves the file byte for byte, and the next publication is not hindered")
  func refused() throws {
    let before = try bytes
    var seen: [String] = []
    try warehouse.publish(Self.next) { () throws(WarehouseError) in
      seen = (try? warehouse.rows(Self.keys)) ?? []
      return .refuse
    }
    #expect(seen == ["a", "b"], "the audit sees both what is published and what is about to be")
    #expect(try bytes == before)
    #expect(try warehouse.rows(Self.keys) == ["a"])
    try warehouse.publish(Self.next)
    #expect(try warehouse.rows(Self.keys) == ["a", "b"])
  }

  @Test("An audit that cannot be made publishes nothing, and its error is what is said")
  func failure() throws {
    let before = try bytes
    let error = try refusal {
      try warehouse.publish(Self.next) { () throws(WarehouseError) in
        throw WarehouseError(.failed, "the audit's own", help: "")
      }
    }
    #expect(error.message == "the audit's own")
    #expect(try bytes == before)
    let isOpen = warehouse.database.isInTransaction
    #expect(!isOpen)
  }

  @Test("What the audit adds is published with the rest, or not at all")
  func also() throws {
    try warehouse.publish(Self.next) { () throws(WarehouseError) in
      .publish(also: [change(calls, [["c", 30, 300, nil]])])
    }
    #expect(try warehouse.rows(Self.keys) == ["a", "b", "c"])
    // The key twice: what is added fails, so the rest goes too.
    _ = try refusal {
      try warehouse.publish([change(calls, [["d", 40, 400, nil]])]) {
        () throws(WarehouseError) in
        .publish(also: [change(calls, [["e", 50, 500, nil], ["e", 51, 501, nil]])])
      }
    }
    #expect(try warehouse.rows(Self.keys) == ["a", "b", "c"])
  }

  @Test("Another reader sees the run before while an audit looks at the next one")
  func readers() throws {
    let reader = try folder.open(readOnly: true)
    var seen: [[String]] = []
    for verdict in [Verdict.refuse, .publish(also: [])] {
      try warehouse.publish(Self.next) { () throws(WarehouseError) in
        seen.append((try? reader.rows(Self.keys)) ?? [])
        return verdict
      }
    }
    #expect(seen == [["a"], ["a"]])
    #expect(try reader.rows(Self.keys) == ["a", "b"])
  }

  @Test("A rehearsal migrates and publishes, lets the audit look, and leaves nothing")
  func rehearsal() throws {
    let before = try bytes
    let more = Migration(
      number: 2, name: "002-more.sql", sql: "CREATE TABLE more (name text NOT NULL UNIQUE);")
    let schema = TableSchema(
      name: "more", summary: "", key: ["name"], columns: [ColumnSchema("name", .text)])
    var seen: [String] = []
    try warehouse.rehearse([testTables, more], Self.next + [change(schema, [["x"]])]) {
      () throws(WarehouseError) in
      seen =
        (try? warehouse.rows("SELECT call_id FROM calls UNION ALL SELECT name FROM more")) ?? []
    }
    #expect(Set(seen) == ["a", "b", "x"])
    #expect(try bytes == before)
    #expect(try warehouse.rows(Self.keys) == ["a"])
    #expect(try refusal { _ = try warehouse.rows("SELECT name FROM more") }.kind == .configuration)
  }

  @Test("The queries of a snapshot all see one publication, whatever is published meanwhile")
  func snapshot() throws {
    let reader = try folder.open(readOnly: true)
    var seen: [[String]] = []
    try reader.snapshot { () throws(WarehouseError) in
      seen.append((try? reader.rows(Self.keys)) ?? [])
      try warehouse.publish(Self.next)
      seen.append((try? reader.rows(Self.keys)) ?? [])
    }
    #expect(seen == [["a"], ["a"]])
    #expect(try reader.rows(Self.keys) == ["a", "b"])
  }
}
