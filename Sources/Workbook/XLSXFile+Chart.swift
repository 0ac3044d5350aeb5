import CXLSXWriter

extension XLSXFile {
  /// Puts a chart on a sheet, its left upper corner in a cell, its size in pixels.
  mutating func draw(
    _ spec: Chart, on sheet: Sheet, named name: String, row: Int, column: Int, width: Int,
    height: Int
  ) throws(WorkbookError) {
    guard !spec.series.isEmpty else {
      throw misuse(name, expected: "a series for chart \"\(spec.title)\"", found: "none")
    }
    for series in spec.series {
      let categories = series.categories.lastRow - series.categories.firstRow
      let values = series.values.lastRow - series.values.firstRow
      // Excel draws at most 32,000 points of a series, nobody reads so many.
      guard categories == values, values < 32_000 else {
        throw misuse(
          name, expected: "as many categories as values, at most 32,000, in \"\(series.name)\"",
          found: "\(categories + 1) and \(values + 1)")
      }
    }
    guard let chart = workbook_add_chart(workbook, UInt8(Self.type(spec.kind).rawValue)) else {
      throw misuse(name, expected: "chart \"\(spec.title)\"", found: "no memory for it")
    }
    let text = CStrings()
    defer { text.free() }
    for (index, series) in spec.series.enumerated() {
      let color = series.color ?? Palette.series[index % Palette.series.count]
      add(series, color: color, to: chart, spec: spec, text: text)
    }
    decorate(chart, spec, text)
    var options = lxw_chart_options()
    options.x_scale = Double(width) / 480
    options.y_scale = Double(height) / 288
    options.x_offset = 4
    options.y_offset = 4
    options.description = text.add(spec.title)
    _ = worksheet_insert_chart_opt(sheet, lxw_row_t(row), lxw_col_t(column), chart, &options)
  }

  private static func type(_ kind: Chart.Kind) -> lxw_chart_type {
    switch kind {
    case .line: return LXW_CHART_LINE
    case .column: return LXW_CHART_COLUMN
    case .stackedColumn: return LXW_CHART_COLUMN_STACKED
    case .bar: return LXW_CHART_BAR
    case .doughnut: return LXW_CHART_DOUGHNUT
    }
  }

  private func add(
    _ series: Chart.Series, color: Palette, to chart: UnsafeMutablePointer<lxw_chart>,
    spec: Chart, text: CStrings
  ) {
    guard let line = chart_add_series(chart, nil, nil) else { return }
    let (categories, values) = (series.categories, series.values)
    chart_series_set_categories(
      line, categories.sheet, lxw_row_t(categories.firstRow), lxw_col_t(categories.firstColumn),
      lxw_row_t(categories.lastRow), lxw_col_t(categories.lastColumn))
    chart_series_set_values(
      line, values.sheet, lxw_row_t(values.firstRow), lxw_col_t(values.firstColumn),
      lxw_row_t(values.lastRow), lxw_col_t(values.lastColumn))
    chart_series_set_name(line, Self.plain(series.name))
    switch spec.kind {
    case .line:
      var stroke = lxw_chart_line()
      stroke.color = color.rawValue
      stroke.width = 2.25
      chart_series_set_line(line, &stroke)
    case .column, .stackedColumn, .bar:
      var fill = lxw_chart_fill()
      fill.color = color.rawValue
      chart_series_set_fill(line, &fill)
    case .doughnut:
      ring(line, points: values.lastRow - values.firstRow + 1, text)
    }
  }

  /// Colours a ring's sectors and writes their percentages.
  private func ring(
    _ series: UnsafeMutablePointer<lxw_chart_series>, points: Int, _ text: CStrings
  ) {
    let colors = Palette.series
    // The library copies the points; these live until the call is over.
    let fills = UnsafeMutablePointer<lxw_chart_fill>.allocate(capacity: points)
    let sectors = UnsafeMutablePointer<lxw_chart_point>.allocate(capacity: points)
    defer {
      fills.deallocate()
      sectors.deallocate()
    }
    var list: [UnsafeMutablePointer<lxw_chart_point>?] = []
    for index in 0..<points {
      var fill = lxw_chart_fill()
      fill.color = colors[index % colors.count].rawValue
      (fills + index).initialize(to: fill)
      var sector = lxw_chart_point()
      sector.fill = fills + index
      (sectors + index).initialize(to: sector)
      list.append(sectors + index)
    }
    list.append(nil)
    _ = chart_series_set_points(series, &list)
    chart_series_set_labels(series)
    chart_series_set_labels_options(series, 0, 0, 0)
    chart_series_set_labels_percentage(series)
    chart_series_set_labels_num_format(series, "0%")
    var font = Self.chartFont(text, size: 9, bold: true, color: .white)
    chart_series_set_labels_font(series, &font)
  }

