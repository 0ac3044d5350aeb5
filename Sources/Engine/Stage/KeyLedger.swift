import Synchronization

// Which primary keys have been seen, for every row of every source: some 18 bytes a row (`KeyTable`).
//
// A row is known by two hashes: of its key, and of all it says (its raw record). Two rows with the
// same key that say the same are duplicates whichever is kept, so the one that comes second is
// dropped at once and nothing needs an order. Only if they differ does it matter which is the last;
// then the key is *contested*, and the pass over the source is repeated with the rows of contested
// keys held aside and settled exactly (`Admission`). A collision of key hashes between different
// keys makes them contested too, and is thereby settled exactly; a row would be lost only if both
// hashes collided at once.
//
// Of the key's hash 54 bits are known (6 say the partition, 48 are kept), of the record's 48: a row
// is lost with 2⁻¹⁰² a pair, which for a billion rows in one source is 1 chance in 10¹². Key hashes
// collide by chance once in some 10⁸ rows; that costs a second pass, not a row.
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
    let table = Mutex(KeyTable())
  }

  init() {
    partitions = (0..<Self.partitionCount).map { _ in Partition() }
  }

  /// Enters rows by their key and record hashes and gives a verdict on each; nil if all are new.
  func enter(keys: [UInt64], records: [UInt64]) -> [Verdict]? {
    // Row numbers and pairs by partition.
    var starts = [Int](repeating: 0, count: Self.partitionCount + 1)
    for key in keys { starts[Int(key >> 58) + 1] &+= 1 }
    for partition in 0..<Self.partitionCount { starts[partition + 1] &+= starts[partition] }
    var next = starts
    var order = [Int32](repeating: 0, count: keys.count)
    var pairs = [KeyTable.Pair](repeating: KeyTable.Pair(), count: keys.count)
    for (row, key) in keys.enumerated() {
      let partition = Int(key >> 58)
      let place = next[partition]
      order[place] = Int32(truncatingIfNeeded: row)
      pairs[place] = KeyTable.Pair(key: key, record: records[row])
      next[partition] = place &+ 1
    }
    var verdicts: [Verdict]?
    pairs.withUnsafeBufferPointer { pairs in
      for partition in 0..<Self.partitionCount {
        let places = starts[partition]..<starts[partition + 1]
        if places.isEmpty { continue }
        partitions[partition].table.withLock { table in
          table.enter(UnsafeBufferPointer(rebasing: pairs[places])) { place, verdict in
            if verdicts == nil { verdicts = [Verdict](repeating: .new, count: keys.count) }
            verdicts?[Int(order[places.lowerBound + place])] = verdict
          }
        }
      }
    }
    return verdicts
  }
}
