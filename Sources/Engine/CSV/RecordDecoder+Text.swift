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
        if isNeeded { batch.putEmptyTexts(input.column, count: rowCount) }
        return
      }
      decodeMappedText(input, field, binding, index, line, into: batch)
      return
    }
    // Nothing to check and nobody to read it.
    if !isNeeded, !field.isRequired, index.isASCII { return }

    var slices = batch.takeTexts(input.column)
    let checksBytes = !index.isASCII
    for row in 0..<rowCount {
      let (bytes, isEscaped) = index.field(
        position, ofRecord: input.rows.lowerBound + row, in: input.chunk)
      if checksBytes, layout.encoding == .latin1 {
        let text = isEscaped ? unescape(bytes).withView(transcodeLatin1) : transcodeLatin1(bytes)
        batch.append(text, to: &slices)
      } else if isEscaped {
        batch.append(unescape(bytes), to: &slices)
      } else {
        slices.offsets.append(UInt32(truncatingIfNeeded: bytes.start - input.chunk.start))
        slices.lengths.append(UInt32(truncatingIfNeeded: bytes.count))
      }
      if bytes.isEmpty {
        if field.isRequired {
          offences.append(RowOffence(row: row, column: input.column, offence: .missing))
        }
      } else if checksBytes, layout.encoding == .utf8, !isValidUTF8(bytes) {
        offences.append(RowOffence(row: row, column: input.column, offence: .utf8))
      }
    }
    batch.putTexts(slices, input.column)
  }

  private mutating func decodeMappedText(
    _ input: ColumnInput, _ field: Field, _ binding: ColumnBinding,
    _ index: borrowing RecordIndex, _ line: (Int) -> Int, into batch: Batch
  ) {
    var slices = batch.takeTexts(input.column)
    for row in 0..<input.rows.count {
      let text = mappedText(input, row, binding, index, line)
      batch.append(text ?? [], to: &slices)
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
