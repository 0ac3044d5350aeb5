import Engine
import Files
import Support

/// The header reader, the scanner and the pass, cut up in every way, against `SlowCSV`.
struct CSVTarget: Target {
  let name = "csv"
  private let file = ScratchFile("csv")

  func make(using generator: inout SeededGenerator) -> CSVInput { CSVInput(using: &generator) }

  func mutate(_ input: CSVInput, using generator: inout SeededGenerator) -> CSVInput {
    input.mutated(using: &generator)
  }

  func smaller(_ input: CSVInput) -> [CSVInput] {
    if input.cuts.count > 1 { return input.cuts.map { cut in with(input) { $0.cuts = [cut] } } }
    var results: [CSVInput] = []
    for bytes in cuts(of: input.bytes) {
      results.append(with(input) { $0.bytes = bytes })
      // What stood before a chunk's end may be gone; then the end has to move along.
      let removed = input.bytes.count - bytes.count
      for place in input.cuts.indices where input.cuts[place].chunkSize > removed {
        results.append(
          with(input) {
            $0.bytes = bytes
            $0.cuts[place].chunkSize -= removed
          })
      }
    }
    for place in input.cuts.indices where input.cuts[place].threads > 1 {
      results.append(with(input) { $0.cuts[place].threads = 1 })
    }
    if input.wanted != .max { results.append(with(input) { $0.wanted = .max }) }
    return results
  }

  private func with(_ input: CSVInput, _ change: (inout CSVInput) -> Void) -> CSVInput {
    var changed = input
    change(&changed)
    return changed
  }

  func check(_ input: CSVInput) -> (difference: String?, shape: String) {
    let (bytes, dialect) = (input.bytes, input.dialect)
    let slow = SlowCSV(
      bytes, dialect, fieldCount: dialect.hasHeader ? nil : input.fieldCount,
      maximumRecord: input.maximumRecord)
    let shape = shape(input, slow)
    if dialect.hasHeader {
      if let found = headerDifference(input, slow) { return (found, shape) }
      if slow.header.isEmpty { return (nil, shape) }
    }
    let found = scannerDifference(input, slow) ?? passDifference(input, slow)
    return (found, shape)
  }

  private func shape(_ input: CSVInput, _ slow: SlowCSV) -> String {
    let refusals = slow.reading.refusals
    let ragged = refusals.count { $0.offence == .ragged }
    let marks = [
      slow.reading.records.count.bitWidth - slow.reading.records.count.leadingZeroBitCount,
      min(ragged, 3), min(refusals.count - ragged, 3), input.bytes.count.leadingZeroBitCount,
      input.dialect.hasHeader ? 1 : 0, Int(input.dialect.quote ?? 0), Int(input.dialect.delimiter),
      input.dialect.encoding == .utf8 ? 1 : 0, slow.tooLongAt == nil ? 0 : 1,
      input.bytes.contains(0x0D) ? 1 : 0, input.bytes.contains(0x0A) ? 1 : 0,
      input.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 1 : 0, input.bytes.contains(0) ? 1 : 0,
      input.bytes.contains { $0 >= 0x80 } ? 1 : 0,
    ]
    return marks.map(String.init).joined(separator: " ")
  }

  /// Headers of UTF-16 are refused by name; `SlowCSV` knows nothing of them.
  private func headerDifference(_ input: CSVInput, _ slow: SlowCSV) -> String? {
    let bytes = input.bytes
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return nil }
    let whole = bytes.withView { HeaderReader(input.dialect).read($0, isLast: true) }
    switch whole {
    case .record(let header):
      let latin = input.dialect.encoding == .latin1
      let names = slow.header.map { String(decoding: latin ? latin1($0) : $0, as: UTF8.self) }
      guard header.names == names, header.next == slow.data.start else {
        return "header: expected \(names) up to \(slow.data.start), found \(header)"
      }
      if header.next < bytes.count, header.lines + 1 != slow.data.line {
        return "header: expected \(slow.data.line - 1) lines, found \(header.lines)"
      }
    case .needsMore: return "header: more wanted than there is"
    case .empty, .malformed:
      if !slow.header.isEmpty { return "header: expected \(slow.header), found \(whole)" }
    }
    for count in 0..<min(bytes.count, 300) {
      let part = Array(bytes[..<count]).withView {
        HeaderReader(input.dialect).read($0, isLast: false)
      }
      if part != .needsMore, part != whole {
        return "header, \(count) bytes: \(part), of all \(whole)"
      }
    }
    return nil
  }

  private func scannerDifference(_ input: CSVInput, _ slow: SlowCSV) -> String? {
    guard input.maximumRecord == CSVInput.unlimited, slow.fieldCount > 0 else { return nil }
    for cut in input.cuts.prefix(60) {
      let reading = scanCSV(
        input.bytes, input.dialect, from: slow.data, fieldCount: slow.fieldCount,
        step: cut.chunkSize, span: cut.readAhead)
      if reading != slow.reading {
        return "scanner, \(cut):\nexpected \(slow.reading)\nfound \(reading)"
      }
    }
    return nil
  }

  /// A file that begins with the two bytes of gzip is read as one, which `SlowCSV` does not.
  private func passDifference(_ input: CSVInput, _ slow: SlowCSV) -> String? {
    guard slow.fieldCount > 0, slow.fieldCount <= 64, !input.bytes.starts(with: [0x1F, 0x8B])
    else { return nil }
    file.write(input.bytes)
    let wanted = (0..<slow.fieldCount).map { input.wanted >> UInt64($0) & 1 == 1 }
    var expected = withoutRaw(expectedOfPass(slow, input.dialect.encoding))
    expected.records = expected.records.map { record in
      .init(line: record.line, fields: zip(wanted, record.fields).map { $0 ? $1 : [] })
    }
    let bound = bind(file.path, name: "a", slow, input.dialect)
    for cut in input.cuts {
      do {
        let all = try readAll([bound], input.options(cut), wanted: wanted)
        let reading = withoutRaw(all.files["a"] ?? CSVReading())
        if slow.tooLongAt == nil, reading == expected { continue }
        return
          "pass, \(cut):\nexpected \(expected), too long at \(slow.tooLongAt ?? -1)\n"
          + "found \(reading)"
      } catch {
        guard case PassError<Never>.file(let reason) = error, let place = slow.tooLongAt,
          reason.description.contains("byte \(place): a line of more")
        else { return "pass, \(cut): \(error), too long at \(slow.tooLongAt ?? -1)" }
      }
    }
    return nil
  }
}
