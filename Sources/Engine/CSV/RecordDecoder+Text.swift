extension RecordDecoder {
  /// Decodes a text column into slices: of the chunk where the bytes stand there as they are, else
  /// of the arena.
  mutating func decodeText(
    _ input: ColumnInput, _ field: Field, _ binding: ColumnBinding,
    _ index: borrowing RecordIndex, _ line: (Int) -> Int, into batch: Batch
  ) {
    let rowCount = input.rows.count
    let isKey = contract.key.contains(input.column)
    let isNeeded = wanted[input.column] || isKey
    guard case .field(let position) = binding.origin, binding.isPlainField else {
      if case .absent = binding.origin, binding.defaultText == nil, !field.isRequired {
        batch.putEmptyTexts(input.column, count: isNeeded ? rowCount : 0)
        return
      }
      decodeMappedText(input, field, binding, index, line, into: batch)
      return
    }
    // Nothing to check and nobody to read it.
    if !isNeeded, !field.isRequired, index.isASCII {
      batch.putEmptyTexts(input.column, count: 0)
      return
    }

    var slices = batch.takeTexts(input.column, count: rowCount)
    let hasEscaped = fill(&slices.offsets, &slices.lengths, input, position, index)
    if hasEscaped || !index.isASCII {
      let isLatin1 = layout.encoding == .latin1 && !index.isASCII
      for row in 0..<rowCount {
        let (bytes, isEscaped) = index.field(
          position, ofRecord: input.rows.lowerBound + row, in: input.chunk)
        if isLatin1 {
          let text = isEscaped ? unescape(bytes).withView(transcodeLatin1) : transcodeLatin1(bytes)
          batch.put(text, in: &slices, row: row)
        } else {
          if isEscaped { batch.put(unescape(bytes), in: &slices, row: row) }
          if !index.isASCII, !isValidUTF8(bytes) {
            offences.append(RowOffence(row: row, column: input.column, offence: .utf8))
          }
        }
      }
    }
    if field.isRequired {
      for row in 0..<rowCount where slices.lengths[row] == 0 {
        offences.append(RowOffence(row: row, column: input.column, offence: .missing))
      }
    }
    batch.putTexts(slices, input.column)
  }

  /// Slices of the chunk for every field of a column as it stands there; returns whether any has
  /// quotes that are doubled.
  private func fill(
    _ starts: inout [UInt32], _ counts: inout [UInt32], _ input: ColumnInput, _ position: Int,
    _ index: borrowing RecordIndex
  ) -> Bool {
    // Spans: an array would be asked at every row whether it is its memory's only owner.
    var offsets = starts.mutableSpan
    var lengths = counts.mutableSpan
    var entry = input.rows.lowerBound &* index.fieldCount &+ position
    var union: UInt32 = 0
    for row in 0..<input.rows.count {
      let (start, end) = index.bounds(
        entry, firstOf: position == 0 ? input.rows.lowerBound &+ row : nil)
      offsets[row] = UInt32(truncatingIfNeeded: start)
      lengths[row] = UInt32(truncatingIfNeeded: end &- start)
      union |= index.fields.pair(at: entry).end
      entry &+= index.fieldCount
    }
    return union & RecordIndex.escaped != 0
  }

  private mutating func decodeMappedText(
    _ input: ColumnInput, _ field: Field, _ binding: ColumnBinding,
    _ index: borrowing RecordIndex, _ line: (Int) -> Int, into batch: Batch
  ) {
    var slices = batch.takeTexts(input.column, count: input.rows.count)
    for row in 0..<input.rows.count {
      let text = mappedText(input, row, binding, index, line)
      batch.put(text ?? [], in: &slices, row: row)
      guard let text else {
        offences.append(RowOffence(row: row, column: input.column, offence: .type))
        continue
      }
      if text.isEmpty {
        if field.isRequired {
          offences.append(RowOffence(row: row, column: input.column, offence: .missing))
        }
      } else if !text.withView(isValidUTF8) {
        offences.append(RowOffence(row: row, column: input.column, offence: .utf8))
      }
    }
    batch.putTexts(slices, input.column)
  }
}
