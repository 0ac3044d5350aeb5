import CXLSXWriter

extension XLSXFile {
  /// Adds a sheet for figures, charts and small tables, on a grid of 12 equal columns without
  /// gridlines.
  package mutating func addSummary(
    name: String, title: String, subtitle: String = "", tabColor: Palette? = nil,
    page: PageSetup = PageSetup(landscape: false, pagesHigh: 1)
  ) throws(WorkbookError) -> SummaryID {
    let sheet = try addSheet(name, flat: false, page: page, color: tabColor)
    // The sheet a workbook opens on, whatever stands before it.
    worksheet_activate(sheet)
    worksheet_gridlines(sheet, UInt8(LXW_HIDE_ALL_GRIDLINES.rawValue))
    _ = worksheet_set_column(sheet, 0, 0, 1.5, nil)
    _ = worksheet_set_column(
      sheet, 1, lxw_col_t(SummaryState.gridColumns), SummaryState.columnWidth, nil)
    _ = worksheet_set_row(sheet, 0, 30, nil)
    try write(
      .text(title), to: sheet, named: name, row: 0, column: 1, format: styles.format(.title))
    try write(
      .text(subtitle), to: sheet, named: name, row: 1, column: 1, format: styles.format(.subtitle))
    summaries.append(SummaryState(name: name, sheet: sheet, row: 3))
    return SummaryID(index: summaries.count - 1)
  }

  /// Puts blocks side by side below everything placed so far, so that nothing overlaps. Their
  /// widths must fit the grid's 12 columns; tiles, headings and notes stand alone. Returns where
  /// each came to stand.
  @discardableResult
  package mutating func place(_ blocks: [SummaryBlock], on summary: SummaryID)
    throws(WorkbookError) -> [Placement]
  {
    let state = summaries[summary.index]
    let widths = blocks.map(Self.width)
    guard widths.reduce(0, +) <= SummaryState.gridColumns else {
      throw misuse(
        state.name, expected: "blocks of \(SummaryState.gridColumns) columns in all side by side",
        found: widths.map(String.init).joined(separator: " + "))
    }
    var placements: [Placement] = []
    var column = 1
    var next = state.row
    for (block, width) in zip(blocks, widths) {
      let placed = try place(block, state: state, column: column, width: width)
      placements.append(placed)
      next = max(next, placed.area.lastRow + 1)
      column += width
    }
    // An empty row between what stands below each other, but a heading belongs to what follows.
    if case .heading? = blocks.first {} else { next += 1 }
    summaries[summary.index].row = next
    return placements
  }

  private static func width(_ block: SummaryBlock) -> Int {
    switch block {
    case .tiles, .heading, .note: return SummaryState.gridColumns
    case .chart(let chart): return chart.columns
    case .table(let table): return table.columns.reduce(0) { $0 + max(1, $1.span) }
    }
  }

  private mutating func place(
    _ block: SummaryBlock, state: SummaryState, column: Int, width: Int
  ) throws(WorkbookError) -> Placement {
    var rows = 1
    var columns: [CellRange] = []
    switch block {
    case .heading(let text):
      _ = worksheet_set_row(state.sheet, lxw_row_t(state.row), 22, nil)
      for offset in 0..<width {
        try write(
          offset == 0 ? .text(text) : .empty, to: state.sheet, named: state.name, row: state.row,
          column: column + offset, format: styles.format(.heading))
      }
    case .note(let text):
      // Merged cells do not grow with their text: about 150 characters fit a line of the whole
      // width.
      let lines = Self.lines(text, of: 140)
      _ = worksheet_set_row(state.sheet, lxw_row_t(state.row), Double(4 + 13 * lines), nil)
      try merge(
        .text(text), on: state, row: state.row, column: column, span: width,
        format: styles.format(.note))
    case .chart(let chart):
      rows = max(6, chart.rows)
      try draw(
        chart, on: state.sheet, named: state.name, row: state.row, column: column,
        width: width * SummaryState.columnPixels - 8, height: rows * SummaryState.rowPixels - 8)
    case .table(let table):
      (rows, columns) = try place(table, state: state, column: column)
    case .tiles(let kpis): rows = try place(kpis, state: state)
    }
    let area = CellRange(
      sheet: state.name, firstRow: state.row, firstColumn: column, lastRow: state.row + rows - 1,
      lastColumn: column + width - 1)
    return Placement(area: area, columns: columns)
  }

  private mutating func place(_ table: SmallTable, state: SummaryState, column first: Int)
    throws(WorkbookError) -> (rows: Int, columns: [CellRange])
  {
    var row = state.row
    if !table.title.isEmpty {
      try write(
        .text(table.title), to: state.sheet, named: state.name, row: row, column: first,
        format: styles.format(.tableTitle))
      row += 1
    }
    var column = first
    let dataRow = row + 1
    var ranges: [CellRange] = []
    for item in table.columns {
      try merge(
        .text(item.header), on: state, row: row, column: column, span: item.span,
        format: styles.format(.smallHeader, item.style))
      ranges.append(
        CellRange(
          sheet: state.name, firstRow: dataRow, firstColumn: column,
          lastRow: dataRow + max(1, table.rows.count) - 1, lastColumn: column))
      column += max(1, item.span)
    }
    for (index, cells) in table.rows.enumerated() {
      guard cells.count == table.columns.count else {
        throw misuse(
          state.name, expected: "\(table.columns.count) cells in a row of \"\(table.title)\"",
          found: "\(cells.count)")
      }
      column = first
      for (cell, item) in zip(cells, table.columns) {
        let format = styles.format(index % 2 == 1 ? .band : .body, cell.style(in: item.style))
        try merge(
          cell, on: state, row: dataRow + index, column: column, span: item.span, format: format)
        column += max(1, item.span)
      }
    }
    for (item, range) in zip(table.columns, ranges) {
      try apply(item.rules, to: range, on: state.sheet)
    }
    return (dataRow + max(1, table.rows.count) - state.row, ranges)
  }

  /// Writes a value over `span` columns.
  mutating func merge(
    _ cell: Cell, on state: SummaryState, row: Int, column: Int, span: Int,
    format: StyleSheet.Format?
  ) throws(WorkbookError) {
    if span > 1 {
      _ = worksheet_merge_range(
        state.sheet, lxw_row_t(row), lxw_col_t(column), lxw_row_t(row),
        lxw_col_t(column + span - 1), "", format)
    }
    try write(cell, to: state.sheet, named: state.name, row: row, column: column, format: format)
  }
}
