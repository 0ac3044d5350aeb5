// A hash table in which looking a key up is one cache line, mostly. Tables of millions of keys are far
// larger than the caches, so the lines fetched are what an entry costs: a bucket is 64 bytes, aligned,
// and holds five pairs of hashes (12 bytes each) and how many there are. A full bucket goes on in the
// next one.
//
// A key's bucket is its share of the table, so that the table may have any size: it grows by a half
// rather than to the double, and the larger one is filled from beginning to end.
//
// The memory is owned by hand because an array's elements are not aligned to cache lines.

/// A set of keys by their hashes, each with the hash of the record that brought it. It owns its memory,
/// so it may pass from thread to thread.
struct KeyTable: ~Copyable, @unchecked Sendable {
  /// 48 bits of a key's hash and 48 of its record's.
  struct Pair {
    var key: UInt32 = 0
    /// 16 bits more of the key's hash above 16 more of the record's.
    var mixed: UInt32 = 0
    var record: UInt32 = 0

    init() {}

    init(key: UInt64, record: UInt64) {
      self.key = UInt32(truncatingIfNeeded: key)
      mixed =
        UInt32(truncatingIfNeeded: key >> 16) & 0xFFFF_0000
        | UInt32(truncatingIfNeeded: record >> 48)
      self.record = UInt32(truncatingIfNeeded: record)
    }

    /// The bits of the key's hash that are kept.
    var keyBits: UInt64 { UInt64(mixed >> 16) << 32 | UInt64(key) }
  }

  /// The words of a bucket: five keys, five mixed, five records, and how many are taken.
  private typealias Bucket = UnsafeMutablePointer<UInt32>
  private static let places = 5
  private static let words = 16
  private static let countWord = 15

  private var memory: UnsafeMutablePointer<UInt32>
  private var bucketCount: Int
  /// How many keys there are.
  private(set) var count = 0
  private let budget: MemoryBudget?
  private var bytesTaken = 0
  /// Only so that reads made ahead of time are not found to be idle.
  private var touched: UInt32 = 0

  /// An empty table that grows within a budget (nil: as it must).
  init(budget: MemoryBudget? = nil) {
    self.budget = budget
    bucketCount = 16
    memory = Self.allocate(bucketCount)
  }

  deinit {
    memory.deallocate()
    budget?.give(bytesTaken)
  }

  private static func allocate(_ buckets: Int) -> UnsafeMutablePointer<UInt32> {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: buckets * 64, alignment: 64)
    let memory = bytes.bindMemory(to: UInt32.self, capacity: buckets * words)
    memory.initialize(repeating: 0, count: buckets * words)
    return memory
  }

  /// Makes room for some more pairs; false, and nothing changes, where the budget has none.
  mutating func makeRoom(for more: Int) -> Bool {
    while (count + more) * 5 > bucketCount * Self.places * 4 {
      if let budget {
        let larger = (bucketCount + bucketCount / 2) * Self.words * 4
        guard budget.take(larger) else { return false }
        // Both are there while the one moves into the other.
        grow()
        budget.give(bytesTaken)
        bytesTaken = larger
      } else {
        grow()
      }
    }
    return true
  }

  /// Enters pairs, for which there is room; `repeated` is called with the place and verdict of each
  /// whose key is known.
  ///
  /// The buckets are read once before: those reads do not wait for each other's outcome, so many
  /// are under way together, and the additions find them in the cache.
  mutating func enter(
    _ pairs: UnsafeBufferPointer<Pair>, repeated: (Int, KeyLedger.Verdict) -> Void
  ) {
    var idle: UInt32 = 0
    for pair in pairs { idle ^= bucket(of: pair)[Self.countWord] }
    touched ^= idle
    for (place, pair) in pairs.enumerated() {
      if let record = add(pair) {
        repeated(place, record == pair.fullRecord ? .duplicate : .contested)
      }
    }
  }

  /// Adds a pair; if its key is known nothing changes, and the record's hash is returned.
  @inline(__always)
  private mutating func add(_ pair: Pair) -> UInt64? {
    var bucket = bucket(of: pair)
    while true {
      let taken = Int(bucket[Self.countWord])
      // All five are compared, taken or not: that has no branch to guess wrong.
      var hits = 0
      for place in 0..<Self.places { hits |= (bucket[place] == pair.key ? 1 : 0) &<< place }
      if hits != 0 {
        for place in 0..<taken where bucket[place] == pair.key {
          let mixed = bucket[Self.places + place]
          if (mixed ^ pair.mixed) & 0xFFFF_0000 == 0 {
            var known = Pair()
            known.mixed = mixed
            known.record = bucket[2 * Self.places + place]
            return known.fullRecord
          }
        }
      }
      if taken < Self.places {
        bucket[taken] = pair.key
        bucket[Self.places + taken] = pair.mixed
        bucket[2 * Self.places + taken] = pair.record
        bucket[Self.countWord] = UInt32(taken + 1)
        count &+= 1
        return nil
      }
      bucket += Self.words
      if bucket == memory + bucketCount * Self.words { bucket = memory }
    }
  }

  @inline(__always)
  private func bucket(of pair: Pair) -> Bucket {
    let share = (UInt64(pair.key) &* UInt64(truncatingIfNeeded: bucketCount)) &>> 32
    return memory + Int(truncatingIfNeeded: share) &* Self.words
  }

  private mutating func grow() {
    let (old, oldCount) = (memory, bucketCount)
    bucketCount += bucketCount / 2
    memory = Self.allocate(bucketCount)
    count = 0
    Self.forEach(old, oldCount) { _ = add($0) }
    old.deallocate()
  }

  /// Calls `body` with every pair.
  func forEach(_ body: (Pair) -> Void) { Self.forEach(memory, bucketCount, body) }

  @inline(__always)
  private static func forEach(_ memory: Bucket, _ bucketCount: Int, _ body: (Pair) -> Void) {
    for index in 0..<bucketCount {
      let bucket = memory + index * words
      for place in 0..<Int(bucket[countWord]) {
        var pair = Pair()
        pair.key = bucket[place]
        pair.mixed = bucket[places + place]
        pair.record = bucket[2 * places + place]
        body(pair)
      }
    }
  }
}

extension KeyTable.Pair {
  /// All that is kept of the record's hash.
  fileprivate var fullRecord: UInt64 { UInt64(mixed & 0xFFFF) << 32 | UInt64(record) }
}
