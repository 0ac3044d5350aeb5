import Support
import Testing

@testable import Engine

@Suite("What is put aside comes back as it was, or is noticed to be damaged")
struct ChangeCodingTests {
  private static let schemas = [
    TableSchema(
      name: "sales", summary: "a sale", key: ["id"], timeColumn: "day",
      columns: [
        ColumnSchema("id", .text), ColumnSchema("day", .day), ColumnSchema("amount", .money),
        ColumnSchema("note", .text, nullable: true), ColumnSchema("odd", .integer, nullable: true),
      ]),
    TableSchema(
      name: "other", summary: "another", key: ["day", "id"],
      columns: [ColumnSchema("id", .integer), ColumnSchema("day", .day)]),
  ]

  /// Columns of every width, with and without NULL, and texts that are used, unused, long and empty.
  private static func changes(_ random: inout SeededGenerator, rows: Int) -> [TableChange] {
    schemas.map { schema in
      let tables = [rows, rows / 3, rows / 5].map { count in table(schema, count, &random) }
      let retired = Table(
        schema: schema.selecting(schema.key),
        columns: schema.key.map { tables[2].columns[schema.index(of: $0)] })
      let spans: [Span] = [.nothing, .everything, .range(from: -5, to: .max)]
      return TableChange(
        rows: tables[0], replaces: spans[Int.random(in: 0..<3, using: &random)],
        restated: tables[1], retired: retired)
    }
  }

  private static func table(
    _ schema: TableSchema, _ count: Int, _ random: inout SeededGenerator
  ) -> Table {
    Table(
      schema: schema,
      columns: schema.columns.map { column in
        if column.type == .text {
          var texts = TextColumn()
          texts.pool = StringPool()
          _ = Array("never used".utf8).withUnsafeBytes {
            texts.pool.intern(ByteView(start: $0.baseAddress!, count: $0.count))
          }
          for row in 0..<count {
            let isAbsent = column.isNullable && Bool.random(using: &random)
            texts.append(isAbsent ? nil : "\(column.name) \(row / 2) ü\u{0}")
          }
          return .texts(texts)
        }
        let bits = Int.random(in: 0...63, using: &random)
        let lowest = Bool.random(using: &random) ? Int64.min + 1 : -3
        return .integers(
          (0..<count).map { _ in
            if column.isNullable, Int.random(in: 0..<4, using: &random) == 0 { return .absent }
            let value =
              bits == 0 ? 0 : Int64.random(in: 0...(Int64.max >> (63 - bits)), using: &random)
            return lowest + value
          })
      })
  }

  /// Everything a change says, as text.
  private static func described(_ changes: [TableChange]) -> [String] {
    changes.flatMap { change -> [String] in
      ["\(change.schema.name) \(change.replaces)"]
        + [change.rows, change.restated, change.retired].flatMap { table in
          table.columns.map { column in
            switch column {
            case .integers(let values): "\(values)"
            case .texts(let texts): "\(texts.codes.indices.map { texts.text($0) ?? "NULL" })"
            }
          }
        }
    }
  }

  @Test("Round trips", arguments: [0, 1, 7, 400])
  func roundTrip(rows: Int) throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let changes = Self.changes(&random, rows: rows)
      let bytes = ChangeEncoder.encode(changes)
      let decoded = try #require(
        ChangeDecoder.decode(bytes, schemas: Self.schemas), "seed \(seed)")
      #expect(Self.described(decoded) == Self.described(changes), "seed \(seed)")
      #expect(ChangeEncoder.encode(decoded) == bytes, "seed \(seed)")
    }
  }

  @Test("A file cut off anywhere, or with a bit turned anywhere, is refused")
  func damage() {
    var random = SeededGenerator(seed: 7)
    let bytes = ChangeEncoder.encode(Self.changes(&random, rows: 9))
    for count in 0..<bytes.count {
      #expect(ChangeDecoder.decode(Array(bytes[..<count]), schemas: Self.schemas) == nil)
    }
    for bit in 0..<(bytes.count * 8) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      #expect(ChangeDecoder.decode(damaged, schemas: Self.schemas) == nil, "bit \(bit)")
    }
    #expect(ChangeDecoder.decode(bytes + [0], schemas: Self.schemas) == nil)
    #expect(ChangeDecoder.decode(bytes, schemas: []) == nil, "a table nobody knows")
  }

  // A column of a million rows is more than a section holds.
  @Test("Many sections come back together, and none may be missing or in another place")
  func sections() throws {
    var random = SeededGenerator(seed: 11)
    let changes = Self.changes(&random, rows: 300_000)
    var sections: [[UInt8]] = []
    ChangeEncoder.encode(changes) { sections.append($0) }
    #expect(sections.count > 5)
    let decoded = ChangeDecoder.decode(sections.flatMap { $0 }, schemas: Self.schemas)
    #expect(try #require(decoded).map(\.rows.count) == changes.map(\.rows.count))
    for index in sections.indices {
      var fewer = sections
      fewer.remove(at: index)
      #expect(ChangeDecoder.body(of: fewer.flatMap { $0 }) == nil, "without section \(index)")
    }
    sections.swapAt(1, 2)
    #expect(ChangeDecoder.body(of: sections.flatMap { $0 }) == nil)
  }

  // The hash guards against accidents. This guards the decoder itself: whatever it is given with a
  // good hash, it answers.
  @Test("Nonsense with a good hash never crashes")
  func nonsense() throws {
    for seed in 1...3000 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var body = try #require(
        ChangeDecoder.body(of: ChangeEncoder.encode(Self.changes(&random, rows: 4))))
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        let place = Int.random(in: 0..<body.count, using: &random)
        body[place] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { body.removeLast(Int.random(in: 0..<40, using: &random)) }
      _ = ChangeDecoder.decode(ChangeEncoder.sealed(body), schemas: Self.schemas)
    }
  }
}
