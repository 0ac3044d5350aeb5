import CXLSXWriter

/// What a highlighted cell says.
package enum Signal: Sendable {
  /// Green.
  case good
  /// Amber.
  case warning
  /// Red.
  case bad

  var role: Role {
    switch self {
    case .good: return .good
    case .warning: return .warning
    case .bad: return .bad
    }
  }
}

/// A conditional format of one column's data rows. Empty cells are never highlighted as small
/// numbers.
package enum ConditionalRule: Sendable {
  /// How a cell is held against the threshold.
  package enum Comparison: Sendable {
    /// Greater than.
    case above
    /// Greater than or equal.
    case atLeast
    /// Less than.
    case below
    /// Less than or equal.
    case atMost
  }

  /// A bar as long as the value.
  case dataBar(Palette = .bar)
  /// Red over amber to green from the lowest value to the highest, or the other way round.
  case threeColors(highIsGood: Bool = true)
  /// A ground for numbers, days or instants on one side of a threshold.
  case compare(Comparison, Cell, Signal)
  /// A ground for cells whose whole text is this (case-insensitive, as Excel compares).
  case text(String, Signal)
}

extension XLSXFile {
  /// Applies rules to a column's data rows; a later rule yields to an earlier one.
  mutating func apply(_ rules: [ConditionalRule], to range: CellRange, on sheet: Sheet)
    throws(WorkbookError)
  {
    for rule in rules {
      let text = CStrings()
      var format = lxw_conditional_format()
      switch rule {
      case .dataBar(let color):
        format.type = UInt8(LXW_CONDITIONAL_DATA_BAR.rawValue)
        format.bar_color = color.rawValue
        format.data_bar_2010 = 1
        format.bar_solid = 1
      case .threeColors(let highIsGood):
        format.type = UInt8(LXW_CONDITIONAL_3_COLOR_SCALE.rawValue)
        format.min_color = (highIsGood ? Palette.badFill : .goodFill).rawValue
        format.mid_color = Palette.warningFill.rawValue
        format.max_color = (highIsGood ? Palette.goodFill : .badFill).rawValue
      case .compare(let comparison, let threshold, let signal):
        guard let number = threshold.number else {
          throw WorkbookError(
            kind: .layout, path: path, place: "sheet \"\(range.sheet)\", conditional format",
            expected: "a threshold that is a number, a day or an instant", found: "\(threshold)",
            help: "Give the threshold as a number, or use a text rule.")
        }
        // Excel takes an empty cell for 0, below most thresholds: the rule asks for a number first.
        format.type = UInt8(LXW_CONDITIONAL_TYPE_FORMULA.rawValue)
        let cell = Names.cell(range.firstRow, range.firstColumn)
        let test = "\(cell)\(ConditionalRule.sign(comparison))\(number)"
        format.value_string = text.add("=AND(ISNUMBER(\(cell)),\(test))")
        format.format = styles.format(signal.role)
      case .text(let value, let signal):
        format.type = UInt8(LXW_CONDITIONAL_TYPE_CELL.rawValue)
        format.criteria = UInt8(LXW_CONDITIONAL_CRITERIA_EQUAL_TO.rawValue)
        format.value_string = text.add("\"\(ConditionalRule.doubled(value))\"")
        format.format = styles.format(signal.role)
      }
      let code = worksheet_conditional_format_range(
        sheet, lxw_row_t(range.firstRow), lxw_col_t(range.firstColumn), lxw_row_t(range.lastRow),
        lxw_col_t(range.lastColumn), &format)
      text.free()
      guard code == LXW_NO_ERROR else {
        throw WorkbookError(
          kind: .layout, path: path, place: "sheet \"\(range.sheet)\", conditional format",
          expected: "a rule Excel accepts", found: String(cString: lxw_strerror(code)),
          help: "Shorten the rule's text to 255 characters.")
      }
    }
  }
}

extension ConditionalRule {
  static func sign(_ comparison: Comparison) -> String {
    switch comparison {
    case .above: return ">"
    case .atLeast: return ">="
    case .below: return "<"
    case .atMost: return "<="
    }
  }

  /// Quotes doubled, as inside a formula's text.
  static func doubled(_ text: String) -> String {
    text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
  }
}
