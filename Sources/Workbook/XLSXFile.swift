import CXLSXWriter
import Glibc

/// What the file says about itself. There is no clock: the same properties give the same bytes.
package struct DocumentProperties: Sendable {
  /// The document's title, also printed above every page.
  package var title: String
  /// What it is about.
  package var subject: String
  /// Who it belongs to, also printed below every page.
  package var company: String
  /// The creation date, in seconds since 1970-01-01T00:00:00Z; at least 1.
  package var created: Int64

  /// The properties; `created` in seconds since 1970-01-01T00:00:00Z.
  package init(title: String, subject: String = "", company: String = "", created: Int64) {
    self.title = title
    self.subject = subject
    self.company = company
    self.created = created
  }
}

/// What was written, for the run's record.
package struct WorkbookSummary: Sendable, Equatable {
  /// The path as given.
  package let path: String
  /// Every sheet in tab order with its number of data rows (0 for sheets that are not tables).
  package let sheets: [(name: String, rows: Int)]
  /// How many texts were longer than Excel's 32,767 characters and were cut, visibly.
  package let cutTexts: Int
  /// How many days or instants lay outside Excel's calendar (1900-03-01 … 9999-12-31) and were
  /// written as ISO text.
  package let datesAsText: Int
  /// Where the first few of those cells are, as `'Sheet'!C5`.
  package let places: [String]

  /// Equal in every field.
  package static func == (left: WorkbookSummary, right: WorkbookSummary) -> Bool {
    left.path == right.path && left.sheets.elementsEqual(right.sheets, by: ==)
      && left.cutTexts == right.cutTexts && left.datesAsText == right.datesAsText
      && left.places == right.places
  }
}

