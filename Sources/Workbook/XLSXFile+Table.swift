import CXLSXWriter

extension XLSXFile {
  /// Adds a table sheet with its titles and header; rows follow by `append`.
  package mutating func addTable(_ spec: TableSheet) throws(WorkbookError) -> TableID {
    try check(spec)
    let flat = if case .flat = spec.memory { true } else { false }
    let sheet = try addSheet(
      spec.name, flat: flat, table: tables.count, page: spec.page, color: spec.tabColor)
    for (row, title) in spec.titles.enumerated() {
      if row == 0 { _ = worksheet_set_row(sheet, 0, 26, nil) }
      try write(
        .text(title), to: sheet, named: spec.name, row: row, column: 0,
        format: styles.format(row == 0 ? .title : .subtitle))
    }
    // An empty row sets titles apart from the header.
    let headerRow = spec.titles.isEmpty ? 0 : spec.titles.count + 1
    let tallest = spec.columns.map { Self.headerLines($0) }.max() ?? 1
    _ = worksheet_set_row(sheet, lxw_row_t(headerRow), 8 + 13 * Double(tallest), nil)
    for (column, item) in spec.columns.enumerated() {
      try write(
        .text(item.header), to: sheet, named: spec.name, row: headerRow, column: column,
        format: styles.format(Self.headerLines(item) > 1 ? .tallHeader : .header, item.style))
    }
    worksheet_freeze_panes(
      sheet, lxw_row_t(headerRow + 1), lxw_col_t(min(spec.frozenColumns, spec.columns.count)))
    _ = worksheet_repeat_rows(sheet, lxw_row_t(headerRow), lxw_row_t(headerRow))
    var formats: [(plain: StyleSheet.Format?, band: StyleSheet.Format?)] = []
    for column in spec.columns {
      formats.append(
        (plain: styles.format(.body, column.style), band: styles.format(.band, column.style)))
    }
    tables.append(
      TableState(
        spec: spec, sheet: sheet, headerRow: headerRow, formats: formats,
        widths: spec.columns.map { Self.headerWidth($0) }))
    return TableID(index: tables.count - 1)
  }

  /// Appends a row, one cell per column. O(cells), in flat memory unless the sheet keeps all.
  package mutating func append(_ cells: [Cell], to table: TableID) throws(WorkbookError) {
    let index = table.index
    let name = tables[index].spec.name
    let columns = tables[index].spec.columns.count
    let row = tables[index].firstRow + tables[index].rows
    guard !tables[index].isFinished else {
      throw misuse(name, expected: "rows before the table is finished", found: "a row after it")
    }
    guard cells.count == columns else {
      throw WorkbookError(
        kind: .rowShape, path: path, place: "sheet \"\(name)\", row \(row + 1)",
        expected: "\(columns) cells, one per column", found: "\(cells.count)",
        help: "Make the query's columns and the report's columns the same.")
    }
    // The last row is kept for totals.
    guard row < XLSXFile.maximumRows - 1 else {
      throw WorkbookError(
        kind: .sheetFull, path: path, place: "sheet \"\(name)\"",
        expected: "at most \(XLSXFile.maximumRows) rows with titles, header and totals",
        found: "one more", help: "Narrow the period, write CSV, or split the rows over sheets.")
    }
    let banded = tables[index].rows % 2 == 1
    let sheet = tables[index].sheet
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
      try write(cell, to: sheet, named: name, row: row, column: column, format: format)
      let width = cell.displayWidth
      if width > tables[index].widths[column] { tables[index].widths[column] = width }
    }
    tables[index].rows += 1
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

  /// The cells of a column's data rows (so far), for charts and names.
  package func range(of header: String, in table: TableID) throws(WorkbookError) -> CellRange {
    let state = tables[table.index]
    guard let column = state.spec.columns.firstIndex(where: { $0.header == header }) else {
      throw misuse(
        state.spec.name,
        expected: "one of the columns \(state.spec.columns.map(\.header).joined(separator: ", "))",
        found: "\"\(header)\"")
    }
    return state.range(columns: column...column)
  }

  mutating func finishTable(at index: Int, totals: [Cell]?) throws(WorkbookError) {
    let columns = tables[index].spec.columns
    let sheet = tables[index].sheet
    let name = tables[index].spec.name
    if tables[index].rows == 0 {
      try write(
        .text("No rows in this period."), to: sheet, named: name, row: tables[index].firstRow,
        column: 0, format: styles.format(.subtitle))
    }
    // Before the totals: a flat sheet takes a filter's last row only while it is the current one.
    let filter = worksheet_autofilter(
      sheet, lxw_row_t(tables[index].headerRow), 0, lxw_row_t(tables[index].lastRow),
      lxw_col_t(columns.count - 1))
    guard filter == LXW_NO_ERROR else {
      throw misuse(
        name, expected: "a filter over the rows", found: String(cString: lxw_strerror(filter)))
    }
    if let totals { try writeTotals(totals, at: index) }
    let state = tables[index]
    for (column, item) in columns.enumerated() {
      let computed = Double(min(60, max(8, state.widths[column]))) * 1.08 + 2.5
      _ = worksheet_set_column(
        sheet, lxw_col_t(column), lxw_col_t(column), item.width ?? computed, nil)
      if state.rows > 0 {
        try apply(item.rules, to: state.range(columns: column...column), on: sheet)
      }
    }
    if let rangeName = state.spec.rangeName {
      try define(name: rangeName, range: state.range(columns: 0...(columns.count - 1)))
    }
    tables[index].isFinished = true
  }

  private func check(_ spec: TableSheet) throws(WorkbookError) {
    guard !spec.columns.isEmpty, spec.columns.count <= XLSXFile.maximumColumns else {
      throw WorkbookError(
        kind: .sheetFull, path: path, place: "sheet \"\(spec.name)\"",
        expected: "1 to \(XLSXFile.maximumColumns) columns", found: "\(spec.columns.count)",
        help: "Choose the columns to show in the report's description.")
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

  /// Long headers break into two or three lines rather than widen a column of short values.
  private static func headerLines(_ column: TableColumn) -> Int {
    let length = column.header.unicodeScalars.count
    if let width = column.width { return min(4, Int(Double(length + 3) / max(4, width)) + 1) }
    return length <= 18 || !column.header.utf8.contains(UInt8(ascii: " ")) ? 1 : 2
  }

  /// The filter's button and the indent take four characters beside the text.
  private static func headerWidth(_ column: TableColumn) -> Int {
    let lines = headerLines(column)
    let length = column.header.unicodeScalars.count
    return lines == 1 ? length + 4 : length / lines + 7
  }
}

extension TableState {
  func range(columns: ClosedRange<Int>) -> CellRange {
    CellRange(
      sheet: spec.name, firstRow: firstRow, firstColumn: columns.lowerBound, lastRow: lastRow,
      lastColumn: columns.upperBound)
  }
}
