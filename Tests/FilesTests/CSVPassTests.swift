import Engine
import Files
import Foundation
import Support
import Testing

@Suite("A pass gives the same records however it is cut up")
struct CSVPassTests {
  private let folder = TemporaryFolder()

  @Test("the table of cases, with chunk boundaries everywhere", arguments: CSVCase.all)
  func table(_ example: CSVCase) throws {
    let slow = SlowCSV(example.bytes, example.dialect, fieldCount: example.fieldCount)
    let file = bind(folder.write("a.csv", example.bytes), name: "a", slow, example.dialect)
    for chunkSize in 1...max(1, example.bytes.count) {
      var options = PassOptions()
      options.chunkSize = chunkSize
      options.readAhead = 1 + chunkSize % 3
      options.threads = 1 + chunkSize % 4
      options.batchSize = 1 + chunkSize % 2
      let reading = try readAll([file], options)
      #expect(
        reading.files["a"] ?? CSVReading() == example.expected,
        "chunks of \(chunkSize), \(options.threads) threads")
      #expect(
        reading.counts.read == example.expected.records.count + example.expected.refusals.count)
    }
  }

  @Test("random files, randomly cut up, against the slow reader")
  func randomFiles() throws {
    var generator = SeededGenerator()
    let limit =
      ContinuousClock.now + fuzzSeconds(4, environment: ProcessInfo.processInfo.environment)
    var files = 0
    while ContinuousClock.now < limit {
      let length = files % 20 == 0 ? 600 : 25
      let soup = CSVSoup(length: length, using: &generator)
      var dialect = soup.dialect
      if Bool.random(using: &generator) { dialect.encoding = .latin1 }
      let longest = Int.random(in: 0..<4, using: &generator) == 0 ? length * 3 : 1 << 20
      let slow = SlowCSV(
        soup.bytes, dialect, fieldCount: soup.fieldCount, maximumRecord: longest)
      let expected = withoutRaw(expectedOfPass(slow, dialect.encoding))
      let file = bind(folder.write("a.csv", soup.bytes), name: "a", slow, dialect)
      for _ in 0..<3 {
        var options = PassOptions()
        options.chunkSize = Int.random(in: 1...max(1, soup.bytes.count), using: &generator)
        options.readAhead = Int.random(in: 1...100, using: &generator)
        options.batchSize = Int.random(in: 1...9, using: &generator)
        options.threads = Int.random(in: 1...4, using: &generator)
        options.maximumRecord = longest
        let reading: CSVReading
        do {
          reading = withoutRaw(try readAll([file], options).files["a"] ?? CSVReading())
        } catch PassError<Never>.file(let error) where slow.tooLongAt != nil {
          #expect(error.description.contains("a.csv, byte \(slow.tooLongAt ?? 0): a line of more"))
          continue
        }
        guard reading == expected, slow.tooLongAt == nil else {
          Issue.record(
            """
            seed \(generator.seed), file \(files), \(soup.fieldCount) fields, \(dialect), \(options)
            bytes \(soup.bytes)
            expected \(expected)
            found \(reading)
            """)
          return
        }
      }
      files += 1
    }
    print("CSV pass: \(files) random files, seed \(generator.seed)")
    #expect(files > 0)
  }

  @Test("every chunk boundary of small random files", arguments: 0..<12)
  func everyBoundary(number: Int) throws {
    var generator = SeededGenerator()
    let soup = CSVSoup(length: 20, using: &generator)
    let slow = SlowCSV(soup.bytes, soup.dialect, fieldCount: soup.fieldCount)
    let expected = withoutRaw(expectedOfPass(slow, .utf8))
    let file = bind(folder.write("a.csv", soup.bytes), name: "a", slow, soup.dialect)
    for chunkSize in 1...max(1, min(soup.bytes.count, 300)) {
      for readAhead in [1, 2, 64] {
        var options = PassOptions()
        options.chunkSize = chunkSize
        options.readAhead = readAhead
        options.threads = 1 + (chunkSize + readAhead) % 3
        let reading = withoutRaw(try readAll([file], options).files["a"] ?? CSVReading())
        #expect(
          reading == expected, "seed \(generator.seed), chunks of \(chunkSize) + \(readAhead)")
      }
    }
  }

  @Test("more threads than chunks, and chunks far beyond the end, add nothing")
  func shortFile() throws {
    let bytes = Array("a,b\n\"c\",d\n".utf8)
    let slow = SlowCSV(bytes, Dialect())
    let file = bind(folder.write("a.csv", bytes), name: "a", slow, Dialect())
    var options = PassOptions()
    options.threads = 8
    for _ in 0..<200 {
      let reading = try readAll([file], options)
      #expect(reading.files["a"] == slow.reading)
      #expect(reading.counts.read == 1)
    }
  }
}
