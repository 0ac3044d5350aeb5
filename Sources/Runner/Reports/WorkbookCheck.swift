import Files
import Workbook

/// What a workbook must hold, checked by reading the file again before it takes its name: that it
/// can be unpacked whole, its sheets, their rows, and the sums of their amounts.
struct WorkbookCheck {
  /// A table of the report.
  struct Table {
    /// The sheets it stands on.
    let parts: [TablePart]
    /// The columns that can be added up, each with its sum as the warehouse gave it.
    let columns: [(title: String, column: SheetScan.Column, sum: Int64)]
  }

  /// The names of all sheets in the order of their tabs.
  let sheets: [String]
  let tables: [Table]

  /// The data rows of all tables.
  var rows: Int { tables.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.rows } } }

  /// Reads the workbook at `temporaryPath`, which is to become `path`.
  func check(_ temporaryPath: String, for path: String) throws(RunError) {
    var scans = self.scans
    var names: [String] = []
    do throws(FileError) {
      let archive = try ZipArchive(temporaryPath)
      for member in archive.members {
        if let index = Self.sheetIndex(member.name), var scan = scans[index] {
          try archive.read(member) { scan.scan($0) }
          scans[index] = scan
        } else {
          var bytes: [UInt8] = []
          let isIndex = member.name == "xl/workbook.xml"
          try archive.read(member) { if isIndex { bytes += $0 } }
          if isIndex { names = sheetNames(inWorkbookXML: bytes) }
        }
      }
    } catch {
      throw RunError(.failed, "\(path): \(error.message)", help: "\(error.help); \(Self.unchanged)")
    }
    if let difference = difference(names, scans) {
      throw RunError(
        .failed, "\(path): the workbook read again is not what was to be written: \(difference)",
        help: "check the disk and the memory, then run the report again; \(Self.unchanged)")
    }
  }

  private static let unchanged = "the files of before are unchanged"

  /// A scan for each sheet of a table, by its place among the tabs.
  private var scans: [Int: SheetScan] {
    var scans: [Int: SheetScan] = [:]
    for table in tables {
      for part in table.parts {
        guard let index = sheets.firstIndex(of: part.sheet) else { continue }
        scans[index] = SheetScan(
          rows: part.firstRow..<part.firstRow + part.rows, columns: table.columns.map(\.column))
      }
    }
    return scans
  }

  /// What does not agree, nil where all does.
  private func difference(_ names: [String], _ scans: [Int: SheetScan]) -> String? {
    if names != sheets {
      return "its sheets are \(names.joined(separator: ", ")), "
        + "expected \(sheets.joined(separator: ", "))"
    }
    for table in tables {
      var sums = [Int128](repeating: 0, count: table.columns.count)
      for part in table.parts {
        guard let scan = sheets.firstIndex(of: part.sheet).flatMap({ scans[$0] }) else { continue }
        if scan.rows != part.rows {
          return "the sheet \(part.sheet) has \(scan.rows) rows, expected \(part.rows)"
        }
        for (index, sum) in scan.sums.enumerated() { sums[index] += sum }
      }
      for (column, sum) in zip(table.columns, sums) where sum != Int128(column.sum) {
        return "\(column.title) of the sheet \(table.parts.first?.sheet ?? "") adds up to \(sum), "
          + "expected \(column.sum) (in units of the last decimal)"
      }
    }
    return nil
  }

  /// `xl/worksheets/sheet3.xml` is the third tab, 2.
  private static func sheetIndex(_ member: String) -> Int? {
    let (start, end) = ("xl/worksheets/sheet", ".xml")
    guard member.hasPrefix(start), member.hasSuffix(end) else { return nil }
    return Int(member.dropFirst(start.count).dropLast(end.count)).map { $0 - 1 }
  }
}
