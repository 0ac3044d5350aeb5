import Foundation
import Support

@testable import Runner

extension NastyData {
  /// Adds rates of the dollar, for runs that report in another currency.
  mutating func quoteDollars() {
    for day in stride(from: days.lowerBound - 12, through: days.upperBound + 80, by: 5) {
      sources["exchange_rates"]?.rows.append(["USD", RawTime.dayText(day), "1.\(10 + day % 90)"])
    }
  }

  /// Takes the calls' own values away.
  mutating func dropEstimates() {
    guard let column = sources["calls"]?.header.firstIndex(of: "estimated_value") else { return }
    for row in sources["calls"]!.rows.indices { sources["calls"]!.rows[row][column] = "" }
  }

  /// Writes each source as one file.
  func write(to folder: String) throws {
    for (name, source) in sources {
      try RawFile.write(source, to: "\(folder)/\(name).csv")
    }
  }
}

/// Sources as files, laid out in the ways that must not matter.
enum RawFile {
  static func write(_ source: RawSource, to path: String) throws {
    try Data(text(source)).write(to: URL(filePath: path))
  }

  static func text(_ source: RawSource) -> [UInt8] {
    csvRecord(source.header)
      + source.rows.flatMap { row in
        // Quoted only where it must be, as exports are.
        Array((row.map(field).joined(separator: ",") + "\n").utf8)
      }
  }

  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  /// Packs a file with the `gzip` program and takes the plain one away.
  static func gzip(_ path: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-f", path]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// The sources of a folder's CSV files, by the tests' own reader; `<source>-*.csv` and gzip too.
  static func read(_ folder: String, _ name: String) throws -> RawSource? {
    var source: RawSource?
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where file.hasPrefix(name + ".") || file.hasPrefix(name + "-") {
      var data = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
      if file.hasSuffix(".gz") { data = try gunzip("\(folder)/\(file)") }
      let (header, rows) = SimpleCSV.rows([UInt8](data))
      guard source != nil else {
        source = RawSource(header: header, rows: rows)
        continue
      }
      source!.rows += rows
    }
    return source
  }

  private static func gunzip(_ path: String) throws -> Data {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }
}
