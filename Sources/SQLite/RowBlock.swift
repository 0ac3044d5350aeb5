import CSQLite
import Engine

/// Some of a table's rows as SQLite takes them: numbers as they are, and where texts lie.
///
/// Rows are written in the order of their keys, which is not the order they lie in, so each value is
/// a cache miss. Made row by row, every miss would be waited for; made column by column for some
/// hundred rows together, they overlap.
struct RowBlock: ~Copyable {
  /// How many rows a block has at most.
  static let size = 512

  private enum Kind {
    case integer
    case ratio
    /// A text of a pool, whose bytes begin here.
    case pooled(UnsafeRawPointer)
    /// A text that the block writes.
    case written
  }

  private let table: Table
  private let kinds: [Kind]
  /// Each column's values, `size` for each: a number, or where a text begins; absent for NULL.
  private var values: [Int64]
  /// How long texts are, at the same places.
  private var lengths: [Int32]
  private var bytes: [UInt8] = []
  /// A table's days recur: each distinct one is written out once in a row.
  private var day = (number: Int32.min, text: [UInt8]())

  /// No rows of a table yet; `pools` is where the bytes of its texts lie, as long as this exists.
  init(of table: Table, pools: [UnsafeRawPointer?]) {
    self.table = table
    kinds = zip(table.schema.columns, pools).map { column, pool in
      switch column.type {
      case .integer, .money, .boolean: .integer
      case .ratio: .ratio
      // A pool without bytes has empty texts only: any address serves.
      case .text: .pooled(pool ?? ByteView.none.start)
      case .day, .instant: .written
      }
    }
    values = [Int64](repeating: 0, count: kinds.count * Self.size)
    lengths = [Int32](repeating: 0, count: values.count)
  }

  /// Replaces the block's rows by others of the table.
  mutating func load(_ rows: ArraySlice<Int32>) {
    bytes.removeAll(keepingCapacity: true)
    for (index, schema) in table.schema.columns.enumerated() {
      let first = index * Self.size
      switch table.columns[index] {
      case .texts(let texts): find(texts, rows, isNullable: schema.isNullable, first)
      case .integers(let numbers):
        for (place, row) in rows.enumerated() { values[first + place] = numbers[Int(row)] }
        if schema.type == .day {
          for place in first..<first + rows.count { write(dayAt: place) }
        } else if schema.type == .instant {
          for place in first..<first + rows.count { write(instantAt: place) }
        }
      }
    }
  }

  private mutating func find(
    _ texts: TextColumn, _ rows: ArraySlice<Int32>, isNullable: Bool, _ first: Int
  ) {
    for (place, row) in rows.enumerated() {
      values[first + place] = Int64(texts.codes[Int(row)])
    }
    // "No text" is one value in memory; a column that has no NULL keeps it as the empty text.
    let none: Int64 = isNullable ? .absent : 0
    for place in first..<first + rows.count {
      let code = Int(values[place])
      if code >= 0 {
        let range = texts.pool.range(of: code)
        values[place] = Int64(range.lowerBound)
        lengths[place] = Int32(range.count)
      } else {
        values[place] = none
        lengths[place] = 0
      }
    }
  }

  private mutating func write(dayAt place: Int) {
    let value = values[place]
    if value == .absent { return }
    values[place] = Int64(bytes.count)
    append(day: Int32(truncatingIfNeeded: value))
    lengths[place] = Int32(bytes.count - Int(values[place]))
  }

  private mutating func write(instantAt place: Int) {
    let value = values[place]
    if value == .absent { return }
    values[place] = Int64(bytes.count)
    let number = Instant.dayNumber(value)
    append(day: number)
    Instant.appendWarehouseTime(value - Int64(number) * Instant.day, to: &bytes)
    lengths[place] = Int32(bytes.count - Int(values[place]))
  }

  private mutating func append(day number: Int32) {
    if number != day.number {
      day.number = number
      day.text.removeAll(keepingCapacity: true)
      Day(number: number).append(to: &day.text)
    }
    bytes.append(contentsOf: day.text)
  }

  /// Gives SQLite one value of a row of the block, as the result of a call that asks for it.
  ///
  /// SQLite does not copy a text: it puts it into the record of its row before it asks for the next
  /// row, and until then the block does not change.
  @inline(__always)
  func give(_ column: Int, ofRow row: Int, to call: OpaquePointer?) {
    let place = column * Self.size + row
    let value = values[place]
    if value == .absent { return sqlite3_result_null(call) }
    switch kinds[column] {
    case .integer: sqlite3_result_int64(call, value)
    case .ratio: sqlite3_result_double(call, Double(value) / 1e6)
    case .pooled(let start): Self.give(start + Int(value), lengths[place], to: call)
    case .written:
      bytes.withUnsafeBytes { buffer in
        // Never nil: a text was written, or `value` would be absent.
        Self.give(buffer.baseAddress! + Int(value), lengths[place], to: call)
      }
    }
  }

  @inline(__always)
  private static func give(_ text: UnsafeRawPointer, _ length: Int32, to call: OpaquePointer?) {
    // No destructor, SQLITE_STATIC: the bytes are not SQLite's to copy or to free.
    sqlite3_result_text(call, text.assumingMemoryBound(to: CChar.self), length, nil)
  }
}
