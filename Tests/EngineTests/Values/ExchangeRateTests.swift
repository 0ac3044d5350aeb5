import Engine
import Support
import Testing

@Suite("Exchange rates")
struct ExchangeRateTests {
  private func rate(_ text: String, unit: Rate.Unit = .fraction) -> Parsed {
    view(text) { ExchangeRate.parse($0, unit: unit) }
  }

  @Test(
    "equal rates are equal however they are written",
    arguments: [
      ("1.1", "1.10"), ("1.1", "+01.1000000000000000000000000000000000000"), ("1", " 1.0 "),
      ("100", "100.00"), ("0.5", "00.50"),
    ])
  func equal(one: String, other: String) throws {
    let value = try #require(rate(one).value)
    #expect(rate(other) == .value(value))
  }

  @Test(
    "conversion goes between minor units and rounds once, from every digit of the rate",
    arguments: [
      (1200, "0.0065", 0, 2, 780), (12, "0.0065", 0, 2, 8), (12345, "3.25", 3, 2, 4012),
      (-12, "0.0065", 0, 2, -8), (100, "150", 2, 0, 150), (-50, "1", 2, 0, -1), (49, "1", 2, 0, 0),
      // As doubles are written: 1 / 1.0853, and what one more digit makes of a half.
      (1_000_000_000_000_000, "0.92140421998617858", 2, 2, 921_404_219_986_179),
      (100, "0.0049999999999999999", 2, 2, 0), (100, "0.005", 2, 2, 1),
      // A weak currency in a strong one, and back.
      (1_000_000_000_000, "0.00000000000000000000000123", 0, 4, 0),
      (.max, "0.00000000000000000000000000000001", 4, 0, 0),
      (3, "99999999999999999", 2, 2, 299_999_999_999_999_997),
      (7, "1234567890", 0, 4, 86_419_752_300_000),
    ] as [(Int64, String, Int, Int, Int64)])
  func conversion(minor: Int64, text: String, from: Int, to: Int, expected: Int64) throws {
    let rate = ExchangeRate(packed: try #require(rate(text).value))
    #expect(rate.convert(minor: minor, fromDigits: from, toDigits: to) == expected)
  }

  @Test("a percentage is a hundredth", arguments: [("110", "1.1"), ("0.5", "0.005"), ("100", "1")])
  func percent(text: String, fraction: String) {
    #expect(rate(text, unit: .percent) == rate(fraction))
  }

  @Test(
    "refused rates name the first offence: type, precision, range",
    arguments: [
      ("", .missing), ("  ", .missing), ("three", .type), ("1e-3", .type), (".5", .type),
      ("5.", .type), ("1,5", .type), ("1.2.3", .type), ("-", .type),
      ("99999999999999999999x", .type),
      ("1.123456789012345678", .precision), ("-1.123456789012345678", .precision),
      ("0.000000000000000000000000000000001", .precision), ("0", .range), ("0.000", .range),
      ("-3.25", .range), ("200000000000000000", .range), ("99999999999999999999.5", .range),
    ] as [(String, Offence)])
  func refused(text: String, offence: Offence) {
    #expect(rate(text) == .refused(offence))
  }

  @Test("what does not fit is reported, never wrapped")
  func overflow() throws {
    let most = ExchangeRate(packed: try #require(rate("144115188075855871").value))
    #expect(most.convert(minor: .max, fromDigits: 0, toDigits: 4) == nil)
    #expect(most.convert(minor: .max, fromDigits: 2, toDigits: 2) == nil)
    #expect(most.convert(minor: -64, fromDigits: 2, toDigits: 2) == -9_223_372_036_854_775_744)
    // The value that marks NULL is no amount.
    let two = ExchangeRate(packed: try #require(rate("2").value))
    #expect(two.convert(minor: .min / 2, fromDigits: 2, toDigits: 2) == nil)
  }
}
