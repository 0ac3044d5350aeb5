import Engine
import Testing

@testable import Postgres

@Suite("Numeric in binary and in text is read and written exactly")
struct NumericTests {
  @Test(
    "What is written is read back", arguments: [0, 2, 3, 4, 6],
    [0, 1, -1, 99, 100, 9_999, 10_000, 123_456, -123_450_000, 1_000_000_000_000, .max, .min + 1])
  func roundTrip(scale: Int, value: Int64) {
    var bytes = [UInt8](repeating: 0xEE, count: Numeric.length(of: value, scale: scale))
    bytes.withUnsafeMutableBytes { buffer in
      let count = buffer.baseAddress.map { Numeric.write(value, scale: scale, to: $0) }
      #expect(count == buffer.count)
    }
    #expect(!bytes.contains(0xEE))
    let read = bytes.withView { Numeric.scaled($0, scale: scale) }
    #expect(read == .exact(value))
  }

  @Test(
    "Text is rounded half away from zero where it must be",
    arguments: [
      ("12.345", 2, Numeric.Scaled.rounded(1235)), ("-12.345", 2, .rounded(-1235)),
      ("12.3", 2, .exact(1230)), ("12.3000", 2, .exact(1230)), ("7.4999999999", 0, .rounded(7)),
      ("1.5e-05", 6, .exact(15)), ("1e+18", 0, .exact(1_000_000_000_000_000_000)),
      ("0.00000049999", 6, .rounded(0)), ("NaN", 2, .none), ("Infinity", 2, .none),
      ("99999999999999999999", 0, .none), ("0.0000", 2, .exact(0)),
      ("0.33333333333333333333333333333333333333333333333333333", 6, .rounded(333_333)),
    ])
  func text(text: String, scale: Int, expected: Numeric.Scaled) {
    #expect(Numeric.scaled(text, scale: scale) == expected)
  }
}

@Suite("What can be told of a statement without a database")
struct SQLTextTests {
  @Test("Parameters stand outside of texts, names, comments and casts")
  func parameters() {
    let sql = """
      SELECT ':a', ":b", x::text, $$:c$$, $t$ :d $$ $t$, :e -- :f
      /* :g */ FROM t WHERE y = :h AND z[1:2] = 'it''s :i' AND w = :e
      """
    #expect(SQLText.parameters(in: Array(sql.utf8)).map(\.name) == ["e", "h", "e"])
  }

  @Test(
    "The first word is found behind blanks, comments and parentheses",
    arguments: [
      (" -- a\n/* b */ (select 1)", "SELECT"), ("; ;", ""), ("", ""), ("with x as (…)", "WITH"),
      ("'x'", ""),
    ])
  func firstWord(sql: String, expected: String) {
    #expect(SQLText.firstWord(of: Array(sql.utf8)) == expected)
  }
}
