import CXLSXWriter

/// The one palette of every workbook, as 0xRRGGBB.
package enum Palette: UInt32, Sendable {
  /// Text.
  case ink = 0x1F2933
  /// Secondary text.
  case muted = 0x5F6C7B
  /// Rules and chart gridlines.
  case line = 0xD3DAE2
  /// Every second row of a table.
  case band = 0xF6F8FA
  /// Tiles and totals.
  case panel = 0xEAF0F6
  /// Headers and the first chart series.
  case navy = 0x1F4E79
  /// The second chart series.
  case teal = 0x2A9D8F
  /// The third chart series.
  case amber = 0xE2A03F
  /// The fourth chart series.
  case slate = 0x8296AB
  /// The fifth chart series.
  case brick = 0xB5533C
  /// The sixth chart series.
  case plum = 0x6C5B9E
  /// Text of good news.
  case good = 0x1E7145
  /// Ground of good news.
  case goodFill = 0xDCF0E3
  /// Text of a warning.
  case warning = 0x8A5A00
  /// Ground of a warning.
  case warningFill = 0xFCEBCB
  /// Text of bad news.
  case bad = 0xA61C1C
  /// Ground of bad news.
  case badFill = 0xF9DCDC
  /// Data bars.
  case bar = 0xC3D7EA
  /// Paper.
  case white = 0xFFFFFF

  /// The colours of chart series, in order.
  static let series: [Palette] = [.navy, .teal, .amber, .slate, .brick, .plum]
}

/// How a column's values are written; what they mean, not how they look.
package enum CellStyle: Hashable, Sendable {
  /// Text, left-aligned, also for codes with leading zeros.
  case text
  /// Text without Excel's text format, which shows long cells as ####.
  case prose
  /// Whole numbers with thousands separators.
  case integer
  /// Whole numbers without separators: years, IDs.
  case plainInteger
  /// Amounts with `digits` minor digits, negative ones red.
  case money(digits: Int)
  /// A ratio as a percentage with so many decimals.
  case percent(decimals: Int)
  /// A ratio or mean as a plain number with so many decimals.
  case decimal(decimals: Int)
  /// TRUE or FALSE.
  case boolean
  /// A day, yyyy-mm-dd.
  case day
  /// A point in time, yyyy-mm-dd hh:mm:ss.
  case instant

  /// Excel's number format; numbers right, text left.
  var numberFormat: String {
    switch self {
    case .text: return "@"
    case .prose: return "General"
    // Excel shows truth values as they are; LibreOffice takes them for 1 and 0.
    case .boolean: return "\"TRUE\";\"TRUE\";\"FALSE\""
    case .integer: return "#,##0;[Red]-#,##0"
    case .plainInteger: return "0"
    case .money(let digits):
      let number = "#,##0" + CellStyle.fraction(digits)
      return "\(number);[Red]-\(number)"
    case .percent(let decimals): return "0" + CellStyle.fraction(decimals) + "%"
    case .decimal(let decimals): return "#,##0" + CellStyle.fraction(decimals)
    case .day: return "yyyy-mm-dd"
    case .instant: return "yyyy-mm-dd hh:mm:ss"
    }
  }

  /// True where a header stands over numbers and so aligns right.
  var alignsRight: Bool {
    switch self {
    case .text, .prose, .boolean, .day, .instant: return false
    default: return true
    }
  }

  private static func fraction(_ digits: Int) -> String {
    digits > 0 ? "." + String(repeating: "0", count: digits) : ""
  }
}

extension Cell {
  /// The column's style if it fits the value, else the value's own. Empty cells take any.
  func style(in column: CellStyle) -> CellStyle {
    switch (self, column) {
    case (.text(let text), .text) where text.utf8.count > 255: return .prose
    case (.empty, _), (.text, .text), (.text, .prose), (.boolean, .boolean), (.day, .day),
      (.instant, .instant),
      (.integer, .integer), (.integer, .plainInteger), (.ratio, .percent), (.ratio, .decimal):
      return column
    case (.text, _): return .text
    case (.integer, _): return .integer
    case (.money(_, let digits), _): return .money(digits: digits)
    case (.ratio, _): return .percent(decimals: 1)
    case (.boolean, _): return .boolean
    case (.day, _): return .day
    case (.instant, _): return .instant
    }
  }
}

/// What a cell is for; with its `CellStyle` it decides the whole look.
enum Role: Hashable {
  case title, subtitle, heading, tableTitle, note
  case header, tallHeader, smallHeader, body, band, total
  case tileLabel, tileValue, tileChange, tilePoints, tilePrevious
  case key, definition
  case good, warning, bad, goodText, badText
}

/// The workbook's formats: each combination is made once, on first use, and owned by the workbook.
struct StyleSheet {
  typealias Format = UnsafeMutablePointer<lxw_format>

  /// The one font. Its digits are as wide as those that Excel measures columns by.
  static let font = "Arial"

  private struct Key: Hashable {
    let role: Role
    let style: CellStyle
  }

  private let workbook: UnsafeMutablePointer<lxw_workbook>
  private var made: [Key: Format] = [:]

  init(workbook: UnsafeMutablePointer<lxw_workbook>) { self.workbook = workbook }

  /// The format for a role and a style; nil only if the library is out of memory, which it reports
  /// on close.
  mutating func format(_ role: Role, _ style: CellStyle = .text) -> Format? {
    let key = Key(role: role, style: style)
    if let format = made[key] { return format }
    guard let format = workbook_add_format(workbook) else { return nil }
    StyleSheet.apply(role, style, to: format)
    made[key] = format
    return format
  }

