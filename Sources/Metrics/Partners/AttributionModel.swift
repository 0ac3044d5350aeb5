import Engine

/// How a sale is shared over the touches before it: metrics.md section 4.
enum AttributionModel: CaseIterable {
  /// All to the first touch.
  case first
  /// All to the last touch.
  case last
  /// To each the same.
  case linear
  /// 40 % each to the first and the last touch, 20 % over those between; halves where there are
  /// two.
  case position
  /// Half as much for every 7 days that a touch lies farther back.
  case timeDecay

  /// The column that holds its shares.
  var column: String {
    switch self {
    case .first: "first_touch"
    case .last: "last_touch"
    case .linear: "linear"
    case .position: "by_position"
    case .timeDecay: "time_decay"
    }
  }

  /// What each touch weighs beside the others; `instants` ascend, and there is one at least.
  func weights(_ instants: [Int64]) -> [UInt64] {
    let count = instants.count
    switch self {
    case .first: return instants.indices.map { $0 == 0 ? 1 : 0 }
    case .last: return instants.indices.map { $0 == count - 1 ? 1 : 0 }
    case .linear: return instants.map { _ in 1 }
    case .position:
      // 2/5 : 1/5 ÷ (n − 2) : 2/5 in whole numbers.
      let end = count > 2 ? 2 * UInt64(count - 2) : 1
      return instants.indices.map { $0 == 0 || $0 == count - 1 ? end : 1 }
    case .timeDecay:
      // Only proportions count, so ages are taken from the last touch on: powers of a half then
      // come out exact, and so do their ties.
      let last = instants[count - 1]
      return instants.map { TimeDecay.weight(age: last - $0) }
    }
  }

  /// The parts of an amount in proportion to weights, not all of them 0: rounded down, what is left
  /// a cent each to the largest remainders, of equal ones to the earlier.
  static func split(_ amount: Int64, _ weights: [UInt64]) -> [Int64] {
    // Weights stay below 2⁶³ and there are fewer than 2³², amounts are below 2⁶³.
    let total = weights.reduce(UInt128(0)) { $0 + UInt128($1) }
    var parts: [Int64] = []
    var remainders: [UInt128] = []
    var left = amount
    for weight in weights {
      let (part, remainder) = (UInt128(amount) * UInt128(weight)).quotientAndRemainder(
        dividingBy: total)
      parts.append(Int64(part))
      remainders.append(remainder)
      left -= Int64(part)
    }
    guard left > 0 else { return parts }
    let order = weights.indices.sorted {
      remainders[$0] != remainders[$1] ? remainders[$0] > remainders[$1] : $0 < $1
    }
    for index in order.prefix(Int(left)) { parts[index] += 1 }
    return parts
  }
}

/// Weights that halve every 7 days, in whole numbers, so that no machine's floating point decides
/// where a cent goes.
///
/// A weight is 2^(−age / 7 days) × 2⁶², right to within 2⁻⁵⁶ of the largest weight. A remainder is
/// thus off by less than amount × 2⁻⁵⁵ × touches: of 10 billion dollars over a thousand touches a
/// 700th of a cent, of a usual sale a part in a billion. Remainders that are equal come out equal:
/// touches of one age have one weight, and where ages differ by whole weeks weights are exact
/// halves. Others are never equal: 2^x is irrational between.
enum TimeDecay {
  /// The age at which a touch weighs half.
  static let halfLife = 7 * Instant.day
  /// The weight of age 0.
  static let one: UInt64 = 1 << 62
  /// ln 2 × 2⁶⁴.
  private static let ln2: UInt64 = 0xB172_17F7_D1CF_79AB

  /// The weight of a touch `age` microseconds (0 or more) before the last one.
  static func weight(age: Int64) -> UInt64 {
    let (halvings, rest) = age.quotientAndRemainder(dividingBy: halfLife)
    guard halvings < 63 else { return 0 }
    return fraction(UInt64(rest)) >> UInt64(halvings)
  }

  /// 2^(−rest / half-life) × 2⁶² by the series of e^(−y), y = rest / half-life × ln 2 < 0.7, whose
  /// terms vanish below 2⁻⁶⁴ within 20.
  private static func fraction(_ rest: UInt64) -> UInt64 {
    if rest == 0 { return one }
    let share = UInt64((UInt128(rest) << 64) / UInt128(halfLife))
    let y = share.multipliedFullWidth(by: ln2).high
    var sum = Int128(1) << 64
    var term = UInt64.max
    var divisor: UInt64 = 1
    while term > 0 {
      term = (divisor == 1 ? y : term.multipliedFullWidth(by: y).high / divisor)
      sum += divisor % 2 == 1 ? -Int128(term) : Int128(term)
      divisor += 1
    }
    return UInt64(sum >> 2)
  }
}
