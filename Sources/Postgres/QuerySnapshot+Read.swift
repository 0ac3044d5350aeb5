import CPostgreSQL
import Engine

extension QuerySnapshot {
  /// How many bytes of rows are handed on at a time, and how many rows at most.
  private static let blockSize = 1 << 19

  /// Runs a statement of a bound query on one of the connections and calls `block` with its rows in
  /// order, numbered from 1; returning false ends it. `isStopped` is asked while the server has
  /// nothing to give.
  package func read(
    _ part: Part, of binding: Binding, on lane: Lane, batchSize: Int, isStopped: () -> Bool,
    _ block: (_ rows: TypedRows, _ bytes: [UInt8]) -> Bool
  ) throws(WarehouseError) {
    var bytes: [UInt8] = []
    var rows = TypedRows()
    rows.fieldCount = binding.fieldCount
    func flush() throws(WarehouseError) {
      if rows.ends.isEmpty { return }
      guard block(rows, bytes) else {
        throw WarehouseError(.interrupted, "interrupted; nothing was published", help: "")
      }
      rows.firstRow += rows.ends.count
      rows.offsets.removeAll(keepingCapacity: true)
      rows.lengths.removeAll(keepingCapacity: true)
      rows.ends.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: true)
    }
    bytes.reserveCapacity(Self.blockSize * 2)
    try lane.connection.copyOut(
      part.statement, orError: \.warehouseError, isStopped: isStopped
    ) { (tuple) throws(WarehouseError) in
      if bytes.count > 0, bytes.count + tuple.count > Self.blockSize || rows.ends.count == batchSize
      {
        try flush()
      }
      let start = bytes.count
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: tuple.start, count: tuple.count))
      var place = 2
      for _ in 0..<binding.fieldCount {
        let length = tuple.bigEndian32(place)
        place += 4
        rows.offsets.append(UInt32(start + place))
        rows.lengths.append(length)
        if length > 0 { place += Int(length) }
      }
      rows.ends.append(UInt32(bytes.count))
    }
    try flush()
  }
}
