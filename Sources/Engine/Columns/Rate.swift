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
    /// The largest rate.
    package var maximum: Rate

    /// Rates from `minimum` through `maximum`.
    package init(
      minimum: Rate = Rate(scaled: .min + 1), maximum: Rate = Rate(scaled: .max)
    ) {
      self.minimum = minimum
      self.maximum = maximum
    }

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
    return scaled < bounds.minimum.scaled || scaled > bounds.maximum.scaled
      ? .refused(.range) : parsed
  }

  /// Appends the shortest plain decimal: `0.25`, `3`, `-0.000000000001`.
  package func append(to bytes: inout [UInt8]) {
    Money.append(scaled, digits: 12, to: &bytes)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
  }
}
