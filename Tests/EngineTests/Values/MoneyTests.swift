import Engine
import Support
import Testing

@Suite("Currencies, money and rates")
struct MoneyTests {
  @Test(
    "plain decimals become exact minor units",
    arguments: [
      ("12", 2, 1200), ("12.3", 2, 1230), ("12.30", 2, 1230), ("-12.30", 2, -1230),
      ("+12.30", 2, 1230), ("12.300000", 2, 1230), (" 7.5 ", 2, 750), ("\t8", 2, 800),
      ("0", 2, 0), ("-0.00", 2, 0), ("007", 2, 700), ("12", 0, 12), ("12.00", 0, 12),
      ("0.080", 3, 80), ("-0.08", 3, -80), ("1.2345", 4, 12345),
      ("12345678901234", 2, 1_234_567_890_123_400), ("12345678901234", 4, 123_456_789_012_340_000),
      ("92233720368547758.07", 2, Int64.max), ("-92233720368547758.07", 2, Int64.min + 1),
      ("0000000000000000000000001.00000000000000000000000", 2, 100),
    ] as [(String, Int, Int64)])
  func accepted(text: String, digits: Int, minor: Int64) {
    #expect(view(text) { Money.parse($0, digits: digits) } == .value(minor))
    // The fast path and the complete parser are one definition.
    #expect(view(text) { Money.parse($0, digits: digits, format: .plain) } == .value(minor))
  }

