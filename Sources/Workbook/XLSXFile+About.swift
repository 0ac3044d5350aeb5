import CXLSXWriter

/// A section of an about sheet: a heading and what stands under it.
package struct AboutSection: Sendable {
  /// The heading.
  package var heading: String
  /// Keys with their values; long text is wrapped.
  package var rows: [(key: String, value: Cell)]

  /// A section.
  package init(_ heading: String, rows: [(key: String, value: Cell)]) {
    self.heading = heading
    self.rows = rows
  }
}

extension XLSXFile {
  /// Adds a sheet that says where the figures come from and what they mean.
  package mutating func addAbout(
    name: String = "About", title: String, sections: [AboutSection], tabColor: Palette? = .slate,
    page: PageSetup = PageSetup(landscape: false)
  ) throws(WorkbookError) {
    let sheet = try addSheet(name, flat: false, page: page, color: tabColor)
    worksheet_gridlines(sheet, UInt8(LXW_HIDE_ALL_GRIDLINES.rawValue))
    _ = worksheet_set_column(sheet, 0, 0, 30, nil)
    _ = worksheet_set_column(sheet, 1, 1, 90, nil)
    _ = worksheet_set_row(sheet, 0, 30, nil)
    try write(
      .text(title), to: sheet, named: name, row: 0, column: 0, format: styles.format(.title))
    var row = 2
    for section in sections {
      _ = worksheet_set_row(sheet, lxw_row_t(row), 22, nil)
      for (column, text) in [Cell.text(section.heading), .empty].enumerated() {
        try write(
          text, to: sheet, named: name, row: row, column: column, format: styles.format(.heading))
      }
      row += 1
      for (key, value) in section.rows {
        try write(
          .text(key), to: sheet, named: name, row: row, column: 0, format: styles.format(.key))
        let style = value.style(in: .prose)
        if case .text(let text) = value {
          let lines = max(Self.lines(text, of: 105), Self.lines(key, of: 28))
          _ = worksheet_set_row(sheet, lxw_row_t(row), Double(min(400, 4 + 13 * lines)), nil)
        }
        try write(
          value, to: sheet, named: name, row: row, column: 1,
          format: styles.format(.definition, style))
        row += 1
      }
      row += 1
    }
  }

  /// The lines a text takes where `width` characters fit; a little generous, as words do not break.
  static func lines(_ text: String, of width: Int) -> Int {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .reduce(0) { $0 + max(1, ($1.unicodeScalars.count + width - 1) / width) }
  }
}
