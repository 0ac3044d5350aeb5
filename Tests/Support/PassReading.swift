import Engine
import Files

/// A source whose every field is text and optional, so that all of a record comes out of a pass as
/// it stands. The first column is the record's line.
package func textContract(fieldCount: Int) -> Contract {
  Contract(
    source: "texts", key: ["line"],
    fields: [.required("line", .integer(1...Int64.max))]
      + (0..<fieldCount).map { .optional("field\($0)", .text) })
}

/// The layout of `textContract` for a file.
package func textLayout(fieldCount: Int, encoding: Dialect.Encoding = .utf8) -> RecordLayout {
  RecordLayout(
    fieldCount: fieldCount,
    bindings: [ColumnBinding(.computed(.lineNumber))]
      + (0..<fieldCount).map { ColumnBinding(.field($0)) },
    encoding: encoding, fingerprint: 7)
}

/// Binds a file by what the slow reader says of its header.
package func bind(
  _ path: String, name: String? = nil, _ slow: SlowCSV, _ dialect: Dialect
) -> BoundFile {
  BoundFile(
    path: path, name: name ?? path,
    layout: textLayout(fieldCount: slow.fieldCount, encoding: dialect.encoding),
    dialect: dialect, dataStart: slow.data.start, dataLine: slow.data.line)
}

/// What a pass over files of `textContract` made of them, by file name.
package struct PassReading {
  /// What each file said; none that says nothing.
  package var files: [String: CSVReading] = [:]
  /// What the pass counted.
  package var counts = PassCounts()
}

/// Runs a pass that collects every record; fields that are not `wanted` come out empty.
package func readAll(
  _ files: [BoundFile], _ options: PassOptions = PassOptions(), wanted: [Bool]? = nil,
  progress: @escaping @Sendable (Int, Int) -> Bool = { _, _ in true }
) throws -> PassReading {
  let fieldCount = files.first?.layout.fieldCount ?? 0
  let kept = wanted ?? [Bool](repeating: true, count: fieldCount)
  let pass = CSVPass(
    contract: textContract(fieldCount: fieldCount),
    settings: .init(timeZone: .utc, currency: .usd), files: files,
    wanted: [true] + kept, options: options)
  typealias Found = [(file: Int, record: CSVReading.Record)]
  let (workers, counts) = try pass.run(
    makeWorker: { Found() }, progress: progress,
    fold: { (found: inout Found, batch: Batch, file: Int) throws(Never) in
      let texts = (1..<(fieldCount + 1)).map { batch.text($0) }
      for row in 0..<batch.count {
        let line = Int(batch.integers[0][row])
        let fields = texts.indices.map { kept[$0] ? texts[$0][row].bytes : [] }
        found.append((file, .init(line: line, fields: fields)))
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
package func expectedOfPass(_ slow: SlowCSV, _ encoding: Dialect.Encoding) -> CSVReading {
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

/// Latin-1 bytes as UTF-8.
package func latin1(_ bytes: [UInt8]) -> [UInt8] {
  Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8)
}

/// A reading without the refused bytes, which a pass shows as text.
package func withoutRaw(_ reading: CSVReading) -> CSVReading {
  CSVReading(
    records: reading.records,
    refusals: reading.refusals.map {
      .init(line: $0.line, offence: $0.offence, found: $0.found, raw: [])
    })
}
