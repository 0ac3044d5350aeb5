import Engine
import Foundation
import Testing

@testable import SQLite

@Suite("What a publication does to a table")
struct PublishTests {
  private let folder: Folder
  private let warehouse: SQLiteWarehouse

  init() throws {
    folder = try Folder()
    warehouse = try folder.warehouse()
    try warehouse.publish([
      change(calls, [["c", 30, 300, nil], ["a", 10, 100, "first"], ["b", 20, 200, ""]])
    ])
  }

  private var dump: [String] {
    get throws {
      try warehouse.rows(
        "SELECT id, call_id, \"at\", lost, note FROM calls ORDER BY id", types: ["at": .instant])
    }
  }

  @Test("Serial numbers follow the keys, not the order in which a stage made the rows")
  func insertsByKey() throws {
    #expect(
      try dump == [
        "1|a|instant:10|100|first", "2|b|instant:20|200|NULL", "3|c|instant:30|300|NULL",
      ])
  }

  @Test("A window run again keeps the ids of its rows, and leaves no gap before the next new row")
  func keepsIDs() throws {
    for _ in 0..<3 {
      try warehouse.publish([
        change(
          calls, [["a", 10, 101, "first"], ["b", 20, 200, nil], ["c", 30, 300, "x"]],
          replaces: .range(from: 0, to: 100))
      ])
    }
    try warehouse.publish([change(calls, [["0", 5, 1, nil]])])
    #expect(
      try dump == [
        "1|a|instant:10|101|first", "2|b|instant:20|200|NULL", "3|c|instant:30|300|x",
        "4|0|instant:5|1|NULL",
      ])
  }

  @Test("The same publication twice leaves the same rows, ids included")
  func isIdempotent() throws {
    let again = change(
      calls, [["b", 20, 7, nil], ["d", 25, 8, nil]], replaces: .range(from: 20, to: 30),
      restated: [["a", 10, 9, nil]])
    try warehouse.publish([again])
    let once = try dump
    try warehouse.publish([again])
    #expect(try dump == once)
    #expect(once.count == 3)
  }

  @Test("Replacing a span removes its other rows, bounds included, and none outside")
  func replacesSpan() throws {
    try warehouse.publish([
      change(calls, [["new", 25, 1, nil]], replaces: .range(from: 20, to: 30))
    ])
    #expect(try dump == ["1|a|instant:10|100|first", "4|new|instant:25|1|NULL"])
  }

  @Test("A replaced span without any row is emptied")
  func emptiesSpan() throws {
    try warehouse.publish([change(calls, [], replaces: .range(from: 11, to: 29))])
    #expect(try dump == ["1|a|instant:10|100|first", "3|c|instant:30|300|NULL"])
  }

  @Test("A row of the window that was published outside the span moves into it, with its id")
  func movesRow() throws {
    try warehouse.publish([
      change(calls, [["a", 25, 100, "first"]], replaces: .range(from: 20, to: 30))
    ])
    #expect(try dump == ["1|a|instant:25|100|first"])
  }

  @Test("Replacing everything keeps only the rows given")
  func replacesEverything() throws {
    try warehouse.publish([change(calls, [["b", 20, 2, nil]], replaces: .everything)])
    #expect(try dump == ["2|b|instant:20|2|NULL"])
  }

  @Test("Replacing nothing removes nothing")
  func replacesNothing() throws {
    try warehouse.publish([change(calls, [["b", 20, 2, nil]])])
    #expect(try dump.count == 3)
  }

  @Test("Restated rows change what is published and add nothing")
  func restates() throws {
    try warehouse.publish([
      change(calls, [], restated: [["a", 10, 111, nil], ["unknown", 11, 5, nil]])
    ])
    #expect(
      try dump == [
        "1|a|instant:10|111|NULL", "2|b|instant:20|200|NULL", "3|c|instant:30|300|NULL",
      ])
  }

  @Test("Retired keys go where they are published")
  func retires() throws {
    try warehouse.publish([change(calls, [], retired: [["b"], ["unknown"]])])
    #expect(try dump == ["1|a|instant:10|100|first", "3|c|instant:30|300|NULL"])
  }

  @Test("A key of several columns matches in all of them")
  func compositeKey() throws {
    try warehouse.publish([
      change(weeks, [[0, "v", 1], [7, "v", 2], [0, "w", 3]]),
      change(weeks, [], restated: [[7, "v", 20]], retired: [[0, "w"], [7, "w"]]),
    ])
    let rows = try warehouse.rows("SELECT * FROM weeks ORDER BY 1, 2")
    #expect(rows == ["1970-01-01|v|1", "1970-01-08|v|20"])
  }

  @Test("A failure in a later table undoes the earlier ones, removals and ids too")
  func rollsBack() throws {
    let before = try dump
    let error = try refusal {
      try warehouse.publish([
        change(calls, [["z", 40, 1, nil]], replaces: .everything),
        change(weeks, [[0, "v", nil]]),
      ])
    }
    #expect(error.kind == .failed)
    #expect(error.message.contains("NOT NULL constraint failed: weeks.lost"))
    #expect(try dump == before)
    // The warehouse goes on working, and the undone row has used up no id.
    try warehouse.publish([change(calls, [["z", 40, 1, nil]])])
    #expect(try dump.last == "4|z|instant:40|1|NULL")
  }

  @Test("Two rows with one key are refused with the key, not resolved by chance")
  func refusesDuplicateKeys() throws {
    let error = try refusal {
      try warehouse.publish([change(weeks, [[7, "v", 1], [0, "v", 1], [7, "v", 2]])])
    }
    #expect(error.message.contains("row 3 for weeks (week 1970-01-08, vendor 'v')"))
    #expect(error.message.contains("another row has the same key"))
  }

  @Test("A day whose text would not sort is refused with its row")
  func refusesFarDays() throws {
    let error = try refusal { try warehouse.publish([change(weeks, [[9_999_999, "v", 1]])]) }
    #expect(error.message.contains("row 1 for weeks"))
    #expect(error.message.contains("outside the years 0001 to 9999"))
  }

  @Test("A table that was never made is named, with the command that makes it")
  func missingTable() throws {
    let schema = TableSchema(
      name: "nowhere", summary: "", key: ["k"], columns: [ColumnSchema("k", .text)])
    let error = try refusal { try warehouse.publish([change(schema, [["x"]])]) }
    #expect(error.kind == .configuration)
    #expect(error.message.contains("no such table: main.nowhere"))
    #expect(error.help.contains("nightmill run"))
  }

  @Test("After a publication the database is one file")
  func leavesOneFile() throws {
    let log = try FileManager.default.attributesOfItem(atPath: folder.file + "-wal")[.size] as? Int
    #expect(log == 0)
  }

  @Test("A reader that polls while runs publish sees whole publications only")
  func readersSeeNoMix() throws {
    let file = folder.file
    let isDone = Flag()
    let polls = Flag()
    let mixes = Flag()
    let reader = Thread {
      guard
        let warehouse = try? SQLiteWarehouse(path: file, moneyDigits: 2, readOnly: true)
      else { return mixes.add() }
      while isDone.value == 0 {
        // Every publication below writes the same number to all rows of both tables.
        let rows = try? warehouse.rows(
          """
          SELECT min(lost) = max(lost) AND count(*) IN (0, 4000)
          FROM (SELECT lost FROM weeks UNION ALL SELECT lost FROM calls WHERE call_id > 'k')
          """)
        if rows != ["1"] && rows != ["NULL"] { mixes.add() }
        polls.add()
      }
      polls.add(1_000_000)
    }
    reader.start()
    while polls.value == 0 && mixes.value == 0 { usleep(1000) }
    for generation in 1...8 {
      let lost = Cell.number(Int64(generation))
      try warehouse.publish([
        change(weeks, (0..<2000).map { [.number($0), "v", lost] }, replaces: .everything),
        change(calls, (0..<2000).map { [.text("k\($0)"), .number($0), lost, nil] }),
      ])
    }
    isDone.add()
    while polls.value < 1_000_000 && mixes.value == 0 { usleep(1000) }
    #expect(mixes.value == 0)
    #expect(polls.value - 1_000_000 > 8)
  }

  @Test("200,000 rows in any order are published, and found unchanged when published again")
  func bulk() throws {
    var keys = TextColumn()
    var notes = TextColumn()
    let count: Int64 = 200_000
    let shuffled = (0..<count).map { $0 * 7919 % count }
    for number in shuffled {
      keys.append("call-\(1_000_000 + number)")
      notes.append(number % 3 == 0 ? nil : "note \(number % 100)")
    }
    let rows = Table(
      schema: calls,
      columns: [
        .texts(keys), .integers(shuffled.map { $0 * 1_000_000 }), .integers(shuffled),
        .texts(notes),
      ])
    for _ in 0..<2 { try warehouse.publish([TableChange(rows: rows, replaces: .everything)]) }
    let sums = try warehouse.rows(
      "SELECT count(*), sum(lost), min(id), max(id), count(note) FROM calls")
    #expect(sums == ["200000|19999900000|4|200003|133333"])
  }
}

/// A counter that two threads share.
final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  var value: Int { lock.withLock { count } }
  func add(_ number: Int = 1) { lock.withLock { count += number } }
}
