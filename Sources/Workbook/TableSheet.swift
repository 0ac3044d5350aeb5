/// A column of a table: what its header says, how its values look, what stands below them.
package struct TableColumn: Sendable {
  /// What stands in the totals row.
  package enum Total: Sendable {
    /// Nothing.
    case none
    /// A word.
    case label(String)
    /// The visible rows' sum: it follows the filter.
    case sum
    /// The number of visible rows with a value.
    case count
    /// A quotient of other columns' totals (named by header), blank if the denominator is zero.
    case ratio(of: [String], over: [String])
  }

  /// The header, which also names the column in `Total.ratio` and `XLSXFile.range`; each once per
  /// table.
  package var header: String
  /// How values look.
  package var style: CellStyle
  /// The width in characters; nil: as wide as header and values need, up to 60.
  package var width: Double?
  /// What stands in the totals row.
  package var total: Total
  /// Conditional formats of the data rows.
  package var rules: [ConditionalRule]
  /// Whether it is on paper, too. Those that are not stand to the right of all that are.
  package var isPrinted: Bool

  /// A column; `width` in characters, computed where nil.
  package init(
    _ header: String, _ style: CellStyle, width: Double? = nil, total: Total = .none,
    rules: [ConditionalRule] = [], isPrinted: Bool = true
  ) {
    self.header = header
    self.style = style
    self.width = width
    self.total = total
    self.rules = rules
    self.isPrinted = isPrinted
  }
}

/// A sheet that holds one table: titles, header, rows, totals.
package struct TableSheet: Sendable {
  /// Where rows are kept until the file is closed.
  package enum Memory: Sendable {
    /// In a temporary file: any number of rows in the same memory. Charts of this sheet show once a
    /// program recalculates them.
    case flat
    /// In memory: charts of this sheet carry their figures, so previewers show them.
    case whole
  }

  /// The sheet's name, as on its tab.
  package var name: String
  /// Lines above the header: the first a title, the others subtitles.
  package var titles: [String]
  /// The columns from left to right.
  package var columns: [TableColumn]
  /// How many columns stay in view when scrolling right.
  package var frozenColumns: Int
  /// Where rows are kept.
  package var memory: Memory
  /// The name defined for the data rows, or nil for none.
  package var rangeName: String?
  /// The tab's colour.
  package var tabColor: Palette?
  /// How it prints.
  package var page: PageSetup

  /// A table sheet.
  package init(
    name: String, titles: [String] = [], columns: [TableColumn], frozenColumns: Int = 0,
    memory: Memory = .flat, rangeName: String? = nil, tabColor: Palette? = nil,
    page: PageSetup = PageSetup()
  ) {
    self.name = name
    self.titles = titles
    self.columns = columns
    self.frozenColumns = frozenColumns
    self.memory = memory
    self.rangeName = rangeName
    self.tabColor = tabColor
    self.page = page
  }
}

/// Names a table of one `XLSXFile`.
package struct TableID: Sendable, Equatable {
  let index: Int
}

/// One of the sheets a table stands on: more than one where it has more rows than a sheet.
package struct TablePart: Sendable, Equatable {
  /// The sheet's name.
  package let sheet: String
  /// The first data row, counted from 0.
  package let firstRow: Int
  /// How many data rows it holds.
  package internal(set) var rows: Int

  /// The last data row; an empty table has one row that says so.
  var lastRow: Int { firstRow + max(1, rows) - 1 }
}

/// A table while it is written.
struct TableState {
  let spec: TableSheet
  /// The header's row; data begin below it.
  let headerRow: Int
  /// The formats of a column's own style, plain and banded, so that most cells need no look-up.
  let formats: [(plain: StyleSheet.Format?, band: StyleSheet.Format?)]
  /// The sheets it stands on, at least one; rows go to the last.
  var parts: [TablePart]
  /// The library's sheets of these parts.
  var sheets: [XLSXFile.Sheet]
  /// The width in characters of each column's widest value, its total included.
  var widths: [Int]
  var isFinished = false

  /// The part that takes rows.
  var last: Int { parts.count - 1 }
  /// The data rows of all parts.
  var rows: Int { parts.reduce(0) { $0 + $1.rows } }

  /// Where columns' data rows stand, part by part.
  func ranges(columns: ClosedRange<Int>) -> [CellRange] {
    parts.map { part in
      CellRange(
        sheet: part.sheet, firstRow: part.firstRow, firstColumn: columns.lowerBound,
        lastRow: part.lastRow, lastColumn: columns.upperBound)
    }
  }
}
