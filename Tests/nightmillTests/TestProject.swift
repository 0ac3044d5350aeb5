import Foundation
import Testing

/// A project of a test's own: the shipped pipelines, SQL and reports, with its inputs, warehouse,
/// reports and runs in a scratch folder.
final class TestProject {
  private let scratch: Scratch
  var path: String { scratch.path }

  /// A project with small inputs.
  init(users: Int = 30) throws {
    scratch = try Scratch()
    for name in ["SQL", "Reports"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/\(name)", withDestinationPath: "\(Binary.root)/\(name)")
    }
    try FileManager.default.copyItem(
      atPath: "\(Binary.root)/Pipelines", toPath: "\(path)/Pipelines")
    let made = try nightmill([
      "generate", "--users", "\(users)", "--clicks", "3000", "--calls", "400", "--transactions",
      "400", "--to", "inputs",
    ])
    try #require(made.exit == 0, "\(made.err)")
  }

  /// The command of a run of everything.
  static let everything = ["run", "--inputs", "inputs", "--from", "all", "--to", "2026-11-15"]

  /// What its commands know: runs stay in the project.
  private static let environment = ["NIGHTMILL_RUNS": ""]

  func nightmill(_ arguments: [String]) throws -> Binary.Result {
    try Binary.run(arguments, in: path, environment: Self.environment)
  }

  func start(_ arguments: [String]) throws -> Binary.Running {
    try Binary.start(arguments, in: path, environment: Self.environment)
  }

  /// Forgets everything but inputs and pipelines.
  func reset() {
    let database = ["", "-wal", "-shm", "-journal", ".lock"].map { "warehouse.db\($0)" }
    for name in ["out", "runs", "csv"] + database {
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
  }

  /// The IDs of its runs, in order.
  var runs: [String] { scratch.names("runs") }

  /// The lines of a run's journal or log.
  func lines(_ run: String, _ file: String = "journal.ndjson") -> [[String: Any]] {
    (scratch.text("runs/\(run)/\(file)") ?? "").split(separator: "\n").compactMap { line in
      (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
    }
  }

  /// A run's document; it must be as its schema says.
  func document(_ run: String, _ place: SourceLocation = #_sourceLocation) throws -> [String: Any] {
    let text = try #require(scratch.text("runs/\(run)/run.json"), sourceLocation: place)
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    #expect(try RunSchema().problems(of: value) == [], sourceLocation: place)
    return try #require(value as? [String: Any], sourceLocation: place)
  }

  func text(_ name: String) -> String? { scratch.text(name) }
  func names(_ folder: String) -> [String] { scratch.names(folder) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  /// The permissions of a file or folder.
  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
    return try #require(attributes[.posixPermissions] as? Int)
  }

  /// Everything that was published and reported, by name: exported tables, CSV files, and the sheets
  /// and charts of workbooks by their checksum. What names the run itself is left out: the sheet
  /// About, which is the last, and the list of texts, of which sheets have the places only.
  func results() throws -> [String: String] {
    let export = try nightmill(["export", "--to", "csv"])
    try #require(export.exit == 0, "\(export.err)")
    var results: [String: String] = [:]
    for folder in ["csv"] + names("out").map({ "out/\($0)" }) {
      // The library that writes workbooks makes files tmp.… and takes their names away at once; a
      // process killed between the two leaves an empty one.
      for name in names(folder) where !name.hasPrefix("tmp.") {
        let file = "\(folder)/\(name)"
        guard name.hasSuffix(".xlsx") else {
          results[file] = text(file)
          continue
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)"))
        let parts = ZipDirectory(data).checksums
        let sheets = parts.keys.count { $0.hasPrefix("xl/worksheets/sheet") }
        let own = ["xl/worksheets/sheet\(sheets).xml", "xl/sharedStrings.xml", "docProps/core.xml"]
        for (part, sum) in parts where !own.contains(part) {
          results["\(file)/\(part)"] = sum
        }
      }
    }
    return results
  }
}

/// The names and checksums in a zip file.
struct ZipDirectory {
  let checksums: [String: String]

  init(_ data: Data) {
    let bytes = [UInt8](data)
    func number(_ place: Int, _ size: Int) -> Int {
      (0..<size).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    var found: [String: String] = [:]
    // The end of the directory is 22 bytes long; entries have 46 bytes and their texts.
    var place = number(bytes.count - 6, 4)
    for _ in 0..<number(bytes.count - 12, 2) {
      let name = String(
        decoding: bytes[(place + 46)..<(place + 46 + number(place + 28, 2))], as: UTF8.self)
      found[name] = "\(number(place + 16, 4)), \(number(place + 24, 4)) bytes"
      place += 46 + number(place + 28, 2) + number(place + 30, 2) + number(place + 32, 2)
    }
    checksums = found
  }
}