  private func decorate(
    _ chart: UnsafeMutablePointer<lxw_chart>, _ spec: Chart, _ text: CStrings
  ) {
    chart_title_set_name(chart, Self.plain(spec.title))
    var titleFont = Self.chartFont(text, size: 11, bold: true, color: .ink)
    chart_title_set_name_font(chart, &titleFont)
    var font = Self.chartFont(text, size: 9, bold: false, color: .muted)
    chart_legend_set_position(chart, UInt8(Self.position(spec.legend).rawValue))
    chart_legend_set_font(chart, &font)
    var frame = lxw_chart_line()
    frame.color = Palette.line.rawValue
    frame.width = 0.75
    chart_chartarea_set_line(chart, &frame)
    chart_show_blanks_as(chart, UInt8(LXW_CHART_BLANKS_AS_GAP.rawValue))
    // A chart of a filtered table shows all of it: its title does not know the filter.
    chart_show_hidden_data(chart)
    if case .doughnut = spec.kind {
      chart_set_hole_size(chart, 58)
      return
    }
    if case .stackedColumn = spec.kind { chart_set_series_overlap(chart, 100) }
    chart_set_series_gap(chart, 60)
    // The library names axes by where they lie: a bar's categories stand on the upright one.
    let isBar = if case .bar = spec.kind { true } else { false }
    let (across, upright) = (LXW_CHART_AXIS_TYPE_X, LXW_CHART_AXIS_TYPE_Y)
    if let axis = chart_axis_get(chart, isBar ? upright : across) {
      axisLook(axis, spec.categoryTitle, Self.axisFormat(spec.categoryStyle), text)
      chart_axis_major_gridlines_set_visible(axis, 0)
      // At the plot's edge also where values are negative.
      chart_axis_set_label_position(axis, UInt8(LXW_CHART_AXIS_LABEL_POSITION_LOW.rawValue))
      if isBar {
        chart_axis_set_reverse(axis)
      } else if let first = spec.series.first {
        // Labels a grid column apart stay clear of each other.
        let points = first.values.lastRow - first.values.firstRow + 1
        let labels = max(2, spec.columns * 2)
        chart_axis_set_interval_unit(axis, UInt16((points + labels - 1) / labels))
      }
    }
    if let axis = chart_axis_get(chart, isBar ? across : upright) {
      axisLook(
        axis, spec.valueTitle, Self.axisFormat(spec.valueStyle, isSigned: spec.hasNegatives), text)
      var grid = lxw_chart_line()
      grid.color = Palette.line.rawValue
      grid.width = 0.5
      chart_axis_major_gridlines_set_visible(axis, 1)
      chart_axis_major_gridlines_set_line(axis, &grid)
      // Reversed categories move the value axis to the top; its labels stay below.
      if isBar {
        chart_axis_set_label_position(axis, UInt8(LXW_CHART_AXIS_LABEL_POSITION_HIGH.rawValue))
      }
    }
  }

  private func axisLook(
    _ axis: UnsafeMutablePointer<lxw_chart_axis>, _ title: String, _ format: String,
    _ text: CStrings
  ) {
    var font = Self.chartFont(text, size: 9, bold: false, color: .muted)
    if !title.isEmpty {
      chart_axis_set_name(axis, Self.plain(title))
      chart_axis_set_name_font(axis, &font)
    }
    chart_axis_set_num_font(axis, &font)
    chart_axis_set_num_format(axis, format)
    var line = lxw_chart_line()
    line.color = Palette.line.rawValue
    line.width = 0.75
    chart_axis_set_line(axis, &line)
    chart_axis_set_major_tick_mark(axis, UInt8(LXW_CHART_AXIS_TICK_MARK_NONE.rawValue))
  }

  /// Axes need no cents, no red and no long numbers: thousands from 10,000 on, millions from a
  /// million on. A format of conditions shows numbers below 0 without their sign.
  private static func axisFormat(_ style: CellStyle, isSigned: Bool = false) -> String {
    switch style {
    case .text: return "General"
    case .integer where isSigned, .money where isSigned: return "#,##0"
    case .integer, .money:
      return "[>=1000000]#,##0.0,,\"M\";[>=10000]#,##0,\"k\";#,##0"
    case .day: return "d mmm"
    case .percent: return "0%"
    default: return style.numberFormat
    }
  }

  private static func position(_ legend: Chart.Legend) -> lxw_chart_legend_position {
    switch legend {
    case .none: return LXW_CHART_LEGEND_NONE
    case .bottom: return LXW_CHART_LEGEND_BOTTOM
    case .right: return LXW_CHART_LEGEND_RIGHT
    case .top: return LXW_CHART_LEGEND_TOP
    }
  }

  private static func chartFont(_ text: CStrings, size: Double, bold: Bool, color: Palette)
    -> lxw_chart_font
  {
    var font = lxw_chart_font()
    font.name = text.add(StyleSheet.font)
    font.size = size
    // The library takes 2 for "explicitly not bold": titles are bold by default.
    font.bold = bold ? 1 : 2
    font.color = color.rawValue
    return font
  }

  /// A name the library takes as text: it reads a leading `=` as a formula.
  private static func plain(_ name: String) -> String {
    let text = CellText(name).text
    return text.utf8.first == UInt8(ascii: "=") ? " " + text : text
  }
}
