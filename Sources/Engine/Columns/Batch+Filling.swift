extension Batch {
  /// Empties the batch for `rowCount` rows of a chunk.
  func begin(rowCount: Int, chunk: ByteView) {
    count = rowCount
    self.chunk = chunk
    arena.removeAll()
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

  /// A text column's storage, moved out, with `count` slices that are all to be set.
  func takeTexts(_ column: Int, count: Int) -> TextSlices {
    var slices = TextSlices()
    swap(&slices, &texts[column])
    if slices.offsets.count != count {
      slices.offsets.removeAll(keepingCapacity: true)
      slices.offsets.append(contentsOf: repeatElement(0, count: count))
      slices.lengths.removeAll(keepingCapacity: true)
      slices.lengths.append(contentsOf: repeatElement(0, count: count))
    }
    return slices
  }

  /// Puts a text column's storage back.
  func putTexts(_ slices: consuming TextSlices, _ column: Int) { texts[column] = slices }

  /// Makes every value of a text column absent.
  func putEmptyTexts(_ column: Int, count: Int) {
    texts[column].offsets = [UInt32](repeating: 0, count: count)
    texts[column].lengths = [UInt32](repeating: 0, count: count)
  }

  /// Sets a row's text to one that does not stand in the chunk as it is.
  func put(_ bytes: [UInt8], in slices: inout TextSlices, row: Int) {
    slices.offsets[row] = UInt32(truncatingIfNeeded: arena.count) | 0x8000_0000
    slices.lengths[row] = UInt32(truncatingIfNeeded: bytes.count)
    bytes.withView { arena.append($0) }
  }

  /// Forgets some rows, given in rising order.
  func drop(_ rows: [Int]) {
    count -= rows.count
    for column in integers.indices where !integers[column].isEmpty { integers[column].drop(rows) }
    for column in texts.indices where !texts[column].offsets.isEmpty {
      texts[column].offsets.drop(rows)
      texts[column].lengths.drop(rows)
    }
    positions.drop(rows)
    keyHashes.drop(rows)
    recordHashes.drop(rows)
  }
}

extension Array {
  /// Takes out the elements at some indexes, in rising order, moving the runs between them down.
  fileprivate mutating func drop(_ indexes: [Int]) {
    guard let first = indexes.first else { return }
    let count = count
    withUnsafeMutableBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      var end = first
      for (place, index) in indexes.enumerated() {
        let next = place + 1 < indexes.count ? indexes[place + 1] : count
        let run = next - index - 1
        (base + end).update(from: base + index + 1, count: run)
        end += run
      }
    }
    removeLast(indexes.count)
  }
}
