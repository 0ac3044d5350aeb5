import Engine
import Files
import Support

/// A text, and how money is written where it is money.
struct ValueInput: CustomStringConvertible {
  var text: [UInt8]
  var places: Int
  var minimum: Int64
  var format: MoneyFormat
  /// The bytes around it, which no parser may look at.
  var around: UInt8

  var description: String {
    "\(String(decoding: text, as: UTF8.self).debugDescription) \(text), \(places) decimals, "
      + "at least \(minimum), \(format)"
  }
}

/// The parsers of money, rates, days and instants against slow ones.
struct ValueTarget: Target {
  let name = "values"
  private let newYork: TimeZone

  init() {
    do throws(ValueError) {
      newYork = try loadTimeZone("America/New_York")
    } catch {
      stop("fuzz: \(error)", code: 1)
    }
  }

  func make(using generator: inout SeededGenerator) -> ValueInput {
    var format = MoneyFormat.plain
    if Bool.random(using: &generator) {
      format = MoneyFormat(
        grouping: [nil, 0x2C, 0x2E, 0x27].randomElement(using: &generator) ?? nil,
        parenthesesNegative: Bool.random(using: &generator),
        minorUnits: Int.random(in: 0..<5, using: &generator) == 0)
      if format.grouping != 0x2C, Bool.random(using: &generator) || format.grouping == 0x2E {
        format.decimal = 0x2C
      }
    }
    return ValueInput(
      text: ValueText.random(using: &generator),
      places: [0, 2, 2, 3, 4].randomElement(using: &generator) ?? 2,
      minimum: Bool.random(using: &generator) ? 0 : Money.minimum, format: format,
      around: [0x39, 0x30, 0x2E, 0x5A, 0x20, 0].randomElement(using: &generator) ?? 0x39)
  }

  func mutate(_ input: ValueInput, using generator: inout SeededGenerator) -> ValueInput {
    var changed = input
    ValueText.change(&changed.text, using: &generator)
    return changed
  }

  func smaller(_ input: ValueInput) -> [ValueInput] {
    cuts(of: input.text).map { text in
      var changed = input
      changed.text = text
      return changed
    }
  }

  func check(_ input: ValueInput) -> (difference: String?, shape: String) {
    let text = input.text
    let places = input.format.minorUnits ? 0 : input.places
    let share = Rate.Bounds.share
    let pairs: [(what: String, expected: Parsed, found: Parsed)] = [
      (
        "money", slowDecimal(text, places: input.places, minimum: input.minimum),
        view(input) { Money.parse($0, digits: input.places, minimum: input.minimum) }
      ),
      (
        "money as mapped", slowDecimal(text, places: places, minimum: input.minimum, input.format),
        view(input) {
          Money.parse($0, digits: input.places, minimum: input.minimum, format: input.format)
        }
      ),
      (
        "rate", within(slowDecimal(text, places: 12, minimum: Money.minimum), share),
        view(input) { Rate.parse($0, unit: .fraction, bounds: share) }
      ),
      (
        "percent", slowDecimal(text, places: 10, minimum: Money.minimum),
        view(input) { Rate.parse($0, unit: .percent) }
      ),
      ("exchange rate", slowExchangeRate(text), view(input) { ExchangeRate.parse($0) }),
      ("day", slowDay(text), view(input) { Day.parse($0) }),
      ("instant of UTC", slowInstant(text, .utc), view(input) { Instant.parse($0, zone: .utc) }),
      (
        "instant of New York", slowInstant(text, newYork),
        view(input) { Instant.parse($0, zone: newYork) }
      ),
      (
        "epoch seconds", slowEpoch(text, scale: 1_000_000),
        view(input) { Instant.parseEpoch($0, unit: .seconds) }
      ),
      (
        "epoch milliseconds", slowEpoch(text, scale: 1_000),
        view(input) { Instant.parseEpoch($0, unit: .milliseconds) }
      ),
    ]
    let wrong = pairs.first { $0.expected != $0.found }
    let shape = pairs.map { pair in pair.expected.offence.map { String($0.rawValue) } ?? "v" }
      .joined()
    return (
      wrong.map { "\($0.what): expected \($0.expected), found \($0.found)" },
      "\(shape) \(text.count)"
    )
  }

  private func within(_ parsed: Parsed, _ bounds: Rate.Bounds) -> Parsed {
    guard case .value(let scaled) = parsed else { return parsed }
    let isOutside = scaled < bounds.minimum.scaled || scaled > bounds.maximum.scaled
    return isOutside ? .refused(.range) : parsed
  }

  private func view(_ input: ValueInput, _ parse: (ByteView) -> Parsed) -> Parsed {
    let around = [UInt8](repeating: input.around, count: 24)
    return (around + input.text + around).withView { parse($0.slice(24..<24 + input.text.count)) }
  }
}
