import Engine
import Foundation
import Support
import Testing

@testable import SQLite

@Suite("Values come back as they went in")
struct RoundTripTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static let rows: [[RowCell]] = [
    [
      "extremes", "ünï 'x' \"y\"; --", .number(.max), .number(.max), 2_932_896,
      253_402_300_799_999_999,
      1, .number(2_000_000_000_000_000),
    ],
    [
      "lowest", "\u{0}nul", .number(.min + 1), .number(.min + 1), -719_162, -62_135_596_800_000_000,
      0, .number(-2_000_000_000_000_000),
    ],
    ["nothing", nil, nil, nil, nil, nil, nil, nil],
    ["around zero", "-", -1, -1, -1, -1, 0, 333_333],
  ]

  @Test("Every type, its NULL and its bounds")
  func everyColumnType() throws {
    let warehouse = try folder.warehouse()
    let written = table(everyType, Self.rows)
    try warehouse.publish([TableChange(rows: written, replaces: .everything)])
    let names = everyType.columns.map(\.name)
    let read = try warehouse.read(everyType, columns: names, span: .everything)
    let order = read.texts("name")
    for row in 0..<read.count {
      let source = try #require((0..<4).first { written.texts("name").text($0) == order.text(row) })
      #expect(read.texts("text").text(row) == written.texts("text").text(source))
      for column in names.dropFirst(2) {
        #expect(
          read.integers(column)[row] == written.integers(column)[source], "\(column) of row \(row)")
      }
    }
    #expect(read.count == 4)
  }

  @Test("Money lies in the file as whole minor units, times as text that sorts")
  func storage() throws {
    let warehouse = try folder.warehouse()
    try warehouse.publish([TableChange(rows: table(everyType, Self.rows), replaces: .everything)])
    let stored = try warehouse.rows(
      """
      SELECT typeof("money"), "money", "day", "instant", typeof("ratio"), "ratio" FROM every_type
      WHERE name IN ('extremes', 'around zero') ORDER BY name
      """)
    #expect(
      stored == [
        "integer|-1|1969-12-31|1969-12-31 23:59:59.999999|real|0.333333",
        "integer|9223372036854775807|9999-12-31|9999-12-31 23:59:59.999999|real|2000000000.0",
      ])
  }

  @Test("Reading a span reads the rows within it, bounds included, and the columns asked for")
  func span() throws {
    let warehouse = try folder.warehouse()
    try warehouse.publish([
      change(
        calls, [["a", 10, 1, nil], ["b", 20, 2, nil], ["c", 30, 3, nil], ["d", 31, 4, nil]])
    ])
    let read = try warehouse.read(calls, columns: ["lost"], span: .range(from: 20, to: 30))
    #expect(read.integers("lost").sorted() == [2, 3])
    #expect(try warehouse.read(calls, columns: ["lost"], span: .nothing).count == 0)
  }

  @Test("A stored value that is not of its column's type is named, not guessed")
  func foreignValue() throws {
    let warehouse = try folder.warehouse()
    try warehouse.database.execute("INSERT INTO weeks VALUES ('9 Nov 2026', 'v', 1)")
    let error = try refusal {
      _ = try warehouse.read(weeks, columns: ["vendor", "week"], span: .everything)
    }
    #expect(error.message.contains("column week: expected a day as YYYY-MM-DD"))
    #expect(error.message.contains("9 Nov 2026"))
  }

  @Test(
    "Instants are read as SQLite's own functions write them",
    arguments: [
      ("datetime('1970-01-01 00:00:01')", 1_000_000 as Int64),
      ("strftime('%Y-%m-%d %H:%M:%f', '1970-01-01 00:00:01.5')", 1_500_000),
      ("strftime('%Y-%m-%dT%H:%M:%SZ', '1970-01-02')", 86_400_000_000),
      ("date('1970-01-02')", 86_400_000_000),
    ])
  func instantText(expression: String, expected: Int64) throws {
    let warehouse = try folder.open()
    let rows = try warehouse.rows("SELECT \(expression) AS x", types: ["x": .instant])
    #expect(rows == ["instant:\(expected)"])
  }

  @Test(
    "Text that is no instant is refused",
    arguments: ["", "1970-02-30 00:00:00", "1970-01-01 24:00:00", "now", "0000-01-01 00:00:00"])
  func noInstant(text: String) throws {
    let warehouse = try folder.open()
    let error = try refusal {
      try warehouse.query(
        "SELECT :x AS x", parameters: ["x": .text(text)], types: ["x": .instant]
      ) { _ in }
    }
    #expect(error.message.contains("expected an instant"))
    #expect(error.message.contains("'\(text)'"))
  }
}
