import Engine

/// Records of any length, by partition: in memory while the run's budget lasts, then in a spill
/// store.
///
/// A record lies in one block whole, so blocks can be read back in any order.
struct RecordBlocks: Sendable {
  /// How many partitions there are.
  static let partitions = 64
  /// The size of a block: worth a write of its own. The first of each partition are smaller, so
  /// that a small run stays small.
  private static let blockSize = 1 << 16
  private static let firstSize = 1 << 8

  private struct Open {
    var bytes: [UInt8] = []
    var used = 0
  }

  private var nextSizes = [Int](repeating: firstSize, count: partitions)

  private var open = [Open](repeating: Open(), count: partitions)
  private var full = [[[UInt8]]](repeating: [], count: partitions)
  private var store: (any SpillStore)?
  private let memory: BoundedMemory?

  /// No records; `memory` is what may be held, nil for no limit.
  init(_ memory: BoundedMemory?) { self.memory = memory }

  /// Adds a record of `count` bytes to a partition; `write` is given the memory to fill.
  mutating func append(
    _ count: Int, to partition: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(SpillError) {
    if open[partition].used + count > open[partition].bytes.count {
      try seal(partition)
      let size = max(nextSizes[partition], count)
      nextSizes[partition] = min(nextSizes[partition] * 2, Self.blockSize)
      open[partition].bytes = [UInt8](repeating: 0, count: size)
    }
    let start = open[partition].used
    open[partition].bytes.withUnsafeMutableBytes {
      write(UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + count]))
    }
    open[partition].used += count
  }

  /// Puts a partition's open block aside: kept if the budget has room for it, else written out.
  private mutating func seal(_ partition: Int) throws(SpillError) {
    var block = Open()
    swap(&block, &open[partition])
    guard block.used > 0 else { return }
    block.bytes.removeLast(block.bytes.count - block.used)
    guard let memory, !memory.budget.take(block.used) else {
      full[partition].append(block.bytes)
      return
    }
    if store == nil { store = try memory.space.makeStore(partitions: Self.partitions) }
    guard let target = store else { return }
    var failure: SpillError?
    block.bytes.withView { view in
      do throws(SpillError) { try target.append(view, to: partition) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// All bytes of a partition, which is empty afterwards.
  mutating func take(_ partition: Int) throws(SpillError) -> [UInt8] {
    var bytes: [UInt8] = []
    try take(partition, appendingTo: &bytes)
    return bytes
  }

  /// Appends all bytes of a partition, which is empty afterwards.
  mutating func take(_ partition: Int, appendingTo bytes: inout [UInt8]) throws(SpillError) {
    try append(partition, to: &bytes)
    var blocks: [[UInt8]] = []
    swap(&blocks, &full[partition])
    open[partition] = Open()
    memory?.budget.give(blocks.reduce(0) { $0 + $1.count })
  }

  /// Appends all bytes of a partition, which stay.
  ///
  /// Room is made for all of them at once: an array that grows step by step is there twice.
  func append(_ partition: Int, to bytes: inout [UInt8]) throws(SpillError) {
    let written = store?.blockCount(of: partition) ?? 0
    bytes.reserveCapacity(
      full[partition].reduce(bytes.count + open[partition].used) { $0 + $1.count }
        + written * Self.blockSize)
    for block in full[partition] { bytes.append(contentsOf: block) }
    bytes.append(contentsOf: open[partition].bytes[..<open[partition].used])
    guard let store else { return }
    var block: [UInt8] = []
    for index in 0..<written {
      try store.read(index, of: partition, into: &block)
      bytes.append(contentsOf: block)
    }
  }
}
