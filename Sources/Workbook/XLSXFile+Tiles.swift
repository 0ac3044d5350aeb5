import CXLSXWriter

extension XLSXFile {
  private static let tilesAcross = 4
  private static let tileSpan = 3
  /// Label, value, change; then a low empty row.
  private static let tileRows = 4

  /// Places tiles from the state's row on, four across; returns the rows taken.
  mutating func place(_ kpis: [KPI], state: SummaryState) throws(WorkbookError) -> Int {
    let lines = (kpis.count + Self.tilesAcross - 1) / Self.tilesAcross
    for line in 0..<lines {
      let row = state.row + line * Self.tileRows
      for (offset, height) in [20.0, 30.0, 20.0, 8.0].enumerated() {
        _ = worksheet_set_row(state.sheet, lxw_row_t(row + offset), height, nil)
      }
    }
    for (index, kpi) in kpis.enumerated() {
      try place(
        kpi, state: state, row: state.row + index / Self.tilesAcross * Self.tileRows,
        column: 1 + index % Self.tilesAcross * Self.tileSpan)
    }
    return max(1, lines * Self.tileRows - 1)
  }

  private mutating func place(_ kpi: KPI, state: SummaryState, row: Int, column: Int)
    throws(WorkbookError)
  {
    let span = Self.tileSpan
    try merge(
      .text(kpi.label), on: state, row: row, column: column, span: span,
      format: styles.format(.tileLabel))
    try merge(
      kpi.value, on: state, row: row + 1, column: column, span: span,
      format: styles.format(.tileValue, kpi.value.style(in: kpi.style)))
    if case .points = kpi.change, let previous = kpi.previous {
      switch (kpi.value, previous) {
      case (.ratio, .ratio), (.empty, _), (_, .empty): break
      default:
        throw misuse(
          state.name, expected: "ratios in \"\(kpi.label)\", which changes in points",
          found: "\(kpi.value) and \(previous)")
      }
    }
    guard kpi.change != .none, let previous = kpi.previous, let before = previous.number else {
      return try merge(
        .text(kpi.change == .none ? "" : "no earlier period"), on: state, row: row + 2,
        column: column, span: span,
        format: styles.format(.tileLabel))
    }
    try merge(
      previous, on: state, row: row + 2, column: column + 1, span: span - 1,
      format: styles.format(.tilePrevious, previous.style(in: kpi.style)))
    try writeChange(of: kpi, since: before, state: state, row: row + 2, column: column)
  }

  /// A live formula over the tile's own two figures; arrows come with the number's sign, colours by
  /// rule.
  private mutating func writeChange(
    of kpi: KPI, since before: Double, state: SummaryState, row: Int, column: Int
  ) throws(WorkbookError) {
    let now = Names.cell(row - 1, column)
    let then = Names.cell(row, column + 1)
    let formula: String
    var change: Double?
    let role: Role
    switch kpi.change {
    case .relative:
      // A negative figure that grows has improved: the change is held against its size.
      formula = "=IF(OR(\(now)=\"\",\(then)=0),\"\",(\(now)-\(then))/ABS(\(then)))"
      if let value = kpi.value.number, before != 0 { change = (value - before) / before.magnitude }
      role = .tileChange
    case .points:
      formula = "=IF(\(now)=\"\",\"\",ROUND((\(now)-\(then))*100,4))"
      // Subtracted as integers of a millionth, so that no digits of binary fractions show.
      if case .ratio(let now) = kpi.value, case .ratio(let then)? = kpi.previous {
        change = Cell.ratio(now.subtractingReportingOverflow(then).partialValue).number
          .map { ($0 * 1_000_000).rounded() / 10_000 }
      }
      role = .tilePoints
    case .none: return
    }
    let (r, c) = (lxw_row_t(row), lxw_col_t(column))
    let format = styles.format(role)
    if let change {
      _ = worksheet_write_formula_num(state.sheet, r, c, formula, format, change)
    } else {
      _ = worksheet_write_formula_str(state.sheet, r, c, formula, format, "")
    }
    guard let higherIsBetter = kpi.higherIsBetter else { return }
    let up: Role = higherIsBetter ? .goodText : .badText
    let down: Role = higherIsBetter ? .badText : .goodText
    let cell = Names.cell(row, column)
    for (sign, role) in [(">", up), ("<", down)] {
      let text = CStrings()
      var rule = lxw_conditional_format()
      rule.type = UInt8(LXW_CONDITIONAL_TYPE_FORMULA.rawValue)
      rule.value_string = text.add("=AND(ISNUMBER(\(cell)),\(cell)\(sign)0)")
      rule.format = styles.format(role)
      _ = worksheet_conditional_format_range(state.sheet, r, c, r, c, &rule)
      text.free()
    }
  }
}
