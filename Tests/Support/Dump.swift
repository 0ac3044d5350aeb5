import Foundation

/// A workbook as another program (openpyxl, through Python/xlsx_dump.py) reads it.
package struct Dump {
  /// One object of the dump.
  package struct Line: Decodable {
    package let kind: String
    package let sheet: String?
    package let cell: String?
    package let value: Value?
    package let cached: Value?
    package let format: String?
    package let type: String?
    package let link: Bool?
    package let sheets: [String]?
    package let title: String?
    package let subject: String?
    package let created: String?
    package let names: [String: String]?
    package let freeze: String?
    package let autofilter: String?
    package let widths: [String: Double]?
    package let merged: [String]?
    package let rules: [Rule]?
    package let charts: Int?
    package let axes: [String]?
    package let titleRows: String?
    package let titleColumns: String?
    package let printArea: String?
    package let gridlines: Bool?
    package let tabColor: String?
    package let orientation: String?
    package let paper: Int?
    package let fitToPage: Bool?
    package let fitWidth: Int?
    package let fitHeight: Int?
    package let header: String?
    package let footer: String?
  }

  /// One object of the dump.
  package struct Rule: Decodable {
    package let range: String
    package let type: String
    package let formula: [String]
  }

  /// A cell's value.
  package enum Value: Decodable, Equatable, CustomStringConvertible {
    case boolean(Bool), number(Decimal), text(String)

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Bool.self) {
        self = .boolean(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(Decimal(string: "\(value)") ?? .nan)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    package var description: String {
      switch self {
      case .boolean(let value): return "\(value)"
      case .number(let value): return "\(value)"
      case .text(let value): return value
      }
    }
  }

  /// Why a workbook cannot be read back.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// What is said of the workbook as a whole.
  package let file: Line
  private let sheets: [String: Line]
  /// The cells that are not empty, by `Sheet!A1`.
  package let cells: [String: Line]

  /// Reads a workbook; without its cells if only sheets matter.
  package init(_ path: String, cells wanted: Bool = true) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Python/xlsx_dump.py").path
    let python = ProcessInfo.processInfo.environment["NIGHTMILL_PYTHON"] ?? "python3"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, script, path] + (wanted ? [] : ["--no-cells"])
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        description:
          "xlsx_dump.py failed: is openpyxl installed for \(python)? Set NIGHTMILL_PYTHON.")
    }
    let lines = try data.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Line.self, from: $0)
    }
    guard let first = lines.first else { throw Failure(description: "\(path): nothing read") }
    file = first
    var sheets: [String: Line] = [:]
    var cells: [String: Line] = [:]
    for line in lines.dropFirst() {
      guard let sheet = line.sheet else { continue }
      if let cell = line.cell { cells["\(sheet)!\(cell)"] = line } else { sheets[sheet] = line }
    }
    self.sheets = sheets
    self.cells = cells
  }

  /// What is said of a sheet as a whole.
  package func sheet(_ name: String) throws -> Line {
    guard let sheet = sheets[name] else { throw Failure(description: "no sheet \(name)") }
    return sheet
  }

  /// The cell at `Sheet!A1`, nil if empty.
  package subscript(_ address: String) -> Line? { cells[address] }
}
