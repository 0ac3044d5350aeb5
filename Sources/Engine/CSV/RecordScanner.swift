// The first half of reading CSV: where do records and fields begin and end?
//
// 64 bytes at a time give bit masks of the bytes that can matter: delimiter, quote, CR, LF. Where quotes
// and line breaks in them are as RFC 4180 has them, which is nearly everywhere, arithmetic on the
// masks says where fields end (`scanPlain`). Elsewhere the state machine below looks at the marked
// bytes one by one: parity of quotes alone is wrong where a quote stands inside an unquoted field,
// which real exports do; the machine is exact everywhere.
//
// Refused records. Text after a closing quote, and a quote that is never closed, refuse the
// record's first line only; so does a record over several lines with the wrong number of fields.
// Reading then resumes on the next line, so that a stray quote swallows nothing. Hence what a line
// means can depend on what follows: the scanner asks for more bytes (`needsMore`) where a record is
// not complete.

/// Finds the records of a chunk. Pure: bytes in, offsets out.
package struct RecordScanner {
  /// What a scan came to.
  package enum Outcome: Equatable {
    /// Every record that begins before the limit is indexed; the next one begins here.
    case complete(next: Int)
    /// The record that begins here is not complete: scan again from here with more bytes.
    case needsMore(from: Int)
    /// The line that begins here is longer than any record may be: this is no CSV.
    case tooLong(at: Int)
  }

  let mask: BlockMask
  let delimiter: UInt8
  /// The delimiter again where there is no quoting: then no byte is ever taken for a quote.
  let quote: UInt8
  let maximumRecord: Int

  /// A scanner for files written this way. A record of more than `maximumRecord` bytes counts as
  /// one with a stray quote, whether or not it ends further on: so what is read does not depend on
  /// how much is loaded.
  package init(_ dialect: Dialect, maximumRecord: Int = .max >> 1) {
    self.maximumRecord = maximumRecord
    mask = BlockMask(delimiter: dialect.delimiter, quote: dialect.quote)
    delimiter = dialect.delimiter
    quote = dialect.quote ?? dialect.delimiter
  }

  /// How a record in progress stands.
  struct State {
    var recordStart: Int
    var fieldStart: Int
    /// Entries of the index that belong to earlier records.
    var firstField: Int
    var isInQuotes = false
    /// Whether quotes in the field are doubled.
    var isEscaped = false
    /// The first line break within quotes, if the record spans lines.
    var firstBreak = -1
    /// How many line breaks there are within quotes.
    var innerBreaks = 0

    init(at start: Int, firstField: Int) {
      recordStart = start
      fieldStart = start
      self.firstField = firstField
    }
  }

  /// Indexes the records that begin in `start..<limit`. A record may run on past `limit`, up to the
  /// end of `chunk`.
  /// - Parameters:
  ///   - chunk: The bytes; at least 64 more must be readable (and are ignored) after them.
  ///   - isLast: Whether the file ends where the chunk does.
  package func scan(
    _ chunk: ByteView, from start: Int, limit: Int, isLast: Bool, into index: inout RecordIndex
  ) -> Outcome {
    var from = start
    // Where the bytes end within a record that is refused, its later lines are still to be read.
    while true {
      let outcome = scanOnce(chunk, from: from, limit: limit, isLast: isLast, into: &index)
      guard case .complete(let next) = outcome, next < min(limit, chunk.count) else {
        return outcome
      }
      from = next
    }
  }

  private func scanOnce(
    _ chunk: ByteView, from start: Int, limit: Int, isLast: Bool, into index: inout RecordIndex
  ) -> Outcome {
    var state = State(at: start, firstField: index.fields.count)
    var seen = BlockMask.Bytes()
    var position = start
    var skipped = -1
    if start >= limit { return .complete(next: start) }

    blocks: while position < chunk.count {
      if skipped < position, !state.isEscaped, state.firstBreak < 0 {
        let next = scanPlain(chunk, at: &position, limit: limit, &state, &seen, &index)
        if next >= 0 { return finish(seen, &index, next: next) }
        if position >= chunk.count { break }
      }
      var bits = mask.bits(at: chunk.start + position, seen: &seen).specials
      if chunk.count - position < 64 { bits &= (1 << UInt64(chunk.count - position)) - 1 }
      index.fields.reserve(64)
      while bits != 0 {
        let place = position &+ bits.trailingZeroBitCount
        bits &= bits &- 1
        if place == skipped { continue }
        let byte = chunk[place]

        if state.isInQuotes {
          if byte == quote {
            guard place + 1 < chunk.count else {
              if !isLast { break blocks }
              state.isInQuotes = false
              continue
            }
            let next = chunk[place + 1]
            if next == quote {
              state.isEscaped = true
              skipped = place + 1
            } else if endsField(next) {
              state.isInQuotes = false
            } else {
              guard let resume = refuseLine(of: state, in: chunk, isLast: isLast, into: &index)
              else { break blocks }
              if resume == Self.noCSV { return finish(seen, &index, tooLong: state) }
              if resume >= limit { return finish(seen, &index, next: resume) }
              state = State(at: resume, firstField: state.firstField)
              position = resume
              skipped = -1
              continue blocks
            }
          } else if byte != delimiter {
            if state.firstBreak < 0 { state.firstBreak = place }
            // A CR LF is one break, counted at the CR. Within quotes there is a byte before.
            if byte == 0x0D || chunk[place &- 1] != 0x0D { state.innerBreaks &+= 1 }
          }
          continue
        }

        if byte == delimiter {
          endField(at: place, of: chunk, &state, &index)
        } else if byte == 0x0A || byte == 0x0D {
          var next = place + 1
          if byte == 0x0D {
            if next == chunk.count, !isLast { break blocks }
            if next < chunk.count, chunk[next] == 0x0A {
              skipped = next
              next += 1
            }
          }
          endField(at: place, of: chunk, &state, &index)
          let resume = endRecord(at: place, next: next, state, in: chunk, &index)
          if resume == Self.noCSV { return finish(seen, &index, tooLong: state) }
          if resume >= limit { return finish(seen, &index, next: resume) }
          state = State(at: resume, firstField: index.fields.count)
          if resume != next {
            position = resume
            skipped = -1
            continue blocks
          }
        } else if place == state.fieldStart {
          state.isInQuotes = true
        }
      }
      position += 64
    }

    // The bytes ran out within a record (or exactly after one).
    guard isLast else {
      dropFields(of: state, &index)
      _ = finish(seen, &index, next: state.recordStart)
      // Two more than the longest record: its line break, whole.
      guard chunk.count - state.recordStart > maximumRecord + 2 else {
        return .needsMore(from: state.recordStart)
      }
      guard let resume = refuseLine(of: state, in: chunk, isLast: false, into: &index),
        resume != Self.noCSV
      else { return .tooLong(at: state.recordStart) }
      return .complete(next: resume)
    }
    if state.isInQuotes {
      guard let resume = refuseLine(of: state, in: chunk, isLast: true, into: &index) else {
        return finish(seen, &index, next: chunk.count)
      }
      if resume == Self.noCSV { return finish(seen, &index, tooLong: state) }
      return finish(seen, &index, next: resume)
    }
    if state.recordStart < chunk.count {
      index.fields.reserve(1)
      endField(at: chunk.count, of: chunk, &state, &index)
      let resume = endRecord(at: chunk.count, next: chunk.count, state, in: chunk, &index)
      if resume == Self.noCSV { return finish(seen, &index, tooLong: state) }
      return finish(seen, &index, next: resume)
    }
    return finish(seen, &index, next: chunk.count)
  }

  private func finish(
    _ seen: BlockMask.Bytes, _ index: inout RecordIndex, next: Int
  ) -> Outcome {
    if BlockMask.hasNonASCII(seen) { index.isASCII = false }
    return .complete(next: next)
  }

  private func finish(
    _ seen: BlockMask.Bytes, _ index: inout RecordIndex, tooLong state: State
  ) -> Outcome {
    _ = finish(seen, &index, next: state.recordStart)
    return .tooLong(at: state.recordStart)
  }

  /// In place of where to go on: a line is too long.
  private static let noCSV = -1

  @inline(__always)
  func endsField(_ byte: UInt8) -> Bool {
    byte == delimiter || byte == 0x0A || byte == 0x0D
  }

  /// Indexes the field that ends at `place`: if it begins with a quote, one also ends it.
  @inline(__always)
  private func endField(
    at place: Int, of chunk: ByteView, _ state: inout State, _ index: inout RecordIndex
  ) {
    var entry = UInt32(truncatingIfNeeded: place)
    if state.fieldStart < place, chunk[state.fieldStart] == quote { entry |= RecordIndex.quoted }
    if state.isEscaped { entry |= RecordIndex.escaped }
    index.fields.appendUnchecked(entry)
    state.isEscaped = false
    state.fieldStart = place &+ 1
  }

  /// Indexes, skips or refuses the record that ends at `place`; returns where to go on, or `noCSV`.
  @inline(__always)
  private func endRecord(
    at place: Int, next: Int, _ state: State, in chunk: ByteView, _ index: inout RecordIndex
  ) -> Int {
    let found = index.fields.count - state.firstField
    let length = place - state.recordStart
    if found == index.fieldCount, length > 0, length <= maximumRecord {
      index.records.reserve(1)
      index.records.appendUnchecked(state.recordStart, UInt32(truncatingIfNeeded: place))
      index.lines &+= state.innerBreaks &+ (next > place ? 1 : 0)
      return next
    }
    dropFields(of: state, &index)
    // Of anything but a whole record, one line is done with: a blank one, or the first of those
    // refused.
    if next > place || state.firstBreak >= 0 { index.lines &+= 1 }
    if length == 0 { return next }
    let isOneLine = state.firstBreak < 0
    if (isOneLine ? length : state.firstBreak - state.recordStart) > maximumRecord {
      return Self.noCSV
    }
    if length > maximumRecord {
      index.refused.append(
        RefusedRecord(
          start: state.recordStart, end: state.firstBreak, offence: .malformedQuote, found: 0))
      return afterBreak(at: state.firstBreak, in: chunk)
    }
    index.refused.append(
      RefusedRecord(
        start: state.recordStart, end: isOneLine ? place : state.firstBreak, offence: .ragged,
        found: found))
    return isOneLine ? next : afterBreak(at: state.firstBreak, in: chunk)
  }

  /// Refuses the first line of a record whose quotes are wrong; returns where the next line begins,
  /// `noCSV`, or nil if the line's end is not in the chunk yet.
  private func refuseLine(
    of state: State, in chunk: ByteView, isLast: Bool, into index: inout RecordIndex
  ) -> Int? {
    var end = state.recordStart
    while end < chunk.count, chunk[end] != 0x0A, chunk[end] != 0x0D { end += 1 }
    // A CR at the very end may be half of a CR LF.
    if !isLast, end + 1 >= chunk.count { return nil }
    dropFields(of: state, &index)
    if end - state.recordStart > maximumRecord { return Self.noCSV }
    index.refused.append(
      RefusedRecord(start: state.recordStart, end: end, offence: .malformedQuote, found: 0))
    if end == chunk.count { return end }
    index.lines &+= 1
    return afterBreak(at: end, in: chunk)
  }

  private func afterBreak(at place: Int, in chunk: ByteView) -> Int {
    let isPair =
      chunk[place] == 0x0D && place + 1 < chunk.count && chunk[place + 1] == 0x0A
    return place + (isPair ? 2 : 1)
  }

  @inline(__always)
  private func dropFields(of state: State, _ index: inout RecordIndex) {
    index.fields.count = state.firstField
  }
}
