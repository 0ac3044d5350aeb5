import Engine
import Foundation
import Support
import Testing

@Suite("Records and fields of CSV are found as the data contract says")
struct CSVScannerTests {
  @Test(
    "the slow reader, which the fast ones are held against, follows the table",
    arguments: CSVCase.all)
  func slowReader(_ example: CSVCase) {
    let slow = SlowCSV(example.bytes, example.dialect, fieldCount: example.fieldCount)
    #expect(slow.reading == example.expected)
  }

  @Test("the scanner follows the table, wherever bytes run out", arguments: CSVCase.all)
  func scanner(_ example: CSVCase) {
    let slow = SlowCSV(example.bytes, example.dialect, fieldCount: example.fieldCount)
    for step in 1...max(1, example.bytes.count) {
      for span in [1, 7, example.bytes.count + 1] {
        let reading = scanCSV(
          example.bytes, example.dialect, from: slow.data, fieldCount: slow.fieldCount,
          step: step, span: span)
        #expect(reading == example.expected, "\(step) bytes at a time, limit \(span) ahead")
      }
    }
  }

  /// Where 64 bytes on end are as they should be they are read at once, else one by one: what a record
  /// means must not depend on where in them it stands.
  @Test(
    "the scanner follows the table among plain records, wherever in a block", arguments: CSVCase.all
  )
  func scannerWithinBlocks(_ example: CSVCase) {
    var dialect = example.dialect
    dialect.hasHeader = false
    let fieldCount = SlowCSV(example.bytes, example.dialect, fieldCount: example.fieldCount)
      .fieldCount
    func plain(_ length: Int) -> [UInt8] {
      let rest = [UInt8](repeating: dialect.delimiter, count: max(0, fieldCount - 1))
      return [UInt8](repeating: 0x61, count: length) + rest + [0x0A]
    }
    let after = [0x0A] + plain(70) + plain(3) + plain(40) + plain(90)
    for shift in 1...64 {
      let bytes = plain(shift) + example.bytes + after
      let slow = SlowCSV(bytes, dialect, fieldCount: fieldCount)
      let reading = scanCSV(
        bytes, dialect, from: slow.data, fieldCount: fieldCount, step: bytes.count,
        span: bytes.count + 1)
      #expect(reading == slow.reading, "\(shift) letters before it")
    }
  }

  @Test("the header reader finds the names and the first record's place", arguments: CSVCase.all)
  func header(_ example: CSVCase) {
    var dialect = example.dialect
    dialect.hasHeader = true
    let slow = SlowCSV(example.bytes, dialect)
    let outcome = example.bytes.withView { HeaderReader(dialect).read($0, isLast: true) }
    guard case .record(let header) = outcome else {
      #expect(slow.header.isEmpty, "\(outcome)")
      return
    }
    #expect(header.names == slow.header.map { String(decoding: $0, as: UTF8.self) })
    #expect(header.next == slow.data.start)
    // After the last record there is no next line to number.
    if header.next < example.bytes.count { #expect(header.lines + 1 == slow.data.line) }
  }

  @Test("random files: the scanner agrees with the slow reader, wherever bytes run out")
  func randomFiles() {
    var generator = Support.SeededGenerator(seed: nil)
    let limit =
      ContinuousClock.now + fuzzSeconds(3, environment: ProcessInfo.processInfo.environment)
    var files = 0
    while ContinuousClock.now < limit {
      let soup = CSVSoup(length: 30, using: &generator)
      let slow = SlowCSV(soup.bytes, soup.dialect, fieldCount: soup.fieldCount)
      for _ in 0..<4 {
        let step = Int.random(in: 1...max(1, soup.bytes.count), using: &generator)
        let span = Int.random(in: 1...max(1, soup.bytes.count), using: &generator)
        let reading = scanCSV(
          soup.bytes, soup.dialect, from: slow.data, fieldCount: soup.fieldCount,
          step: step, span: span)
        guard reading == slow.reading else {
          Issue.record(
            """
            seed \(generator.seed), file \(files), \(soup.fieldCount) fields, quote \
            \(soup.dialect.quote ?? 0), step \(step), span \(span): \(soup.bytes)
            expected \(slow.reading)
            found \(reading)
            """)
          return
        }
      }
      files += 1
    }
    print("CSV scanner: \(files) random files, seed \(generator.seed)")
    #expect(files > 0)
  }

  @Test("physical lines are counted alike at every length and offset")
  func lineBreaks() {
    let text = Array("a\r\nb\n\rc\r\r\n\n".utf8)
    let bytes = Array(repeatElement(text, count: 700).joined())
    for count in [0, 1, 2, 15, 16, 17, 63, 64, 65, 4096, bytes.count] {
      for start in 0..<8 where start + count <= bytes.count {
        let part = Array(bytes[start..<start + count])
        var expected = 0
        for (place, byte) in part.enumerated() {
          let isSecond = byte == 0x0A && place > 0 && part[place - 1] == 0x0D
          if (byte == 0x0A && !isSecond) || byte == 0x0D { expected += 1 }
        }
        #expect(part.withView(countLineBreaks) == expected)
      }
    }
  }
}
