import CPostgreSQL
import Engine

extension QuerySnapshot {
  /// Some rows as the server gave them, one after the other.
  package struct Block: Sendable {
    /// The rows, each from the number of its columns on.
    package var bytes: [UInt8] = []
    /// The offset behind each row.
    package var ends: [UInt32] = []
    /// The number of the first row in its part, from 1.
    package var firstRow = 1

    /// No rows.
    package init() {}

    /// Lets go of the rows and keeps the memory.
    package mutating func removeAll() {
      bytes.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
    }
  }

  /// How many bytes of rows are handed on at a time.
  private static let blockSize = 1 << 19

  /// Runs a statement of a bound query on one of the connections and calls `take` with its rows in
  /// order, at most `batchSize` at a time; returning false ends it. `take` may leave another block,
  /// whose memory is used next. `isStopped` is asked while the server has nothing to give.
  package func read(
    _ part: Part, on lane: Lane, batchSize: Int, isStopped: () -> Bool,
    _ take: (inout Block) -> Bool
  ) throws(WarehouseError) {
    var block = Block()
    func flush(_ block: inout Block) throws(WarehouseError) {
      if block.ends.isEmpty { return }
      let next = block.firstRow + block.ends.count
      guard take(&block) else {
        throw WarehouseError(.interrupted, "interrupted; nothing was published", help: "")
      }
      block.removeAll()
      block.firstRow = next
    }
    block.bytes.reserveCapacity(Self.blockSize)
    try lane.connection.copyOut(
      part.statement, orError: \.warehouseError, isStopped: isStopped, into: &block
    ) { (block, row) throws(WarehouseError) in
      let isFull = block.bytes.count + row.count > Self.blockSize || block.ends.count == batchSize
      if isFull { try flush(&block) }
      block.bytes.append(contentsOf: UnsafeRawBufferPointer(start: row.start, count: row.count))
      block.ends.append(UInt32(block.bytes.count))
    }
    try flush(&block)
  }
}

extension QuerySnapshot.Binding {
  /// Finds where each field of a block's rows lies.
  package func locateFields(_ block: QuerySnapshot.Block, in rows: inout TypedRows) {
    let count = block.ends.count * fieldCount
    let fieldCount = fieldCount
    rows.firstRow = block.firstRow
    rows.fieldCount = fieldCount
    rows.ends = block.ends
    rows.offsets.resize(to: count)
    rows.lengths.resize(to: count)
    block.bytes.withView { bytes in
      Self.locate(bytes, block.ends, fieldCount, &rows.offsets, &rows.lengths)
    }
  }

  private static func locate(
    _ bytes: ByteView, _ ends: [UInt32], _ fieldCount: Int, _ offsets: inout [UInt32],
    _ lengths: inout [Int32]
  ) {
    var offsets = offsets.mutableSpan
    var lengths = lengths.mutableSpan
    var start = 0
    var field = 0
    for end in ends {
      var place = start + 2
      for _ in 0..<fieldCount {
        let length = bytes.bigEndian32(place)
        place += 4
        offsets[field] = UInt32(truncatingIfNeeded: place)
        lengths[field] = length
        field += 1
        place += max(0, Int(length))
      }
      start = Int(end)
    }
  }
}

extension Array where Element: FixedWidthInteger {
  /// Makes it have `count` elements, of which the last may be 0.
  fileprivate mutating func resize(to count: Int) {
    if self.count > count { removeLast(self.count - count) }
    if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
  }
}
