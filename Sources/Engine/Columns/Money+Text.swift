/// Reads decimal text in any declared format, byte by byte: the obvious, complete counterpart of
/// `Money.parse`'s fast path, which falls back to it.
struct DecimalScanner {
  private var low: Int
  private var high: Int
  private let text: ByteView
  private let format: MoneyFormat

  init(_ text: ByteView, _ format: MoneyFormat) {
    self.text = text
    self.format = format
    low = 0
    high = text.count
  }

  /// The number times 10^`digits`, exactly. The whole text is read before an offence is chosen:
  /// what is no number at all is `type` however large, and so on down to `range`.
  mutating func value(digits: Int, minimum: Int64) -> Parsed {
    guard let negative = strip(), low < high else { return .refused(.type) }
    var magnitude: UInt64 = 0
    var overflow = false
    guard var i = integer(&magnitude, &overflow) else { return .refused(.type) }
    var missing = digits
    var precise = true
    if i < high {
      guard text[i] == format.decimal, i + 1 < high else { return .refused(.type) }
      i += 1
      while i < high {
        let digit = text[i] &- 48
        if digit > 9 { return .refused(.type) }
        if missing > 0 {
          push(digit, &magnitude, &overflow)
          missing -= 1
        } else if digit != 0 {
          precise = false
        }
        i += 1
      }
    }
    if !precise { return .refused(.precision) }
    for _ in 0..<missing { push(0, &magnitude, &overflow) }
    // Int64.min stays out on purpose: it marks NULL in a column.
    if overflow || magnitude > UInt64(Int64.max) { return .refused(.range) }
    let value = negative ? -Int64(magnitude) : Int64(magnitude)
    return value < minimum ? .refused(.range) : .value(value)
  }

  private func push(_ digit: UInt8, _ magnitude: inout UInt64, _ overflow: inout Bool) {
    let (product, high) = magnitude.multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
    if high || carry { overflow = true }
    magnitude = sum
  }

  /// Reads the digits before the decimal sign; returns where they end, nil if there are none or
  /// their groups are not groups: 1 to 3 digits, then 2 or 3 each (India's lakhs), the last 3.
  private func integer(_ magnitude: inout UInt64, _ overflow: inout Bool) -> Int? {
    var i = low
    var run = 0
    var grouped = false
    while i < high {
      let digit = text[i] &- 48
      if digit <= 9 {
        push(digit, &magnitude, &overflow)
        run += 1
        i += 1
        continue
      }
      let width = separator(at: i)
      if width == 0 { break }
      guard grouped ? run == 2 || run == 3 : run >= 1 && run <= 3 else { return nil }
      grouped = true
      run = 0
      i += width
    }
    return (grouped ? run == 3 : run > 0) ? i : nil
  }

  /// How many bytes of group separator stand at `i`; 0 for none.
  private func separator(at i: Int) -> Int {
    guard let grouping = format.grouping else { return 0 }
    if text[i] == grouping { return 1 }
    guard grouping == 0x20 else { return 0 }
    if i + 1 < high, text[i] == 0xC2, text[i + 1] == 0xA0 { return 2 }
    if i + 2 < high, text[i] == 0xE2, text[i + 1] == 0x80, text[i + 2] == 0xAF { return 3 }
    return 0
  }

  /// Takes parentheses, sign and currency off both ends; true for a negative number, nil where
  /// there is more than one of them.
  private mutating func strip() -> Bool? {
    var negative = false
    var signed = false
    if format.parenthesesNegative, high - low >= 2, text[low] == UInt8(ascii: "("),
      text[high - 1] == UInt8(ascii: ")")
    {
      negative = true
      signed = true
      low += 1
      high -= 1
      skipSpaces()
    }
    var marked = false
    while low < high {
      let byte = text[low]
      if !signed, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") {
        negative = byte == UInt8(ascii: "-")
        signed = true
        low += 1
        continue
      }
      guard format.currencySign, !marked else { break }
      let width = leadingCurrency()
      if width == 0 { break }
      marked = true
      low += width
      skipSpaces()
    }
    if format.currencySign, !marked {
      high -= trailingCurrency()
      skipSpaces()
    }
    return negative
  }

  private mutating func skipSpaces() {
    while low < high, text[low] == 0x20 { low += 1 }
    while high > low, text[high - 1] == 0x20 { high -= 1 }
    // What French and many other locales put between number and sign.
    while low + 1 < high, text[low] == 0xC2, text[low + 1] == 0xA0 { low += 2 }
    while high - 1 > low, text[high - 1] == 0xA0, text[high - 2] == 0xC2 { high -= 2 }
    while low + 2 < high, isNarrowSpace(low) { low += 3 }
    while high - 2 > low, isNarrowSpace(high - 3) { high -= 3 }
  }

  private func isNarrowSpace(_ i: Int) -> Bool {
    text[i] == 0xE2 && text[i + 1] == 0x80 && text[i + 2] == 0xAF
  }

  /// Bytes of a sign (`$`, `US$`, `€`) or a known code at the low end.
  private func leadingCurrency() -> Int {
    var i = low
    while i < high, i - low < 3, isLetter(text[i]) { i += 1 }
    let width = signWidth(at: i)
    if width > 0 { return i - low + width }
    return i - low == 3 && isCode(at: low) ? 3 : 0
  }

  private func trailingCurrency() -> Int {
    for width in 1...3 where high - width > low && signWidth(at: high - width) == width {
      return width
    }
    return high - 3 > low && isCode(at: high - 3) ? 3 : 0
  }

  private func isCode(at i: Int) -> Bool {
    isLetter(text[i]) && isLetter(text[i + 2])
      && Currency(ByteView(start: text.start + i, count: 3)) != nil
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26
  }

  /// Bytes of one currency sign at `i`: `$`, ¢£¤¥ (U+00A2–A5) or U+20A0–20C0; 0 for none.
  private func signWidth(at i: Int) -> Int {
    guard i < high else { return 0 }
    if text[i] == UInt8(ascii: "$") { return 1 }
    if i + 1 < high, text[i] == 0xC2, text[i + 1] &- 0xA2 < 4 { return 2 }
    guard i + 2 < high, text[i] == 0xE2 else { return 0 }
    let sign = UInt16(text[i + 1]) << 8 | UInt16(text[i + 2])
    return sign >= 0x82A0 && sign <= 0x8380 ? 3 : 0
  }
}
