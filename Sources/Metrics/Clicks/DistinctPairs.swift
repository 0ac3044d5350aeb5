import Engine

/// Distinct pairs of a group and a fingerprint, such as the viewers of a product and day: in memory while
/// the run's budget lasts, then in partitions of a spill store.
///
/// A full table that may not grow is written out and begun anew. What was written may repeat what comes
/// later, so nothing is known of a pair until all of its partition is read back, and that is a 64th of
/// everything. Partitions go by the fingerprint alone: workers number groups in their own ways.
struct DistinctPairs: Sendable {
  /// What a worker wrote out, and what its groups are now called (nil: the same).
  private struct Segment {
    var blocks: RecordBlocks
    var groups: [Int]?
  }

  private var table = DistinctTable()
  /// The bytes that were asked for.
  private var held = 0
  private var segments: [Segment] = []
  private let memory: BoundedMemory?
  /// What the table may take without asking, so that few entries are written more than once: little
  /// beside the rest of a run, and beside a small budget.
  private let granted: Int

  /// No pairs; `memory` is what may be held, nil for no limit.
  init(_ memory: BoundedMemory?) {
    self.memory = memory
    granted = min(1 << 20, (memory?.budget.limit ?? .max) / 64)
  }

  /// Adds pairs; groups must be below 2³² − 1.
  mutating func insert(_ pairs: [(group: Int, print: Fingerprint)]) throws(SpillError) {
    if !hasRoom(for: pairs.count) { try spill() }
    table.insert(pairs)
  }

  /// Adds another worker's pairs; `groups` maps its groups to these, nil: they are the same.
  mutating func merge(_ other: DistinctPairs, groups: [Int]?) throws(SpillError) {
    var other = other
    if other.segments.isEmpty, hasRoom(for: other.table.count) {
      table.merge(other.table, groups: groups)
    } else {
      // Not emptied, which would copy it: the caller holds it, too.
      try other.write()
    }
    other.forgetTable()
    for segment in other.segments {
      var merged = segment
      if let groups { merged.groups = segment.groups.map { $0.map { groups[$0] } } ?? groups }
      segments.append(merged)
    }
  }

  /// Whether the table has room for more entries, or the budget to make it.
  private mutating func hasRoom(for more: Int) -> Bool {
    let bytes = table.bytes(for: table.count + more)
    if bytes == table.bytes { return true }
    if let memory, bytes > granted {
      // Both tables are there while the one moves into the other.
      guard memory.budget.take(bytes) else { return false }
      table.reserve(table.count + more)
      memory.budget.give(held)
      held = bytes
    } else {
      table.reserve(table.count + more)
    }
    return true
  }

  /// Writes the table's entries out, and begins anew.
  private mutating func spill() throws(SpillError) {
    try write()
    table.removeAll()
  }

  /// Writes the table's entries out.
  private mutating func write() throws(SpillError) {
    if table.count == 0 { return }
    // One's own are first, if there are any: those of other workers have groups of their own.
    if segments.first.map({ $0.groups != nil }) ?? true {
      segments.insert(Segment(blocks: RecordBlocks(memory), groups: nil), at: 0)
    }
    var blocks = segments[0].blocks
    segments[0].blocks = RecordBlocks(nil)
    var failure: SpillError?
    table.forEach { group, print in
      guard failure == nil else { return }
      do throws(SpillError) {
        try blocks.append(Self.size, to: Int(print.first >> 58)) { bytes in
          bytes.storeBytes(of: print.first, as: UInt64.self)
          bytes.storeBytes(of: print.second, toByteOffset: 8, as: UInt32.self)
          bytes.storeBytes(of: UInt32(group), toByteOffset: 12, as: UInt32.self)
        }
      } catch { failure = error }
    }
    segments[0].blocks = blocks
    if let failure { throw failure }
  }

  /// The bytes of an entry that is written out.
  private static let size = 16

  private mutating func forgetTable() {
    table = DistinctTable()
    memory?.budget.give(held)
    held = 0
  }

  /// Calls `body` with tables that together hold every pair, each fingerprint in one of them with all
  /// its groups. Nothing is left afterwards.
  mutating func takeParts(_ body: (inout DistinctTable) -> Void) throws(SpillError) {
    if segments.isEmpty {
      body(&table)
      return forgetTable()
    }
    try write()
    forgetTable()
    for partition in 0..<RecordBlocks.partitions {
      var written: [[UInt8]] = []
      for index in segments.indices { written.append(try segments[index].blocks.take(partition)) }
      var part = DistinctTable()
      // Entries come in the order of the tables they were in. In a table that grows meanwhile they would
      // all belong close together.
      part.reserve(written.reduce(0) { $0 + $1.count } / Self.size)
      for (bytes, segment) in zip(written, segments) {
        bytes.withView { Self.add($0, segment.groups, to: &part) }
      }
      body(&part)
    }
    segments = []
  }

  private static func add(_ view: ByteView, _ groups: [Int]?, to part: inout DistinctTable) {
    for place in stride(from: 0, to: view.count, by: size) {
      let bytes = view.start + place
      let group = Int(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
      _ = part.insert(
        groups.map { $0[group] } ?? group,
        Fingerprint(
          first: bytes.loadUnaligned(as: UInt64.self),
          second: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    }
  }
}
