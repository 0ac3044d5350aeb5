import CXLSXWriter

extension XLSXFile {
  /// Writes the row below the data of a table's last sheet: live formulas over the rows of all its
  /// sheets, which follow their filters, each with its present figure.
  mutating func writeTotals(_ totals: [Cell], at index: Int) throws(WorkbookError) {
    let state = tables[index]
    let (part, sheet) = (state.parts[state.last], state.sheets[state.last])
    let name = part.sheet
    let row = part.lastRow + 1
    guard totals.count == state.spec.columns.count else {
      throw WorkbookError(
        kind: .rowShape, path: path, place: "sheet \"\(name)\", totals",
        expected: "\(state.spec.columns.count) cells, one per column", found: "\(totals.count)",
        help: "Pass .empty for columns without a total.")
    }
    _ = worksheet_set_row(sheet, lxw_row_t(row), 18, nil)
    for (column, item) in state.spec.columns.enumerated() {
      let data = Self.data(of: state, column: column)
      switch item.total {
      case .none, .label:
        var text = Cell.empty
        if case .label(let word) = item.total {
          text = .text(state.last == 0 ? word : "\(word) of \(state.parts.count) sheets")
        }
        try write(
          text, to: sheet, named: name, row: row, column: column,
          format: styles.format(.total))
        continue
      case .sum:
        try writeFormula(
          "=SUBTOTAL(109,\(data))", cached: totals[column], style: item.style, role: .total,
          sheet: sheet, named: name, row: row, column: column)
      case .count:
        // An empty table's one row says so in words, which are not to be counted.
        try writeFormula(
          state.rows == 0 ? "=0" : "=SUBTOTAL(103,\(data))", cached: totals[column],
          style: .integer, role: .total,
          sheet: sheet, named: name, row: row, column: column)
      case .ratio(let numerator, let denominator):
        let above = try addends(numerator, of: item.header, in: state, row: row)
        let below = try addends(denominator, of: item.header, in: state, row: row)
        try writeFormula(
          "=IF(\(below)=0,\"\",(\(above))/(\(below)))", cached: totals[column], style: item.style,
          role: .total, sheet: sheet, named: name, row: row, column: column)
      }
      // Bold digits are a little wider than the data's.
      let width = totals[column].displayWidth + 1
      tables[index].widths[column] = max(tables[index].widths[column], width)
    }
  }

  /// `B3:B9`, and in front of it those of earlier sheets: `'Calls'!B3:B9,B3:B5`.
  private static func data(of state: TableState, column: Int) -> String {
    let letter = Names.column(column)
    let ranges = state.parts.enumerated().map { index, part in
      let place = index == state.last ? "" : Names.quoted(sheet: part.sheet) + "!"
      return "\(place)\(letter)\(part.firstRow + 1):\(letter)\(part.lastRow + 1)"
    }
    return ranges.joined(separator: ",")
  }

  /// Writes a formula with the value it has now; `.empty` is the empty text of a blank quotient.
  mutating func writeFormula(
    _ formula: String, cached: Cell, style: CellStyle, role: Role, sheet: Sheet,
    named name: String, row: Int, column: Int
  ) throws(WorkbookError) {
    let format = styles.format(role, cached.style(in: style))
    let (r, c) = (lxw_row_t(row), lxw_col_t(column))
    let code: lxw_error
    if let number = cached.number {
      code = worksheet_write_formula_num(sheet, r, c, formula, format, number)
    } else if cached == .empty {
      code = worksheet_write_formula_str(sheet, r, c, formula, format, "")
    } else {
      throw numberTooLong(cached, place: "sheet \"\(name)\", cell \(Names.cell(row, column))")
    }
    guard code == LXW_NO_ERROR else {
      throw WorkbookError(
        kind: .file, path: path, place: "sheet \"\(name)\", cell \(Names.cell(row, column))",
        expected: "the formula written", found: String(cString: lxw_strerror(code)),
        help: "Check the memory and the disk's free space, then run the report again.")
    }
  }

  /// `B9+C9`: the total cells of the named columns, each of which must have a sum or count.
  private func addends(_ headers: [String], of owner: String, in state: TableState, row: Int)
    throws(WorkbookError) -> String
  {
    var cells: [String] = []
    for header in headers {
      let column = state.spec.columns.firstIndex { $0.header == header }
      switch column.map({ state.spec.columns[$0].total }) {
      case .sum?, .count?: cells.append(Names.cell(row, column ?? 0))
      default:
        throw misuse(
          state.spec.name,
          expected: "the total of \"\(owner)\" to divide columns with a sum or count",
          found: column == nil ? "no column \"\(header)\"" : "none below \"\(header)\"")
      }
    }
    guard !cells.isEmpty else {
      throw misuse(
        state.spec.name, expected: "columns for the total of \"\(owner)\"", found: "none")
    }
    return cells.joined(separator: "+")
  }
}
