import Foundation
import Support

@testable import Runner

extension NastyData {
  /// Adds rates of the dollar, for runs that report in another currency.
  mutating func quoteDollars() {
    for day in stride(from: days.lowerBound - 220, through: days.upperBound + 80, by: 5) {
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
  /// Writes a source; values are quoted only where they must be, unless told.
  static func write(
    _ source: RawSource, to path: String, lineEnd: String = "\n", mark: Bool = false,
    quoted: Bool = false
  ) throws {
    var text = mark ? "\u{FEFF}" : ""
    for row in [source.header] + source.rows {
      text += row.map { field($0, quoted) }.joined(separator: ",") + lineEnd
    }
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  private static func field(_ text: String, _ quoted: Bool) -> String {
    guard quoted || text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
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
}
