import Engine

/// SplitMix64: small, and the same on every machine for one seed, so that a failing test can be run
/// again.
package struct SeededGenerator: RandomNumberGenerator {
  /// The seed; print it where a test fails.
  package let seed: UInt64
  private var state: UInt64

  /// A generator from a seed, or from a random one.
  package init(seed: UInt64? = nil) {
    var system = SystemRandomNumberGenerator()
    self.seed = seed ?? system.next()
    state = self.seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
