import Foundation
import Testing

import Runner

/// The worked cases, through the command line as their README says: every table that exists must be
/// the expected one, byte for byte. These are the figures people are paid by.
@Suite struct ConformanceTests {
  static let tables = Set(Registry.readable.map(\.name))

  /// The cases with at least one expected table that this program has.
  static let cases: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Binary.conformance)) ?? []
    return names.filter { !expected(of: $0).isEmpty }.sorted()
  }()

  static func expected(of name: String) -> [String] {
    let folder = "\(Binary.conformance)/\(name)/expected"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.map { String($0.dropLast(4)) }.filter(tables.contains).sorted()
  }

  @Test("The cases are there; none is left out because a folder moved")
  func casesAreThere() {
    let known = ["01-vendor-connections", "09-products", "13-bad-rows", "15-mixed"]
    #expect(Set(Self.cases).isSuperset(of: known))
  }

  @Test(arguments: cases)
  func expectedTables(name: String) throws {
    try check(name, flags: [])
  }

  @Test("Any limit of memory gives the same bytes", arguments: ["64M", "1G"])
  func memory(size: String) throws {
    try check("15-mixed", flags: ["--memory", size])
  }

  @Test("Any number of threads gives the same bytes", arguments: [1, 7])
  func threads(count: Int) throws {
    try check("15-mixed", flags: ["--threads", "\(count)"])
  }

  private func check(_ name: String, flags: [String]) throws {
    let folder = "\(Binary.conformance)/\(name)"
    let scratch = try Scratch()
    let warehouse = ["--warehouse", "sqlite:\(scratch.path)/case.db"]
    let run = try Binary.run(
      [
        "run", "conformance", "--inputs", "\(folder)/inputs", "--settings",
        "\(folder)/settings.json", "--no-reports",
      ] + warehouse + flags)
    try #require(run.exit == 0, "\(run.err)")
    for table in Self.expected(of: name) {
      let path = "\(folder)/expected/\(table).csv"
      var expected = String(
        decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
      let header = String(expected.prefix { $0 != "\n" })
      let export = try Binary.run(
        ["export", table, "--columns", header, "--to", "\(scratch.path)/out"] + warehouse)
      #expect(export.exit == 0, "\(export.err)")
      var found = scratch.text("out/\(table).csv") ?? ""
      if table == "partner_analytics", !Self.tables.contains("commissions") {
        (found, expected) = (Self.withoutCommission(found), Self.withoutCommission(expected))
      }
      #expect(found == expected, "\(table): \(Self.difference(found, expected))")
    }
  }

  /// Partners' days as they are where no stage makes commissions: without the last column, and
  /// without days that have nothing else.
  private static func withoutCommission(_ text: String) -> String {
    let lines = text.split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).dropLast()
        .joined(separator: ",")
    }
    return lines.filter { !$0.hasSuffix(",0,0,0,0.00") }.joined(separator: "\n")
  }

  /// The first few lines that differ.
  static func difference(_ found: String, _ expected: String) -> String {
    let found = found.split(separator: "\n")
    let expected = expected.split(separator: "\n")
    let extra = found.filter { !expected.contains($0) }.prefix(3).map { "+ \($0)" }
    let missing = expected.filter { !found.contains($0) }.prefix(3).map { "- \($0)" }
    return (missing + extra).joined(separator: "\n")
  }
}
