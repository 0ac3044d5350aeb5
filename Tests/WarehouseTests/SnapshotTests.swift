import Engine
import Postgres
import Support
import Synchronization
import Testing

@Suite("Queries of a run see one state of the database, in one part or in many")
struct SnapshotTests {
  private let url: String
  private static let contract = Contract(
    source: "things", key: ["id"],
    fields: [.required("id", .text), .optional("amount", .money(currency: nil))])

  init() throws { url = try PostgresServer.shared.newDatabase() }

  /// Columns of every type that rows may be split by, with what makes cutting hard: values that come
  /// often, at the ends of their type, infinite, negative, absent.
  private static let columns = [
    "smallint": "CASE WHEN i % 5 = 0 THEN NULL WHEN i % 2 = 0 THEN 7 ELSE i - 300 END",
    "integer": "CASE i WHEN 1 THEN -2147483648 WHEN 2 THEN 2147483647 ELSE i END",
    "bigint":
      "CASE i WHEN 1 THEN -9223372036854775808 WHEN 2 THEN 9223372036854775807 WHEN 3 THEN NULL ELSE i END",
    "date":
      "CASE i WHEN 1 THEN 'infinity' WHEN 2 THEN '-infinity' WHEN 3 THEN '4000-01-01 BC' ELSE date '2026-01-01' + i END",
    "timestamp":
      "CASE i WHEN 1 THEN 'infinity' WHEN 2 THEN NULL ELSE timestamp '2026-01-01' + i * interval '7 minutes 1 microsecond' END",
    "timestamptz":
      "CASE i WHEN 1 THEN '-infinity' WHEN 2 THEN '20000-01-01' ELSE timestamptz '2026-01-01' - i * interval '1 month' END",
    "uuid": "CASE i WHEN 1 THEN NULL ELSE md5(i::text)::uuid END",
  ]

  @Test(
    "Each row comes once, however many parts and connections there are",
    arguments: columns.keys.sorted(), [1, 2, 3, 7, 60])
  func parts(type: String, count: Int) throws {
    let expression = try #require(Self.columns[type])
    try PostgresServer.shared.psql(
      "CREATE TABLE t AS SELECT i::text AS id, i / 4.0 AS amount, (\(expression))::\(type) AS cut "
        + "FROM generate_series(1, 500) AS i", on: url)
    let snapshot = try QuerySnapshot(url: url)
    let binding = try snapshot.bind(
      "SELECT * FROM t", file: "t.sql", to: Self.contract, timeZone: .utc, splitBy: "cut")
    #expect(binding.extraColumns == [])
    let parts = try snapshot.parts(of: binding, atMost: count, rowsPerPart: 1)
    #expect(count == 1 ? parts.count == 1 : (3...count + 1).contains(parts.count))
    let lanes = try snapshot.lanes(min(count, 7))
    #expect(lanes.count == min(count, 7))
    var ids: [Int] = []
    for (index, part) in parts.enumerated() {
      ids += try Self.ids(snapshot, part, binding, lanes[index % lanes.count])
    }
    #expect(ids.sorted() == Array(1...500))
  }

  @Test("A connection opened later sees the state of the first one's beginning")
  func oneState() throws {
    try PostgresServer.shared.psql("CREATE TABLE t AS SELECT '1' AS id", on: url)
    let snapshot = try QuerySnapshot(url: url)
    let binding = try snapshot.bind(
      "SELECT id FROM t", file: "t.sql", to: Self.contract, timeZone: .utc)
    let read = { (lane: QuerySnapshot.Lane) in
      try Self.ids(snapshot, snapshot.whole(binding)[0], binding, lane)
    }
    #expect(try read(snapshot.lanes(1)[0]) == [1])
    try PostgresServer.shared.psql("INSERT INTO t VALUES ('2')", on: url)
    for lane in try snapshot.lanes(3) { #expect(try read(lane) == [1]) }
    // So does one that is used again.
    #expect(try read(snapshot.lanes(1)[0]) == [1])
  }

  @Test("Where the server has no room for more connections, fewer are used")
  func fullServer() throws {
    try PostgresServer.shared.psql(
      "CREATE ROLE few LOGIN CONNECTION LIMIT 2; CREATE TABLE t AS SELECT '1' AS id; "
        + "GRANT SELECT ON t TO few", on: url)
    let snapshot = try QuerySnapshot(url: url.replacing("mill@", with: "few@"))
    #expect(try snapshot.lanes(5).count == 2)
  }

  @Test("A few rows are not worth a part")
  func smallTable() throws {
    try PostgresServer.shared.psql(
      "CREATE TABLE t AS SELECT i::text AS id, i FROM generate_series(1, 500) AS i; ANALYZE t",
      on: url)
    let snapshot = try QuerySnapshot(url: url)
    let binding = try snapshot.bind(
      "SELECT * FROM t", file: "t.sql", to: Self.contract, timeZone: .utc, splitBy: "i")
    #expect(try snapshot.parts(of: binding, atMost: 8, rowsPerPart: 300).count == 1)
    #expect(try snapshot.parts(of: binding, atMost: 8, rowsPerPart: 200).count == 3)
  }

  @Test(
    "A column that rows cannot be split by is told",
    arguments: [
      ("amount", "found numeric"), ("nope", "and the query gives none"),
      ("id", "found text; if all its texts are UUIDs, name id::uuid AS part"),
    ])
  func wrongColumn(name: String, said: String) throws {
    let snapshot = try QuerySnapshot(url: url)
    let error = try refusal {
      _ = try snapshot.bind(
        "SELECT '1' AS id, 2.5 AS amount", file: "t.sql", to: Self.contract, timeZone: .utc,
        splitBy: name)
    }
    #expect(error.kind == .configuration)
    #expect(error.message.contains("split_by \(name): expected an integer, uuid"))
    #expect(error.message.contains(said))
  }

  @Test(
    "How many connections a run may have is the URL's to say", arguments: ["0", "-1", "many", ""])
  func wrongNumber(text: String) throws {
    #expect(try QuerySnapshot(url: "\(url)?connections=3").allowedLanes(threads: 8) == 3)
    #expect(try QuerySnapshot(url: url).allowedLanes(threads: 8) == 8)
    let error = try refusal { _ = try QuerySnapshot(url: "\(url)?connections=\(text)") }
    #expect(error.kind == .configuration)
    #expect(error.message.contains("connections: expected a number of at least 1"))
  }

  private static func ids(
    _ snapshot: QuerySnapshot, _ part: QuerySnapshot.Part, _ binding: QuerySnapshot.Binding,
    _ lane: QuerySnapshot.Lane
  ) throws -> [Int] {
    var ids: [Int] = []
    var rows = TypedRows()
    // Small blocks, so that there are several.
    try snapshot.read(part, on: lane, batchSize: 7, isStopped: { false }) { block in
      binding.locateFields(block, in: &rows)
      block.bytes.withView { bytes in
        for row in rows.ends.indices {
          ids.append(Int(binding.text(0, ofRow: row, rows, bytes)) ?? 0)
        }
      }
      return true
    }
    return ids
  }
}
