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
// With a limit of memory, a partition that finds no room any more goes to disk, and its later rows
// after it. Which of its keys are repeated is found afterwards, and those are then settled as contested
// ones are.
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

  /// The part of a key's hash that the ledger knows keys by: what it says of a key it says of all
  /// with this identity.
  static func identity(of key: UInt64) -> UInt64 { key & 0xFC00_FFFF_FFFF_FFFF }

  private static let partitionCount = 64
  private let partitions: [Partition]
  private let memory: BoundedMemory?
  private let store = Mutex<(any SpillStore)?>(nil)

  private final class Partition: Sendable {
    let shelf: Mutex<KeyShelf>
    init(_ budget: MemoryBudget?) { shelf = Mutex(KeyShelf(budget: budget)) }
  }

  /// An empty ledger; with a limit of memory, partitions that find no room are spilled.
  init(memory: BoundedMemory? = nil) {
    self.memory = memory
    partitions = (0..<Self.partitionCount).map { _ in Partition(memory?.budget) }
  }

  /// Enters rows by their key and record hashes and gives a verdict on each; nil if all are new, or
  /// are of partitions that were spilled: `repeatedOnDisk` says of those, afterwards.
  func enter(keys: [UInt64], records: [UInt64]) throws(SpillError) -> [Verdict]? {
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
    var failure: SpillError?
    pairs.withUnsafeBufferPointer { pairs in
      for partition in 0..<Self.partitionCount where failure == nil {
        let places = starts[partition]..<starts[partition + 1]
        if places.isEmpty { continue }
        let some = UnsafeBufferPointer(rebasing: pairs[places])
        failure = partitions[partition].shelf.withLock { shelf in
          shelf.enter(some, spill: { self.spill($0, partition) }) { place, verdict in
            if verdicts == nil { verdicts = [Verdict](repeating: .new, count: keys.count) }
            verdicts?[Int(order[places.lowerBound + place])] = verdict
          }
        }
      }
    }
    if let failure { throw failure }
    return verdicts
  }

  /// Appends pairs to a partition on disk.
  private func spill(_ pairs: [KeyTable.Pair], _ partition: Int) -> SpillError? {
    guard let memory else { preconditionFailure("nothing is spilled without a limit") }
    do throws(SpillError) {
      let store = try store.withLock { (store) throws(SpillError) -> any SpillStore in
        if let store { return store }
        let made = try memory.space.makeStore(partitions: Self.partitionCount)
        store = made
        return made
      }
      let failure = pairs.withUnsafeBytes { buffer -> SpillError? in
        guard let base = buffer.baseAddress else { return nil }
        do throws(SpillError) {
          try store.append(ByteView(start: base, count: buffer.count), to: partition)
        } catch { return error }
        return nil
      }
      if let failure { throw failure }
    } catch { return error }
    return nil
  }

  /// The identities of the keys that occur more than once in what was spilled; no row is entered any
  /// more.
  func repeatedOnDisk() throws(SpillError) -> Set<UInt64> {
    guard let memory else { return [] }
    var found: Set<UInt64> = []
    for (partition, held) in partitions.enumerated() {
      let (count, failure) = held.shelf.withLock { shelf in
        (shelf.spilled, shelf.flush { self.spill($0, partition) })
      }
      if let failure { throw failure }
      guard count > 0, let store = store.withLock({ $0 }) else { continue }
      // As many walks over the partition as it takes for a share of its keys to fit.
      let free = max(memory.budget.limit - memory.budget.used, 4 << 20)
      let shares = count * 24 / free + 1
      for share in 0..<shares {
        try findRepeated(in: store, partition, share: share, of: shares, into: &found)
      }
    }
    return found
  }

  private func findRepeated(
    in store: any SpillStore, _ partition: Int, share: Int, of shares: Int,
    into found: inout Set<UInt64>
  ) throws(SpillError) {
    var table = KeyTable()
    var bytes: [UInt8] = []
    for block in 0..<store.blockCount(of: partition) {
      try store.read(block, of: partition, into: &bytes)
      let pairs = bytes.withUnsafeBytes { buffer in
        // Not the bits that say a key's place in the table, which would fill only a part of it.
        buffer.bindMemory(to: KeyTable.Pair.self).filter { Int($0.mixed >> 16) % shares == share }
      }
      // Without a budget there is always room.
      _ = table.makeRoom(for: pairs.count)
      pairs.withUnsafeBufferPointer { pairs in
        table.enter(pairs) { place, _ in
          found.insert(UInt64(partition) << 58 | pairs[place].keyBits)
        }
      }
    }
  }
}

/// One partition's keys: in memory, or from some row on on disk.
struct KeyShelf: ~Copyable, Sendable {
  /// How many pairs are collected before they are written.
  private static let blockSize = 2048

  private var table: KeyTable?
  private var block: [KeyTable.Pair] = []
  /// How many pairs were spilled.
  private(set) var spilled = 0

  init(budget: MemoryBudget?) { table = KeyTable(budget: budget) }

  /// Enters pairs, or spills them; returns why that failed.
  mutating func enter(
    _ pairs: UnsafeBufferPointer<KeyTable.Pair>, spill: ([KeyTable.Pair]) -> SpillError?,
    repeated: (Int, KeyLedger.Verdict) -> Void
  ) -> SpillError? {
    if let known = table.take() {
      var known = known
      if known.makeRoom(for: pairs.count) {
        known.enter(pairs, repeated: repeated)
        table = consume known
        return nil
      }
      var all: [KeyTable.Pair] = []
      all.reserveCapacity(known.count)
      known.forEach { all.append($0) }
      spilled += all.count
      if let failure = spill(all) { return failure }
    }
    block.append(contentsOf: pairs)
    spilled += pairs.count
    return block.count < Self.blockSize ? nil : flush(spill)
  }

  /// Writes what was collected.
  mutating func flush(_ spill: ([KeyTable.Pair]) -> SpillError?) -> SpillError? {
    if block.isEmpty { return nil }
    defer { block.removeAll(keepingCapacity: true) }
    return spill(block)
  }
}
