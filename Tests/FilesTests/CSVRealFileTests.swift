import Engine
import Files
import Foundation
import Support
import Testing

/// Tests/Fixtures/csv, with licences beside the files.
private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Fixtures/csv")

private func bytes(_ name: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: fixtures.appendingPathComponent(name)))
}

@Suite("Files that other CSV readers are tested with read as they do there")
struct CSVRealFileTests {
  static let spectrumNames = [
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates",
    "newlines", "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
  ]

  private func read(
    _ name: String, fieldCount: Int? = nil, chunkSize: Int = 16, _ change: (inout Dialect) -> Void
  ) throws -> (slow: SlowCSV, reading: CSVReading) {
    var dialect = Dialect()
    change(&dialect)
    let slow = SlowCSV(try bytes(name), dialect, fieldCount: fieldCount)
    let path = fixtures.appendingPathComponent(name).path
    var options = PassOptions()
    options.chunkSize = chunkSize
    options.readAhead = 5
    let reading = try readAll([bind(path, name: name, slow, dialect)], options)
    return (slow, reading.files[name] ?? CSVReading())
  }

  private func texts(_ reading: CSVReading) -> [[String]] {
    reading.records.map { $0.fields.map { String(decoding: $0, as: UTF8.self) } }
  }

  @Test("csv-spectrum", arguments: spectrumNames)
  func spectrum(name: String) throws {
    let json = try JSONSerialization.jsonObject(
      with: Data(bytes("csv-spectrum/json/\(name).json")))
    let single = json as? [String: String]
    let expected = try #require(json as? [[String: String]] ?? single.map { [$0] })
    let (slow, reading) = try read("csv-spectrum/csvs/\(name).csv") { _ in }
    let header = slow.header.map { String(decoding: $0, as: UTF8.self) }
    #expect(reading.refusals.isEmpty)
    let found = texts(reading).map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    // SOURCE.txt: upstream's JSON has another phone number than its CSV.
    func comparable(_ rows: [[String: String]]) -> [[String: String]] {
      rows.map { $0.filter { $0.key != "Contact Phone Number" } }
    }
    #expect(comparable(found) == comparable(expected))
    #expect(Set(header) == Set(expected[0].keys))
  }

  @Test("a colon as delimiter, and no header, read like the plain file")
  func smallPopulations() throws {
    let plain = try read("rust-csv/smallpop.csv") { _ in }
    #expect(texts(plain.reading).count == 10)
    #expect(texts(plain.reading)[4] == ["Springfield", "MA", "United States", "152227"])
    let colon = try read("rust-csv/smallpop-colon.csv") { $0.delimiter = 0x3A }
    #expect(colon.reading == plain.reading)
    let headless = try read("rust-csv/smallpop-no-headers.csv") { $0.hasHeader = false }
    #expect(texts(headless.reading) == texts(plain.reading))
    #expect(headless.reading.records.map(\.line) == Array(1...10))
  }

  @Test("latin-1 bytes are letters where that is declared, else refuse their row and no other")
  func latin1Cities() throws {
    let name = "rust-csv/uspop-latin1.csv"
    let declared = try read(name) { $0.encoding = .latin1 }
    #expect(declared.reading.refusals.isEmpty)
    #expect(texts(declared.reading)[2][0] == "Õakman")
    let undeclared = try read(name) { _ in }
    #expect(undeclared.reading.records.count == declared.reading.records.count - 1)
    #expect(undeclared.reading.refusals.map(\.line) == [4])
    #expect(undeclared.reading.refusals.map(\.offence) == [.utf8])
  }

  @Test("the word NULL is a refused number, unless the mapping says that it stands for nothing")
  func nullWords() throws {
    let text = try bytes("rust-csv/uspop-null.csv")
    let slow = SlowCSV(text)
    let contract = Contract(
      source: "cities", key: ["city"],
      fields: [
        .required("city", .text), .optional("population", .integer(0...Int64.max)),
      ])
    let data = Array(text[slow.data.start...])
    func refusals(_ values: ValueDictionary?) -> [RowOffence] {
      var population = ColumnBinding(.field(2))
      population.values = values
      let layout = RecordLayout(
        fieldCount: 5, bindings: [ColumnBinding(.field(0)), population], fingerprint: 0)
      return decode(data, contract, layout, settings: .init(timeZone: .utc, currency: .usd))
        .refusals
    }
    #expect(refusals(nil).map(\.row) == [41, 53, 60])
    #expect(refusals(nil).allSatisfy { $0.offence == .type && $0.column == 1 })
    #expect(refusals(ValueDictionary([("null", "")])).isEmpty)
  }

  @Test("backslashes escape nothing: such rows are refused one by one, or read without quoting")
  func backslashes() throws {
    let quoted = try read("rust-csv/strange.csv", fieldCount: 2) {
      $0.delimiter = 0x3B
      $0.hasHeader = false
    }
    #expect(quoted.reading.records.isEmpty)
    #expect(quoted.reading.refusals.map(\.line) == Array(1...7))
    let offences = quoted.reading.refusals.map(\.offence)
    #expect(
      offences == [.malformedQuote, .malformedQuote, .ragged, .ragged]
        + Array(repeating: .malformedQuote, count: 3))
    let plain = try read("rust-csv/strange.csv", fieldCount: 2) {
      $0.delimiter = 0x3B
      $0.quote = nil
      $0.hasHeader = false
    }
    #expect(texts(plain.reading).first == [#""\"Hacksaw\" Jim Duggan""#, "1987"])
    #expect(plain.reading.refusals.map(\.line) == [3, 4])
  }
}
