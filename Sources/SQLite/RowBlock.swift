import CSQLite
import Engine

/// Some of a table's rows as SQLite takes them: numbers as they are, everything else as bytes.
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
    case text
  }

  private let table: Table
  private let kinds: [Kind]
  /// Each column's values: a number, or where its text ends (bits 32 and up) and how long it is;
  /// absent for NULL.
  private var values: [[Int64]]
  private var bytes: [UInt8] = []
  /// A table's days recur: each distinct one is written out once in a row.
  private var day = (number: Int32.min, text: [UInt8]())

  /// No rows of a table yet.
  init(of table: Table) {
    self.table = table
    kinds = table.schema.columns.map { column in
      switch column.type {
      case .integer, .money, .boolean: .integer
      case .ratio: .ratio
      case .text, .day, .instant: .text
      }
    }
    values = Array(repeating: [], count: kinds.count)
  }

  /// Replaces the block's rows by others of the table.
  mutating func load(_ rows: ArraySlice<Int32>) {
    bytes.removeAll(keepingCapacity: true)
    bytes.reserveCapacity(1)
    for index in values.indices {
      var column: [Int64] = []
      swap(&column, &values[index])
      column.removeAll(keepingCapacity: true)
      let schema = table.schema.columns[index]
      switch table.columns[index] {
      case .texts(let texts): gather(texts, rows, isNullable: schema.isNullable, into: &column)
      case .integers(let numbers):
        for row in rows { column.append(numbers[Int(row)]) }
        switch schema.type {
        case .day: for place in column.indices { write(day: &column[place]) }
        case .instant: for place in column.indices { write(instant: &column[place]) }
        default: break
        }
      }
      values[index] = column
    }
  }

  private mutating func gather(
    _ texts: TextColumn, _ rows: ArraySlice<Int32>, isNullable: Bool, into column: inout [Int64]
  ) {
    for row in rows { column.append(Int64(texts.codes[Int(row)])) }
    for place in column.indices {
      let code = Int(column[place])
      if code >= 0 {
        let start = bytes.count
        texts.pool.append(code, to: &bytes)
        column[place] = cell(from: start)
      } else {
        // "No text" is one value in memory; a column that has no NULL keeps it as the empty text.
        column[place] = isNullable ? .absent : cell(from: bytes.count)
      }
    }
  }

  private func cell(from start: Int) -> Int64 {
    Int64(bytes.count) << 32 | Int64(bytes.count - start)
  }

  private mutating func write(day value: inout Int64) {
    if value == .absent { return }
    let start = bytes.count
    append(day: Int32(truncatingIfNeeded: value))
    value = cell(from: start)
  }

  private mutating func write(instant value: inout Int64) {
    if value == .absent { return }
    let start = bytes.count
    let number = Instant.dayNumber(value)
    append(day: number)
    Instant.appendWarehouseTime(value - Int64(number) * Instant.day, to: &bytes)
    value = cell(from: start)
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
  @inline(__always)
  func give(_ column: Int, ofRow row: Int, to call: OpaquePointer?) {
    let value = values[column][row]
    if value == .absent { return sqlite3_result_null(call) }
    switch kinds[column] {
    case .integer: sqlite3_result_int64(call, value)
    case .ratio: sqlite3_result_double(call, Double(value) / 1e6)
    case .text:
      let length = Int(value & 0xFFFF_FFFF)
      let start = Int(value >> 32) - length
      bytes.withUnsafeBytes { buffer in
        // Never nil: a block's text, empty ones too, is asked for where there are rows, and `load`
        // reserves room. SQLITE_TRANSIENT, "copy the bytes now", since the next block overwrites them.
        let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let text = (buffer.baseAddress! + start).assumingMemoryBound(to: CChar.self)
        sqlite3_result_text(call, text, Int32(length), copy)
      }
    }
  }
}
