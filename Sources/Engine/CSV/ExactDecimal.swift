/// A decimal number of up to 38 digits for the arithmetic of mappings: exact, or refused.
struct ExactDecimal: Equatable {
  private var digits: Int128
  private var scale: Int

  private init(digits: Int128, scale: Int) {
    self.digits = digits
    self.scale = scale
  }

  /// Reads `12`, `-12.30`, `+.5`; nil for anything else or too many digits.
  init?(_ text: [UInt8]) {
    var rest = text[...]
    while rest.first == 0x20 { rest.removeFirst() }
    while rest.last == 0x20 { rest.removeLast() }
    let isNegative = rest.first == 0x2D
    if isNegative || rest.first == 0x2B { rest.removeFirst() }
    digits = 0
    scale = 0
    var sawPoint = false
    var sawDigit = false
    for byte in rest {
      if byte == 0x2E, !sawPoint {
        sawPoint = true
        continue
      }
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      sawDigit = true
      let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int128(byte - 0x30))
      if overflow || carry { return nil }
      digits = sum
      if sawPoint { scale += 1 }
    }
    guard sawDigit else { return nil }
    if isNegative { digits = -digits }
  }

  var magnitude: ExactDecimal { ExactDecimal(digits: digits < 0 ? -digits : digits, scale: scale) }
  var negated: ExactDecimal { ExactDecimal(digits: -digits, scale: scale) }

  func multiplied(by other: ExactDecimal) -> ExactDecimal? {
    let (product, overflow) = digits.multipliedReportingOverflow(by: other.digits)
    return overflow ? nil : ExactDecimal(digits: product, scale: scale + other.scale)
  }

  func adding(_ other: ExactDecimal) -> ExactDecimal? {
    let common = max(scale, other.scale)
    guard let left = scaled(to: common), let right = other.scaled(to: common) else { return nil }
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : ExactDecimal(digits: sum, scale: common)
  }

  private func scaled(to scale: Int) -> Int128? {
    var value = digits
    for _ in self.scale..<scale {
      let (next, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = next
    }
    return value
  }

  /// Plain decimal text, with all its decimals.
  var text: [UInt8] {
    var figures = Array(String(digits.magnitude).utf8)
    if scale > 0 {
      while figures.count <= scale { figures.insert(0x30, at: 0) }
      figures.insert(0x2E, at: figures.count - scale)
    }
    return digits < 0 ? [0x2D] + figures : figures
  }
}
