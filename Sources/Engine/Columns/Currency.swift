/// A currency of ISO 4217 with the number of decimals of its minor unit.
///
/// Codes withdrawn since 2021 stay in the table: rows of those years still carry them.
@frozen
package struct Currency: Hashable, Sendable {
  /// The three letters in the low 24 bits, first letter highest, and the digits above them.
  @usableFromInline let packed: UInt32

  @inlinable init(packed: UInt32) {
    self.packed = packed
  }

  /// The currency of a three-letter code in any case, spaces around it ignored; nil if ISO 4217
  /// has no such code.
  package init?(_ text: ByteView) {
    let code = text.trimmed
    guard code.count == 3 else { return nil }
    // Clearing the case bit turns some bytes that are not letters into others that are not.
    let first = UInt32(code[0] & 0xDF)
    let second = UInt32(code[1] & 0xDF)
    let third = UInt32(code[2] & 0xDF)
    guard let found = Self.lookup(first << 16 | second << 8 | third) else { return nil }
    self = found
  }

  /// The currency of a code such as `USD`; nil if ISO 4217 has no such code.
  package init?(code: String) {
    let bytes = Array(code.utf8)
    let found = bytes.withUnsafeBytes { raw -> Currency? in
      guard let base = raw.baseAddress else { return nil }
      return Currency(ByteView(start: base, count: raw.count))
    }
    guard let found else { return nil }
    self = found
  }

  /// The currency a column's value stands for; nil if the value stands for none.
  package init?(rawValue: Int64) {
    guard let packed = UInt32(exactly: rawValue), let found = Self.lookup(packed & 0xFF_FFFF),
      found.packed == packed
    else { return nil }
    self = found
  }

  /// The value a column holds for this currency.
  @inlinable package var rawValue: Int64 { Int64(packed) }

  /// The decimals of the minor unit: 0, 2, 3 or 4 (0 for units without one, such as gold).
  @inlinable package var digits: Int { Int(packed >> 24) }

  /// The code in capitals.
  package var text: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the code in capitals.
  package func append(to bytes: inout [UInt8]) {
    bytes.append(UInt8(truncatingIfNeeded: packed >> 16))
    bytes.append(UInt8(truncatingIfNeeded: packed >> 8))
    bytes.append(UInt8(truncatingIfNeeded: packed))
  }

  /// Every known currency, by code.
  package static let all: [Currency] = {
    var found: [Currency] = []
    for (digits, codes) in lists {
      for code in codes.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
        let letters = code.utf8.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        found.append(Currency(packed: digits << 24 | letters))
      }
    }
    return found.sorted { $0.packed & 0xFF_FFFF < $1.packed & 0xFF_FFFF }
  }()

  /// An open-addressing table, a third full: one multiplication and mostly one probe.
  private static let slots: [UInt32] = {
    var slots = [UInt32](repeating: 0, count: 512)
    for currency in all {
      var slot = hash(currency.packed & 0xFF_FFFF)
      while slots[slot] != 0 { slot = (slot + 1) & 511 }
      slots[slot] = currency.packed
    }
    return slots
  }()

  private static func hash(_ letters: UInt32) -> Int {
    Int((letters &* 0x9E37_79B1) >> 23)
  }

  private static func lookup(_ letters: UInt32) -> Currency? {
    let slots = Self.slots
    var slot = hash(letters)
    while slots[slot] != 0 {
      if slots[slot] & 0xFF_FFFF == letters { return Currency(packed: slots[slot]) }
      slot = (slot + 1) & 511
    }
    return nil
  }

  /// ISO 4217 by digits of the minor unit.
  private static let lists: [(digits: UInt32, codes: String)] = [
    (
      2,
      """
      AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN
      BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD
      FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW
      KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
      MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG
      SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD
      USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
      """
    ),
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG"),
    (0, "RWF UGX UYI VND VUV XAF XOF XPF"),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
    // Metals, baskets, test codes: ISO 4217 gives them no minor unit.
    (0, "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"),
    // Withdrawn: guilder, lev, convertible peso, kuna, old leone, Zimbabwe dollar of 2009.
    (2, "ANG BGN CUC HRK SLL ZWL"),
  ]
}
