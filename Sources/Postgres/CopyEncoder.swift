import Engine
import Glibc

// Rows are copied in the order of their keys, which is not the order they lie in, so each value is a
// cache miss. Made row by row, every miss would be waited for; made column by column for some
// hundred rows together, they overlap. (SQLite is given rows in the same way.)
//
// First each column's values are fetched and their lengths added up; then it is known where each row
// begins, and each column writes its values into all of them. What is handed to libpq at a time is
// small: while it is made the server works on what the socket holds.

/// Makes rows of a table in the binary form of COPY (see Connection+Copy).
struct CopyEncoder: ~Copyable {
  /// How many rows are made together, and the bytes after which there are fewer.
  private static let rowsAtOnce = 512
  private static let bytesAtOnce = 1 << 20

  private var table: Table
  private let moneyDigits: Int
  /// Each column's values of the rows being made: a number, or the code of a text;
  /// absent for NULL and no text.
  private var values: [[Int64]]
  /// The length of each of these rows, then where its next value goes.
  private var places: [Int] = []

  /// A day or an instant outside the years 0001 to 9999.
  struct OutOfYears: Error {
    let row: Int
    let value: Int64
    let type: ColumnType
  }

  /// An encoder of a table's rows; `moneyDigits` are the decimals of its amounts.
  init(_ table: Table, moneyDigits: Int) {
    self.table = table
    self.moneyDigits = moneyDigits
    values = Array(repeating: [], count: table.columns.count)
  }

  /// Adds the first of some rows, at least one of them, and returns how many it added; with a number
  /// for each from `first` on, if that is given, in a column before all others.
  mutating func append(
    _ rows: ArraySlice<Int32>, numberedFrom first: Int64?, to bytes: inout [UInt8]
  ) throws(OutOfYears) -> Int {
    let rows = rows.prefix(Self.rowsAtOnce)
    let head = 2 + (first == nil ? 0 : 12) + 4 * values.count
    places.removeAll(keepingCapacity: true)
    places.append(contentsOf: repeatElement(head, count: rows.count))
    for column in values.indices { try fetch(column, of: rows) }
    let start = bytes.count
    var end = start
    var count = 0
    for length in places {
      if count > 0, end + length - start > Self.bytesAtOnce { break }
      places[count] = end
      end += length
      count += 1
    }
    places.removeLast(places.count - count)
    bytes.append(contentsOf: repeatElement(0, count: end - start))
    bytes.withUnsafeMutableBytes { buffer in
      // There is room for a row at least, so there is a base address.
      let base = buffer.baseAddress!
      for row in 0..<count {
        store(Int16(values.count + (first == nil ? 0 : 1)), at: base + places[row])
        places[row] += 2
        if let first {
          store(Int32(8), at: base + places[row])
          store(first + Int64(row), at: base + places[row] + 4)
          places[row] += 12
        }
      }
      for column in values.indices { write(column, to: base) }
    }
    precondition(places.last == end, "\(table.schema.name): values longer than their lengths")
    return count
  }

  /// Fetches a column's values, and adds their lengths to those of their rows.
  private mutating func fetch(
    _ column: Int, of rows: ArraySlice<Int32>
  ) throws(OutOfYears) {
    var fetched: [Int64] = []
    swap(&fetched, &values[column])
    defer { swap(&fetched, &values[column]) }
    fetched.removeAll(keepingCapacity: true)
    switch table.columns[column] {
    case .texts(var texts):
      for row in rows {
        let code = texts.codes[Int(row)]
        fetched.append(code < 0 ? .absent : Int64(code))
      }
      if fetched.contains(where: { $0 != .absent && texts.pool.withBytes(of: Int($0), \.hasNUL) }) {
        texts = texts.withoutNULs
        table.columns[column] = .texts(texts)
      }
      for row in fetched.indices where fetched[row] != .absent {
        places[row] += texts.pool.withBytes(of: Int(fetched[row])) { $0.count }
      }
    case .integers(let numbers):
      for row in rows { fetched.append(numbers[Int(row)]) }
      let type = table.schema.columns[column].type
      switch type {
      case .text, .integer: add(8, fetched)
      case .boolean: add(1, fetched)
      case .money, .ratio:
        let scale = scale(of: type)
        for row in fetched.indices where fetched[row] != .absent {
          places[row] += Numeric.length(of: fetched[row], scale: scale)
        }
      case .day:
        try check(fetched, of: rows, Int64(Day.first.number)...Int64(Day.last.number), type)
        add(4, fetched)
      case .instant:
        try check(fetched, of: rows, Instant.first...Instant.last, type)
        add(8, fetched)
      }
    }
  }

