/// xoshiro256** seeded by SplitMix64: integers only, so every platform draws the same numbers.
struct SampleRandom {
  private var s0, s1, s2, s3: UInt64

  /// Streams of one seed are independent, so that one file's length never changes another file.
  init(seed: UInt64, stream: UInt64) {
    var state = seed &+ stream &* 0xD1B5_4A32_D192_ED03
    func step() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      return SampleRandom.mix(state)
    }
    s0 = step()
    s1 = step()
    s2 = step()
    s3 = step()
  }

  mutating func next() -> UInt64 {
    let product = s1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// A number in 0..<bound; the bias of at most bound / 2^64 does not matter for samples.
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  mutating func between(_ low: Int, _ high: Int) -> Int { low + below(high - low + 1) }

  /// True in `permille` of 1,000 draws.
  mutating func chance(_ permille: Int) -> Bool { below(1_000) < permille }

  mutating func element<T>(_ list: [T]) -> T { list[below(list.count)] }

  /// SplitMix64's finaliser: a bijection that looks random, for facts derived from an index.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Weighted choice in one table look-up.
struct Picker {
  private let slots: [Int32]
  private let shift: UInt64

  /// Weights ≥ 0, at least one above 0; shares are exact to one in 2^bits.
  init(weights: [Int], bits: Int = 14) {
    let total = weights.reduce(0, +)
    let size = 1 << bits
    var slots: [Int32] = []
    slots.reserveCapacity(size)
    var sum = 0
    for (index, weight) in weights.enumerated() {
      sum += weight
      let until = size * sum / max(total, 1)
      while slots.count < until { slots.append(Int32(index)) }
    }
    while slots.count < size { slots.append(0) }
    self.slots = slots
    shift = UInt64(64 - bits)
  }

  func pick(_ random: inout SampleRandom) -> Int { self[random.next()] }

  /// The choice for a given random word, for facts derived from a hash.
  subscript(word: UInt64) -> Int { Int(slots[Int(truncatingIfNeeded: word >> shift)]) }
}

/// Identifiers: a bijection on 50 bits of a counter, so they are unique without a set of those
/// used, unpredictable in order as real ones are, and ten letters long.
struct KeySpace {
  private let offset: UInt64
  private let multiplier: UInt64
  private static let mask: UInt64 = (1 << 50) - 1

  init(seed: UInt64, stream: UInt64) {
    var random = SampleRandom(seed: seed, stream: stream)
    offset = random.next() & Self.mask
    multiplier = random.next() | 1
  }

  subscript(number: Int) -> UInt64 {
    var x = (UInt64(truncatingIfNeeded: number) &+ offset) & Self.mask
    x = (x &* multiplier) & Self.mask
    x ^= x >> 25
    x = (x &* 0x2_C1B3_C6DF_3A4D) & Self.mask
    return x ^ (x >> 25)
  }
}
