import Engine
import Foundation
import Support
import Testing

@Suite("What a publication does to a table, in both databases")
struct PublishTests {
  @Test(
    "Serial numbers follow the keys, not the order in which a stage made the rows",
    arguments: Database.allCases)
  func insertsByKey(database: Database) throws {
    let world = try Published(in: database)
    #expect(
      try world.dump == [
        "1|a|instant:10|money:100|first", "2|b|instant:20|money:200|NULL",
        "3|c|instant:30|money:300|NULL",
      ])
  }

  @Test(
    "A window run again keeps the ids of its rows, and leaves no gap before the next new row",
    arguments: Database.allCases)
  func keepsIDs(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    for _ in 0..<3 {
      try warehouse.publish([
        change(
          calls, [["a", 10, 101, "first"], ["b", 20, 200, nil], ["c", 30, 300, "x"]],
          replaces: .range(from: 0, to: 100))
      ])
    }
    try warehouse.publish([change(calls, [["0", 5, 1, nil]])])
    #expect(
      try world.dump == [
        "1|a|instant:10|money:101|first", "2|b|instant:20|money:200|NULL",
        "3|c|instant:30|money:300|x",
        "4|0|instant:5|money:1|NULL",
      ])
  }

  @Test(
    "The same publication twice leaves the same rows, ids included", arguments: Database.allCases)
  func isIdempotent(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    let again = change(
      calls, [["b", 20, 7, nil], ["d", 25, 8, nil]], replaces: .range(from: 20, to: 30),
      restated: [["a", 10, 9, nil]])
    try warehouse.publish([again])
    let once = try world.dump
    try warehouse.publish([again])
    #expect(try world.dump == once)
    #expect(once.count == 3)
  }

  @Test(
    "Replacing a span removes its other rows, bounds included, and none outside",
    arguments: Database.allCases)
  func replacesSpan(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    try warehouse.publish([
      change(calls, [["new", 25, 1, nil]], replaces: .range(from: 20, to: 30))
    ])
    #expect(try world.dump == ["1|a|instant:10|money:100|first", "4|new|instant:25|money:1|NULL"])
  }

  @Test("A replaced span without any row is emptied", arguments: Database.allCases)
  func emptiesSpan(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    try warehouse.publish([change(calls, [], replaces: .range(from: 11, to: 29))])
    #expect(try world.dump == ["1|a|instant:10|money:100|first", "3|c|instant:30|money:300|NULL"])
  }

  @Test(
    "A row of the window that was published outside the span moves into it, with its id",
    arguments: Database.allCases)
  func movesRow(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    try warehouse.publish([
      change(calls, [["a", 25, 100, "first"]], replaces: .range(from: 20, to: 30))
    ])
    #expect(try world.dump == ["1|a|instant:25|money:100|first"])
  }

  @Test("Replacing everything keeps only the rows given", arguments: Database.allCases)
  func replacesEverything(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    try warehouse.publish([change(calls, [["b", 20, 2, nil]], replaces: .everything)])
    #expect(try world.dump == ["2|b|instant:20|money:2|NULL"])
  }

  @Test("Replacing nothing removes nothing", arguments: Database.allCases)
  func replacesNothing(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    try warehouse.publish([change(calls, [["b", 20, 2, nil]])])
    #expect(try world.dump.count == 3)
  }

  @Test("Restated rows change what is published and add nothing", arguments: Database.allCases)
  func restates(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    try warehouse.publish([
      change(calls, [], restated: [["a", 10, 111, nil], ["unknown", 11, 5, nil]])
    ])
    #expect(
      try world.dump == [
        "1|a|instant:10|money:111|NULL", "2|b|instant:20|money:200|NULL",
        "3|c|instant:30|money:300|NULL",
      ])
  }

  @Test("Retired keys go where they are published", arguments: Database.allCases)
  func retires(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    try warehouse.publish([change(calls, [], retired: [["b"], ["unknown"]])])
    #expect(try world.dump == ["1|a|instant:10|money:100|first", "3|c|instant:30|money:300|NULL"])
  }

  @Test("A key of several columns matches in all of them", arguments: Database.allCases)
  func compositeKey(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    try warehouse.publish([
      change(weeks, [[0, "v", 1], [7, "v", 2], [0, "w", 3]]),
      change(weeks, [], restated: [[7, "v", 20]], retired: [[0, "w"], [7, "w"]]),
    ])
    let rows = try warehouse.rows(
      "SELECT * FROM weeks ORDER BY 1, 2", types: ["lost": .money])
    #expect(rows == ["1970-01-01|v|money:1", "1970-01-08|v|money:20"])
  }

  @Test(
    "A failure in a later table undoes the earlier ones, removals and ids too",
    arguments: Database.allCases)
  func rollsBack(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    let before = try world.dump
    let error = try refusal {
      try warehouse.publish([
        change(calls, [["z", 40, 1, nil]], replaces: .everything),
        change(weeks, [[0, "v", nil]]),
      ])
    }
    #expect(error.kind == .failed)
    #expect(error.message.contains("lost"))
    #expect(try world.dump == before)
    // The warehouse goes on working, and the undone row has used up no id.
    try warehouse.publish([change(calls, [["z", 40, 1, nil]])])
    #expect(try world.dump.last == "4|z|instant:40|money:1|NULL")
  }

  @Test(
    "Two rows with one key are refused with the key, not resolved by chance",
    arguments: Database.allCases)
  func refusesDuplicateKeys(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    let error = try refusal {
      try warehouse.publish([change(weeks, [[7, "v", 1], [0, "v", 1], [7, "v", 2]])])
    }
    #expect(error.message.contains("row 3 for weeks (week 1970-01-08, vendor 'v')"))
    #expect(error.message.contains("another row has the same key"))
  }

  @Test("A day whose text would not sort is refused with its row", arguments: Database.allCases)
  func refusesFarDays(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    let error = try refusal { try warehouse.publish([change(weeks, [[9_999_999, "v", 1]])]) }
    #expect(error.message.contains("row 1 for weeks"))
    #expect(error.message.contains("outside the years 0001 to 9999"))
  }

  @Test(
    "A table that was never made is named, with the command that makes it",
    arguments: Database.allCases)
  func missingTable(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    let schema = TableSchema(
      name: "nowhere", summary: "", key: ["k"], columns: [ColumnSchema("k", .text)])
    let error = try refusal { try warehouse.publish([change(schema, [["x"]])]) }
    #expect(error.kind == .configuration)
    #expect(error.message.contains("nowhere"))
    #expect(error.help.contains("nightmill run"))
  }

  @Test(
    "Eight readers who poll while runs publish see whole publications only",
    arguments: Database.allCases)
  func readersSeeNoMix(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
    let open = world.opener
    let isDone = Flag()
    let ended = Flag()
    let mixes = Flag()
    let polls = (0..<8).map { _ in Flag() }
    for polls in polls {
      Thread {
        defer { ended.add() }
        guard let warehouse = try? open() else { return mixes.add() }
        while isDone.value == 0 && mixes.value == 0 {
          // Every publication below writes the same number to all rows of both tables, so that
          // their sum is one of a few.
          let rows = try? warehouse.rows(
            """
            SELECT count(*), min(lost) AS least, max(lost) AS most, sum(lost) AS sum
            FROM (SELECT lost FROM weeks UNION ALL SELECT lost FROM calls WHERE call_id > 'k') AS t
            """, types: ["least": .money, "most": .money, "sum": .money])
          let whole = (1...8).map { "4000|money:\($0)|money:\($0)|money:\(4000 * $0)" }
          if rows?.count != 1 || !(whole + ["0|NULL|NULL|NULL"]).contains(rows?[0] ?? "") {
            mixes.add()
          }
          polls.add()
        }
      }.start()
    }
    while polls.contains(where: { $0.value == 0 }) && mixes.value == 0 { usleep(1000) }
    for generation in 1...8 {
      let lost = RowCell.number(Int64(generation))
      try warehouse.publish([
        change(weeks, (0..<2000).map { [.number($0), "v", lost] }, replaces: .everything),
        change(calls, (0..<2000).map { [.text("k\($0)"), .number($0), lost, nil] }),
      ])
    }
    isDone.add()
    while ended.value < 8 { usleep(1000) }
    #expect(mixes.value == 0)
    #expect(polls.allSatisfy { $0.value > 1 })
  }

  @Test(
    "200,000 rows in any order are published, and found unchanged when published again",
    arguments: Database.allCases)
  func bulk(database: Database) throws {
    let world = try Published(in: database)
    let warehouse = world.warehouse
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
      "SELECT count(*), sum(lost) AS lost, min(id), max(id), count(note) FROM calls",
      types: ["lost": .money])
    #expect(sums == ["200000|money:19999900000|4|200003|133333"])
  }
}

/// A counter that two threads share.
final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  var value: Int { lock.withLock { count } }
  func add(_ number: Int = 1) { lock.withLock { count += number } }
}
