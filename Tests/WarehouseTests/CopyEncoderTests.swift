import Engine
import Support
import Testing

@testable import Postgres

@Suite("Rows in the binary form of COPY, made some hundred at a time")
struct CopyEncoderTests {
  /// What a row's columns hold.
  private struct Row {
    var texts: [String?]
    var numbers: [Int64]
  }

  private static let types: [ColumnType] = [.integer, .money, .day, .instant, .boolean, .ratio]

  @Test("Every value comes back, whatever the rows' number and length", arguments: 1...6)
  func values(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let longest = [1, 40, 5000, 40, 40, 300_000][Int(seed) - 1]
    let count = [1, 512, 1300, 0, 513, 40][Int(seed) - 1]
    let rows = (0..<count).map { _ in
      Row(
        texts: [
          Self.text(upTo: longest, &random) + "·", Bool.random(using: &random) ? nil : "a\0b\0",
          Self.text(upTo: 30, &random),
        ],
        numbers: Self.types.map { Self.number($0, &random) })
    }
    let order = (0..<Int32(count)).shuffled(using: &random)
    let first: Int64? = seed.isMultiple(of: 2) ? nil : 77
    var encoder = CopyEncoder(Self.table(rows), moneyDigits: 3)
    var bytes: [UInt8] = [9, 9]
    var place = 0
    while place < count {
      let before = bytes.count
      let added = try encoder.append(
        order[place...], numberedFrom: first.map { $0 + Int64(place) }, to: &bytes)
      #expect(added == 1 || bytes.count - before <= 1 << 20, "seed \(seed)")
      place += added
    }
    #expect(place == count)
    var found = bytes[2...]
    for (index, row) in order.enumerated() {
      Self.expectRow(
        rows[Int(row)], number: first.map { $0 + Int64(index) }, &found, "seed \(seed) row \(row)")
    }
    #expect(found.isEmpty, "seed \(seed)")
  }

  @Test(
    "A day or instant outside the years 0001 to 9999 is refused with its row",
    arguments: [(2, Int64(Day.last.number) + 1), (2, .max), (3, Instant.first - 1)])
  func outOfYears(column: Int, value: Int64) throws {
    let row = Row(texts: ["a", "b", "c"], numbers: [0, 0, 0, 0, 0, 0])
    var rows = [row, row, row]
    rows[1].numbers[column] = value
    var encoder = CopyEncoder(Self.table(rows), moneyDigits: 2)
    var bytes: [UInt8] = []
    let error = #expect(throws: CopyEncoder.OutOfYears.self) {
      _ = try encoder.append([2, 1, 0], numberedFrom: nil, to: &bytes)
    }
    #expect(error?.row == 1)
    #expect(error?.value == value)
    #expect(bytes.isEmpty)
  }

  private static func text(upTo length: Int, _ random: inout SeededGenerator) -> String {
    String(repeating: "x", count: Int.random(in: 0...length, using: &random))
  }

  private static func number(_ type: ColumnType, _ random: inout SeededGenerator) -> Int64 {
    if Int.random(in: 0..<5, using: &random) == 0 { return .absent }
    switch type {
    case .boolean: return Int64.random(in: 0...1, using: &random)
    case .day:
      return Int64.random(
        in: Int64(Day.first.number)...Int64(Day.last.number), using: &random)
    case .instant: return Int64.random(in: Instant.first...Instant.last, using: &random)
    default:
      let bits = Int64.random(in: 0...62, using: &random)
      return Int64.random(in: -(1 << bits)...(1 << bits), using: &random)
    }
  }

  /// The second text column has NULLs, the third has none and keeps no text as the empty one.
  private static func table(_ rows: [Row]) -> Table {
    var columns = (0..<3).map { column in
      var texts = TextColumn()
      for row in rows { texts.append(row.texts[column]) }
      return TableColumn.texts(texts)
    }
    columns += types.indices.map { column in .integers(rows.map { $0.numbers[column] }) }
    let schema = TableSchema(
      name: "t", summary: "", key: ["t0"],
      columns: (0..<3).map { ColumnSchema("t\($0)", .text, nullable: $0 == 1) }
        + types.map { ColumnSchema("\($0)", $0, nullable: true) })
    return Table(schema: schema, columns: columns)
  }

  /// Takes a row from the front of `bytes` and compares it.
  private static func expectRow(
    _ row: Row, number: Int64?, _ bytes: inout ArraySlice<UInt8>, _ place: Comment
  ) {
    func take(_ count: Int) -> UInt64 {
      defer { bytes = bytes.dropFirst(count) }
      return bytes.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
    }
    func length() -> Int { Int(Int32(truncatingIfNeeded: take(4))) }
    #expect(take(2) == 9 + (number == nil ? 0 : 1), place)
    if let number {
      #expect(length() == 8, place)
      #expect(Int64(bitPattern: take(8)) == number, place)
    }
    for (column, text) in row.texts.enumerated() {
      let count = length()
      guard let text, !text.isEmpty else {
        #expect(count == (column == 1 ? -1 : 0), place)
        continue
      }
      let found = String(decoding: bytes.prefix(count), as: UTF8.self)
      #expect(found == text.replacing("\0", with: "\u{2400}"), place)
      bytes = bytes.dropFirst(count)
    }
    for (type, value) in zip(types, row.numbers) {
      let count = length()
      if value == .absent {
        #expect(count == -1, place)
        continue
      }
      let own = Array(bytes.prefix(count))
      bytes = bytes.dropFirst(count)
      let found: Int64? = own.withView { view in
        switch type {
        case .boolean: Int64(view[0])
        case .day: BinaryTime.day(view)
        case .instant: BinaryTime.instant(view)
        case .money: Numeric.scaled(view, scale: 3).value
        case .ratio: Numeric.scaled(view, scale: 6).value
        default: view.bigEndian64(0)
        }
      }
      #expect(found == value, place)
    }
  }
}
