/// A chart of cells elsewhere in the workbook; it follows them when they change.
package struct Chart: Sendable {
  /// The shape of a chart.
  package enum Kind: Sendable {
    /// Lines over time.
    case line
    /// Upright columns side by side. Categories that are weeks want text: among days a column is a
    /// day thin.
    case column
    /// Upright columns on top of each other.
    case stackedColumn
    /// Lying bars, the first category on top.
    case bar
    /// A ring of shares with percentages; one series, readable with up to six points.
    case doughnut
  }

  /// Where the legend stands.
  package enum Legend: Sendable {
    /// No legend: the title says it all.
    case none
    /// Below the plot.
    case bottom
    /// Right of the plot.
    case right
    /// Above the plot.
    case top
  }

  /// One row of points.
  package struct Series: Sendable {
    /// The name in the legend.
    package var name: String
    /// The cells of the categories.
    package var categories: CellRange
    /// The cells of the values.
    package var values: CellRange
    /// The colour; nil: the palette's next.
    package var color: Palette?

    /// A series.
    package init(
      _ name: String, categories: CellRange, values: CellRange, color: Palette? = nil
    ) {
      self.name = name
      self.categories = categories
      self.values = values
      self.color = color
    }
  }

  /// The shape.
  package var kind: Kind
  /// The title, also the description for screen readers.
  package var title: String
  /// The data, at least one series.
  package var series: [Series]
  /// What the categories are; empty for no title.
  package var categoryTitle: String
  /// What the values are; empty for no title.
  package var valueTitle: String
  /// How categories look, for days and numbers.
  package var categoryStyle: CellStyle
  /// How values look on the axis.
  package var valueStyle: CellStyle
  /// Whether values lie below 0: their axis spells numbers out, as shortening loses their sign.
  package var hasNegatives: Bool
  /// The legend.
  package var legend: Legend
  /// The width in columns of the summary's grid of 12.
  package var columns: Int
  /// The height in rows of 20 pixels.
  package var rows: Int

  /// A chart, half a summary's width unless told.
  package init(
    _ kind: Kind, title: String, series: [Series], categoryTitle: String = "",
    valueTitle: String = "", categoryStyle: CellStyle = .text, valueStyle: CellStyle = .integer,
    hasNegatives: Bool = false, legend: Legend = .bottom, columns: Int = 6, rows: Int = 15
  ) {
    self.kind = kind
    self.title = title
    self.series = series
    self.categoryTitle = categoryTitle
    self.valueTitle = valueTitle
    self.categoryStyle = categoryStyle
    self.valueStyle = valueStyle
    self.hasNegatives = hasNegatives
    self.legend = legend
    self.columns = columns
    self.rows = rows
  }
}
