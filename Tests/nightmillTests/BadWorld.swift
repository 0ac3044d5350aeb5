import Foundation
import Testing

/// A small project with a published run and its reports, which something is then done to.
final class BadWorld {
  let scratch: Scratch
  let folder: String
  private var before: [String: Data] = [:]

  /// Two vendors and their calls, published with reports.
  init() throws {
    scratch = try Scratch()
    folder = "\(scratch.path)/mill"
    #expect(try Binary.run(["init", "mill"], in: scratch.path).exit == 0)
    try write(
      "Pipelines/tiny.yaml",
      """
      name: tiny
      warehouse: sqlite:data/tiny.db
      inputs: inputs
      max_quarantined: 10 %
      settings: {timezone: America/New_York, currency: USD}
      sources:
        calls: {files: calls*.csv}
        vendors: {files: vendors.csv}
        transactions: {files: "transactions*.csv", optional: true}
        exchange_rates: {files: "exchange_rates*.csv", optional: true}
      stages: [vendor_connections, vendor_dimension]
      reports: [weekly-vendors]

      """)
    try write("inputs/vendors.csv", "vendor_id,name,category\n1001,Bowery,plumbing\n")
    try write("inputs/calls.csv", Self.header + Self.rows)
    try FileManager.default.createDirectory(
      atPath: "\(folder)/data", withIntermediateDirectories: true)
    let first = try run()
    try #require(first.exit == 0, "\(first.err)")
    before = try published()
  }

  static let header = "call_id,vendor_id,started_at,duration_seconds,outcome\n"
  static let rows = (1...20).map { "c\($0),1001,2026-11-1\($0 % 5)T09:00:00Z,0,timeout\n" }.joined()

  /// Runs the pipeline over everything.
  func run(
    _ more: [String] = [], environment: [String: String] = [:]
  ) throws -> Binary.Result {
    try Binary.run(Self.arguments + more, in: folder, environment: environment)
  }

  static let arguments = ["run", "tiny", "--from", "all", "--to", "2026-11-15", "--quiet"]

  func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

  func write(_ name: String, _ data: Data) throws {
    let url = URL(fileURLWithPath: "\(folder)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
  }

  /// Replaces a text of a file, which must be there.
  func edit(_ name: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    try #require(text.contains(old))
    try write(name, text.replacingOccurrences(of: old, with: new))
  }

  /// The bytes of the warehouse and of everything under `out`.
  func published() throws -> [String: Data] {
    var files: [String: Data] = [:]
    let names = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/out")
    for name in names.map({ "out/\($0)" }) + ["data/tiny.db"] {
      files[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
    }
    return files
  }

  /// Whether warehouse and reports are byte for byte what they were, and no other file came.
  func isUnchanged() throws -> Bool { try published() == before }

  /// Runs, and holds what it says against what it must: each part stands in the message.
  func expect(
    _ exit: Int32, _ parts: [String], _ more: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try run(more)
    #expect(result.exit == exit, "\(result.err)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(
        result.err.contains(part), "\(part) is not in \(result.err)", sourceLocation: sourceLocation
      )
    }
    #expect(result.err.contains("error: ") && result.out.isEmpty, sourceLocation: sourceLocation)
    #expect(try isUnchanged(), sourceLocation: sourceLocation)
  }
}
