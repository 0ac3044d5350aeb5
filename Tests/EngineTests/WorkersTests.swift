import Engine
import Testing
import Threads

@Suite("Work in parts gives what one thread gives")
struct WorkersTests {
  @Test("results come in the order of the rows, and each row is in one part", arguments: 1...5)
  func order(_ count: Int) {
    let workers = Workers(count: count, run: runOnThreads)
    for rows in [0..<0, 3..<4, 5..<100, 0..<1_000] {
      let parts = workers.map(rows, least: 10) { Array($0) }
      #expect(parts.count == max(1, min(count, rows.count / 10)))
      #expect(parts.flatMap { $0 } == Array(rows))
    }
  }

  @Test("what no thread was there for, the caller does")
  func fewerThreads() {
    let workers = Workers(count: 4) { count, body in
      for index in 0..<count where index % 2 == 1 { body(index) }
    }
    #expect(workers.map(0..<100, least: 1) { $0.count }.reduce(0, +) == 100)
    #expect(Workers.one.map(0..<100, least: 1) { Array($0) } == [Array(0..<100)])
  }
}
