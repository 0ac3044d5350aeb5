import CXLSXWriter

/// How a sheet prints: scaled to one page's width, or to as many as keep it readable.
package struct PageSetup: Sendable {
  /// The paper in the printer.
  package enum Paper: UInt8, Sendable {
    /// 8½ × 11 inches.
    case letter = 1
    /// 210 × 297 mm.
    case a4 = 9

    /// Width and height in points.
    var size: (width: Double, height: Double) {
      switch self {
      case .letter: (612, 792)
      case .a4: (595, 842)
      }
    }
  }

  /// The paper; A4 unless told.
  package var paper: Paper
  /// Landscape, else portrait.
  package var landscape: Bool
  /// Pages high at most; 0 for as many as the rows need.
  package var pagesHigh: UInt16

  /// Landscape A4, one page wide, as many pages as needed.
  package init(paper: Paper = .a4, landscape: Bool = true, pagesHigh: UInt16 = 0) {
    self.paper = paper
    self.landscape = landscape
    self.pagesHigh = pagesHigh
  }

  /// Applies it: title above, company left and "Page n of m" right below.
  func apply(
    to sheet: UnsafeMutablePointer<lxw_worksheet>, title: String, company: String, sheetName: String
  ) {
    worksheet_set_paper(sheet, paper.rawValue)
    if landscape { worksheet_set_landscape(sheet) } else { worksheet_set_portrait(sheet) }
    worksheet_fit_to_pages(sheet, 1, pagesHigh)
    worksheet_set_margins(sheet, 0.5, 0.5, 0.75, 0.75)
    worksheet_center_horizontally(sheet)
    let bold = "&\"\(StyleSheet.font),Bold\""
    let plain = "&\"\(StyleSheet.font),Regular\""
    _ = worksheet_set_header(
      sheet, "&L\(bold)\(PageSetup.literal(title))&R\(plain)\(PageSetup.literal(sheetName))")
    _ = worksheet_set_footer(
      sheet, "&L\(plain)\(PageSetup.literal(company))&R\(plain)Page &P of &N")
  }

  /// The pages side by side that columns need to be read on paper: one, until the figures of 10
  /// points would print at less than 6.
  ///
  /// - Parameters:
  ///   - widths: the columns' widths in characters, from left to right.
  ///   - repeated: how many of the first stand on each page.
  func pagesWide(_ widths: [Double], repeating repeated: Int) -> UInt16 {
    // A character takes 7 pixels and each column 5 more, of 96 to the inch.
    let points = widths.map { ($0 * 7 + 5) * 0.75 }
    let heading = points.prefix(repeated).reduce(0, +)
    let page = ((landscape ? paper.size.height : paper.size.width) - 72) / 0.6
    // Where the repeated columns leave no room, more pages would not help.
    guard heading < page / 2 else { return 1 }
    let rest = points.dropFirst(repeated).reduce(0, +)
    return UInt16(max(1, (rest / (page - heading)).rounded(.up)))
  }

  /// Puts a table's columns on as many pages side by side as they need, each with the `frozen`
  /// ones; the pages of the same rows follow each other.
  func spread(
    _ widths: [Double], frozen: Int, on sheet: UnsafeMutablePointer<lxw_worksheet>
  ) {
    let wide = pagesWide(widths, repeating: frozen)
    guard wide > 1 else { return }
    worksheet_fit_to_pages(sheet, wide, pagesHigh)
    worksheet_print_across(sheet)
    if frozen > 0 { _ = worksheet_repeat_columns(sheet, 0, lxw_col_t(frozen - 1)) }
  }

  /// Text as it stands in a header: ampersands doubled, at most 80 characters (Excel allows 255 in
  /// all).
  private static func literal(_ text: String) -> String {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() where scalar.value >= 0x20 {
      if index == 80 { return result + "…" }
      result += scalar == "&" ? "&&" : String(scalar)
    }
    return result
  }
}
