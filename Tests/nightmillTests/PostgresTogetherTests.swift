import Foundation
import Support
import Testing

/// Queries of one database that are read at the same time, through the command line.
@Suite struct PostgresTogetherTests {
  private static let settings = "\(Binary.conformance)/15-mixed/settings.json"
  private static let days = ["--from", "all", "--to", "2026-11-15"]

  @Test("Sources give the same tables one after the other and at the same time")
  func sameTables() throws {
    let scratch = try Scratch()
    let server = PostgresServer.shared
    let source = try server.newDatabase()
    try QueryProject(scratch.path).make(
      inputs: "\(Binary.conformance)/15-mixed/inputs", database: source, areTyped: false)
    var first: [String]?
    for (connections, threads) in [(1, 1), (3, 1), (8, 2)] {
      let warehouse = try server.newDatabase()
      let run = try Binary.run(
        ["run", "conformance", "--settings", Self.settings, "--no-reports", "--quiet"]
          + ["--warehouse", warehouse, "--threads", "\(threads)"] + PostgresWorld.days,
        in: scratch.path,
        environment: ["APP": "\(source)?connections=\(connections)", "NIGHTMILL_RUNS": ""])
      try #require(run.exit == 0, "\(run.err)")
      let tables = try PostgresWorld.tables(of: warehouse, on: server)
      #expect(tables == first ?? tables, "\(connections) connections, \(threads) threads")
      first = tables
    }
  }

  /// A query that ends when another one is read too, and waits for it.
  private static let meeting = """
    CREATE FUNCTION meet(mine int, other int) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_lock_shared(mine);
      WHILE pg_try_advisory_lock(other) LOOP
        PERFORM pg_advisory_unlock(other), pg_sleep(0.01);
      END LOOP;
      RETURN 'x';
    END $$
    """

  /// A project of two queries that may use `meet`, and their database.
  private func meeting(
    _ scratch: Scratch, vendors: String, products: String
  ) throws -> String {
    let source = try PostgresServer.shared.newDatabase()
    try PostgresServer.shared.psql(Self.meeting, on: source)
    try QueryProject(scratch.path).make(
      queries: ["vendors": vendors, "products": products], database: source)
    return source
  }

  @Test("Two sources are read at the same time where there are two connections, and only there")
  func atOnce() throws {
    let scratch = try Scratch()
    let source = try meeting(
      scratch, vendors: "SELECT meet(1, 2) AS vendor_id, 'Vendor' AS name",
      products: "SELECT meet(2, 1) AS product_id, 'Product' AS name")
    let together = try run(scratch, "\(source)?connections=2&statement_timeout=60s", threads: 1)
    #expect(together.exit == 0, "\(together.err)")
    for name in ["vendors", "products"] { #expect(together.err.contains("\(name): 1 row")) }
    let alone = try run(scratch, "\(source)?connections=1&statement_timeout=300ms", threads: 2)
    #expect(alone.exit == 1, "\(alone.err)")
  }

  @Test("A source that fails stops the others that are being read")
  func failure() throws {
    let scratch = try Scratch()
    let source = try meeting(
      scratch, vendors: "SELECT meet(1, 2) AS vendor_id, pg_sleep(100)::text AS name",
      products: "SELECT meet(2, 1) || 1 / (SELECT 0) AS product_id, 'Product' AS name")
    let began = Date()
    let result = try run(scratch, "\(source)?connections=2", threads: 2)
    #expect(result.exit == 78)
    #expect(result.err.contains("division by zero"), "\(result.err)")
    #expect(Date().timeIntervalSince(began) < 60)
    let asleep =
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
      + "AND datname = '\(source.split(separator: "/").last ?? "")'"
    for _ in 0..<100 where try PostgresServer.shared.psql(asleep) != ["0"] { usleep(20_000) }
    #expect(try PostgresServer.shared.psql(asleep) == ["0"])
  }

  private func run(
    _ scratch: Scratch, _ source: String, threads: Int
  ) throws -> Binary.Result {
    try Binary.run(
      ["run", "conformance", "--select", "vendor_dimension product_dimension"]
        + ["--project", scratch.path, "--warehouse", "sqlite:\(scratch.path)/w.db"]
        + ["--threads", "\(threads)", "--set", "timezone=UTC", "--no-reports"] + Self.days,
      environment: ["APP": source])
  }
}
