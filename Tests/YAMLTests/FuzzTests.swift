import Testing

@testable import YAML

/// SplitMix64: small, and the same on every machine for one seed.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite("No input crashes or hangs the reader")
struct FuzzTests {
  static let tokens: [[UInt8]] =
    [
      "a", "b: ", "key: 1\n", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ",", ": ", "? ",
      "\"",
      "'", "|\n", ">-\n", "&x ", "*x", "<<: ", "<<: *x\n", "!!str ", "!t ", "#c", "\t", "---\n",
      "...\n",
      "%YAML 1.2\n", "${A}", "${A:-", "$${", "}", "\\", "\\x", "\u{85}", "\u{2028}", "é", "\r", "~",
      "12",
      "@", "`", "\0", "\u{7}", "\u{FEFF}",
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

  @Test(
    "2,000 heaps of YAML tokens: a node or placed problems, always in time",
    .timeLimit(.minutes(1)), arguments: [nil, 15_998_012_076_308_554_343]
  )
  func tokenSoup(replayed: UInt64?) {
    var system = SystemRandomNumberGenerator()
    let seed = replayed ?? system.next()
    var generator = SeededGenerator(state: seed)
    var parsed = 0
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...24, using: &generator)
      var text: [UInt8] = []
      for _ in 0..<count { text += Self.tokens.randomElement(using: &generator) ?? [] }
      let problems = Problems()
      let node = Node.parse(text, file: "f", problems: problems)
      let lines = text.count { $0 == 0x0A || $0 == 0x0D || $0 == 0x85 || $0 == 0xA8 } + 1
      for problem in problems.sorted {
        let isInside = (1...lines).contains(problem.mark.line) && problem.mark.column >= 1
        #expect(isInside, "seed \(seed), input \(text): \(problem)")
      }
      guard let node else {
        #expect(!problems.isEmpty, "seed \(seed), input \(text): no node and no reason")
        continue
      }
      parsed += 1
      let values = node.interpolated(environment: { $0 == "A" ? "v" : nil }, problems: problems)
      let reader = MappingReader(values, what: "fuzz", problems: problems)
      _ = reader.optionalTextOrList("key", of: "words")
      reader.finish()
      checkCanonical(values, seed: seed, text: text)
    }
    #expect(parsed > 20, "seed \(seed): the inputs are too broken to test anything")
  }

  /// The canonical text is itself a file with the same canonical text.
  private func checkCanonical(_ node: Node, seed: UInt64, text: [UInt8]) {
    let canonical = node.canonicalText
    let problems = Problems()
    let again = Node.parse(Array(canonical.utf8), file: "again", problems: problems)
    #expect(
      again?.canonicalText == canonical,
      "seed \(seed), input \(text): \(canonical) \(problems.sorted)")
  }
}