  @Test(
    "refused amounts name the first offence: type, precision, range",
    arguments: [
      ("", 2, .missing), ("  ", 2, .missing), (".5", 2, .type), ("12.", 2, .type), (".", 2, .type),
      ("-", 2, .type), ("+", 2, .type), ("--1", 2, .type), ("+-1", 2, .type), ("- 1", 2, .type),
      ("1e3", 2, .type), ("abc", 2, .type), ("1,234.56", 2, .type), ("1 234", 2, .type),
      ("12,30", 2, .type), ("$5", 2, .type), ("(5)", 2, .type), ("0x10", 2, .type),
      ("1.2.3", 2, .type), ("NaN", 2, .type), ("٣", 2, .type), ("12.345", 2, .precision),
      ("12.5", 0, .precision), ("12.3456", 3, .precision), ("0.000000000000000001", 2, .precision),
      ("99999999999999999999", 2, .range), ("99999999999999999999.999", 2, .precision),
      ("99999999999999999999x", 2, .type), ("92233720368547758.08", 2, .range),
      ("-92233720368547758.08", 2, .range), ("18446744073709551616", 0, .range),
      ("-5.00", 2, .range), ("-0.01", 2, .range), ("-12.345", 2, .precision),
    ] as [(String, Int, Offence)])
  func refused(text: String, digits: Int, offence: Offence) {
    #expect(view(text) { Money.parse($0, digits: digits, minimum: 0) } == .refused(offence))
    #expect(
      view(text) { Money.parse($0, digits: digits, minimum: 0, format: .plain) }
        == .refused(offence))
  }

  @Test("random amounts survive writing and reading in every number of digits")
  func roundTrip() {
    let seed: UInt64 = 20_261_121
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let shift = Int64.random(in: 0...62, using: &random)
      let minor = max(Int64.random(in: .min + 1 ... .max, using: &random) >> shift, .min + 1)
      let digits = Int.random(in: 0...4, using: &random)
      let text = written { Money.append(minor, digits: digits, to: &$0) }
      #expect(
        view(text) { Money.parse($0, digits: digits) } == .value(minor), "seed \(seed): \(text)")
    }
  }

  @Test(
    "amounts are written with exactly the currency's decimals",
    arguments: [
      (-1230, 2, "-12.30"), (5, 0, "5"), (80, 3, "0.080"), (0, 2, "0.00"), (-1, 2, "-0.01"),
      (Int64.min + 1, 2, "-92233720368547758.07"), (12345, 4, "1.2345"),
    ] as [(Int64, Int, String)])
  func format(minor: Int64, digits: Int, text: String) {
    #expect(written { Money.append(minor, digits: digits, to: &$0) } == text)
  }

  static let grouped = MoneyFormat(grouping: UInt8(ascii: ","))
  static let european = MoneyFormat(
    grouping: UInt8(ascii: "."), decimal: UInt8(ascii: ","), currencySign: true)
  static let french = MoneyFormat(
    grouping: UInt8(ascii: " "), decimal: UInt8(ascii: ","), currencySign: true)
  static let dollars = MoneyFormat(
    grouping: UInt8(ascii: ","), currencySign: true, parenthesesNegative: true)
  static let minor = MoneyFormat(minorUnits: true)

  @Test(
    "mapped exports: grouping, decimal comma, signs, parentheses, minor units",
    arguments: [
      ("1,234.56", grouped, .value(123_456)), ("1,234,567", grouped, .value(123_456_700)),
      ("12,34,567.80", grouped, .value(123_456_780)), ("1234.5", grouped, .value(123_450)),
      ("1,23", grouped, .refused(.type)), ("1,2345", grouped, .refused(.type)),
      (",123", grouped, .refused(.type)), ("1234,567", grouped, .refused(.type)),
      ("1,,234", grouped, .refused(.type)), ("1,234.567", grouped, .refused(.precision)),
      ("1.23,45", grouped, .refused(.type)),
      ("1.234,56", european, .value(123_456)), ("1.234,56 €", european, .value(123_456)),
      ("-1,5 EUR", european, .value(-150)), ("12.30", european, .refused(.type)),
      ("1 234,56 €", french, .value(123_456)), ("1\u{202F}234,56\u{A0}€", french, .value(123_456)),
      ("$1,234.56", dollars, .value(123_456)), ("-$12.30", dollars, .value(-1230)),
      ("$-12.30", dollars, .value(-1230)), ("US$ 5", dollars, .value(500)),
      ("USD 5", dollars, .value(500)), ("usd5", dollars, .value(500)),
      ("(12.30)", dollars, .value(-1230)), ("($12.30)", dollars, .value(-1230)),
      ("(-12.30)", dollars, .refused(.type)), ("()", dollars, .refused(.type)),
      ("(5", dollars, .refused(.type)), ("$", dollars, .refused(.type)),
      ("$$5", dollars, .refused(.type)), ("$5$", dollars, .refused(.type)),
      ("KKK 5", dollars, .refused(.type)), ("£5.00", dollars, .value(500)),
      ("1230", minor, .value(1230)), ("-1230.0", minor, .value(-1230)),
      ("12.30", minor, .refused(.precision)), ("", dollars, .refused(.missing)),
    ] as [(String, MoneyFormat, Parsed)])
  func formats(text: String, format: MoneyFormat, expected: Parsed) {
    #expect(view(text) { Money.parse($0, digits: 2, format: format) } == expected)
  }

  @Test(
    "halves round away from zero, on both sides",
    arguments: [
      (5, 2, 3), (-5, 2, -3), (5, -2, -3), (-5, -2, 3), (4, 3, 1), (-4, 3, -1), (0, 7, 0),
      (1, 2, 1), (-1, 2, -1), (49, 100, 0), (-49, 100, 0),
    ] as [(Int, Int, Int)])
  func rounding(numerator: Int, denominator: Int, quotient: Int) {
    #expect(Money.divideRounded(Int128(numerator), Int128(denominator)) == Int128(quotient))
  }

  @Test("overflow and division by zero are reported, never wrapped")
  func overflow() {
    #expect(Money.divideRounded(1, 0) == nil)
    #expect(Money.divideRounded(.min, -1) == nil)
    #expect(Money.divideRounded(.min, 1) == .min)
    #expect(Money.divideRounded(.max, .max) == 1)
    #expect(Money.mean(sum: 10, count: 0) == nil)
    #expect(Money.mean(sum: Int128(Int64.max) * 3, count: 2) == nil)
    #expect(Money.mean(sum: -25, count: 10) == -3)
    #expect(Money.multiply(.max, by: Rate(scaled: 2 * Rate.scale)) == nil)
    // The value that marks NULL is no amount.
    #expect(Money.multiply(.max, by: Rate(scaled: -Rate.scale)) == .min + 1)
    #expect(Money.narrow(Int128(Int64.min)) == nil)
  }

  @Test(
    "rates are exact, their unit declared",
    arguments: [
      ("0.25", .fraction, .value(250_000_000_000)), ("10.00", .percent, .value(100_000_000_000)),
      (" 1 ", .fraction, .value(1_000_000_000_000)), ("0.1", .percent, .value(1_000_000_000)),
      ("0.000000000001", .fraction, .value(1)), ("0.0000000001", .percent, .value(1)),
      ("0.0000000000001", .fraction, .refused(.precision)), ("three", .fraction, .refused(.type)),
      ("10000000", .fraction, .refused(.range)), ("", .percent, .refused(.missing)),
    ] as [(String, Rate.Unit, Parsed)])
  func rates(text: String, unit: Rate.Unit, expected: Parsed) {
    #expect(view(text) { Rate.parse($0, unit: unit) } == expected)
  }

  @Test(
    "a rate outside its declared range is refused",
    arguments: [
      ("0", .share, true), ("1", .share, true), ("1.01", .share, false), ("-0.1", .share, false),
    ] as [(String, Rate.Bounds, Bool)])
  func bounds(text: String, bounds: Rate.Bounds, accepted: Bool) {
    let offence = view(text) { Rate.parse($0, bounds: bounds) }.offence
    #expect(offence == (accepted ? nil : .range))
  }

  @Test("rates are written as the shortest decimal")
  func rateText() {
    #expect(written { Rate(scaled: 250_000_000_000).append(to: &$0) } == "0.25")
    #expect(written { Rate(scaled: 30_000_000_000_000).append(to: &$0) } == "30")
    #expect(written { Rate(scaled: -1).append(to: &$0) } == "-0.000000000001")
  }

  @Test("every currency is found in any case and survives its column value")
  func currencies() throws {
    #expect(Currency.all.count > 175)
    #expect(Set(Currency.all.map(\.text)).count == Currency.all.count)
    for currency in Currency.all {
      #expect(view(currency.text.lowercased()) { Currency($0) } == currency)
      #expect(Currency(rawValue: currency.rawValue) == currency)
    }
    for (code, digits) in [
      ("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("BHD", 3), ("ISK", 0), ("XCG", 2),
    ] {
      #expect(Currency(code: code)?.digits == digits, "\(code)")
    }
  }

  @Test(
    "what ISO 4217 does not know is no currency",
    arguments: ["", "US$", "KWDX", "US", "ZZZ", "U D", "\u{15}SD", "USD\0", "5S$"])
  func unknownCurrency(code: String) {
    #expect(view(code) { Currency($0) } == nil)
  }

  @Test("a column value that stands for no currency is refused")
  func unknownCurrencyValue() {
    #expect(Currency(rawValue: 0) == nil)
    #expect(Currency(rawValue: .min) == nil)
    #expect(Currency(rawValue: (Currency(code: "USD")?.rawValue ?? 0) + 1 << 24) == nil)
  }

  @Test("reasons are the quarantine's words")
  func words() {
    #expect(
      Offence.allCases.map(\.word) == [
        "missing", "type", "precision", "range", "value", "utf8", "skipped_local_time", "ragged",
        "malformed_quote",
      ])
  }
}
