import CXLSXWriter

/// How a sheet prints. Every sheet is scaled to one page's width.
package struct PageSetup: Sendable {
  /// The paper in the printer.
  package enum Paper: UInt8, Sendable {
    /// 8½ × 11 inches.
    case letter = 1
    /// 210 × 297 mm.
    case a4 = 9
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
