import Engine
import Files
import Foundation
import Support
import Testing

/// A folder that goes when the test is over.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "nightmill-tests-\(UUID().uuidString)"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ name: String, _ bytes: [UInt8]) -> String {
    let file = "\(path)/\(name)"
    precondition(FileManager.default.createFile(atPath: file, contents: Data(bytes)))
    return file
  }
}

/// A source whose every field is text and optional, so that all of a record comes out of a pass as
/// it stands. The first column is the record's line.
func textContract(fieldCount: Int) -> Contract {
  Contract(
    source: "texts", key: ["line"],
    fields: [.required("line", .integer(1...Int64.max))]
      + (0..<fieldCount).map { .optional("field\($0)", .text) })
}

/// The layout of `textContract` for a file.
func textLayout(fieldCount: Int, encoding: Dialect.Encoding = .utf8) -> RecordLayout {
  RecordLayout(
    fieldCount: fieldCount,
    bindings: [ColumnBinding(.computed(.lineNumber))]
      + (0..<fieldCount).map { ColumnBinding(.field($0)) },
    encoding: encoding, fingerprint: 7)
}

/// Binds a file by what the slow reader says of its header.
func bind(
  _ path: String, name: String? = nil, _ slow: SlowCSV, _ dialect: Dialect
) -> BoundFile {
  BoundFile(
    path: path, name: name ?? path,
    layout: textLayout(fieldCount: slow.fieldCount, encoding: dialect.encoding),
    dialect: dialect, dataStart: slow.data.start, dataLine: slow.data.line)
}

/// What a pass over files of `textContract` made of them, by file name.
struct PassReading {
  var files: [String: CSVReading] = [:]
  var counts = PassCounts()
}

/// Runs a pass that collects every record.
func readAll(
  _ files: [BoundFile], _ options: PassOptions = PassOptions(),
  progress: @escaping @Sendable (Int, Int) -> Bool = { _, _ in true }
) throws -> PassReading {
  let fieldCount = files.first?.layout.fieldCount ?? 0
  let pass = CSVPass(
    contract: textContract(fieldCount: fieldCount),
    settings: .init(timeZone: .utc, currency: .usd), files: files,
    wanted: [Bool](repeating: true, count: fieldCount + 1), options: options)
  typealias Found = [(file: Int, record: CSVReading.Record)]
  let (workers, counts) = try pass.run(
    makeWorker: { Found() }, progress: progress,
    fold: { (found: inout Found, batch: Batch, file: Int) throws(Never) in
      let texts = (1..<(fieldCount + 1)).map { batch.text($0) }
      for row in 0..<batch.count {
        let line = Int(batch.integers[0][row])
        found.append((file, .init(line: line, fields: texts.map { $0[row].bytes })))
      }
    })
  var reading = PassReading(counts: counts)
  let names = files.map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  for (file, record) in workers.joined() {
    reading.files[names[file], default: CSVReading()].records.append(record)
  }
  for row in counts.quarantined {
    let found =
      row.offence == .ragged ? row.detail.split(separator: " ").last.flatMap { Int($0) } : 0
    reading.files[row.file, default: CSVReading()].refusals.append(
      .init(line: row.line, offence: row.offence, found: found ?? -1, raw: Array(row.raw.utf8)))
  }
  for name in reading.files.keys {
    reading.files[name]!.records.sort { $0.line < $1.line }
  }
  return reading
}

/// What a pass must make of a file that the slow reader has read: texts checked, refused bytes as
/// readable text.
func expectedOfPass(_ slow: SlowCSV, _ encoding: Dialect.Encoding) -> CSVReading {
  var expected = CSVReading(refusals: slow.reading.refusals)
  for record in slow.reading.records {
    if encoding == .latin1 {
      expected.records.append(.init(line: record.line, fields: record.fields.map(latin1)))
    } else if record.fields.allSatisfy({ String(validating: $0, as: UTF8.self) != nil }) {
      expected.records.append(record)
    } else {
      expected.refusals.append(.init(line: record.line, offence: .utf8, found: 0, raw: []))
    }
  }
  expected.refusals.sort { $0.line < $1.line }
  return expected
}

func latin1(_ bytes: [UInt8]) -> [UInt8] {
  Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8)
}

/// A reading without the refused bytes, which a pass shows as text.
func withoutRaw(_ reading: CSVReading) -> CSVReading {
  CSVReading(
    records: reading.records,
    refusals: reading.refusals.map {
      .init(line: $0.line, offence: $0.offence, found: $0.found, raw: [])
    })
}
