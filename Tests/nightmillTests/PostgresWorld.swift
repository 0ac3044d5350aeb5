import Foundation
import Support
import Testing

/// A project whose rows come from one database and go to another, on a server of its own that tests
/// may end; a warehouse with a run in it, and what one more run makes of that where nothing disturbs
/// it.
final class PostgresWorld: Sendable {
  let server: PostgresServer
  let scratch: Scratch
  let source: String
  private let published: String
  /// The tables before and after the run that tests disturb.
  let before: [String]
  let after: [String]

  private static let settings = "\(Binary.conformance)/15-mixed/settings.json"
  static let firstDays = ["--from", "2026-07-12", "--to", "2026-11-07"]
  static let days = ["--from", "2026-11-08", "--to", "2026-11-14"]
  /// What a query of the source waits for.
  static let gate = "SELECT pg_advisory_xact_lock(42)"

  init() throws {
    server = try PostgresServer()
    scratch = try Scratch()
    source = try server.newDatabase()
    try QueryProject(scratch.path, server).make(
      inputs: "\(Binary.conformance)/15-mixed/inputs", database: source, areTyped: false)
    // Somebody who holds the gate keeps the rows of clicks back.
    let clicks = "\(scratch.path)/SQL/extract/clicks.sql"
    let sql = try String(contentsOfFile: clicks, encoding: .utf8)
    try sql.replacing(
      "FROM clicks", with: "FROM clicks\nWHERE place <> 2000 OR gate() IS NOT NULL"
    ).write(toFile: clicks, atomically: true, encoding: .utf8)
    try server.psql(
      "CREATE FUNCTION gate() RETURNS text LANGUAGE sql AS "
        + "'SELECT pg_advisory_xact_lock_shared(42)::text'", on: source)
    published = try server.newDatabase()
    let first = try Self.command(
      Self.firstDays, published, source, scratch)
    try #require(first.wait().exit == 0)
    before = try Self.tables(of: published, on: server)
    let undisturbed = try server.newDatabase(copying: published)
    try #require(try Self.command(Self.days, undisturbed, source, scratch).wait().exit == 0)
    after = try Self.tables(of: undisturbed, on: server)
    try #require(before != after)
  }

  /// A warehouse in which the run before is published.
  func newWarehouse() throws -> String { try server.newDatabase(copying: published) }

  /// Starts the run.
  func start(
    _ warehouse: String, from source: String? = nil, _ more: [String] = PostgresWorld.days
  ) throws -> Binary.Running {
    try Self.command(more, warehouse, source ?? self.source, scratch)
  }

  private static func command(
    _ more: [String], _ warehouse: String, _ source: String, _ scratch: Scratch
  ) throws -> Binary.Running {
    try Binary.start(
      ["run", "conformance", "--settings", settings, "--warehouse", warehouse, "--no-reports"]
        + ["--quiet"] + more,
      in: scratch.path, environment: ["APP": source, "NIGHTMILL_RUNS": ""])
  }

  /// A line for each table of a warehouse: its name, its number of rows and their checksum. What
  /// tells one run from another of the same days is left out.
  func tables(of warehouse: String) throws -> [String] {
    try Self.tables(of: warehouse, on: server)
  }

  static func tables(of warehouse: String, on server: PostgresServer) throws -> [String] {
    let names = try server.psql(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'nightmill' ORDER BY 1", on: warehouse)
    return try server.psql(checksums(names), on: warehouse)
  }

  /// A statement that gives a line for each table.
  static func checksums(_ tables: [String]) -> String {
    tables.map { table in
      """
      SELECT '\(table)', count(*), md5(coalesce(string_agg(row, ';' ORDER BY row COLLATE "C"), ''))
      FROM (SELECT (to_jsonb(t) - '{run_id,started_at,finished_at,applied_at,seconds}'::text[])::text
        AS row FROM nightmill.\(table) AS t) AS t
      """
    }.joined(separator: "\nUNION ALL\n")
  }

  /// Waits until as many sessions of nightmill are as the condition says.
  func wait(
    for count: Int, where condition: String = "true", in place: SourceLocation = #_sourceLocation
  ) throws {
    let sql =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'nightmill' AND \(condition)"
    for _ in 0..<1000 {
      if try server.psql(sql) == ["\(count)"] { return }
      usleep(20_000)
    }
    Issue.record("not \(count) sessions: \(condition)", sourceLocation: place)
  }
}
