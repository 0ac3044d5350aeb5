import CXLSXWriter

extension XLSXFile {
  /// Adds a table sheet with its titles and header; rows follow by `append`.
  package mutating func addTable(_ spec: TableSheet) throws(WorkbookError) -> TableID {
    try check(spec)
    // An empty row sets titles apart from the header.
    let headerRow = spec.titles.isEmpty ? 0 : spec.titles.count + 1
    var formats: [(plain: StyleSheet.Format?, band: StyleSheet.Format?)] = []
    for column in spec.columns {
      formats.append(
        (plain: styles.format(.body, column.style), band: styles.format(.band, column.style)))
    }
    tables.append(
      TableState(
        spec: spec, headerRow: headerRow, formats: formats, parts: [], sheets: [],
        widths: spec.columns.map { _ in 0 }))
    let table = TableID(index: tables.count - 1)
    do throws(WorkbookError) {
      try addPart(named: spec.name, to: table.index)
    } catch {
      tables.removeLast()
      throw error
    }
    return table
  }

  /// Appends a row, one cell per column. O(cells), in flat memory unless the sheet keeps all. Where
  /// the sheet is full the table goes on on the next.
  package mutating func append(_ cells: [Cell], to table: TableID) throws(WorkbookError) {
    let index = table.index
    let columns = tables[index].spec.columns.count
    guard !tables[index].isFinished else {
      throw misuse(
        tables[index].spec.name, expected: "rows before the table is finished",
        found: "a row after it")
    }
    if isFull(index) { try continueTable(at: index) }
    let last = tables[index].last
    let part = tables[index].parts[last]
    let row = part.firstRow + part.rows
    guard cells.count == columns else {
      throw WorkbookError(
        kind: .rowShape, path: path, place: "sheet \"\(part.sheet)\", row \(row + 1)",
        expected: "\(columns) cells, one per column", found: "\(cells.count)",
        help: "Make the query's columns and the report's columns the same.")
    }
    let banded = part.rows % 2 == 1
    let sheet = tables[index].sheets[last]
    for column in 0..<columns {
      let cell = cells[column]
      let own = tables[index].spec.columns[column].style
      let style = cell.style(in: own)
      let format: StyleSheet.Format?
      if style == own {
        let pair = tables[index].formats[column]
        format = banded ? pair.band : pair.plain
      } else {
        format = styles.format(banded ? .band : .body, style)
      }
      try write(cell, to: sheet, named: part.sheet, row: row, column: column, format: format)
      let width = cell.displayWidth
      if width > tables[index].widths[column] { tables[index].widths[column] = width }
    }
    tables[index].parts[last].rows += 1
  }

  /// Ends a table. `totals`: one cell per column with the figure each total's formula has now, so
  /// that programs which do not calculate show it too; `.empty` for a ratio that is NULL; nil for
  /// no totals row.
  package mutating func finish(_ table: TableID, totals: [Cell]? = nil) throws(WorkbookError) {
    guard !tables[table.index].isFinished else {
      throw misuse(
        tables[table.index].spec.name, expected: "a table finished once", found: "a second time")
    }
    try finishTable(at: table.index, totals: totals)
  }

  /// The cells of a column's data rows (so far), for charts and names; of a table that goes on on
  /// further sheets those of the first.
  package func range(of header: String, in table: TableID) throws(WorkbookError) -> CellRange {
    let state = tables[table.index]
    guard let column = state.spec.columns.firstIndex(where: { $0.header == header }) else {
      throw misuse(
        state.spec.name,
        expected: "one of the columns \(state.spec.columns.map(\.header).joined(separator: ", "))",
        found: "\"\(header)\"")
    }
    return state.ranges(columns: column...column)[0]
  }

  /// The sheets a table stands on (so far), with their rows.
  package func parts(of table: TableID) -> [TablePart] { tables[table.index].parts }

