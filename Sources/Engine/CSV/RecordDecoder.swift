// The second half of reading CSV: the fields of indexed records become columns of a batch.
//
// Column by column, so that each loop does one kind of work with one parser, and a column that
// nobody reads is only checked. A refused value marks its row; when all columns are through, rows
// that are refused or not wanted are squeezed out, so stages see none of this.

/// Decodes records of one layout into batches. One per worker and file.
package struct RecordDecoder {
  /// What decoding needs to know beyond the layout.
  package struct Settings: Sendable {
    /// The zone of instants without an offset.
    package let timeZone: TimeZone
    /// The reporting currency, which money without a currency column is in.
    package let currency: Currency

    /// Settings of a source.
    package init(timeZone: TimeZone, currency: Currency) {
      self.timeZone = timeZone
      self.currency = currency
    }
  }

  let contract: Contract
  let layout: RecordLayout
  let settings: Settings
  /// Which columns' values are kept; the others are only checked.
  let wanted: [Bool]
  /// Contract columns in the order they are decoded: currencies first, since money depends on them.
  private let order: [Int]

  /// What became of each row, while a batch is made.
  var offences: [RowOffence] = []
  var isDropped: [Bool] = []
  /// Currency raw values of the rows, by column, for money columns that name it.
  var currencies: [Int: [Int64]] = [:]

  /// A decoder that keeps the columns marked in `wanted` (one for each of the contract's).
  package init(contract: Contract, layout: RecordLayout, settings: Settings, wanted: [Bool]) {
    self.contract = contract
    self.layout = layout
    self.settings = settings
    self.wanted = wanted
    let columns = contract.fields.indices
    order =
      columns.filter { contract.fields[$0].isCurrency }
      + columns.filter { !contract.fields[$0].isCurrency }
  }

  /// Decodes the records `rows` of `index` into `batch`, replacing what it held.
  /// - Parameters:
  ///   - line: Gives the physical line of a record's first byte; asked only where a mapping uses
  ///     it.
  ///   - position: The chunk's place in its file, which with the record's makes `Batch.positions`.
  /// - Returns: How many records the conditions filtered out.
  package mutating func decode(
    _ index: borrowing RecordIndex, rows: Range<Int>, of chunk: ByteView, position: Int,
    line: (Int) -> Int, into batch: Batch
  ) -> Int {
    batch.begin(rowCount: rows.count, chunk: chunk)
    offences = []
    isDropped = [Bool](repeating: false, count: rows.count)
    let filtered = filter(index, rows, chunk, line)
    for column in order {
      let record = ColumnInput(rows: rows, chunk: chunk, column: column)
      decodeColumn(record, index, line, into: batch)
    }
    settleOffences()
    addIdentity(index, rows, chunk, position, line, to: batch)
    let dropped = isDropped.indices.filter { isDropped[$0] }
    if !dropped.isEmpty { batch.drop(dropped) }
    return filtered
  }

  /// The records refused in the last `decode`, by row.
  package var refusals: [RowOffence] { offences }

  /// Leaves each row its first offence in the contract's order, and none to rows that were not
  /// wanted.
  private mutating func settleOffences() {
    guard !offences.isEmpty else { return }
    offences = offences.filter { !isDropped[$0.row] }
    offences.sort { ($0.row, $0.column) < ($1.row, $1.column) }
    var first: [RowOffence] = []
    for offence in offences where first.last?.row != offence.row { first.append(offence) }
    offences = first
    for offence in offences { isDropped[offence.row] = true }
  }

  private mutating func filter(
    _ index: borrowing RecordIndex, _ rows: Range<Int>, _ chunk: ByteView, _ line: (Int) -> Int
  ) -> Int {
    guard !layout.conditions.isEmpty else { return 0 }
    var filtered = 0
    for row in rows {
      let isWanted = withFields(of: row, index, chunk, line) { fields in
        layout.conditions.allSatisfy { $0.holds(for: fields) }
      }
      if !isWanted {
        isDropped[row - rows.lowerBound] = true
        filtered += 1
      }
    }
    return filtered
  }

  /// Adds what identifies each row: its place, the hash of its key and the hash of all it says.
  private func addIdentity(
    _ index: borrowing RecordIndex, _ rows: Range<Int>, _ chunk: ByteView, _ position: Int,
    _ line: (Int) -> Int, to batch: Batch
  ) {
    // Local arrays: a property of a class is checked for exclusive access each time it is touched.
    var positions = [Int](repeating: 0, count: rows.count)
    var records = [UInt64](repeating: 0, count: rows.count)
    for row in 0..<rows.count {
      let place = index.place(of: rows.lowerBound + row)
      positions[row] = position + place.lowerBound
      let hashed = hash(chunk.slice(place), seed: layout.fingerprint)
      records[row] = layout.usesLineNumber ? mix(hashed, UInt64(positions[row])) : hashed
    }
    batch.positions = positions
    batch.recordHashes = records
    batch.keyHashes = batch.keyHashes(of: contract, count: rows.count)
  }

  /// Calls `body` with the fields of a record as UTF-8 text.
  func withFields<Result>(
    of row: Int, _ index: borrowing RecordIndex, _ chunk: ByteView, _ line: (Int) -> Int,
    _ body: (RecordFields) -> Result
  ) -> Result {
    var texts: [[UInt8]] = []
    texts.reserveCapacity(index.fieldCount)
    for field in 0..<index.fieldCount {
      let (bytes, isEscaped) = index.field(field, ofRecord: row, in: chunk)
      let plain = isEscaped ? unescape(bytes) : bytes.bytes
      texts.append(layout.encoding == .latin1 ? plain.withView(transcodeLatin1) : plain)
    }
    let place = layout.usesLineNumber ? line(index.place(of: row).lowerBound) : 0
    return body(RecordFields(fieldCount: index.fieldCount, line: place) { texts[$0] })
  }

  /// A quoted field's bytes with each pair of quotes made one.
  func unescape(_ bytes: ByteView) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      plain.append(byte)
      // Within a quoted field, quotes come in pairs only.
      index += byte == quote && index + 1 < bytes.count && bytes[index + 1] == quote ? 2 : 1
    }
    return plain
  }

  /// The quote of the file; set by the reader where it is not the double quote.
  package var quote: UInt8 = 0x22
}

/// Why a row was refused: the column, and what is wrong with its value.
package struct RowOffence: Sendable, Equatable {
  /// The row, counted from the first of the decoded range.
  package let row: Int
  /// The contract's column.
  package let column: Int
  /// What is wrong.
  package let offence: Offence
}

/// Which records of a chunk, and which column, a loop works on.
struct ColumnInput {
  let rows: Range<Int>
  let chunk: ByteView
  let column: Int
}

extension Field {
  var isCurrency: Bool {
    if case .currency = type { return true }
    return false
  }
}
