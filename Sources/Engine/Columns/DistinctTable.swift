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
  @usableFromInline var touched: UInt64 = 0
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

  /// Adds pairs.
  ///
  /// The slots are read once before: those reads do not wait for each other's outcome, so many are
  /// under way together, and the additions find them in the cache. In a table larger than the
  /// caches that is most of the time an addition takes.
  package mutating func insert(_ pairs: [(group: Int, print: Fingerprint)]) {
    for pair in pairs { touch(Entry(pair.group, pair.print)) }
    for pair in pairs { _ = add(Entry(pair.group, pair.print)) }
  }

  /// Adds every pair of another table; `groups` maps its groups to this table's, nil: they are the
  /// same.
  package mutating func merge(_ other: DistinctTable, groups: [Int]?) {
    // Room for all of them at once: growing step by step would move every entry several times.
    reserve(filled + other.filled)
    var some: [Entry] = []
    some.reserveCapacity(Self.together)
    for entry in other.entries where entry.head != 0 {
      var head = entry.head
      if let groups {
        let group = groups[Int(head >> 32) - 1]
        head = UInt64(group + 1) << 32 | (head & 0xFFFF_FFFF)
      }
      some.append(Entry(head: head, tail: entry.tail))
      if some.count == Self.together { add(&some) }
    }
    add(&some)
  }

  /// How many entries are looked up together.
  private static let together = 128

  private mutating func add(_ some: inout [Entry]) {
    for entry in some { touch(entry) }
    for entry in some { _ = add(entry) }
    some.removeAll(keepingCapacity: true)
  }

  @inlinable mutating func touch(_ entry: Entry) { touched ^= entries[place(of: entry)].tail }

  /// The slot an entry belongs into: its share of the table, so that the table may have any size.
  @inlinable func place(of entry: Entry) -> Int {
    Int(
      truncatingIfNeeded: mix(entry.head, entry.tail)
        .multipliedFullWidth(by: UInt64(truncatingIfNeeded: entries.count)).high)
  }

  @inlinable mutating func add(_ entry: Entry) -> Bool {
    var slot = place(of: entry)
    while true {
      let found = entries[slot]
      if found.head == 0 { break }
      if found.head == entry.head, found.tail == entry.tail { return false }
      slot += 1
      if slot == entries.count { slot = 0 }
    }
    entries[slot] = entry
    filled += 1
    if filled * 4 > entries.count * 3 { grow(to: entries.count + entries.count / 2) }
    return true
  }

  /// How many slots a table with room for `count` entries in all has: as many as it has now, or more.
  private func slots(for count: Int) -> Int {
    if count * 4 <= entries.count * 3 { return entries.count }
    return max(entries.count + entries.count / 2, count + count / 2)
  }

  /// The bytes it takes.
  package var bytes: Int { entries.count * MemoryLayout<Entry>.stride }

  /// The bytes it takes with room for `count` entries in all.
  package func bytes(for count: Int) -> Int { slots(for: count) * MemoryLayout<Entry>.stride }

  /// Makes room for `count` entries in all.
  package mutating func reserve(_ count: Int) {
    let size = slots(for: count)
    if size > entries.count { grow(to: size) }
  }

  @usableFromInline mutating func grow(to size: Int) {
    let old = entries
    entries = [Entry](repeating: Entry(head: 0, tail: 0), count: size)
    for entry in old where entry.head != 0 {
      var slot = place(of: entry)
      while entries[slot].head != 0 {
        slot += 1
        if slot == size { slot = 0 }
      }
      entries[slot] = entry
    }
  }
}

/// 96 bits that stand for a key of any length: two independently seeded hashes of it.
@frozen @usableFromInline package struct Fingerprint: Sendable, Equatable {
  /// 64 bits of the one hash.
  @usableFromInline package let first: UInt64
  /// 32 bits of the other.
  @usableFromInline package let second: UInt32

  /// The fingerprint of two hashes.
  @inlinable package init(first: UInt64, second: UInt32) {
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
