extension DistinctTable {
  /// Calls `body` once per pair.
  package func forEach(_ body: (_ group: Int, _ print: Fingerprint) -> Void) {
    for entry in entries where entry.head != 0 {
      body(
        Int(entry.head >> 32) - 1,
        Fingerprint(first: entry.tail, second: UInt32(truncatingIfNeeded: entry.head)))
    }
  }

  /// Removes every pair; the memory stays.
  package mutating func removeAll() {
    for slot in entries.indices { entries[slot] = Entry(head: 0, tail: 0) }
    filled = 0
  }

  /// Calls `body` once per pair with its group and the next larger group that has the same
  /// fingerprint, `Int.max` if there is none. The table is empty afterwards.
  ///
  /// It is sorted where it lies, since it may be most of what a run holds: fingerprints are hashes, so
  /// entries are dealt by their upper bits into parts small enough to be sorted in the nearest caches.
  package mutating func takeRuns(_ body: (_ group: Int, _ next: Int) -> Void) {
    var dealt: [Entry] = []
    swap(&dealt, &entries)
    self = DistinctTable()
    var count = 0
    for slot in dealt.indices where dealt[slot].head != 0 {
      let entry = dealt[slot]
      // The rest of the fingerprint before the group, so that a run is ascending.
      dealt[count] = Entry(head: entry.head << 32 | entry.head >> 32, tail: entry.tail)
      count += 1
    }
    for part in Self.deal(&dealt, count) {
      dealt[part].sort { $0.tail != $1.tail ? $0.tail < $1.tail : $0.head < $1.head }
    }
    for place in 0..<count {
      let entry = dealt[place]
      var following = Int.max
      if place + 1 < count {
        let other = dealt[place + 1]
        if other.tail == entry.tail, other.head >> 32 == entry.head >> 32 {
          following = Int(other.head & 0xFFFF_FFFF) - 1
        }
      }
      body(Int(entry.head & 0xFFFF_FFFF) - 1, following)
    }
  }

  /// Puts the first `count` entries into parts by the upper bits of their fingerprints, in place: each
  /// entry that lies in a wrong part goes where the next of its own is to lie (McIlroy, Bostic and
  /// McIlroy, "Engineering Radix Sort", 1993). Returns the parts.
  private static func deal(_ entries: inout [Entry], _ count: Int) -> [Range<Int>] {
    let bits = max(0, Int.bitWidth - count.leadingZeroBitCount - 10)
    func part(of entry: Entry) -> Int {
      // A shift by 64 gives 0: without bits there is one part.
      Int(truncatingIfNeeded: entry.tail >> UInt64(64 - bits))
    }
    var starts = [Int](repeating: 0, count: (1 << bits) + 1)
    for place in 0..<count { starts[part(of: entries[place]) + 1] += 1 }
    for part in 0..<(1 << bits) { starts[part + 1] += starts[part] }
    var next = starts
    for here in 0..<(1 << bits) {
      while next[here] < starts[here + 1] {
        let there = part(of: entries[next[here]])
        if there != here { entries.swapAt(next[here], next[there]) }
        next[there] += 1
      }
    }
    return (0..<(1 << bits)).map { starts[$0]..<starts[$0 + 1] }
  }
}
