/// Writes canonical CSV: comma, LF, text quoted only where needed, everything else as the
/// specification writes it.
package struct CSVEncoder: Sendable {
  /// Decimals of the reporting currency.
  private let moneyDigits: Int

  /// An encoder for amounts with that many decimals.
  package init(moneyDigits: Int) { self.moneyDigits = moneyDigits }

  /// Appends a value of a type that is not text, in the unit of its `ColumnType`; `Int64.absent` is
  /// an empty field. A ratio is shown with `decimals` decimals, 0 to 6.
  package func append(
    _ value: Int64, as type: ColumnType, decimals: Int = 6, to bytes: inout [UInt8]
  ) {
    if value == .absent { return }
    switch type {
    case .text: preconditionFailure("text is not a number")
    case .integer: bytes.append(contentsOf: String(value).utf8)
    case .money: Money.append(value, digits: moneyDigits, to: &bytes)
    case .day: Day(number: Int32(truncatingIfNeeded: value)).append(to: &bytes)
    case .instant: Instant.append(value, to: &bytes)
    case .boolean: bytes.append(contentsOf: (value == 0 ? "false" : "true").utf8)
    case .ratio:
      // A quotient of an Int64 by a power of ten of 1 or more fits.
      let shown = Money.divideRounded(Int128(value), Int128(powerOfTen(6 - decimals)))
      Money.append(Money.narrow(shown) ?? value, digits: decimals, to: &bytes)
    }
  }

  /// Appends a text, quoted if it holds a comma, a quote or a line break.
  package func append(text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    let start = bytes.count
    var needsQuotes = false
    for byte in text {
      if byte == 0x22 { bytes.append(0x22) }
      if byte == 0x22 || byte == 0x2C || byte == 0x0A || byte == 0x0D { needsQuotes = true }
      bytes.append(byte)
    }
    if needsQuotes {
      bytes.insert(0x22, at: start)
      bytes.append(0x22)
    }
  }
}
