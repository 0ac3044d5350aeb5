/// Units of one currency for one of another: an exact decimal above zero.
///
/// Feeds give as many digits as their programs computed (`0.92140421998617858`), far more than a
/// share needs, and rates of weak currencies begin after many zeros. So a rate keeps significant
/// digits rather than decimals: `mantissa` / 10^`decimals`.
@frozen
package struct ExchangeRate: Hashable, Sendable {
  /// Mantissa and decimals in one word, as a column holds them; equal rates have equal words.
  package let packed: Int64

  /// The rate that a column holds.
  @inlinable package init(packed: Int64) { self.packed = packed }

  /// What a rate can hold: all of 17 digits, as many as a double is written with, and 32 decimals,
  /// so that an amount times a mantissa, and the power of ten it is divided by, fit 128 bits.
  private static let largestMantissa: Int64 = 1 << 57 - 1
  private static let mostDecimals = 32

  private var mantissa: Int64 { packed >> 6 }
  private var decimals: Int { Int(packed & 63) }

  /// The `packed` of a plain decimal, spaces around ignored. Refused in this order: `missing`
  /// (empty), `type`, `precision` (more digits than a rate holds), `range` (0 or less, or too
  /// large).
  package static func parse(_ text: ByteView, unit: Rate.Unit = .fraction) -> Parsed {
    let text = text.trimmed
    if text.isEmpty { return .refused(.missing) }
    let isNegative = text[0] == UInt8(ascii: "-")
    var place = isNegative || text[0] == UInt8(ascii: "+") ? 1 : 0
    var mantissa: Int64 = 0
    var decimals = 0
    var isTooLarge = false
    let whole = place
    while place < text.count, case let digit = text[place] &- 48, digit <= 9 {
      if !push(digit, zeros: 0, onto: &mantissa) { isTooLarge = true }
      place += 1
    }
    if place == whole { return .refused(.type) }
    var isTooLong = false
    if place < text.count {
      guard text[place] == UInt8(ascii: "."), place + 1 < text.count else { return .refused(.type) }
      // Zeros wait until another digit follows: at the end they say nothing.
      var zeros = 0
      for place in place + 1..<text.count {
        let digit = text[place] &- 48
        if digit > 9 { return .refused(.type) }
        if digit == 0 {
          zeros += 1
        } else {
          decimals += zeros + 1
          if !push(digit, zeros: zeros, onto: &mantissa) { isTooLong = true }
          zeros = 0
        }
      }
    }
    if unit == .percent {
      decimals += 2
      while decimals > 0, mantissa % 10 == 0, mantissa > 0 {
        mantissa /= 10
        decimals -= 1
      }
    }
    if isTooLong && !isTooLarge || decimals > mostDecimals { return .refused(.precision) }
    if isNegative || isTooLarge || mantissa == 0 { return .refused(.range) }
    return .value(mantissa << 6 | Int64(decimals))
  }

  /// Appends zeros and a digit to a mantissa; false, leaving it as it is, where it has no room.
  private static func push(_ digit: UInt8, zeros: Int, onto mantissa: inout Int64) -> Bool {
    var longer = mantissa
    for _ in 0..<(mantissa == 0 ? 1 : zeros + 1) {
      longer *= 10
      if longer > largestMantissa { return false }
    }
    longer += Int64(digit)
    if longer > largestMantissa { return false }
    mantissa = longer
    return true
  }

  /// An amount in another currency at this rate, rounded once, half away from zero; the digits are
  /// those of the two minor units. nil on overflow.
  package func convert(minor: Int64, fromDigits: Int, toDigits: Int) -> Int64? {
    // 63 and 57 bits; 10³² times the 10⁴ that digits of currencies can differ by is below 2¹²⁰.
    var numerator = Int128(minor) * Int128(mantissa)
    var denominator: Int128 = 1
    let shift = decimals + fromDigits - toDigits
    for _ in 0..<Swift.max(shift, 0) { denominator *= 10 }
    for _ in 0..<Swift.max(-shift, 0) {
      let (product, overflow) = numerator.multipliedReportingOverflow(by: 10)
      // Beyond 128 bits is beyond 64.
      if overflow { return nil }
      numerator = product
    }
    return Money.narrow(Money.divideRounded(numerator, denominator))
  }
}
