/// A decimal number as written in a file, exact: `unscaled` / 10^`scale`.
package struct ExactDecimal: Sendable, Hashable {
  /// The number as written.
  package let text: String
  /// The digits without the point, with the sign.
  package let unscaled: Int64
  /// How many digits stand after the point.
  package let scale: Int

  /// Reads `12`, `-0.5`, `12.30`; nil for anything else: no exponent, no leading `+` or zeros, no
  /// separators, no more digits than 64 bits hold.
  package init?(parsing text: String) {
    let unsigned = text.utf8.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    let parts = unsigned.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
    guard areDigits, let whole = parts.first, whole == "0" || !whole.hasPrefix("0") else {
      return nil
    }
    let sign = unsigned.startIndex == text.startIndex ? "" : "-"
    guard let unscaled = Int64(sign + parts.joined()) else { return nil }
    self.text = text
    self.unscaled = unscaled
    self.scale = parts.count == 2 ? parts[1].utf8.count : 0
  }
}

/// A share from 0 % to 100 %, exact: `numerator` / `denominator`, where 1 % is 1 / 100 and 0.5 %
/// is 5 / 1000.
package struct Percentage: Sendable, Hashable {
  /// The part, not negative.
  package let numerator: Int64
  /// The whole: a power of ten, at least 100.
  package let denominator: Int64

  /// Reads `1 %`, `1%` or `0.5 %`; nil for anything else, also beyond 100 %.
  package init?(parsing text: String) {
    guard text.hasSuffix("%") else { return nil }
    var number = text.dropLast()
    while number.last == " " { number = number.dropLast() }
    // Sixteen places keep the denominator within 64 bits.
    guard let decimal = ExactDecimal(parsing: String(number)), decimal.scale <= 16,
      !number.hasPrefix("-")
    else { return nil }
    numerator = decimal.unscaled
    denominator = (0..<decimal.scale + 2).reduce(1) { power, _ in power * 10 }
    guard numerator <= denominator else { return nil }
  }

  /// Whether `part` of `whole` is more than this share; counts, neither negative. Exact.
  package func isExceeded(by part: Int64, of whole: Int64) -> Bool {
    Int128(part) * Int128(denominator) > Int128(whole) * Int128(numerator)
  }
}

extension Percentage: CustomStringConvertible {
  /// As people write it: `1 %`, `0.5 %`.
  package var description: String {
    let scale = denominator / 100
    var decimals = String(numerator % scale + scale).dropFirst()
    while decimals.last == "0" { decimals = decimals.dropLast() }
    return "\(numerator / scale)\(decimals.isEmpty ? "" : ".")\(decimals) %"
  }
}
