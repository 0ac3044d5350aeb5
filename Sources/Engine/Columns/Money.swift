/// How the amounts of a mapped export are written; the default is a plain decimal.
package struct MoneyFormat: Hashable, Sendable {
  /// The byte between groups of digits (`,` in `1,234.56`); nil refuses grouping. With a space,
  /// no-break spaces (U+00A0, U+202F) count too.
  package var grouping: UInt8?
  /// The byte before the decimals.
  package var decimal: UInt8
  /// Whether a currency sign (`$`, `US$`, `€`) or code (`USD`) may stand before or after.
  package var currencySign: Bool
  /// Whether `(12.30)` means -12.30.
  package var parenthesesNegative: Bool
  /// Whether the number counts minor units already: `1230` is 12.30.
  package var minorUnits: Bool

  /// A format; every argument left out is as in a plain decimal.
  package init(
    grouping: UInt8? = nil, decimal: UInt8 = UInt8(ascii: "."), currencySign: Bool = false,
    parenthesesNegative: Bool = false, minorUnits: Bool = false
  ) {
    self.grouping = grouping
    self.decimal = decimal
    self.currencySign = currencySign
    self.parenthesesNegative = parenthesesNegative
    self.minorUnits = minorUnits
  }

  /// `-12.30`: a sign, digits, a point, decimals.
  package static let plain = MoneyFormat()
}

/// Amounts of money: `Int64` minor units of a currency, never binary floating point.
package enum Money {
  /// The smallest amount; `Int64.min` marks NULL in a column.
  @inlinable package static var minimum: Int64 { .min + 1 }

  /// The minor units of a plain decimal (`12`, `-12.30`, `+12.300000`), spaces around ignored,
  /// for a currency with `digits` decimals. Refused in this order: `missing` (empty), `type`,
  /// `precision` (a non-zero decimal beyond `digits`), `range` (below `minimum`, overflow).
  @inlinable
  package static func parse(
    _ text: ByteView, digits: Int, minimum: Int64 = Money.minimum
  ) -> Parsed {
    // Up to 14 digits and 4 decimals stay below 10¹⁸: nothing here can overflow. Whatever is not
    // the clean form goes to the general parser, which knows the reasons.
    let count = text.count
    guard count > 0, count <= 14, digits <= 4 else { return parseGeneral(text, digits, minimum) }
    let negative = text[0] == UInt8(ascii: "-")
    var i = negative ? 1 : 0
    let first = i
    var value: Int64 = 0
    while i < count {
      let digit = text[i] &- 48
      if digit > 9 { break }
      value = value &* 10 &+ Int64(digit)
      i &+= 1
    }
    var shift = digits
    if i < count {
      guard i > first, text[i] == UInt8(ascii: "."), i &+ 1 < count else {
        return parseGeneral(text, digits, minimum)
      }
      let decimals = count &- i &- 1
      i &+= 1
      while i < count {
        let digit = text[i] &- 48
        if digit > 9 { return parseGeneral(text, digits, minimum) }
        value = value &* 10 &+ Int64(digit)
        i &+= 1
      }
      shift = digits &- decimals
      if shift < 0 { return parseGeneral(text, digits, minimum) }
    } else if first == count {
      return .refused(.type)
    }
    while shift > 0 {
      value = value &* 10
      shift &-= 1
    }
    if negative { value = 0 &- value }
    return value < minimum ? .refused(.range) : .value(value)
  }

  @usableFromInline
  static func parseGeneral(_ text: ByteView, _ digits: Int, _ minimum: Int64) -> Parsed {
    parse(text, digits: digits, minimum: minimum, format: .plain)
  }

  /// The minor units of an amount written as `format` says; refused as in the plain form.
  package static func parse(
    _ text: ByteView, digits: Int, minimum: Int64 = Money.minimum, format: MoneyFormat
  ) -> Parsed {
    let trimmed = text.trimmed
    if trimmed.count == 0 { return .refused(.missing) }
    var scanner = DecimalScanner(trimmed, format)
    return scanner.value(digits: format.minorUnits ? 0 : digits, minimum: minimum)
  }

  /// Appends the amount as a plain decimal with exactly `digits` decimals: `-12.30`, `5`.
  package static func append(_ minor: Int64, digits: Int, to bytes: inout [UInt8]) {
    if minor < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = minor.magnitude
    let scale = UInt64(powerOfTen(digits))
    appendDigits(magnitude / scale, width: 1, to: &bytes)
    guard digits > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    appendDigits(magnitude % scale, width: digits, to: &bytes)
  }
}

/// 10 to the power of `exponent`, 0 to 18.
@inlinable
package func powerOfTen(_ exponent: Int) -> Int64 {
  var power: Int64 = 1
  for _ in 0..<exponent { power *= 10 }
  return power
}

/// Appends `value` in decimal, with zeros in front up to `width` digits.
func appendDigits(_ value: UInt64, width: Int, to bytes: inout [UInt8]) {
  let start = bytes.count
  var rest = value
  var written = 0
  repeat {
    bytes.append(UInt8(truncatingIfNeeded: 48 + rest % 10))
    rest /= 10
    written += 1
  } while rest > 0 || written < width
  var low = start
  var high = bytes.count - 1
  while low < high {
    bytes.swapAt(low, high)
    low += 1
    high -= 1
  }
}
