/// The first record of a file: the names of its columns, or without a header its first row.
package struct HeaderRecord: Sendable, Equatable {
  /// The fields' texts, quotes removed, as UTF-8; bytes that are not text are replaced by U+FFFD.
  package let names: [String]
  /// The file's first byte after a byte-order mark: where reading starts if there is no header.
  package let start: Int
  /// The first byte after the record and its line end: where reading starts after a header.
  package let next: Int
  /// Physical lines before `next`, blank ones included: the next record begins on line `lines` + 1.
  package let lines: Int
}

/// Reads the first record out of the beginning of a file. Pure: bytes in, names out.
///
/// A plain loop over bytes, with the rules of `RecordScanner` for quotes, line ends and blank
/// lines: it runs once a file, before the number of fields that the scanner needs is known.
package struct HeaderReader {
  /// What reading came to.
  package enum Outcome: Sendable, Equatable {
    /// The record.
    case record(HeaderRecord)
    /// The record is longer than the bytes: try again with more.
    case needsMore
    /// The file has no record.
    case empty
    /// The record cannot be read; the line it begins on, and what is wrong with it.
    case malformed(line: Int, String)
  }

  private let dialect: Dialect

  /// A reader of files written this way.
  package init(_ dialect: Dialect) { self.dialect = dialect }

  /// Reads the first record.
  /// - Parameters:
  ///   - bytes: The file from its first byte on.
  ///   - isLast: Whether these are all its bytes.
  package func read(_ bytes: ByteView, isLast: Bool) -> Outcome {
    if let mark = Self.otherUnicodeMark(bytes) {
      return .malformed(line: 1, "the file is \(mark); expected \(dialect.encoding.rawValue)")
    }
    if bytes.count < 3, !isLast { return .needsMore }
    let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
    let start = hasMark ? 3 : 0
    var place = start
    var lines = 0
    // Blank lines before the header.
    while place < bytes.count, let end = lineEnd(bytes, at: place, isLast: isLast) {
      if end == place { return .needsMore }
      place = end
      lines += 1
    }
    guard place < bytes.count else { return isLast ? .empty : .needsMore }
    return record(bytes, from: place, start: start, lines: lines, isLast: isLast)
  }

  private func record(
    _ bytes: ByteView, from first: Int, start: Int, lines before: Int, isLast: Bool
  ) -> Outcome {
    var names: [String] = []
    var field: [UInt8] = []
    var lines = before
    var place = first
    var isFieldStart = true
    var isInQuotes = false
    var isClosed = false
    while place < bytes.count {
      let byte = bytes[place]
      if isInQuotes {
        if byte == dialect.quote {
          guard place + 1 < bytes.count || isLast else { return .needsMore }
          if place + 1 < bytes.count, bytes[place + 1] == dialect.quote {
            field.append(byte)
            place += 2
          } else {
            isInQuotes = false
            isClosed = true
            place += 1
          }
          continue
        }
        if let end = lineEnd(bytes, at: place, isLast: isLast) {
          if end == place { return .needsMore }
          field += bytes.slice(place..<end).bytes
          lines += 1
          place = end
        } else {
          field.append(byte)
          place += 1
        }
        continue
      }
      if byte == dialect.delimiter {
        names.append(text(field))
        field = []
        isFieldStart = true
        isClosed = false
        place += 1
      } else if let end = lineEnd(bytes, at: place, isLast: isLast) {
        if end == place { return .needsMore }
        names.append(text(field))
        return .record(HeaderRecord(names: names, start: start, next: end, lines: lines + 1))
      } else if isClosed {
        return .malformed(
          line: before + 1, "text after the closing quote of column \(names.count + 1)")
      } else {
        if byte == dialect.quote, isFieldStart { isInQuotes = true } else { field.append(byte) }
        isFieldStart = false
        place += 1
      }
    }
    guard isLast else { return .needsMore }
    if isInQuotes {
      return .malformed(line: before + 1, "the quote of column \(names.count + 1) is never closed")
    }
    names.append(text(field))
    return .record(HeaderRecord(names: names, start: start, next: bytes.count, lines: lines + 1))
  }

  /// The byte after the line end at `place`; nil if there is none, `place` itself if it may go on
  /// after the bytes.
  private func lineEnd(_ bytes: ByteView, at place: Int, isLast: Bool) -> Int? {
    switch bytes[place] {
    case 0x0A: return place + 1
    case 0x0D:
      guard place + 1 < bytes.count else { return isLast ? place + 1 : place }
      return bytes[place + 1] == 0x0A ? place + 2 : place + 1
    default: return nil
    }
  }

  private func text(_ field: [UInt8]) -> String {
    let bytes = dialect.encoding == .latin1 ? field.withView(transcodeLatin1) : field
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func otherUnicodeMark(_ bytes: ByteView) -> String? {
    guard bytes.count >= 2 else { return nil }
    let isWide = (bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF)
    return isWide ? "UTF-16" : nil
  }
}
