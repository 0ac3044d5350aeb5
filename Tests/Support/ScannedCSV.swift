import Engine

/// Reads headerless CSV with the engine's scanner, as much of it loaded at a time as the caller
/// says.
///
/// - Parameters:
///   - step: How many more bytes are loaded whenever the scanner asks for more.
///   - span: How far ahead of where it stands each scan's limit is.
package func scanCSV(
  _ bytes: [UInt8], _ dialect: Dialect, from start: (start: Int, line: Int), fieldCount: Int,
  step: Int, span: Int
) -> CSVReading {
  let scanner = RecordScanner(dialect)
  var reading = CSVReading()
  var from = start.start
  var line = start.line
  var loaded = min(bytes.count, from + step)
  var index = RecordIndex(fieldCount: fieldCount)
  while from < bytes.count {
    // What follows the loaded bytes must be ignored, so it is made as disturbing as can be.
    let memory = bytes[..<loaded] + [UInt8](repeating: dialect.quote ?? 0x0A, count: 64)
    let next = Array(memory).withView { padded in
      let chunk = padded.slice(0..<loaded)
      index.removeAll()
      let outcome = scanner.scan(
        chunk, from: from, limit: from + span, isLast: loaded == bytes.count, into: &index)
      append(index, of: chunk, from: from, line: line, dialect, to: &reading)
      switch outcome {
      case .complete(let next):
        loaded = max(loaded, min(bytes.count, next + step))
        line += countLineBreaks(chunk.slice(from..<next))
        return next
      case .needsMore(let next):
        loaded = min(bytes.count, loaded + step)
        line += countLineBreaks(chunk.slice(from..<next))
        return next
      case .tooLong: return bytes.count
      }
    }
    from = next
  }
  reading.records.sort { $0.line < $1.line }
  reading.refusals.sort { $0.line < $1.line }
  return reading
}

private func append(
  _ index: borrowing RecordIndex, of chunk: ByteView, from: Int, line: Int, _ dialect: Dialect,
  to reading: inout CSVReading
) {
  func lineOf(_ place: Int) -> Int { line + countLineBreaks(chunk.slice(from..<place)) }
  for row in 0..<index.count {
    var fields: [[UInt8]] = []
    for field in 0..<index.fieldCount {
      let (bytes, isEscaped) = index.field(field, ofRecord: row, in: chunk)
      fields.append(isEscaped ? withoutDoubles(bytes.bytes, dialect.quote) : bytes.bytes)
    }
    reading.records.append(.init(line: lineOf(index.place(of: row).lowerBound), fields: fields))
  }
  for refused in index.refused {
    reading.refusals.append(
      .init(
        line: lineOf(refused.start), offence: refused.offence, found: refused.found,
        raw: chunk.slice(refused.start..<refused.end).bytes))
  }
}

private func withoutDoubles(_ bytes: [UInt8], _ quote: UInt8?) -> [UInt8] {
  var plain: [UInt8] = []
  var isSecond = false
  for byte in bytes {
    isSecond = byte == quote && !isSecond
    if byte != quote || isSecond { plain.append(byte) }
  }
  return plain
}