  mutating func finishTable(at index: Int, totals: [Cell]?) throws(WorkbookError) {
    try endPart(of: index)
    if let totals { try writeTotals(totals, at: index) }
    let state = tables[index]
    var widths: [Double] = []
    for (column, item) in state.spec.columns.enumerated() {
      let values = Double(min(60, max(8, state.widths[column]))) * 1.08 + 2.5
      let width = item.width ?? max(values, Self.headerWidth(item))
      widths.append(width)
      let ranges = state.ranges(columns: column...column)
      for (sheet, range) in zip(state.sheets, ranges) {
        _ = worksheet_set_column(sheet, lxw_col_t(column), lxw_col_t(column), width, nil)
        if state.rows > 0 { try apply(item.rules, to: range, on: sheet) }
      }
    }
    let printed = state.spec.columns.prefix { $0.isPrinted }.count
    if printed < state.spec.columns.count {
      for (sheet, part) in zip(state.sheets, state.parts) {
        // The row below the data says the totals, or where the table goes on.
        _ = worksheet_print_area(
          sheet, 0, 0, lxw_row_t(part.lastRow + 1), lxw_col_t(printed - 1))
      }
    }
    for sheet in state.sheets {
      state.spec.page.spread(
        Array(widths.prefix(printed)), frozen: min(state.spec.frozenColumns, printed), on: sheet)
    }
    if let rangeName = state.spec.rangeName {
      try define(
        name: rangeName, ranges: state.ranges(columns: 0...(state.spec.columns.count - 1)))
    }
    tables[index].isFinished = true
  }

  private func check(_ spec: TableSheet) throws(WorkbookError) {
    guard !spec.columns.isEmpty, spec.columns.count <= XLSXFile.maximumColumns else {
      throw WorkbookError(
        kind: .tooManyColumns, path: path, place: "sheet \"\(spec.name)\"",
        expected: "1 to \(XLSXFile.maximumColumns) columns", found: "\(spec.columns.count)",
        help: "Choose the columns to show in the report's description.")
    }
    let needed = (spec.titles.isEmpty ? 0 : spec.titles.count + 1) + 3
    guard maximumRows >= needed else {
      throw misuse(
        spec.name, expected: "\(needed) rows for titles, header, a row and totals",
        found: "\(maximumRows)")
    }
    if let hidden = spec.columns.firstIndex(where: { !$0.isPrinted }),
      hidden == 0 || spec.columns[hidden...].contains(where: \.isPrinted)
    {
      throw misuse(
        spec.name, expected: "columns that are printed, then those that are not",
        found: "\"\(spec.columns[hidden].header)\" before one that is")
    }
    var seen: Set<String> = []
    for column in spec.columns where !seen.insert(column.header).inserted {
      throw misuse(
        spec.name, expected: "each header once", found: "\"\(column.header)\" a second time")
    }
  }

  func misuse(_ sheet: String, expected: String, found: String) -> WorkbookError {
    WorkbookError(
      kind: .layout, path: path, place: "sheet \"\(sheet)\"", expected: expected, found: found,
      help: "Correct the report's description.")
  }

  /// Long headers break into two lines rather than widen a column of short values, so that more
  /// columns are readable on paper.
  static func headerLines(_ column: TableColumn) -> Int {
    let length = column.header.unicodeScalars.count
    if let width = column.width { return min(4, Int(Double(length + 3) / max(4, width)) + 1) }
    return length <= 11 || !column.header.utf8.contains(UInt8(ascii: " ")) ? 1 : 2
  }

  /// The least width of a column for its header: the filter's button and the indent take four
  /// characters beside the text.
  private static func headerWidth(_ column: TableColumn) -> Double {
    let words = column.header.split(separator: " ").map(\.unicodeScalars.count)
    let length = column.header.unicodeScalars.count
    var longest = length
    if headerLines(column) > 1 {
      // Where two lines are most alike.
      var first = -1
      for word in words.dropLast() {
        first += word + 1
        longest = min(longest, max(first, length - first - 1))
      }
    }
    let width = Double(min(60, longest)) * 1.1 + 4.5
    // Where all of it fits on one line it does not break, and needs its room beside the button.
    return longest < length && Double(length) <= width ? Double(length) + 3.5 : width
  }
}