  private static func apply(_ role: Role, _ style: CellStyle, to format: Format) {
    switch role {
    case .good: return signal(format, .good, .goodFill)
    case .warning: return signal(format, .warning, .warningFill)
    case .bad: return signal(format, .bad, .badFill)
    case .goodText: return format_set_font_color(format, Palette.good.rawValue)
    case .badText: return format_set_font_color(format, Palette.bad.rawValue)
    default: break
    }
    format_set_font_name(format, font)
    format_set_font_size(format, size(of: role))
    format_set_font_color(format, ink(of: role).rawValue)
    format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
    switch role {
    case .title, .heading, .tableTitle, .header, .tallHeader, .smallHeader, .total, .tileValue,
      .key:
      format_set_bold(format)
    default: break
    }
    if let fill = fill(of: role) {
      format_set_pattern(format, UInt8(LXW_PATTERN_SOLID.rawValue))
      format_set_fg_color(format, fill.rawValue)
    }
    borders(role, format)
    alignment(role, style, format)
    numberFormat(role, style, format)
  }

  private static func signal(_ format: Format, _ text: Palette, _ fill: Palette) {
    format_set_font_color(format, text.rawValue)
    format_set_bg_color(format, fill.rawValue)
  }

  private static func size(of role: Role) -> Double {
    switch role {
    case .title: return 16
    case .tileValue: return 16
    case .heading: return 12
    case .tileLabel, .tileChange, .tilePoints, .tilePrevious: return 9
    default: return 10
    }
  }

  private static func ink(of role: Role) -> Palette {
    switch role {
    case .title, .heading, .tileValue: return .navy
    case .subtitle, .note, .tileLabel, .tilePrevious: return .muted
    case .header, .tallHeader, .smallHeader: return .white
    default: return .ink
    }
  }

  private static func fill(of role: Role) -> Palette? {
    switch role {
    case .header, .tallHeader, .smallHeader: return .navy
    case .band: return .band
    case .total, .tileLabel, .tileValue, .tileChange, .tilePoints, .tilePrevious: return .panel
    default: return nil
    }
  }

  private static func borders(_ role: Role, _ format: Format) {
    let thin = UInt8(LXW_BORDER_THIN.rawValue)
    switch role {
    case .total:
      format_set_top(format, UInt8(LXW_BORDER_THIN.rawValue))
      format_set_bottom(format, UInt8(LXW_BORDER_DOUBLE.rawValue))
      format_set_top_color(format, Palette.navy.rawValue)
      format_set_bottom_color(format, Palette.navy.rawValue)
    case .body, .band, .key, .definition:
      format_set_bottom(format, thin)
      format_set_bottom_color(format, Palette.line.rawValue)
    case .heading:
      format_set_bottom(format, UInt8(LXW_BORDER_MEDIUM.rawValue))
      format_set_bottom_color(format, Palette.navy.rawValue)
    // A white rule parts a tile from its neighbour.
    case .tileLabel, .tileValue, .tilePrevious:
      format_set_right(format, UInt8(LXW_BORDER_THICK.rawValue))
      format_set_right_color(format, Palette.white.rawValue)
    default: break
    }
  }

  private static func alignment(_ role: Role, _ style: CellStyle, _ format: Format) {
    switch role {
    case .header, .tallHeader, .smallHeader:
      if role != .header { format_set_text_wrap(format) }
      if style.alignsRight {
        format_set_align(format, UInt8(LXW_ALIGN_RIGHT.rawValue))
        // The filter's button covers the right edge of a header: numbers' headers keep clear of it.
        if role != .smallHeader { format_set_indent(format, 2) }
      } else {
        format_set_align(format, UInt8(LXW_ALIGN_LEFT.rawValue))
        format_set_indent(format, 1)
      }
    case .key, .definition:
      format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue))
      format_set_align(format, UInt8(LXW_ALIGN_LEFT.rawValue))
      format_set_text_wrap(format)
    case .note:
      format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue))
      format_set_text_wrap(format)
    case .tileLabel, .tileValue, .tileChange, .tilePoints:
      format_set_align(format, UInt8(LXW_ALIGN_LEFT.rawValue))
      format_set_indent(format, 1)
    case .tilePrevious:
      format_set_align(format, UInt8(LXW_ALIGN_RIGHT.rawValue))
      format_set_indent(format, 1)
    case .body, .band, .total:
      switch style {
      case .boolean: format_set_align(format, UInt8(LXW_ALIGN_CENTER.rawValue))
      case .text, .prose, .day, .instant:
        format_set_align(format, UInt8(LXW_ALIGN_LEFT.rawValue))
        format_set_indent(format, 1)
      default: break
      }
    default: break
    }
  }

  private static func numberFormat(_ role: Role, _ style: CellStyle, _ format: Format) {
    switch role {
    case .tileChange: format_set_num_format(format, "▲ 0.0%;▼ 0.0%;0.0%")
    case .tilePoints: format_set_num_format(format, "▲ 0.0\" pt\";▼ 0.0\" pt\";0.0\" pt\"")
    // Only table bodies keep edited codes as text; elsewhere the text format would harm (formulas,
    // length).
    case .body, .band: format_set_num_format(format, style.numberFormat)
    case _ where style == .text: break
    case .tilePrevious:
      // The word goes in front of each section of the number's own format; red is left to the
      // change.
      let sections = style.numberFormat.split(separator: ";").map { section in
        "\"before \"" + (section.hasPrefix("[Red]") ? section.dropFirst(5) : section)
      }
      format_set_num_format(format, sections.joined(separator: ";"))
    default: format_set_num_format(format, style.numberFormat)
    }
  }
}
