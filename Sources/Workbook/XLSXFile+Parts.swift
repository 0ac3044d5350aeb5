import CXLSXWriter

/// Tables with more rows than a sheet has: they go on on the next sheet, which looks the same.
extension XLSXFile {
  /// Whether the sheet that takes a table's rows has no room for one more: its last row is kept for
  /// totals, or for saying where the table goes on.
  func isFull(_ index: Int) -> Bool {
    let part = tables[index].parts[tables[index].last]
    return part.firstRow + part.rows >= maximumRows - 1
  }

  /// Ends the sheet that is full and goes on on a new one.
  mutating func continueTable(at index: Int) throws(WorkbookError) {
    let (state, number) = (tables[index], tables[index].parts.count + 1)
    let name = continuation(of: state.spec.name, number: number)
    try endPart(of: index)
    let (full, sheet) = (state.parts[state.last], state.sheets[state.last])
    try write(
      .text("Continued on the sheet \(name)."), to: sheet, named: full.sheet,
      row: maximumRows - 1, column: 0, format: styles.format(.subtitle))
    try addPart(named: name, to: index)
  }

  /// Adds a sheet for a table's rows with its titles and header.
  mutating func addPart(named name: String, to index: Int) throws(WorkbookError) {
    let spec = tables[index].spec
    let (headerRow, number) = (tables[index].headerRow, tables[index].parts.count)
    let flat = if case .flat = spec.memory { true } else { false }
    let sheet = try addSheet(
      name, flat: flat, part: (table: index, number: number), page: spec.page, color: spec.tabColor)
    for (row, title) in spec.titles.enumerated() {
      if row == 0 { _ = worksheet_set_row(sheet, 0, 26, nil) }
      let text = row == 0 && number > 0 ? "\(title) (\(number + 1))" : title
      try write(
        .text(text), to: sheet, named: name, row: row, column: 0,
        format: styles.format(row == 0 ? .title : .subtitle))
    }
    let tallest = spec.columns.map { Self.headerLines($0) }.max() ?? 1
    _ = worksheet_set_row(sheet, lxw_row_t(headerRow), 8 + 13 * Double(tallest), nil)
    for (column, item) in spec.columns.enumerated() {
      try write(
        .text(item.header), to: sheet, named: name, row: headerRow, column: column,
        format: styles.format(Self.headerLines(item) > 1 ? .tallHeader : .header, item.style))
    }
    worksheet_freeze_panes(
      sheet, lxw_row_t(headerRow + 1), lxw_col_t(min(spec.frozenColumns, spec.columns.count)))
    _ = worksheet_repeat_rows(sheet, lxw_row_t(headerRow), lxw_row_t(headerRow))
    tables[index].sheets.append(sheet)
    tables[index].parts.append(TablePart(sheet: name, firstRow: headerRow + 1, rows: 0))
  }

  /// Says of an empty table that it is, and sets the filter of the sheet that takes rows.
  ///
  /// Before totals or anything else below the rows: a flat sheet takes a filter's last row only
  /// while it is the current one.
  mutating func endPart(of index: Int) throws(WorkbookError) {
    let state = tables[index]
    let (part, sheet) = (state.parts[state.last], state.sheets[state.last])
    if part.rows == 0 {
      try write(
        .text("No rows in this period."), to: sheet, named: part.sheet, row: part.firstRow,
        column: 0, format: styles.format(.subtitle))
    }
    let filter = worksheet_autofilter(
      sheet, lxw_row_t(state.headerRow), 0, lxw_row_t(part.lastRow),
      lxw_col_t(state.spec.columns.count - 1))
    guard filter == LXW_NO_ERROR else {
      throw misuse(
        part.sheet, expected: "a filter over the rows",
        found: String(cString: lxw_strerror(filter)))
    }
  }

  /// `Calls (2)`: a name that no sheet has or will have, cut to Excel's 31 characters in front of
  /// the number.
  private func continuation(of name: String, number: Int) -> String {
    var number = number
    while true {
      let suffix = " (\(number))"
      var stem = name
      while stem.utf16.count + suffix.utf16.count > Names.longestSheet { stem.removeLast() }
      while stem.hasSuffix(" ") { stem.removeLast() }
      let candidate = stem + suffix
      if !isTaken(sheet: candidate) { return candidate }
      number += 1
    }
  }
}
