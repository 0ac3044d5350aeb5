import Engine
import Files

/// The rows that a run refused, as its folder keeps them: a CSV file for each source.
package struct RejectedRows: Sendable {
  /// A refused record.
  package struct Row: Sendable, Equatable {
    /// The source.
    package let source: String
    /// The values of `columns`, in their order.
    package let values: [String]

    /// Why it was refused, in a word.
    package var reason: String { values[3] }
  }

  /// The columns of each file.
  package static let columns = ["file", "line", "column", "reason", "detail", "raw"]

  /// The rows by source, then in the order of their files and lines.
  package let rows: [Row]

  /// The rows of a run's folder; none where it has no file of them.
  package init(in folder: RunFolder) throws(RunError) {
    var rows: [Row] = []
    for name in Project.list(folder.rejects).sorted() where name.hasSuffix(".csv") {
      let path = "\(folder.rejects)/\(name)"
      let bytes = try file { () throws(FileError) in try readWholeFile(path) }
      let source = String(name.dropLast(4))
      rows += Self.records(bytes).dropFirst().map { Row(source: source, values: $0) }
    }
    self.rows = rows
  }

  /// A file of refused rows.
  static func bytes(_ rows: [QuarantinedRow]) -> [UInt8] {
    let encoder = CSVEncoder(moneyDigits: 0)
    var bytes = Array((columns.joined(separator: ",") + "\n").utf8)
    for row in rows {
      let values = [
        row.file, "\(row.line)", row.column ?? "", row.offence.word, row.detail, row.raw,
      ]
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(0x2C) }
        encoder.append(text: value.utf8, to: &bytes)
      }
      bytes.append(0x0A)
    }
    return bytes
  }

  /// The records of such a file, its header first, as `CSVEncoder` wrote them.
  private static func records(_ bytes: [UInt8]) -> [[String]] {
    // The scanner reads whole words, beyond the end too.
    let padded = bytes + [UInt8](repeating: 0, count: 64)
    return padded.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return [] }
      let chunk = ByteView(start: base, count: bytes.count)
      var index = RecordIndex(fieldCount: columns.count)
      _ = RecordScanner(Dialect()).scan(
        chunk, from: 0, limit: bytes.count, isLast: true, into: &index)
      return (0..<index.count).map { row in
        columns.indices.map { column in
          let (field, isEscaped) = index.field(column, ofRecord: row, in: chunk)
          return isEscaped ? field.text.replacing("\"\"", with: "\"") : field.text
        }
      }
    }
  }
}
