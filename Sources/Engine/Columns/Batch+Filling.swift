extension Batch {
  /// Empties the batch for `rowCount` rows of a chunk.
  func begin(rowCount: Int, chunk: ByteView) {
    count = rowCount
    self.chunk = chunk
    arena.removeAll()
    for column in texts.indices where !texts[column].offsets.isEmpty {
      texts[column].offsets.removeAll(keepingCapacity: true)
      texts[column].lengths.removeAll(keepingCapacity: true)
    }
  }

  /// A column's storage, moved out so that a loop writes to a local array, with `count` values.
  func takeIntegers(_ column: Int, count: Int) -> [Int64] {
    var values: [Int64] = []
    swap(&values, &integers[column])
    if values.count != count {
      values.removeAll(keepingCapacity: true)
      values.append(contentsOf: repeatElement(.absent, count: count))
    }
    return values
  }

  /// Puts a column's storage back.
  func putIntegers(_ values: consuming [Int64], _ column: Int) { integers[column] = values }

  /// A text column's storage, moved out and emptied.
  func takeTexts(_ column: Int) -> TextSlices {
    var slices = TextSlices()
    swap(&slices, &texts[column])
    slices.offsets.removeAll(keepingCapacity: true)
    slices.lengths.removeAll(keepingCapacity: true)
    return slices
  }

  /// Puts a text column's storage back.
  func putTexts(_ slices: consuming TextSlices, _ column: Int) { texts[column] = slices }

  /// Makes every value of a text column absent.
  func putEmptyTexts(_ column: Int, count: Int) {
    texts[column].offsets = [UInt32](repeating: 0, count: count)
    texts[column].lengths = [UInt32](repeating: 0, count: count)
  }

  /// Adds a text that does not stand in the chunk as it is.
  func append(_ bytes: [UInt8], to slices: inout TextSlices) {
    slices.offsets.append(UInt32(truncatingIfNeeded: arena.count) | 0x8000_0000)
    slices.lengths.append(UInt32(truncatingIfNeeded: bytes.count))
    bytes.withView { arena.append($0) }
  }

  /// Keeps some rows (in rising order) and forgets the others.
  func keep(_ rows: [Int]) {
    count = rows.count
    for column in integers.indices where !integers[column].isEmpty {
      integers[column].keep(rows)
    }
    for column in texts.indices where !texts[column].offsets.isEmpty {
      texts[column].offsets.keep(rows)
      texts[column].lengths.keep(rows)
    }
    positions.keep(rows)
    keyHashes.keep(rows)
    recordHashes.keep(rows)
  }
}

extension Array {
  /// Keeps the elements at some indexes, in rising order, in place.
  fileprivate mutating func keep(_ indexes: [Int]) {
    for (place, index) in indexes.enumerated() { self[place] = self[index] }
    removeLast(count - indexes.count)
  }
}
