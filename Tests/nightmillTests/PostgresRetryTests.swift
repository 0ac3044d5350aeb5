import Foundation
import Support
import Testing

/// A retry of a run whose rows come from a database, which has gone on since.
@Suite struct PostgresRetryTests {
  private let scratch: Scratch
  private let source: String
  private let warehouse: String

  /// A project that asks for its vendors and reads the rest from files.
  init() throws {
    scratch = try Scratch()
    source = try PostgresServer.shared.newDatabase()
    warehouse = try PostgresServer.shared.newDatabase()
    try PostgresServer.shared.psql(
      "CREATE TABLE vendors (vendor_id text PRIMARY KEY, name text, category text); "
        + "INSERT INTO vendors VALUES ('v1', 'Old name', 'tools')", on: source)
    try QueryProject(scratch.path).make(
      queries: ["vendors": "SELECT vendor_id, name, category FROM vendors"], database: source)
    try FileManager.default.createDirectory(
      atPath: "\(scratch.path)/inputs", withIntermediateDirectories: false)
    try "product_id,name\np1,Tea\n".write(
      toFile: "\(scratch.path)/inputs/products.csv", atomically: true, encoding: .utf8)
  }

  private func nightmill(_ words: [String]) throws -> Binary.Result {
    try Binary.run(
      words, in: scratch.path, environment: ["APP": source, "NIGHTMILL_RUNS": ""])
  }

  private func run(_ warehouse: String, _ more: [String] = []) throws -> Binary.Result {
    try nightmill(
      ["run", "conformance", "--from", "all", "--to", "2026-11-15", "--inputs", "inputs"]
        + ["--set", "timezone=UTC", "--warehouse", warehouse, "--no-reports"] + more)
  }

  @Test("Rows of queries are read again, and what was made of them is made again; nothing else is")
  func changedRows() throws {
    let server = PostgresServer.shared
    let first = try run(warehouse, ["--select", "vendor_dimension"])
    try #require(first.exit == 0, "\(first.err)")
    // All stages are finished when the run fails: a table cannot be written to.
    let holder = try server.hold(
      "LOCK TABLE nightmill.vendor_dimension IN SHARE MODE", on: warehouse)
    let failed = try run(warehouse + "?lock_timeout=100ms", ["--run-id", "r"])
    holder.end()
    #expect(failed.exit == 75, "\(failed.err)")
    try server.psql(
      "UPDATE vendors SET name = 'New name'; INSERT INTO vendors VALUES ('v2', 'Another', 'x')",
      on: source)
    let retry = try nightmill(["retry"])
    #expect(retry.exit == 0, "\(retry.err)")
    #expect(retry.err.contains("the rows of queries are read again"), "\(retry.err)")
    #expect(retry.err.contains("vendors: 2 rows"), "\(retry.err)")
    func isMadeBefore(_ stage: String) -> Bool {
      retry.err.split(separator: "\n").contains {
        $0.hasPrefix(stage + " ") && $0.hasSuffix("made before")
      }
    }
    #expect(isMadeBefore("product_dimension") && !isMadeBefore("vendor_dimension"))

    let other = try server.newDatabase()
    try #require(try run(other, ["--select", "vendor_dimension"]).exit == 0)
    try #require(try run(other).exit == 0)
    // What the run before had read was another state of the database.
    func tables(_ warehouse: String) throws -> [String] {
      try PostgresWorld.tables(of: warehouse, on: server).filter {
        !$0.hasPrefix("source_counts|") && !$0.hasPrefix("runs|")
      }
    }
    #expect(try tables(warehouse) == tables(other))
    let names = try nightmill(["export", "vendor_dimension", "--warehouse", warehouse])
    #expect(names.out.contains("v1,New name") && names.out.contains("v2,Another"), "\(names.out)")
  }
}
