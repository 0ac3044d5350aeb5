import Engine
import Support
import Synchronization
import Testing
import Threads

@testable import Files

@Suite("Spilling")
struct SpillTests {
  @Test("Blocks come back as they were appended, partition by partition, from several threads")
  func roundTrip() throws {
    let store = try SpillFiles().makeStore(partitions: 4)
    let failures = Mutex<[SpillError]>([])
    runOnThreads(3) { thread in
      for number in 0..<200 {
        let block = [UInt8](repeating: UInt8(number), count: number * 7 % 97 + thread)
        do throws(SpillError) {
          let failed = block.withView { view -> SpillError? in
            do throws(SpillError) { try store.append(view, to: number % 4) } catch { return error }
            return nil
          }
          if let failed { throw failed }
        } catch { failures.withLock { $0.append(error) } }
      }
    }
    #expect(failures.withLock { $0 }.isEmpty)
    var sums = [Int](repeating: 0, count: 4)
    var expected = sums
    for number in 0..<200 {
      expected[number % 4] += (0..<3).reduce(0) { $0 + (number * 7 % 97 + $1) * number }
    }
    var bytes: [UInt8] = []
    for partition in 0..<4 {
      for block in 0..<store.blockCount(of: partition) {
        try store.read(block, of: partition, into: &bytes)
        #expect(Set(bytes).count == 1)
        sums[partition] += bytes.reduce(0) { $0 + Int($1) }
      }
    }
    #expect(sums == expected)
  }

  @Test("A folder that cannot be written to is told with advice")
  func noFolder() {
    #expect(throws: FileError.self) { try SpillFile(partitions: 1, in: "/nonexistent") }
  }

  @Test("A budget lets nobody hold more than it has")
  func budget() {
    let budget = MemoryBudget(limit: 100)
    #expect(budget.take(60))
    #expect(!budget.take(41))
    #expect(budget.take(40))
    #expect(budget.used == 100)
    budget.give(60)
    #expect(budget.take(60))
  }
}
