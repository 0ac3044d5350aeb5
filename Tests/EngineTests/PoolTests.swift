import Engine
import Support
import Testing

@Suite("Pools of texts, and rows in the order of texts and numbers")
struct PoolTests {
  private func pool(_ texts: [String]) -> StringPool {
    var pool = StringPool()
    for text in texts { Array(text.utf8).withView { _ = pool.intern($0) } }
    return pool
  }

  private func randomTexts(_ generator: inout SeededGenerator, _ count: Int) -> [String] {
    let prefix = ["", "call_", "a"].randomElement(using: &generator) ?? ""
    var texts: Set<String> = []
    for _ in 0..<count {
      let letters = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        ["a", "b", "z", "\0", "é", "~"].randomElement(using: &generator) ?? ""
      }
      texts.insert(prefix + letters.joined())
    }
    return texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  @Test("Ranks are the places of the texts in byte order", arguments: 0..<20)
  func ranks(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let sorted = randomTexts(&generator, 300)
    let shuffled = sorted.shuffled(using: &generator)
    let pool = pool(shuffled)
    #expect(pool.ranks().indices.allSatisfy { sorted[pool.ranks()[$0]] == shuffled[$0] })
    let some = (0..<Int32(pool.count)).filter { _ in Bool.random(using: &generator) }
    let ranks = pool.ranks(among: some)
    let byRank = some.sorted { ranks[Int($0)] < ranks[Int($1)] }.map { pool.text(of: Int($0)) }
    #expect(byRank == sorted.filter { Set(byRank).contains($0) })
  }

  @Test(
    "Rows are sorted by any 64-bit keys, and stay as they were where those agree", arguments: 0..<10
  )
  func rowOrder(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let bits = UInt64.random(in: 1...64, using: &generator)
    let keys = (0..<1000).map { _ in UInt64.random(in: 0...(.max >> (64 - bits)), using: &generator)
    }
    var order = RowOrder(count: keys.count)
    order.sort(by: keys)
    let expected = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    #expect(order.rows == expected.map { Int32($0) })
    let numbers = [Int64.min + 1, -1, 0, 1, .max]
    #expect(numbers.map { UInt64(sortKey: $0) } == numbers.map { UInt64(sortKey: $0) }.sorted())
  }

  @Test("Texts appended as distinct are found once something is interned, and before that too")
  func distinct() {
    var first = pool(["a", "b"])
    let second = pool(["c", "dd", ""])
    #expect(first.append(distinct: second) == 2)
    #expect(first.count == 5)
    #expect((0..<5).map { first.text(of: $0) } == ["a", "b", "c", "dd", ""])
    #expect(Array("dd".utf8).withView(first.code) == 3)
    #expect(Array("e".utf8).withView(first.code) == nil)
    #expect(Array("dd".utf8).withView { first.intern($0) } == 3)
    #expect(Array("e".utf8).withView { first.intern($0) } == 5)
    #expect(Array("a".utf8).withView(first.code) == 0)
  }
}
