extension DistinctTable {
  /// Adds every pair of another table with the same groups.
  package mutating func merge(_ other: DistinctTable) {
    // As in `merge(_:groups:added:)`: room for all of them at once.
    reserve(filled + other.filled)
    for entry in other.entries where entry.head != 0 { _ = add(entry) }
  }

  /// Calls `body` once per pair with its group and the next larger group that has the same
  /// fingerprint, `Int.max` if there is none.
  ///
  /// Fingerprints are hashes, so entries are dealt by their upper bits into parts small enough to
  /// be sorted in the nearest caches; the parts take 16 bytes a pair beside the table.
  package func forEachRun(_ body: (_ group: Int, _ next: Int) -> Void) {
    let bits = max(0, Int.bitWidth - filled.leadingZeroBitCount - 10)
    var starts = [Int](repeating: 0, count: (1 << bits) + 1)
    // A shift by 64 gives 0: without bits there is one part.
    for entry in entries where entry.head != 0 {
      starts[Int(truncatingIfNeeded: entry.tail >> UInt64(64 - bits)) + 1] += 1
    }
    for part in 0..<(1 << bits) { starts[part + 1] += starts[part] }
    var next = starts
    var dealt = [Entry](repeating: Entry(head: 0, tail: 0), count: filled)
    for entry in entries where entry.head != 0 {
      let part = Int(truncatingIfNeeded: entry.tail >> UInt64(64 - bits))
      // The rest of the fingerprint before the group, so that a run is ascending.
      dealt[next[part]] = Entry(head: entry.head << 32 | entry.head >> 32, tail: entry.tail)
      next[part] += 1
    }
    for part in 0..<(1 << bits) {
      dealt[starts[part]..<starts[part + 1]].sort {
        $0.tail != $1.tail ? $0.tail < $1.tail : $0.head < $1.head
      }
    }
    for (place, entry) in dealt.enumerated() {
      var following = Int.max
      if place + 1 < dealt.count {
        let other = dealt[place + 1]
        if other.tail == entry.tail, other.head >> 32 == entry.head >> 32 {
          following = Int(other.head & 0xFFFF_FFFF) - 1
        }
      }
      body(Int(entry.head & 0xFFFF_FFFF) - 1, following)
    }
  }
}
