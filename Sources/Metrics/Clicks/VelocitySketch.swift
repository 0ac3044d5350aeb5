/// An upper bound of how many clicks each code has from one address within an hour, in a byte or
/// so per click.
///
/// Only groups whose bound is above the limit are looked at exactly (`VelocityCutoffs`): with
/// limits that people set those are few, so that most groups need no memory of their own. Bounds
/// are never too low: colliding groups are counted together, and when the table doubles both halves
/// of a counter inherit it.
struct VelocitySketch: Sendable {
  private var counters = [UInt8](repeating: 0, count: 1 << 10)
  private var bits = 10
  private var total = 0

  /// The largest table: 16 MB, in which 100 million clicks make 6 a counter, and more than 30 hardly
  /// anywhere.
  private static let mostBits = 24

  /// Counts a click of a group.
  mutating func count(_ group: UInt64) {
    let index = Int(group >> UInt64(64 - bits))
    if counters[index] < .max { counters[index] += 1 }
    total += 1
    if total > counters.count, bits < Self.mostBits { grow(to: bits + 1) }
  }

  /// Whether a group may have more than `limit` clicks.
  func mayExceed(_ limit: Int64, _ group: UInt64) -> Bool {
    let bound = counters[Int(group >> UInt64(64 - bits))]
    return bound == .max || Int64(bound) > limit
  }

  /// Whether any group may have more than `limit` clicks.
  func mayExceed(_ limit: Int64) -> Bool {
    counters.contains { $0 == .max || Int64($0) > limit }
  }

  /// Adds the counts of another worker.
  mutating func merge(_ other: VelocitySketch) {
    if other.bits > bits { grow(to: other.bits) }
    let shift = bits - other.bits
    for index in counters.indices {
      let (sum, overflow) = counters[index].addingReportingOverflow(other.counters[index >> shift])
      counters[index] = overflow ? .max : sum
    }
    total += other.total
  }

  private mutating func grow(to larger: Int) {
    let (old, shift) = (counters, larger - bits)
    bits = larger
    counters = (0..<1 << larger).map { old[$0 >> shift] }
  }
}
