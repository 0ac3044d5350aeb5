import Engine

// PostgreSQL's numeric in binary: digits of base 10,000, of which the first stands for
// 10,000^weight, a sign, and the number of decimals shown. Here it is read into, and written from,
// whole numbers of 10^-scale: minor units of money, millionths of a ratio.

/// Conversions between numeric and scaled whole numbers.
enum Numeric {
  /// What a numeric is as a whole number of 10^-scale.
  enum Scaled: Equatable {
    /// Exactly this.
    case exact(Int64)
    /// This, rounded half away from zero.
    case rounded(Int64)
    /// NaN, an infinity, or more than 64 bits.
    case none

    /// The value, rounded where it must be.
    var value: Int64? {
      switch self {
      case .exact(let value), .rounded(let value): value
      case .none: nil
      }
    }
  }

  private static let negative: UInt16 = 0x4000

  /// How many bytes the binary form of `value` × 10^-scale takes.
  @inline(__always)
  static func length(of value: Int64, scale: Int) -> Int {
    8 + 2 * groups(in: aligned(value.magnitude, scale))
  }

  /// Writes `value` × 10^-scale in binary form and returns how many bytes it took; there must be room
  /// for `length` of them.
  ///
  /// Groups of 0 at either end are written as all others: the server takes them away.
  @inline(__always)
  static func write(_ value: Int64, scale: Int, to place: UnsafeMutableRawPointer) -> Int {
    var rest = aligned(value.magnitude, scale)
    let count = groups(in: rest)
    store(UInt16(count), at: place)
    store(UInt16(bitPattern: Int16(count - 1 - groupsAfterPoint(scale))), at: place + 2)
    store(value < 0 ? negative : 0, at: place + 4)
    store(UInt16(scale), at: place + 6)
    var index = count
    // 64 bits hold almost any amount, and are divided much quicker.
    while rest > UInt128(UInt64.max) {
      index -= 1
      store(UInt16(rest % 10_000), at: place + 8 + 2 * index)
      rest /= 10_000
    }
    var low = UInt64(truncatingIfNeeded: rest)
    while index > 0 {
      index -= 1
      store(UInt16(truncatingIfNeeded: low % 10_000), at: place + 8 + 2 * index)
      low /= 10_000
    }
    return 8 + 2 * count
  }

  private static func groupsAfterPoint(_ scale: Int) -> Int { (scale + 3) / 4 }

  /// The magnitude in units of the last group: 64 bits and three more decimals at most.
  @inline(__always)
  private static func aligned(_ magnitude: UInt64, _ scale: Int) -> UInt128 {
    let factor: UInt64 =
      switch groupsAfterPoint(scale) * 4 - scale {
      case 0: 1
      case 1: 10
      case 2: 100
      default: 1000
      }
    let product = magnitude.multipliedFullWidth(by: factor)
    return UInt128(product.high) << 64 | UInt128(product.low)
  }

  /// How many groups a number of them takes; none for 0.
  @inline(__always)
  private static func groups(in number: UInt128) -> Int {
    var count = 0
    var power: UInt128 = 1
    // 10,000^6 is more than 64 bits and three decimals.
    while count < 6, number >= power {
      power *= 10_000
      count += 1
    }
    return count
  }

