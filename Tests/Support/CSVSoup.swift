import Engine

/// Random CSV made of what trips readers: quotes, delimiters and line ends in every neighbourhood,
/// blocks of plain text longer than the scanner's, and bytes that are no UTF-8.
package struct CSVSoup: Sendable {
  package let bytes: [UInt8]
  package let dialect: Dialect
  package let fieldCount: Int

  private static let tokens: [[UInt8]] =
    [
      "\"", "\"", "\"", "\"\"", "\"\"\"", ",", ",", ",", "\n", "\n", "\r\n", "\r", "\n\n", "a",
      "bc",
      " ", "\0", "é", "🂡", "\",", ",\"", "\"\n", "\n\"", ",\n", "a\",\",\n", "x,y\n", "x,y\r\n",
      "\"x\",\"y\"\n", "\u{FEFF}",
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

  /// A file of up to `length` tokens.
  package init(length: Int, using generator: inout SeededGenerator) {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...length, using: &generator) {
      if Int.random(in: 0..<25, using: &generator) == 0 {
        let run = Int.random(in: 40...200, using: &generator)
        bytes += [UInt8](repeating: 0x7A, count: run)
      } else {
        bytes += Self.tokens.randomElement(using: &generator)!
      }
    }
    var dialect = Dialect()
    dialect.hasHeader = false
    if Int.random(in: 0..<10, using: &generator) == 0 { dialect.quote = nil }
    self.bytes = bytes
    self.dialect = dialect
    fieldCount = Int.random(in: 1...3, using: &generator)
  }
}

/// How long fuzz tests run: a few seconds, or NIGHTMILL_FUZZ_SECONDS.
package func fuzzSeconds(_ usual: Int, environment: [String: String]) -> Duration {
  .seconds(environment["NIGHTMILL_FUZZ_SECONDS"].flatMap(Int.init) ?? usual)
}
