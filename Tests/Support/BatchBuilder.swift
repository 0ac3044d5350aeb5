import Engine

extension Currency {
  /// The reporting currency of tests that do not care.
  package static var usd: Currency { Currency(code: "USD")! }
}

/// Rows of a source as a batch, made by the real scanner and decoder from CSV text.
///
/// A column that a row does not name is absent in it. A row that the contract refuses, or a name
/// that is not one of its columns, is a mistake in the test and traps with the reason.
package func makeBatch(
  _ contract: Contract, _ rows: [[String: String]], currency: Currency = .usd,
  timeZone: TimeZone = .utc
) -> Batch {
  var text: [UInt8] = []
  for row in rows {
    for name in row.keys {
      precondition(
        contract.fields.contains { $0.name == name }, "\(contract.source) has no column \(name)")
    }
    text += csvRecord(contract.fields.map { row[$0.name] ?? "" })
  }
  let layout = RecordLayout(
    fieldCount: contract.fields.count,
    bindings: contract.fields.indices.map { ColumnBinding(.field($0)) }, fingerprint: 0)
  let (batch, refusals) = decode(
    text, contract, layout, settings: .init(timeZone: timeZone, currency: currency))
  for refusal in refusals {
    let name = contract.fields[refusal.column].name
    preconditionFailure(
      "\(contract.source), row \(refusal.row + 1): \(name) is refused: \(refusal.offence.word), "
        + "found \(rows[refusal.row][name] ?? "nothing")")
  }
  return batch
}

/// Decodes headerless CSV text whole: the batch of the rows that are fine, and why the others are
/// refused.
package func decode(
  _ text: [UInt8], _ contract: Contract, _ layout: RecordLayout,
  dialect: Dialect = Dialect(), settings: RecordDecoder.Settings, wanted: [Bool]? = nil
) -> (batch: Batch, refusals: [RowOffence]) {
  // A batch's texts are slices of its chunk. Nothing says when a test is done with them, so the
  // chunk is never freed.
  let memory = UnsafeMutableRawPointer.allocate(byteCount: text.count + 64, alignment: 64)
  memory.initializeMemory(as: UInt8.self, repeating: 0, count: text.count + 64)
  text.withUnsafeBytes {
    memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: text.count)
  }
  let chunk = ByteView(start: memory, count: text.count)

  var index = RecordIndex(fieldCount: layout.fieldCount)
  let outcome = RecordScanner(dialect).scan(
    chunk, from: 0, limit: max(text.count, 1), isLast: true, into: &index)
  precondition(outcome == .complete(next: text.count), "the scanner stopped at \(outcome)")
  precondition(index.refused.isEmpty, "records are refused as a whole: \(index.refused)")

  let batch = Batch(columnCount: contract.fields.count)
  var decoder = RecordDecoder(
    contract: contract, layout: layout, settings: settings,
    wanted: wanted ?? contract.fields.map { _ in true })
  decoder.quote = dialect.quote ?? 0x22
  _ = decoder.decode(
    index, rows: 0..<index.count, of: chunk, position: 0,
    line: { 1 + countLineBreaks(chunk.slice(0..<$0)) }, into: batch)
  return (batch, decoder.refusals)
}

/// One CSV record, every field quoted, with its line feed.
package func csvRecord(_ fields: [String]) -> [UInt8] {
  let quoted = fields.map { field in
    "\""
      + field.utf8.split(separator: 0x22, omittingEmptySubsequences: false)
      .map { String($0)! }.joined(separator: "\"\"") + "\""
  }
  return Array((quoted.joined(separator: ",") + "\n").utf8)
}