  /// Reads the binary form.
  static func scaled(_ bytes: ByteView, scale: Int) -> Scaled {
    let count = Int(bytes.bigEndian16(0))
    let weight = Int(Int16(bitPattern: bytes.bigEndian16(2)))
    let sign = bytes.bigEndian16(4)
    guard sign == 0 || sign == negative, bytes.count >= 8 + count * 2 else { return .none }
    // Five groups before the point hold more than 64 bits do.
    if count > 0, weight > 4 { return .none }
    var sum: Int128 = 0
    var exponent = weight + 1
    var isCut = false
    for index in 0..<count {
      let digit = bytes.bigEndian16(8 + index * 2)
      // One group beyond the scale decides the rounding; later ones only whether it is exact.
      if exponent * 4 < -(scale + 3) {
        isCut = isCut || digit != 0
        continue
      }
      exponent -= 1
      sum = sum * 10_000 + Int128(digit)
    }
    var shift = exponent * 4 + scale
    if count == 0 { shift = 0 }
    while shift > 0 {
      sum *= 10
      shift -= 1
      if sum > Int128(Int64.max) { return .none }
    }
    if shift < 0 {
      var divisor: Int128 = 1
      for _ in 0..<min(-shift, 36) { divisor *= 10 }
      isCut = isCut || sum % divisor != 0
      guard let quotient = Money.divideRounded(sum, divisor) else { return .none }
      sum = quotient
    }
    guard let value = Int64(exactly: sign == 0 ? sum : -sum), value != .absent else { return .none }
    return isCut ? .rounded(value) : .exact(value)
  }

  /// Reads the text form, such as `-12.345` or `1.2e-05`.
  static func scaled(_ text: String, scale: Int) -> Scaled {
    let parts = text.split(separator: "e", maxSplits: 1)
    let exponent = parts.count == 2 ? Int(parts[1]) : 0
    guard let mantissa = parts.first, let exponent else { return .none }
    var sum: Int128 = 0
    var shift = scale + exponent
    var isCut = false
    var isAfterPoint = false
    for character in mantissa.utf8.drop(while: { $0 == UInt8(ascii: "-") }) {
      if character == UInt8(ascii: ".") {
        isAfterPoint = true
        continue
      }
      guard (0x30...0x39).contains(character) else { return .none }
      let digit = Int128(character - 0x30)
      if isAfterPoint, shift < 0, sum > Int128.max / 1000 {
        isCut = isCut || digit != 0
        continue
      }
      if sum > Int128.max / 100 { return .none }
      sum = sum * 10 + digit
      if isAfterPoint { shift -= 1 }
    }
    while shift > 0, sum != 0 {
      sum *= 10
      shift -= 1
      if sum > Int128(Int64.max) { return .none }
    }
    while shift < -1, sum != 0 {
      isCut = isCut || sum % 10 != 0
      sum /= 10
      shift += 1
    }
    if shift == -1, let quotient = Money.divideRounded(sum, 10) {
      isCut = isCut || sum % 10 != 0
      sum = quotient
    }
    let isNegative = mantissa.utf8.first == UInt8(ascii: "-")
    guard let value = Int64(exactly: isNegative ? -sum : sum), value != .absent else {
      return .none
    }
    return isCut ? .rounded(value) : .exact(value)
  }
}

/// Writes a number as the protocol has it, and returns how many bytes that took.
@inline(__always)
@discardableResult
func store<Number: FixedWidthInteger & BitwiseCopyable>(
  _ number: Number, at place: UnsafeMutableRawPointer
) -> Int {
  place.storeBytes(of: number.bigEndian, as: Number.self)
  return MemoryLayout<Number>.size
}

extension ByteView {
  /// Two bytes from `index` on, as the protocol has numbers.
  @inline(__always)
  func bigEndian16(_ index: Int) -> UInt16 {
    guard index + 2 <= count else { return 0 }
    return UInt16(bigEndian: start.loadUnaligned(fromByteOffset: index, as: UInt16.self))
  }

  /// Four bytes from `index` on.
  @inline(__always)
  func bigEndian32(_ index: Int) -> Int32 {
    guard index + 4 <= count else { return 0 }
    return Int32(bigEndian: start.loadUnaligned(fromByteOffset: index, as: Int32.self))
  }

  /// Eight bytes from `index` on.
  @inline(__always)
  func bigEndian64(_ index: Int) -> Int64 {
    guard index + 8 <= count else { return 0 }
    return Int64(bigEndian: start.loadUnaligned(fromByteOffset: index, as: Int64.self))
  }
}
