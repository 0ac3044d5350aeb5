/// A figure with its change since the period before.
package struct KPI: Sendable {
  /// How the change is told.
  package enum Change: Sendable {
    /// In percent of the earlier value.
    case relative
    /// In percentage points, for ratios.
    case points
    /// Not at all: the figure stands for itself.
    case none
  }

  /// What the figure is.
  package var label: String
  /// The figure.
  package var value: Cell
  /// How it looks.
  package var style: CellStyle
  /// The figure of the period before; nil or `.empty` if there was none.
  package var previous: Cell?
  /// How the change is told.
  package var change: Change
  /// Whether more is better, which decides the change's colour; nil for neither.
  package var higherIsBetter: Bool?

  /// A figure.
  package init(
    _ label: String, _ value: Cell, _ style: CellStyle, previous: Cell? = nil,
    change: Change = .relative, higherIsBetter: Bool? = true
  ) {
    self.label = label
    self.value = value
    self.style = style
    self.previous = previous
    self.change = change
    self.higherIsBetter = higherIsBetter
  }
}

/// A table of a few rows on a summary sheet.
package struct SmallTable: Sendable {
  /// A column and how many columns of the summary's grid it takes.
  package struct Column: Sendable {
    /// The header.
    package var header: String
    /// How values look.
    package var style: CellStyle
    /// Columns of the grid (about 10 characters each).
    package var span: Int
    /// Conditional formats of the rows.
    package var rules: [ConditionalRule]

    /// A column; `span` in columns of the grid.
    package init(
      _ header: String, _ style: CellStyle, span: Int = 1, rules: [ConditionalRule] = []
    ) {
      self.header = header
      self.style = style
      self.span = span
      self.rules = rules
    }
  }

  /// The title above; empty for none.
  package var title: String
  /// The columns.
  package var columns: [Column]
  /// The rows, a cell per column.
  package var rows: [[Cell]]

  /// A table.
  package init(title: String, columns: [Column], rows: [[Cell]]) {
    self.title = title
    self.columns = columns
    self.rows = rows
  }
}

/// Something on a summary sheet.
package enum SummaryBlock: Sendable {
  /// Figures, four to a row; alone in its row.
  case tiles([KPI])
  /// A chart.
  case chart(Chart)
  /// A small table.
  case table(SmallTable)
  /// A heading over the whole width; alone in its row.
  case heading(String)
  /// A paragraph over the whole width; alone in its row.
  case note(String)
}

/// Where a block came to stand.
package struct Placement: Sendable, Equatable {
  /// All of it.
  package let area: CellRange
  /// For a small table the data cells of each column; empty for other blocks.
  package let columns: [CellRange]
}

/// Names a summary sheet of one `XLSXFile`.
package struct SummaryID: Sendable, Equatable {
  let index: Int
}

/// A summary sheet while it is filled from the top down.
struct SummaryState {
  /// Columns of the grid, after a narrow margin.
  static let gridColumns = 12
  /// 11 characters: 82 pixels.
  static let columnWidth = 11.0
  static let columnPixels = 82
  static let rowPixels = 20

  let name: String
  let sheet: XLSXFile.Sheet
  /// The next free row.
  var row: Int
}
