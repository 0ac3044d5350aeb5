// What a stage made, as bytes to be put aside and read again by the same version of the program.
//
//   "NMCHANGE"                 8 bytes
//   format                     1 byte: 2
//   sections                   the body in pieces; one without a byte of it is the last
//
// A section is the length of its piece (8 bytes; all numbers are little-endian), the piece, and the
// hash of both (8 bytes), seeded with that of the section before. So a section is written as soon as
// it is made, and what is cut off, damaged or in another order is noticed.
//
// The body is the number of changes, then each change. A change is its table's name, the span it
// replaces, and three tables (rows, restated, retired): the number of rows, then a column after the
// other. A column is a list of values that are small after the least one is subtracted, in as few
// whole bytes each as the largest needs; NULL is 0. A text column has its distinct texts first,
// those in use only. Nothing is compressed: tables are written
// once and mostly never read.

/// Writes changes in a compact form that notices when it is damaged; see `ChangeDecoder`.
package struct ChangeEncoder {
  static let start = Array("NMCHANGE".utf8) + [2]
  /// What the first section's hash is seeded with.
  static let seed: UInt64 = 0
  /// From how many bytes on a section is written, at the end of a column.
  private static let sectionSize = 1 << 20

  /// The section that is being made: room for its length, then its piece of the body.
  private var bytes = [UInt8](repeating: 0, count: 8)
  private var lastHash = seed

  /// Writes what a stage made, section by section: no more than a column is in memory a second time.
  package static func encode<Failure: Error>(
    _ changes: [TableChange], into write: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try write(start)
    var encoder = ChangeEncoder()
    encoder.append(changes.count)
    for change in changes {
      encoder.appendHead(of: change)
      for table in [change.rows, change.restated, change.retired] {
        encoder.append(table.count)
        for column in table.columns {
          encoder.append(column)
          if encoder.bytes.count >= sectionSize { try write(encoder.takeSection()) }
        }
      }
    }
    if encoder.bytes.count > 8 { try write(encoder.takeSection()) }
    try write(encoder.takeSection())
  }

  /// The bytes of what a stage made.
  static func encode(_ changes: [TableChange]) -> [UInt8] {
    var bytes: [UInt8] = []
    encode(changes) { bytes += $0 }
    return bytes
  }

  /// A body, whatever it says, in one section.
  static func sealed(_ body: [UInt8]) -> [UInt8] {
    var encoder = ChangeEncoder()
    encoder.bytes += body
    let section = body.isEmpty ? [] : encoder.takeSection()
    return start + section + encoder.takeSection()
  }

  /// The section with its length and hash; the next one is begun.
  private mutating func takeSection() -> [UInt8] {
    // Moved out, not copied: a column may be large.
    var section = [UInt8](repeating: 0, count: 8)
    swap(&section, &bytes)
    let length = UInt64(section.count - 8)
    for index in 0..<8 { section[index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
    lastHash = section.withUnsafeBytes { hash(ByteView($0), seed: lastHash) }
    withUnsafeBytes(of: lastHash.littleEndian) { section.append(contentsOf: $0) }
    return section
  }

  private mutating func appendHead(of change: TableChange) {
    append(text: change.schema.name)
    switch change.replaces {
    case .nothing: bytes.append(0)
    case .everything: bytes.append(1)
    case .range(let from, let to):
      bytes.append(2)
      append(from)
      append(to)
    }
  }

  private mutating func append(_ column: TableColumn) {
    switch column {
    case .integers(let values): append(values, absent: .absent)
    case .texts(let values): append(values)
    }
  }

  /// The texts in use, then which one each row has.
  private mutating func append(_ column: TextColumn) {
    var places = [Int32](repeating: -1, count: column.pool.count)
    var used: [Int] = []
    var codes: [Int64] = []
    codes.reserveCapacity(column.codes.count)
    for code in column.codes {
      guard code >= 0 else {
        codes.append(-1)
        continue
      }
      if places[Int(code)] < 0 {
        places[Int(code)] = Int32(used.count)
        used.append(Int(code))
      }
      codes.append(Int64(places[Int(code)]))
    }
    append(used.count)
    append(used.map { Int64(column.pool.withBytes(of: $0) { $0.count }) }, absent: .absent)
    for code in used {
      column.pool.withBytes(of: code) { view in
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: view.start, count: view.count))
      }
    }
    append(codes, absent: -1)
  }

  /// The least value, the width of the others above it, and each of them; their number is known.
  private mutating func append(_ values: [Int64], absent: Int64) {
    var least = Int64.max
    var greatest = Int64.min
    for value in values where value != absent {
      least = min(least, value)
      greatest = max(greatest, value)
    }
    if least > greatest { (least, greatest) = (0, -1) }
    // 0 stands for NULL, so values count from 1. The whole range of 64 bits does not fit then, but
    // it cannot occur: its least value is NULL.
    let range = UInt64(bitPattern: greatest &- least &+ 1)
    let width = (64 - range.leadingZeroBitCount + 7) / 8
    append(least)
    bytes.append(UInt8(width))
    if width == 0 { return }
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: values.count * width))
    bytes.withUnsafeMutableBytes { buffer in
      var place = start
      for value in values {
        var word = value == absent ? 0 : UInt64(bitPattern: value &- least &+ 1)
        for offset in 0..<width {
          buffer[place + offset] = UInt8(truncatingIfNeeded: word)
          word >>= 8
        }
        place += width
      }
    }
  }

  private mutating func append(text: String) {
    append(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func append(_ count: Int) { append(Int64(count)) }

  private mutating func append(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

extension ByteView {
  /// The bytes of a buffer, valid as long as it is.
  init(_ buffer: UnsafeRawBufferPointer) {
    guard let base = buffer.baseAddress else {
      self = .none
      return
    }
    self.init(start: base, count: buffer.count)
  }
}
