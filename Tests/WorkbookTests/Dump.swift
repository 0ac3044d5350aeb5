import Foundation
import Testing

/// A workbook as another program (openpyxl) reads it.
struct Dump {
  struct Line: Decodable {
    let kind: String
    let sheet: String?
    let cell: String?
    let value: Value?
    let cached: Value?
    let format: String?
    let type: String?
    let link: Bool?
    let sheets: [String]?
    let title: String?
    let subject: String?
    let created: String?
    let names: [String: String]?
    let freeze: String?
    let autofilter: String?
    let widths: [String: Double]?
    let merged: [String]?
    let rules: [Rule]?
    let charts: Int?
    let titleRows: String?
    let gridlines: Bool?
    let tabColor: String?
    let orientation: String?
    let paper: Int?
    let fitToPage: Bool?
    let fitWidth: Int?
    let fitHeight: Int?
    let header: String?
    let footer: String?
  }

  struct Rule: Decodable {
    let range: String
    let type: String
    let formula: [String]
  }

  enum Value: Decodable, Equatable, CustomStringConvertible {
    case boolean(Bool), number(Decimal), text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Bool.self) {
        self = .boolean(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(try #require(Decimal(string: "\(value)")))
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    var description: String {
      switch self {
      case .boolean(let value): return "\(value)"
      case .number(let value): return "\(value)"
      case .text(let value): return value
      }
    }
  }

  let file: Line
  private let sheets: [String: Line]
  private let cells: [String: Line]

  init(_ path: String, cells wanted: Bool = true) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Support/Python/xlsx_dump.py").path
    let python = ProcessInfo.processInfo.environment["NIGHTMILL_PYTHON"] ?? "python3"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, script, path] + (wanted ? [] : ["--no-cells"])
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(
      process.terminationStatus == 0,
      "xlsx_dump.py failed: is openpyxl installed for \(python)? Set NIGHTMILL_PYTHON.")
    let lines = try data.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Line.self, from: $0)
    }
    file = try #require(lines.first)
    var sheets: [String: Line] = [:]
    var cells: [String: Line] = [:]
    for line in lines.dropFirst() {
      guard let sheet = line.sheet else { continue }
      if let cell = line.cell { cells["\(sheet)!\(cell)"] = line } else { sheets[sheet] = line }
    }
    self.sheets = sheets
    self.cells = cells
  }

  func sheet(_ name: String) throws -> Line { try #require(sheets[name], "no sheet \(name)") }

  /// The cell at `Sheet!A1`, nil if empty.
  subscript(_ address: String) -> Line? { cells[address] }
}

/// A folder for one test's files; kept where NIGHTMILL_SAMPLES names one, so that people can look
/// at them.
func scratch(_ name: String) throws -> String {
  let kept = ProcessInfo.processInfo.environment["NIGHTMILL_SAMPLES"]
  let folder = kept ?? NSTemporaryDirectory() + "nightmill-workbook-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  return folder + "/" + name
}
