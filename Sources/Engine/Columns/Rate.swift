/// An exact decimal fraction: `scaled` / 10¹². 0.25 is 25 %; the largest is about 9.2 million.
@frozen
package struct Rate: Hashable, Comparable, Sendable {
  /// The fraction times 10¹², as a column holds it.
  package let scaled: Int64

  /// The rate `scaled` / 10¹².
  @inlinable package init(scaled: Int64) {
    self.scaled = scaled
  }

  /// What `scaled` counts in one: 10¹².
  @inlinable package static var scale: Int64 { 1_000_000_000_000 }

  @inlinable package static func < (left: Rate, right: Rate) -> Bool {
    left.scaled < right.scaled
  }

  /// How a column writes its rates: declared, never guessed.
  package enum Unit: Hashable, Sendable {
    /// `0.25` is 25 %.
    case fraction
    /// `25` is 25 %.
    case percent
  }

  /// The declared range of a column's rates.
  package struct Bounds: Hashable, Sendable {
    /// The smallest rate.
    package var minimum: Rate
    /// Whether `minimum` itself is refused (`rate > 0`).
    package var excludesMinimum: Bool
    /// The largest rate.
    package var maximum: Rate

    /// Rates from `minimum` (itself refused if `excludesMinimum`) through `maximum`.
    package init(
      minimum: Rate = Rate(scaled: .min + 1), excludesMinimum: Bool = false,
      maximum: Rate = Rate(scaled: .max)
    ) {
      self.minimum = minimum
      self.excludesMinimum = excludesMinimum
      self.maximum = maximum
    }

    /// Above zero: exchange rates.
    package static let positive = Bounds(minimum: Rate(scaled: 0), excludesMinimum: true)
    /// 0 % to 100 %, both included.
    package static let share = Bounds(minimum: Rate(scaled: 0), maximum: Rate(scaled: Rate.scale))
  }

  /// The `scaled` of a plain decimal, spaces around ignored. Refused in this order: `missing`
  /// (empty), `type`, `precision` (the fraction has more than 12 decimals), `range`.
  package static func parse(
    _ text: ByteView, unit: Unit = .fraction, bounds: Bounds = Bounds()
  ) -> Parsed {
    let parsed = Money.parse(text, digits: unit == .fraction ? 12 : 10, format: .plain)
    guard case .value(let scaled) = parsed else { return parsed }
    let low = bounds.minimum.scaled
    if scaled < low || bounds.excludesMinimum && scaled == low || scaled > bounds.maximum.scaled {
      return .refused(.range)
    }
    return parsed
  }

  /// An amount in another currency at this rate (its units for one unit of the other), rounded
  /// once, half away from zero; the digits are those of the two minor units. nil on overflow.
  @inlinable
  package func convert(minor: Int64, fromDigits: Int, toDigits: Int) -> Int64? {
    var numerator = Int128(minor) * Int128(scaled)
    var denominator = Int128(Rate.scale)
    if toDigits >= fromDigits {
      let (product, overflow) = numerator.multipliedReportingOverflow(
        by: Int128(powerOfTen(toDigits - fromDigits)))
      // Beyond 128 bits here is beyond 64 after the division too.
      if overflow { return nil }
      numerator = product
    } else {
      denominator *= Int128(powerOfTen(fromDigits - toDigits))
    }
    return Money.narrow(Money.divideRounded(numerator, denominator))
  }

  /// Appends the shortest plain decimal: `0.25`, `3`, `-0.000000000001`.
  package func append(to bytes: inout [UInt8]) {
    Money.append(scaled, digits: 12, to: &bytes)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
  }
}
