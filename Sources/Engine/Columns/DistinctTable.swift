/// Counts distinct things per group: a set of (group, 96-bit fingerprint) pairs in 16-byte entries.
///
/// Distinct visitors per product and day are far more than the groups; keeping a fingerprint of
/// each key instead of the key makes an entry 16 bytes, and an insertion mostly one cache line. Two
/// keys of one group that share a fingerprint would count as one. With n keys in a group the odds
/// are below n² / 2⁹⁷: for a million visitors of one product on one day less than 1 in 10¹⁷; for a
/// billion keys in all, even in one group, less than 1 in 10¹¹.
@usableFromInline package struct DistinctTable: Sendable {
  /// The group + 1 (0: an empty slot) and the fingerprint. Two words rather than a vector of four:
  /// comparing and testing those compiles to loops over lanes.
  @frozen @usableFromInline struct Entry: Sendable {
    /// The group + 1 in the upper half, 32 bits of the fingerprint in the lower.
    @usableFromInline let head: UInt64
    /// 64 bits of the fingerprint.
    @usableFromInline let tail: UInt64

    @inlinable init(head: UInt64, tail: UInt64) {
      self.head = head
      self.tail = tail
    }

    @inlinable init(_ group: Int, _ print: Fingerprint) {
      head = UInt64(group + 1) << 32 | UInt64(print.second)
      tail = print.first
    }
  }

  /// Only so that reads made ahead of time are not found to be idle.
  private var touched: UInt64 = 0
  @usableFromInline var entries: [Entry]
  @usableFromInline var filled = 0

  /// An empty table.
  package init() { entries = [Entry](repeating: Entry(head: 0, tail: 0), count: 64) }

  /// How many distinct pairs there are.
  @inlinable package var count: Int { filled }

  /// Adds a pair; true if it was not there. `group` must be below 2³² − 1.
  @inlinable package mutating func insert(_ group: Int, _ print: Fingerprint) -> Bool {
    add(Entry(group, print))
  }

  /// Adds pairs; `added` is called with the group of each that was not there.
  ///
  /// The slots are read once before: those reads do not wait for each other's outcome, so many are
  /// under way together, and the additions find them in the cache. In a table larger than the
  /// caches that is most of the time an addition takes.
  package mutating func insert(_ pairs: [(group: Int, print: Fingerprint)], added: (Int) -> Void) {
    let mask = entries.count - 1
    for pair in pairs {
      let entry = Entry(pair.group, pair.print)
      touched ^= entries[Int(truncatingIfNeeded: mix(entry.head, entry.tail)) & mask].tail
    }
    for pair in pairs where add(Entry(pair.group, pair.print)) { added(pair.group) }
  }

  /// Adds every pair of another table; `groups` maps its groups to this table's, and `added` is
  /// called with the (mapped) group of each pair that was not there.
  package mutating func merge(
    _ other: DistinctTable, groups: [Int], added: (Int) -> Void
  ) {
    // The other table's entries come in the order of their hashes: put into a smaller table they
    // would all land in its first part and pile up there, so room for all of them is made before.
    while (filled + other.filled) * 4 > entries.count * 3 { grow() }
    for entry in other.entries where entry.head != 0 {
      let group = groups[Int(entry.head >> 32) - 1]
      let head = UInt64(group + 1) << 32 | (entry.head & 0xFFFF_FFFF)
      if add(Entry(head: head, tail: entry.tail)) { added(group) }
    }
  }

  @inlinable mutating func add(_ entry: Entry) -> Bool {
    let mask = entries.count - 1
    var slot = Int(truncatingIfNeeded: mix(entry.head, entry.tail)) & mask
    while true {
      let found = entries[slot]
      if found.head == 0 { break }
      if found.head == entry.head, found.tail == entry.tail { return false }
      slot = (slot + 1) & mask
    }
    entries[slot] = entry
    filled += 1
    if filled * 4 > entries.count * 3 { grow() }
    return true
  }

  @usableFromInline mutating func grow() {
    let old = entries
    entries = [Entry](repeating: Entry(head: 0, tail: 0), count: old.count * 2)
    let mask = entries.count - 1
    for entry in old where entry.head != 0 {
      var slot = Int(truncatingIfNeeded: mix(entry.head, entry.tail)) & mask
      while entries[slot].head != 0 { slot = (slot + 1) & mask }
      entries[slot] = entry
    }
  }
}

/// 96 bits that stand for a key of any length: two independently seeded hashes of it.
@frozen @usableFromInline package struct Fingerprint: Sendable, Equatable {
  /// 64 bits of the one hash.
  @usableFromInline package let first: UInt64
  /// 32 bits of the other.
  @usableFromInline let second: UInt32

  @inlinable init(first: UInt64, second: UInt32) {
    self.first = first
    self.second = second
  }

  /// The fingerprint of bytes in a namespace: the same bytes in another namespace give another one.
  @inlinable package init(_ bytes: ByteView, namespace: UInt64) {
    first = hash(bytes, seed: mix(namespace, 0x9E37_79B9_7F4A_7C15))
    let other = hash(bytes, seed: mix(namespace, 0xC2B2_AE3D_27D4_EB4F))
    second = UInt32(truncatingIfNeeded: other)
  }

  /// The fingerprint of two keys together, in this order.
  @inlinable package func followed(by other: Fingerprint) -> Fingerprint {
    Fingerprint(
      first: mix(mix(0, first), other.first),
      second: UInt32(
        truncatingIfNeeded: mix(mix(UInt64(second), first), other.first ^ UInt64(other.second))))
  }
}