  private func scale(of type: ColumnType) -> Int { type == .money ? moneyDigits : 6 }

  private mutating func add(_ length: Int, _ fetched: [Int64]) {
    for row in fetched.indices { places[row] += fetched[row] == .absent ? 0 : length }
  }

  private func check(
    _ fetched: [Int64], of rows: ArraySlice<Int32>, _ bounds: ClosedRange<Int64>, _ type: ColumnType
  ) throws(OutOfYears) {
    for (value, row) in zip(fetched, rows) where value != .absent && !bounds.contains(value) {
      throw OutOfYears(row: Int(row), value: value, type: type)
    }
  }

  /// Writes a column's values where their rows go on.
  private mutating func write(_ column: Int, to base: UnsafeMutableRawPointer) {
    let schema = table.schema.columns[column]
    switch table.columns[column] {
    case .texts(let texts):
      // "No text" is one value in memory; a column that has no NULL keeps it as the empty text.
      write(column, absent: schema.isNullable ? -1 : 0, to: base) { code, place in
        texts.pool.withBytes(of: Int(code)) { text in
          place.copyMemory(from: text.start, byteCount: text.count)
          return text.count
        }
      }
    case .integers:
      switch schema.type {
      case .text, .integer: write(column, to: base) { store($0, at: $1) }
      case .boolean: write(column, to: base) { store(UInt8($0 == 0 ? 0 : 1), at: $1) }
      case .day:
        write(column, to: base) { store(Int32(truncatingIfNeeded: $0) - Epoch.days, at: $1) }
      case .instant: write(column, to: base) { store($0 - Epoch.microseconds, at: $1) }
      case .money, .ratio:
        let scale = scale(of: schema.type)
        write(column, to: base) { Numeric.write($0, scale: scale, to: $1) }
      }
    }
  }

  /// Writes a column's values with their lengths, which `value` returns; `absent` stands for the length of
  /// one that is not there.
  @inline(__always)
  private mutating func write(
    _ column: Int, absent: Int32 = -1, to base: UnsafeMutableRawPointer,
    _ value: (_ value: Int64, _ place: UnsafeMutableRawPointer) -> Int
  ) {
    let fetched = values[column]
    var places: [Int] = []
    swap(&places, &self.places)
    for row in places.indices {
      let place = base + places[row]
      var length = 0
      if fetched[row] == .absent {
        store(absent, at: place)
      } else {
        length = value(fetched[row], place + 4)
        store(Int32(length), at: place)
      }
      places[row] += 4 + length
    }
    swap(&places, &self.places)
  }
}

extension TextColumn {
  /// The same texts as PostgreSQL can keep them: it has no NUL, the sign for it stands instead.
  fileprivate var withoutNULs: TextColumn {
    var shown = StringPool()
    let sign = Array("\u{2400}".utf8)
    for code in 0..<pool.count {
      let bytes = pool.withBytes(of: code) { $0.bytes.flatMap { $0 == 0 ? sign : [$0] } }
      // Codes stay as they are, so nothing is looked up, though two texts may now be the same.
      _ = bytes.withView { shown.append(distinct: $0) }
    }
    return TextColumn(codes: codes, pool: shown)
  }
}

extension ByteView {
  fileprivate var hasNUL: Bool { memchr(start, 0, count) != nil }
}
