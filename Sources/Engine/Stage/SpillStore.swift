/// Where rows go that do not fit in memory: bytes appended in blocks, each to one of some
/// partitions, and read back block by block. Lives as long as somebody holds it.
///
/// Appending is safe from several threads. Within a partition, blocks come back in the order they
/// were appended in, which with several threads means none: nothing may depend on it.
package protocol SpillStore: AnyObject, Sendable {
  /// Appends a block to a partition. Every block is a write and 16 bytes of index, so collect some
  /// tens of kilobytes first.
  func append(_ block: ByteView, to partition: Int) throws(SpillError)
  /// How many blocks a partition has.
  func blockCount(of partition: Int) -> Int
  /// Replaces the contents of `bytes` by a block of a partition.
  func read(_ block: Int, of partition: Int, into bytes: inout [UInt8]) throws(SpillError)
}

/// What makes spill stores, so that Engine and Metrics need not know where the bytes go.
package protocol SpillSpace: Sendable {
  /// An empty store of `partitions` partitions.
  func makeStore(partitions: Int) throws(SpillError) -> any SpillStore
}

/// A limit of memory and the place for what goes beyond it: both or neither belong to a run.
package struct BoundedMemory: Sendable {
  /// What may be held in memory.
  package let budget: MemoryBudget
  /// Where the rest goes.
  package let space: any SpillSpace

  /// A budget and the space beyond it.
  package init(budget: MemoryBudget, space: any SpillSpace) {
    self.budget = budget
    self.space = space
  }
}

/// Why rows could not be put aside or read back.
package struct SpillError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where, and what happened.
  package let message: String
  /// What to do about it.
  package let help: String

  /// An error of a spill store.
  package init(message: String, help: String) {
    self.message = message
    self.help = help
  }

  package var description: String { "\(message)\n  help: \(help)" }

  /// The same as a stage's error.
  package func error(of stage: String) -> StageError {
    StageError(stage: stage, message: message, help: help)
  }
}
