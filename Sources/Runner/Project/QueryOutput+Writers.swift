import Engine
import YAML

/// A value as it is shown.
package enum ShownValue: Sendable, Equatable {
  /// Nothing.
  case null
  /// A number, or true or false, as it is written everywhere.
  case figure(String)
  /// Text.
  case text(String)

  /// A value of an analyst's own statement: amounts stay in minor units, as the statement sees them.
  init(_ value: SQLValue) {
    self =
      switch value {
      case .null: .null
      case .integer(let number), .typed(let number, _): .figure("\(number)")
      case .real(let number): .figure("\(number)")
      case .text(let text): .text(text)
      }
  }

  /// Its text; nothing is empty.
  package var plain: String {
    switch self {
    case .null: ""
    case .figure(let text), .text(let text): text
    }
  }
}

/// Turns rows into bytes; whoever uses it takes the bytes away from time to time.
protocol RowWriter {
  var bytes: [UInt8] { get set }
  mutating func add(_ row: [ShownValue])
  mutating func end()
}

/// Rows with aligned columns, figures to the right.
struct TableWriter: RowWriter {
  /// Rows by which columns are measured; later ones may stick out, so that a result of any size can
  /// be shown.
  private static let measured = 1000

  var bytes: [UInt8] = []
  private let names: [String]
  private var waiting: [[ShownValue]] = []
  private var widths: [Int] = []
  private var isFigure: [Bool] = []

  init(_ names: [String]) { self.names = names }

  mutating func add(_ row: [ShownValue]) {
    if !widths.isEmpty { return append(row.map { Self.text($0) }) }
    waiting.append(row)
    if waiting.count == Self.measured { measure() }
  }

  mutating func end() { if widths.isEmpty { measure() } }

  private mutating func measure() {
    let rows = waiting.map { $0.map { Self.text($0) } }
    for (column, name) in names.enumerated() {
      widths.append(rows.reduce(name.count) { max($0, $1[column].count) })
      isFigure.append(
        waiting.allSatisfy { row in
          if case .text = row[column] { false } else { true }
        } && waiting.contains { $0[column] != .null })
    }
    append(names.map { Self.visible($0) })
    append(widths.map { String(repeating: "-", count: $0) })
    for row in rows { append(row) }
    waiting = []
  }

  private mutating func append(_ fields: [String]) {
    var line = ""
    for (column, field) in fields.enumerated() {
      let space = String(repeating: " ", count: max(0, widths[column] - field.count))
      line += (column == 0 ? "" : "  ") + (isFigure[column] ? space + field : field + space)
    }
    while line.last == " " { line.removeLast() }
    bytes += Array(line.utf8) + [0x0A]
  }

  private static func text(_ value: ShownValue) -> String { visible(value.plain) }

  /// Control characters made visible: data must not steer the terminal, and a line stays a line.
  private static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": shown += "\\n"
      case "\r": shown += "\\r"
      case "\t": shown += "\\t"
      case _ where isControl(scalar): shown += "\\u{\(String(scalar.value, radix: 16))}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}

/// Rows as CSV with a header.
struct CSVWriter: RowWriter {
  var bytes: [UInt8] = []
  // Amounts of an analyst's own expressions are plain numbers, so the encoder's digits are never
  // used.
  private let encoder = CSVEncoder(moneyDigits: 0)

  init(_ names: [String]) { line(names) }

  mutating func add(_ row: [ShownValue]) { line(row.map(\.plain)) }

  mutating func end() {}

  private mutating func line(_ fields: [String]) {
    for (column, field) in fields.enumerated() {
      if column > 0 { bytes.append(0x2C) }
      encoder.append(text: field.utf8, to: &bytes)
    }
    bytes.append(0x0A)
  }
}

/// Rows as an array of objects, one a line.
struct JSONWriter: RowWriter {
  var bytes = Array("[".utf8)
  private let keys: [String]
  private var isFirst = true

  init(_ names: [String]) { keys = names.map { jsonText($0) } }

  mutating func add(_ row: [ShownValue]) {
    bytes += Array((isFirst ? "\n  {" : ",\n  {").utf8)
    isFirst = false
    for (column, value) in row.enumerated() {
      if column > 0 { bytes += Array(", ".utf8) }
      bytes += Array("\(keys[column]): \(Self.text(value))".utf8)
    }
    bytes.append(0x7D)
  }

  mutating func end() { bytes += Array((isFirst ? "]\n" : "\n]\n").utf8) }

  private static func text(_ value: ShownValue) -> String {
    switch value {
    case .null: "null"
    // JSON has no number for these.
    case .figure("nan"), .figure("inf"), .figure("-inf"): "null"
    case .figure(let figure): figure
    case .text(let text): jsonText(text)
    }
  }
}
