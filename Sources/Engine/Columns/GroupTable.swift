/// Groups rows by a key of two words: each distinct key gets a group number, dense from 0.
///
/// The words hold codes, days and hashes as a stage packs them. Open addressing with linear
/// probing; accumulators live in plain arrays indexed by the group number, beside the table.
@usableFromInline package struct GroupTable: Sendable {
  @usableFromInline var slots: [UInt32]
  /// The two words of each group's key, in order of group number.
  @usableFromInline package var keys: [GroupKey] = []

  /// An empty table.
  package init() { slots = [UInt32](repeating: 0, count: 64) }

  /// How many groups there are.
  @inlinable package var count: Int { keys.count }

  /// The group of a key, added if it is new.
  @inlinable package mutating func group(_ first: UInt64, _ second: UInt64) -> Int {
    let key = GroupKey(x: first, y: second)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: mix(mix(0, first), second)) & mask
    while slots[slot] != 0 {
      let group = Int(slots[slot]) - 1
      if keys[group] == key { return group }
      slot = (slot + 1) & mask
    }
    return add(key, slot: slot)
  }

  /// The group of a key, or nil if it was never added.
  @inlinable package func find(_ first: UInt64, _ second: UInt64) -> Int? {
    let key = GroupKey(x: first, y: second)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: mix(mix(0, first), second)) & mask
    while slots[slot] != 0 {
      let group = Int(slots[slot]) - 1
      if keys[group] == key { return group }
      slot = (slot + 1) & mask
    }
    return nil
  }

  @usableFromInline mutating func add(_ key: GroupKey, slot: Int) -> Int {
    let group = keys.count
    keys.append(key)
    slots[slot] = UInt32(group + 1)
    if keys.count * 4 > slots.count * 3 { grow() }
    return group
  }

  private mutating func grow() {
    let size = slots.count * 2
    slots = [UInt32](repeating: 0, count: size)
    for (group, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: mix(mix(0, key.x), key.y)) & (size - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(group + 1)
    }
  }
}

/// The two words of a group's key. Not a `SIMD2`, whose comparison is generic code.
@frozen @usableFromInline package struct GroupKey: Sendable {
  /// The first word.
  @usableFromInline package let x: UInt64
  /// The second word.
  @usableFromInline package let y: UInt64

  @inlinable init(x: UInt64, y: UInt64) {
    self.x = x
    self.y = y
  }

  /// Whether both words are the same.
  @inlinable package static func == (left: GroupKey, right: GroupKey) -> Bool {
    left.x == right.x && left.y == right.y
  }
}
