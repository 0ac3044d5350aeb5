import Engine

/// The result of a statement as text, written as the rows come.
package struct QueryOutput {
  /// How the rows are written.
  package enum Format: String, Sendable, CaseIterable {
    /// Columns in line, for people.
    case table
    /// Comma, LF, header.
    case csv
    /// An array of objects, one a line.
    case json

    /// What writes rows like that.
    func writer(_ names: [String]) -> any RowWriter {
      switch self {
      case .table: TableWriter(names)
      case .csv: CSVWriter(names)
      case .json: JSONWriter(names)
      }
    }

    /// Rows that are all there, as bytes.
    package func bytes(_ names: [String], _ rows: [[ShownValue]]) -> [UInt8] {
      var writer = writer(names)
      for row in rows { writer.add(row) }
      writer.end()
      return writer.bytes
    }
  }

  private let format: Format
  private let write: ([UInt8]) throws(RunError) -> Void

  /// An output in a format, whose bytes go to `write` in pieces.
  package init(_ format: Format, write: @escaping ([UInt8]) throws(RunError) -> Void) {
    self.format = format
    self.write = write
  }

  private static let pieceSize = 1 << 16

  /// Runs one statement that only reads, and writes its result. A statement that is wrong is an
  /// error of usage.
  package func run(_ sql: String, on warehouse: any Warehouse) throws(RunError) {
    var rows: any RowWriter
    do throws(WarehouseError) {
      let names = try warehouse.columns(of: sql)
      rows = format.writer(names)
    } catch {
      throw RunError(
        error.kind == .configuration ? .usage : RunError(error).exit, error.message,
        help: error.help)
    }
    var failure: RunError?
    do throws(WarehouseError) {
      try warehouse.query(sql, parameters: [:], types: [:]) { row throws(WarehouseError) in
        rows.add(row.map { ShownValue($0) })
        guard rows.bytes.count >= Self.pieceSize else { return }
        do throws(RunError) {
          try write(rows.bytes)
          rows.bytes.removeAll(keepingCapacity: true)
        } catch {
          failure = error
          throw WarehouseError(.failed, error.message, help: error.help)
        }
      }
    } catch {
      throw failure ?? RunError(error)
    }
    rows.end()
    try write(rows.bytes)
  }
}
