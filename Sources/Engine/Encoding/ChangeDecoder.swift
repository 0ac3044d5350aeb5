/// Reads what `ChangeEncoder` wrote. Bytes of any other kind give nil: nothing is trusted, so that a
/// file that was cut off, damaged or made by another version is noticed and made again.
package struct ChangeDecoder {
  private let bytes: [UInt8]
  private var place = 0

  private var end: Int { bytes.count }

  /// The changes, nil unless the bytes are exactly what was written.
  ///
  /// - Parameter schemas: The tables that there may be.
  package static func decode(_ bytes: [UInt8], schemas: [TableSchema]) -> [TableChange]? {
    guard let body = body(of: bytes) else { return nil }
    var decoder = ChangeDecoder(bytes: body)
    return decoder.changes(schemas)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// The body, put together from its sections; nil where a section is not as it was written, or the
  /// last one is missing.
  static func body(of bytes: [UInt8]) -> [UInt8]? {
    guard bytes.starts(with: ChangeEncoder.start) else { return nil }
    func word(_ place: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * $1) }
    }
    var body: [UInt8] = []
    var lastHash = ChangeEncoder.seed
    var place = ChangeEncoder.start.count
    while bytes.count - place >= 16 {
      let length = word(place)
      guard length <= UInt64(bytes.count - place - 16) else { return nil }
      let end = place + 8 + Int(length)
      lastHash = bytes.withUnsafeBytes { buffer in
        hash(ByteView(UnsafeRawBufferPointer(rebasing: buffer[place..<end])), seed: lastHash)
      }
      guard word(end) == lastHash else { return nil }
      body += bytes[place + 8..<end]
      place = end + 8
      if length == 0 { return place == bytes.count ? body : nil }
    }
    return nil
  }

  private mutating func changes(_ schemas: [TableSchema]) -> [TableChange]? {
    guard let count = count(atLeast: 1) else { return nil }
    var changes: [TableChange] = []
    for _ in 0..<count {
      guard let name = text(), let schema = schemas.first(where: { $0.name == name }),
        let span = span(), let rows = table(schema), let restated = table(schema),
        let retired = table(schema.selecting(schema.key))
      else { return nil }
      changes.append(
        TableChange(rows: rows, replaces: span, restated: restated, retired: retired))
    }
    return place == end ? changes : nil
  }

  private mutating func span() -> Span? {
    guard let kind = byte() else { return nil }
    switch kind {
    case 0: return .nothing
    case 1: return .everything
    case 2:
      guard let from = integer(), let to = integer() else { return nil }
      return .range(from: from, to: to)
    default: return nil
    }
  }

  private mutating func table(_ schema: TableSchema) -> Table? {
    // Keys are unique, so at most one row has no value in its key and takes no byte at all.
    guard let count = integer(), count >= 0, count <= Int64(end - place) + 1 else { return nil }
    var columns: [TableColumn] = []
    for column in schema.columns {
      if column.type == .text {
        guard let texts = texts(Int(count)) else { return nil }
        columns.append(.texts(texts))
      } else {
        guard let values = integers(Int(count), absent: .absent) else { return nil }
        columns.append(.integers(values))
      }
    }
    return Table(schema: schema, columns: columns)
  }

  private mutating func texts(_ rows: Int) -> TextColumn? {
    guard let count = count(atLeast: 1), let lengths = integers(count, absent: .absent) else {
      return nil
    }
    var pool = StringPool()
    for length in lengths {
      guard length >= 0, length <= Int64(end - place) else { return nil }
      let text = place..<(place + Int(length))
      let code = bytes.withUnsafeBytes { buffer in
        pool.intern(ByteView(UnsafeRawBufferPointer(rebasing: buffer[text])))
      }
      // Each text is stored once, so its code is its place.
      guard code == pool.count - 1 else { return nil }
      place = text.upperBound
    }
    guard pool.count == count, let codes = integers(rows, absent: -1) else { return nil }
    guard codes.allSatisfy({ $0 >= -1 && $0 < Int64(count) }) else { return nil }
    return TextColumn(codes: codes.map { Int32($0) }, pool: pool)
  }

  private mutating func integers(_ count: Int, absent: Int64) -> [Int64]? {
    guard let least = integer(), let width = byte(), width <= 8 else { return nil }
    if width == 0 { return [Int64](repeating: absent, count: count) }
    guard count <= (end - place) / Int(width) else { return nil }
    var values: [Int64] = []
    values.reserveCapacity(count)
    bytes.withUnsafeBytes { buffer in
      for _ in 0..<count {
        var word: UInt64 = 0
        for offset in 0..<Int(width) { word |= UInt64(buffer[place + offset]) << (8 * offset) }
        values.append(word == 0 ? absent : least &+ Int64(bitPattern: word) &- 1)
        place += Int(width)
      }
    }
    return values
  }

  private mutating func text() -> String? {
    guard let count = count(atLeast: 1) else { return nil }
    defer { place += count }
    return String(validating: bytes[place..<(place + count)], as: UTF8.self)
  }

  /// A number of things that each take at least `size` bytes of what follows.
  private mutating func count(atLeast size: Int) -> Int? {
    guard let count = integer(), count >= 0, count <= Int64((end - place) / size) else {
      return nil
    }
    return Int(count)
  }

  private mutating func byte() -> UInt8? {
    guard place < end else { return nil }
    defer { place += 1 }
    return bytes[place]
  }

  private mutating func integer() -> Int64? {
    guard end - place >= 8 else { return nil }
    defer { place += 8 }
    return Int64(
      bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * $1) })
  }
}
