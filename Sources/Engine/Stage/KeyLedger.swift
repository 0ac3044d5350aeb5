import Synchronization

// Which primary keys have been seen, for every row of every source: 16 bytes a row.
//
// A row is known by two hashes: of its key, and of all it says (its raw record). Two rows with the
// same key that say the same are duplicates whichever is kept, so the one that comes second is
// dropped at once and nothing needs an order. Only if they differ does it matter which is the last;
// then the key is *contested*, and the pass over the source is repeated with the rows of contested
// keys held aside and settled exactly (`Admission`). A collision of key hashes between different
// keys makes them contested too, and is thereby settled exactly; a row would be lost only if both
// hashes collided at once (2⁻¹²⁸ a pair).
//
// The table is cut into partitions by key hash, each with its lock. A batch is sorted by partition
// first, so a lock is taken once per batch and partition, and the accesses under it stay within one
// small table.

/// The keys seen in one pass over a source; shared by all workers.
final class KeyLedger: Sendable {
  /// What the ledger says of a row.
  enum Verdict: UInt8 {
    /// The first with its key.
    case new
    /// Says the same as an earlier one with its key.
    case duplicate
    /// Says something else than an earlier one with its key.
    case contested
  }

  private static let partitionCount = 64
  private let partitions: [Partition]

  private final class Partition: Sendable {
    let table = Mutex(Slots())
  }

  init() {
    partitions = (0..<Self.partitionCount).map { _ in Partition() }
  }

  /// Enters rows by their key and record hashes and gives a verdict on each.
  func enter(keys: [UInt64], records: [UInt64]) -> [Verdict] {
    var starts = [Int](repeating: 0, count: Self.partitionCount + 1)
    for key in keys { starts[Int(key >> 58) + 1] += 1 }
    for partition in 0..<Self.partitionCount { starts[partition + 1] += starts[partition] }
    var next = starts
    var order = [Int32](repeating: 0, count: keys.count)
    for (row, key) in keys.enumerated() {
      let partition = Int(key >> 58)
      order[next[partition]] = Int32(row)
      next[partition] += 1
    }
    var verdicts = [Verdict](repeating: .new, count: keys.count)
    for partition in 0..<Self.partitionCount where starts[partition] < starts[partition + 1] {
      partitions[partition].table.withLock { slots in
        for place in starts[partition]..<starts[partition + 1] {
          slots.touch(keys[Int(order[place])])
        }
        for place in starts[partition]..<starts[partition + 1] {
          let row = Int(order[place])
          verdicts[row] = slots.enter(key: keys[row], record: records[row])
        }
      }
    }
    return verdicts
  }

  /// An open-addressing table of hash pairs; a record hash of zero marks an empty slot.
  private struct Slots {
    private var slots = [Pair](repeating: Pair(), count: 256)
    private var count = 0

    private struct Pair {
      var key: UInt64 = 0
      var record: UInt64 = 0
    }

    /// Only so that the reads of `touch` are not found to be idle.
    private var touched: UInt64 = 0

    /// Reads a key's slot. Reads that do not wait for each other's outcome are under way together,
    /// so that `enter`, where each does wait, finds the memory in the cache.
    @inline(__always)
    mutating func touch(_ key: UInt64) {
      touched ^= slots[Int(truncatingIfNeeded: key) & (slots.count - 1)].key
    }

    mutating func enter(key: UInt64, record: UInt64) -> Verdict {
      // Zero is taken by "empty"; two hashes that share a value are no worse than any two that
      // collide.
      let record = record == 0 ? 1 : record
      let mask = slots.count - 1
      var slot = Int(truncatingIfNeeded: key) & mask
      while true {
        let found = slots[slot]
        if found.record == 0 { break }
        if found.key == key { return found.record == record ? .duplicate : .contested }
        slot = (slot + 1) & mask
      }
      slots[slot] = Pair(key: key, record: record)
      count += 1
      if count * 4 > slots.count * 3 { grow() }
      return .new
    }

    private mutating func grow() {
      let old = slots
      slots = [Pair](repeating: Pair(), count: old.count * 2)
      let mask = slots.count - 1
      for pair in old where pair.record != 0 {
        var slot = Int(truncatingIfNeeded: pair.key) & mask
        while slots[slot].record != 0 { slot = (slot + 1) & mask }
        slots[slot] = pair
      }
    }
  }
}
