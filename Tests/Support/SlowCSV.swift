import Engine

/// What a reader made of a CSV file: what every reader of these tests must agree on.
package struct CSVReading: Equatable, Sendable, CustomStringConvertible {
  /// A record that is fine.
  package struct Record: Equatable, Sendable {
    /// The physical line it begins on.
    package let line: Int
    /// Its fields, without quotes.
    package let fields: [[UInt8]]

    package init(line: Int, fields: [[UInt8]]) {
      self.line = line
      self.fields = fields
    }
  }

  /// A line that is refused.
  package struct Refusal: Equatable, Sendable {
    /// The physical line.
    package let line: Int
    /// Why.
    package let offence: Offence
    /// How many fields were found, where that is the reason; else 0.
    package let found: Int
    /// The refused bytes.
    package let raw: [UInt8]

    package init(line: Int, offence: Offence, found: Int, raw: [UInt8]) {
      self.line = line
      self.offence = offence
      self.found = found
      self.raw = raw
    }
  }

  package var records: [Record]
  package var refusals: [Refusal]

  package init(records: [Record] = [], refusals: [Refusal] = []) {
    self.records = records
    self.refusals = refusals
  }

  package var description: String {
    let rows = records.map { record in
      (
        record.line,
        record.fields.map { "\(String(decoding: $0, as: UTF8.self).debugDescription)" }
          .joined(separator: " | ")
      )
    }
    let refused = refusals.map { refusal in
      (
        refusal.line,
        "\(refusal.offence.word), found \(refusal.found), in "
          + String(decoding: refusal.raw, as: UTF8.self).debugDescription
      )
    }
    return (rows + refused).sorted { $0.0 < $1.0 }.map { "\n  \($0.0): \($0.1)" }.joined()
  }
}

/// Reads CSV one byte at a time from memory, straight from the wording of the data contract. Slow,
/// and obviously right: the fast reader is held against it.
package struct SlowCSV {
  private let bytes: [UInt8]
  private let dialect: Dialect
  private let maximumRecord: Int
  private var place = 0
  private var line = 1

  /// The fields of the header, where the dialect has one and it can be read.
  package private(set) var header: [[UInt8]] = []
  /// How many fields a record must have.
  package private(set) var fieldCount: Int
  /// The first byte and the physical line after the byte-order mark and the header.
  package private(set) var data = (start: 0, line: 1)
  /// The first byte of a line that is longer than a record may be, at which reading stopped.
  package private(set) var tooLongAt: Int?
  /// What follows the header.
  package private(set) var reading = CSVReading()

  /// Reads all of `bytes`. Without a `fieldCount`, the first record says how many fields there must
  /// be.
  package init(
    _ bytes: [UInt8], _ dialect: Dialect = Dialect(), fieldCount: Int? = nil,
    maximumRecord: Int = .max
  ) {
    self.maximumRecord = maximumRecord
    self.bytes = bytes
    self.dialect = dialect
    self.fieldCount = fieldCount ?? 0
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    if dialect.hasHeader { readHeader() }
    data = (place, line)
    if fieldCount == nil, !dialect.hasHeader, case .fields(let first, _) = record(at: place) {
      self.fieldCount = first.count
    } else if fieldCount == nil {
      self.fieldCount = header.count
    }
    while place < bytes.count, tooLongAt == nil { readRecord() }
  }

  private mutating func readHeader() {
    while breakLength(at: place) > 0 { goOn(at: afterBreak(place)) }
    guard place < bytes.count, case .fields(let fields, let end) = record(at: place) else {
      return
    }
    header = fields
    goOn(at: afterBreak(end))
  }

  private mutating func readRecord() {
    if breakLength(at: place) > 0 {
      // A blank line: skipped, not counted.
      goOn(at: afterBreak(place))
      return
    }
    let firstLine = endOfLine(from: place)
    if firstLine - place > maximumRecord {
      tooLongAt = place
      return
    }
    switch record(at: place) {
    case .malformed:
      refuse(.malformedQuote, found: 0, upTo: firstLine)
    case .fields(_, let end) where end - place > maximumRecord:
      // Longer than a record may be: its quote counts as stray.
      refuse(.malformedQuote, found: 0, upTo: firstLine)
    case .fields(let fields, let end) where fields.count == fieldCount:
      reading.records.append(.init(line: line, fields: fields))
      goOn(at: afterBreak(end))
    case .fields(let fields, _):
      refuse(.ragged, found: fields.count, upTo: firstLine)
    }
  }

  /// Refuses one line; reading resumes on the next.
  private mutating func refuse(_ offence: Offence, found: Int, upTo end: Int) {
    reading.refusals.append(
      .init(line: line, offence: offence, found: found, raw: Array(bytes[place..<end])))
    goOn(at: afterBreak(end))
  }

  private mutating func goOn(at next: Int) {
    while place < next {
      let length = breakLength(at: place)
      if length > 0 { line += 1 }
      place += max(length, 1)
    }
  }

  private enum Outcome {
    /// The fields, and the place of the line break (or the file's end) after them.
    case fields([[UInt8]], end: Int)
    case malformed
  }

  private func record(at start: Int) -> Outcome {
    var place = start
    var fields: [[UInt8]] = []
    while true {
      var field: [UInt8] = []
      if place < bytes.count, bytes[place] == dialect.quote {
        place += 1
        while true {
          if place == bytes.count { return .malformed }
          if bytes[place] != dialect.quote {
            field.append(bytes[place])
            place += 1
          } else if place + 1 < bytes.count, bytes[place + 1] == dialect.quote {
            field.append(bytes[place])
            place += 2
          } else {
            place += 1
            break
          }
        }
        let isEnd = place == bytes.count || bytes[place] == dialect.delimiter
        if !isEnd, breakLength(at: place) == 0 { return .malformed }
      } else {
        while place < bytes.count, bytes[place] != dialect.delimiter, breakLength(at: place) == 0 {
          field.append(bytes[place])
          place += 1
        }
      }
      fields.append(field)
      if place == bytes.count || bytes[place] != dialect.delimiter {
        return .fields(fields, end: place)
      }
      place += 1
    }
  }

  /// 1 for LF or CR, 2 for CR LF, 0 for anything else.
  private func breakLength(at place: Int) -> Int {
    guard place < bytes.count else { return 0 }
    if bytes[place] == 0x0A { return 1 }
    guard bytes[place] == 0x0D else { return 0 }
    return place + 1 < bytes.count && bytes[place + 1] == 0x0A ? 2 : 1
  }

  private func afterBreak(_ place: Int) -> Int { place + breakLength(at: place) }

  private func endOfLine(from start: Int) -> Int {
    var place = start
    while place < bytes.count, breakLength(at: place) == 0 { place += 1 }
    return place
  }
}
