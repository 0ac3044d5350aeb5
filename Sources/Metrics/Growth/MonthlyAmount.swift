import Engine

/// What a payment is worth a month, exactly: a fraction of minor units.
struct MonthlyAmount {
  /// Minor units times 1, 12 or 52.
  let numerator: Int128
  /// Above 0.
  let denominator: Int128

  /// month a / n, year a / 12n, week 52a / 12n.
  init(amount: Int64, interval: Int64, count: Int64) {
    switch BillingInterval(rawValue: interval) {
    case .week:
      numerator = 13 * Int128(amount)
      denominator = 3 * Int128(count)
    case .year:
      numerator = Int128(amount)
      denominator = 12 * Int128(count)
    case .month, nil:
      numerator = Int128(amount)
      denominator = Int128(count)
    }
  }

  /// The least common multiple of two positive denominators; nil beyond 127 bits.
  static func leastCommonMultiple(_ left: Int128, _ right: Int128) -> Int128? {
    if left % right == 0 { return left }
    var (high, low) = (left, right)
    while low != 0 { (high, low) = (low, high % low) }
    let (product, overflow) = (left / high).multipliedReportingOverflow(by: right)
    return overflow ? nil : product
  }

  /// The amount in parts of a minor unit, `scale` of them being one; nil beyond 127 bits. `scale`
  /// is a multiple of the denominator.
  func scaled(to scale: Int128) -> Int128? {
    let (product, overflow) = numerator.multipliedReportingOverflow(by: scale / denominator)
    return overflow ? nil : product
  }
}