/// A workbook being written under a path of the caller's, who renames it when `close` has returned.
///
/// Sheets stand in the order they are added and may be filled in any order after that, so a summary
/// in front can chart tables behind it. Nothing is on disk before `close`; a file dropped unclosed
/// leaves nothing.
package struct XLSXFile: ~Copyable {
  typealias Sheet = UnsafeMutablePointer<lxw_worksheet>

  static let maximumColumns = 16_384
  private static let placesKept = 20

  /// The path as given.
  package let path: String
  let properties: DocumentProperties
  /// Rows of a sheet.
  let maximumRows: Int
  let workbook: UnsafeMutablePointer<lxw_workbook>
  /// False once `close` has freed the workbook.
  private var isOpen = true
  var styles: StyleSheet
  var tables: [TableState] = []
  var summaries: [SummaryState] = []
  private var sheets: [(name: String, part: (table: Int, number: Int)?)] = []
  private var takenNames: Set<String> = []
  private var reservedNames: Set<String> = []
  private var takenRanges: Set<String> = []
  private var cutTexts = 0
  private var datesAsText = 0
  private var places: [String] = []

  /// Begins a workbook. The path's folder must exist and be writable.
  ///
  /// - Parameter maximumRows: Where a table's sheet is full and the next begins: Excel's limit
  ///   unless a test asks for fewer; titles, header, a row and totals must fit.
  package init(
    path: String, properties: DocumentProperties, maximumRows: Int = 1_048_576
  ) throws(WorkbookError) {
    let folder = XLSXFile.folder(of: path)
    if access(folder, W_OK | X_OK) != 0 {
      throw WorkbookError(
        kind: .file, path: path, place: "", expected: "a folder that can be written",
        found: "\(folder): \(String(cString: strerror(errno)))",
        help: "Create the folder or change its permissions.")
    }
    guard properties.created > 0 else {
      throw WorkbookError(
        kind: .layout, path: path, place: "document properties",
        expected: "a creation date after 1970-01-01T00:00:00Z", found: "\(properties.created)",
        help: "Pass the end of the report's period in seconds.")
    }
    // Sheets in flat memory keep their rows in a temporary file beside the workbook, on a disk that
    // has room for it.
    guard let workbook = XLSXFile.open(path: path, folder: folder) else {
      throw WorkbookError(
        kind: .file, path: path, place: "", expected: "a new workbook", found: "no memory for one",
        help: "Free some memory and run the report again.")
    }
    self.path = path
    self.properties = properties
    self.maximumRows = maximumRows
    self.workbook = workbook
    self.styles = StyleSheet(workbook: workbook)
    let text = CStrings()
    var document = lxw_doc_properties()
    document.title = text.add(properties.title)
    document.subject = text.add(properties.subject)
    document.author = text.add(properties.company)
    document.company = text.add(properties.company)
    document.created = time_t(properties.created)
    _ = workbook_set_properties(workbook, &document)
    text.free()
  }

  deinit {
    if isOpen { lxw_workbook_free(workbook) }
  }

  /// Writes the file and frees everything. On an error no file is left.
  package consuming func close() throws(WorkbookError) -> WorkbookSummary {
    for index in tables.indices where !tables[index].isFinished {
      try finishTable(at: index, totals: nil)
    }
    // The library frees the workbook whether or not it could write it.
    isOpen = false
    let code = workbook_close(workbook)
    guard code == LXW_NO_ERROR else {
      let reason = String(cString: strerror(errno))
      unlink(path)
      throw WorkbookError(
        kind: .file, path: path, place: "", expected: "the file written",
        found: "\(String(cString: lxw_strerror(code))) (\(reason))",
        help: "Check the disk's free space and the folder's permissions, then run the report again."
      )
    }
    let counts = sheets.map { sheet in
      (name: sheet.name, rows: sheet.part.map { tables[$0.table].parts[$0.number].rows } ?? 0)
    }
    return WorkbookSummary(
      path: path, sheets: counts, cutTexts: cutTexts, datesAsText: datesAsText, places: places)
  }

  /// Adds a sheet after checking its name. `flat`: rows go to a temporary file in order instead of
  /// memory.
  mutating func addSheet(
    _ name: String, flat: Bool, part: (table: Int, number: Int)? = nil, page: PageSetup,
    color: Palette?
  ) throws(WorkbookError) -> Sheet {
    if let problem = Names.problem(sheet: name) {
      throw sheetNameError(found: problem)
    }
    guard takenNames.insert(name.lowercased()).inserted else {
      throw sheetNameError(found: "\"\(name)\" a second time")
    }
    // The library reads this option whenever a sheet is added, so flat and random-access sheets
    // share a workbook.
    workbook.pointee.options.constant_memory = flat ? 1 : 0
    guard let sheet = workbook_add_worksheet(workbook, name) else {
      throw sheetNameError(found: "\"\(name)\", refused by the library")
    }
    sheets.append((name: name, part: part))
    if let color { worksheet_set_tab_color(sheet, color.rawValue) }
    page.apply(
      to: sheet, title: properties.title, company: properties.company, sheetName: name)
    return sheet
  }

  /// Keeps names free for sheets that are added later, so that no table goes on under one of them.
  package mutating func reserve(sheets names: [String]) {
    for name in names { reservedNames.insert(name.lowercased()) }
  }

  /// Whether a sheet has a name, or will have it.
  func isTaken(sheet name: String) -> Bool {
    takenNames.contains(name.lowercased()) || reservedNames.contains(name.lowercased())
  }

  private func sheetNameError(found: String) -> WorkbookError {
    WorkbookError(
      kind: .sheetName, path: path, place: "sheet names",
      expected: "1 to 31 characters without [ ] : * ? / \\, each name once whatever its case",
      found: found, help: "Rename the sheet in the report's description.")
  }

  /// Names a range, for formulas of the workbook's users. ASCII letters, digits, `_` and `.`.
  package mutating func define(name: String, range: CellRange) throws(WorkbookError) {
    try define(name: name, ranges: [range])
  }

  /// Names ranges, of one sheet or several.
  mutating func define(name: String, ranges: [CellRange]) throws(WorkbookError) {
    let problem =
      Names.problem(definedName: name)
      ?? (takenRanges.insert(name.lowercased()).inserted ? nil : "\"\(name)\" a second time")
    if let problem {
      throw WorkbookError(
        kind: .definedName, path: path, place: "defined names",
        expected: "a letter, then letters, digits, _ or ., not like a cell, each name once",
        found: problem, help: "Rename the range in the report's description.")
    }
    let references = ranges.map(\.reference).joined(separator: ",")
    _ = workbook_define_name(workbook, name, "=" + references)
  }

  /// Writes one value; the caller has chosen the format.
  mutating func write(
    _ cell: Cell, to sheet: Sheet, named name: String, row: Int, column: Int,
    format: StyleSheet.Format?
  ) throws(WorkbookError) {
    let (r, c) = (lxw_row_t(row), lxw_col_t(column))
    let code: lxw_error
    switch cell {
    case .empty: code = worksheet_write_blank(sheet, r, c, format)
    case .boolean(let value): code = worksheet_write_boolean(sheet, r, c, value ? 1 : 0, format)
    case .text(let source):
      let text = CellText(source)
      if text.isCut {
        cutTexts += 1
        note(name, row, column)
      }
      code = worksheet_write_string(sheet, r, c, text.text, format)
    default:
      if let number = cell.number {
        code = worksheet_write_number(sheet, r, c, number, format)
      } else if let text = cell.isoText {
        datesAsText += 1
        note(name, row, column)
        code = worksheet_write_string(sheet, r, c, text, format)
      } else {
        throw numberTooLong(cell, place: "sheet \"\(name)\", cell \(Names.cell(row, column))")
      }
    }
    guard code == LXW_NO_ERROR else {
      throw WorkbookError(
        kind: .file, path: path, place: "sheet \"\(name)\", cell \(Names.cell(row, column))",
        expected: "the cell written", found: String(cString: lxw_strerror(code)),
        help: "Check the memory and the disk's free space, then run the report again.")
    }
  }

  func numberTooLong(_ cell: Cell, place: String) -> WorkbookError {
    WorkbookError(
      kind: .numberTooLong, path: path, place: place,
      expected:
        "a number of at most 15 digits (money: 0 to 6 of them minor), as Excel keeps no more",
      found: "\(cell)", help: "Write identifiers as text; check an amount of this size.")
  }

  private mutating func note(_ name: String, _ row: Int, _ column: Int) {
    guard places.count < XLSXFile.placesKept else { return }
    places.append("\(Names.quoted(sheet: name))!\(Names.cell(row, column))")
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func open(path: String, folder: String) -> UnsafeMutablePointer<lxw_workbook>? {
    let text = CStrings()
    defer { text.free() }
    var options = lxw_workbook_options()
    options.tmpdir = text.add(folder)
    options.use_zip64 = 0
    return workbook_new_opt(path, &options)
  }
}

/// C strings for the library's option structs, which it copies; freed together afterwards.
final class CStrings {
  private var owned: [UnsafeMutablePointer<CChar>] = []

  /// A copy valid until `free`.
  func add(_ text: String) -> UnsafeMutablePointer<CChar>? {
    guard let copy = strdup(text) else { return nil }
    owned.append(copy)
    return copy
  }

  /// Frees all copies; an explicit call, so that none dies while a struct still points to it.
  func free() {
    for copy in owned { Glibc.free(copy) }
    owned.removeAll()
  }
}
