// Arithmetic that rounds half away from zero, once, and reports overflow as nil: the caller knows
// the row or table to name. Products are exact in 128 bits.
extension Money {
  /// `numerator / denominator` rounded half away from zero; nil for a zero denominator or where
  /// the quotient does not fit.
  @inlinable
  package static func divideRounded(_ numerator: Int128, _ denominator: Int128) -> Int128? {
    guard denominator != 0 else { return nil }
    let divisor = denominator.magnitude
    var (quotient, rest) = numerator.magnitude.quotientAndRemainder(dividingBy: divisor)
    // rest ≥ divisor / 2, written so that doubling cannot overflow.
    if rest >= divisor - rest { quotient += 1 }
    if (numerator < 0) == (denominator < 0) { return Int128(exactly: quotient) }
    return quotient == Int128.min.magnitude
      ? .min : Int128(exactly: quotient).map { -$0 }
  }

  /// `amount × rate` in the same minor units; nil on overflow.
  @inlinable
  package static func multiply(_ amount: Int64, by rate: Rate) -> Int64? {
    narrow(divideRounded(Int128(amount) * Int128(rate.scaled), Int128(Rate.scale)))
  }

  /// `sum / count`; nil for a count of zero or overflow.
  @inlinable
  package static func mean(sum: Int128, count: Int64) -> Int64? {
    narrow(divideRounded(sum, Int128(count)))
  }

  /// `value` as an amount; nil where it does not fit (`Int64.min` marks NULL and does not).
  @inlinable
  package static func narrow(_ value: Int128?) -> Int64? {
    guard let value, let narrow = Int64(exactly: value), narrow != .min else { return nil }
    return narrow
  }
}
