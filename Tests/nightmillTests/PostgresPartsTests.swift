import Foundation
import Runner
import Support
import Testing

/// A database read on several connections, through the command line.
@Suite struct PostgresPartsTests {
  /// A function of 400 rows of which the planner expects a million: products, among them refused
  /// ones, ones that say the same, and ones that say something else later.
  private static let rows = """
    CREATE FUNCTION products() RETURNS TABLE (
      place int, product_id text, name text, category text, listed_at timestamptz
    ) LANGUAGE plpgsql STABLE ROWS 1000000 AS $$
    BEGIN
      RETURN QUERY
      SELECT i, 'p' || i % 150, CASE WHEN i % 97 = 0 THEN '' ELSE 'Product ' || i % 150 END,
        CASE WHEN i % 3 = 0 THEN 'c' || i / 150 END,
        CASE i % 53 WHEN 0 THEN 'infinity'::timestamptz WHEN 1 THEN NULL
          ELSE timestamptz '2026-03-01' - i * 7919 % 400 * interval '1 hour' END
      FROM generate_series(1, 400) AS i;
    END $$
    """

  @Test(
    "A result gives the same tables in any number of parts, on any number of connections",
    arguments: ["place", "listed_at"])
  func sameTables(column: String) throws {
    let scratch = try Scratch()
    let source = try PostgresServer.shared.newDatabase()
    try PostgresServer.shared.psql(Self.rows, on: source)
    try QueryProject(scratch.path).make(
      queries: ["products": "SELECT * FROM products() ORDER BY place"], database: source)
    let whole = try tables(scratch, source, threads: 1)
    #expect(whole["source_counts"]?.contains("\nproducts,400,") ?? false)
    try split(scratch, "products", by: column)
    var first: [String: String]?
    for (connections, threads) in [(1, 1), (2, 2), (3, 1), (7, 2)] {
      let parts = try tables(
        scratch, "\(source)?connections=\(connections)", threads: threads)
      #expect(parts == first ?? parts, "\(connections) connections, \(threads) threads")
      first = parts
    }
    for name in ["product_dimension", "source_counts"] { #expect(first?[name] == whole[name]) }
    // The refused rows are the same; their numbers are those of the list.
    let refused = { (text: String?) in
      (text ?? "").split(separator: "\n").dropFirst().map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).dropFirst()
          .joined(separator: ",")
      }.sorted()
    }
    let found = refused(first?["quarantined_rows"])
    #expect(found.count > 8)
    #expect(found == refused(whole["quarantined_rows"]))
  }

  /// The tables that are made of the products.
  private func tables(
    _ scratch: Scratch, _ source: String, threads: Int
  ) throws -> [String: String] {
    let url = "sqlite:\(scratch.path)/w.db"
    for name in scratch.names("") where name.hasPrefix("w.db") {
      try FileManager.default.removeItem(atPath: "\(scratch.path)/\(name)")
    }
    let run = try Binary.run(
      ["run", "conformance", "--select", "product_dimension", "--from", "all"]
        + ["--to", "2026-11-15", "--project", scratch.path, "--warehouse", url]
        + ["--threads", "\(threads)", "--set", "timezone=UTC", "--no-reports"],
      environment: ["APP": source])
    try #require(run.exit == 0, "\(run.err)")
    let columns = [
      "product_dimension": "product_id,name,category,listed_at",
      "quarantined_rows": "line,column,reason,raw",
      "source_counts": "source,read,used,duplicate,superseded,quarantined",
    ]
    var tables: [String: String] = [:]
    for (name, columns) in columns {
      let export = try Binary.run(
        ["export", name, "--columns", columns, "--to", "\(scratch.path)/out", "--warehouse", url])
      try #require(export.exit == 0, "\(export.err)")
      tables[name] = scratch.text("out/\(name).csv")
    }
    return tables
  }

  private func split(_ scratch: Scratch, _ source: String, by column: String) throws {
    let path = "\(scratch.path)/Pipelines/conformance.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let query = "    query: \(source).sql\n"
    try text.replacing(query, with: "\(query)    split_by: \(column)\n")
      .write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test("Ctrl-C ends the queries of all connections on their server")
  func interrupt() throws {
    let scratch = try Scratch()
    let server = PostgresServer.shared
    let source = try server.newDatabase()
    try server.psql(
      """
      CREATE FUNCTION slowly(i int) RETURNS text LANGUAGE plpgsql STABLE AS
        $$ BEGIN PERFORM pg_sleep(100); RETURN 'n' || i; END $$;
      CREATE FUNCTION numbers() RETURNS SETOF int LANGUAGE plpgsql STABLE ROWS 1000000 AS
        $$ BEGIN RETURN QUERY SELECT generate_series(1, 100); END $$
      """, on: source)
    try QueryProject(scratch.path).make(
      queries: ["vendors": "SELECT i AS vendor_id, slowly(i) AS name, i FROM numbers() AS i"],
      database: source)
    try split(scratch, "vendors", by: "i")
    let running = try Binary.start(
      ["run", "conformance", "--to", "2026-11-15", "--from", "all", "--project", scratch.path]
        + ["--warehouse", "sqlite:\(scratch.path)/w.db", "--set", "timezone=UTC"],
      environment: ["APP": "\(source)?connections=3"])
    let asleep =
      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND wait_event = 'PgSleep' "
      + "AND datname = '\(source.split(separator: "/").last ?? "")'"
    for _ in 0..<500 where try server.psql(asleep) != ["3"] { usleep(20_000) }
    #expect(try server.psql(asleep) == ["3"])
    running.process.interrupt()
    let result = running.wait()
    #expect(result.exit == 130, "\(result.err)")
    for _ in 0..<100 where try server.psql(asleep) != ["0"] { usleep(20_000) }
    #expect(try server.psql(asleep) == ["0"])
  }

  @Test("A server that goes away while it is read ends the run with 75, and nothing is published")
  func lostServer() throws {
    let scratch = try Scratch()
    let server = try PostgresServer()
    let source = try server.newDatabase()
    try QueryProject(scratch.path).make(
      queries: ["vendors": "SELECT 'v' AS vendor_id, pg_sleep(100)::text AS name"],
      database: source)
    let words = ["--to", "2026-11-15", "--from", "all", "--project", scratch.path]
    let warehouse = ["--warehouse", "sqlite:\(scratch.path)/w.db"]
    let running = try Binary.start(
      ["run", "conformance"] + words + warehouse + ["--set", "timezone=UTC"],
      environment: ["APP": source])
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    for _ in 0..<500 where try server.psql(asleep) != ["1"] { usleep(20_000) }
    try server.kill()
    let result = running.wait()
    #expect(result.exit == 75, "\(result.err)")
    #expect(result.err.contains("try later"))
    // Nor is a server waited for that is not there, longer than some seconds.
    let again = try Binary.run(
      ["run", "conformance"] + words + warehouse + ["--set", "timezone=UTC"],
      environment: ["APP": source])
    #expect(again.exit == 75, "\(again.err)")
    let runs = try Binary.run(
      ["query", "SELECT count(*) FROM runs WHERE status = 'published'", "--format", "csv"]
        + warehouse)
    #expect(!runs.out.contains("1"))
  }

  @Test("A query that takes longer than the URL allows ends the run, with what to do about it")
  func timeout() throws {
    let scratch = try Scratch()
    let source = try PostgresServer.shared.newDatabase()
    try QueryProject(scratch.path).make(
      queries: ["vendors": "SELECT 'v' AS vendor_id, pg_sleep(100)::text AS name"],
      database: source)
    let run = try Binary.run(
      ["run", "conformance", "--to", "2026-11-15", "--from", "all", "--project", scratch.path]
        + ["--warehouse", "sqlite:\(scratch.path)/w.db", "--set", "timezone=UTC"],
      environment: ["APP": "\(source)?statement_timeout=100ms"])
    #expect(run.exit == 1)
    #expect(run.err.contains("?statement_timeout="))
  }

  @Test("The shipped queries fit the shipped tables, loaded with the samples")
  func shippedQueries() throws {
    let scratch = try Scratch()
    let source = try PostgresServer.shared.newDatabase()
    let load = Process()
    load.executableURL = URL(fileURLWithPath: "\(Binary.root)/Samples/load-postgres.sh")
    load.arguments = [source]
    load.standardOutput = FileHandle.nullDevice
    try load.run()
    load.waitUntilExit()
    try #require(load.terminationStatus == 0)
    let folder = "\(Binary.root)/SQL/extract"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) }
    let queries = try names.map { name in
      (name, try String(contentsOfFile: "\(folder)/\(name).sql", encoding: .utf8))
    }
    try QueryProject(scratch.path).make(
      queries: Dictionary(uniqueKeysWithValues: queries), database: source)
    let url = "sqlite:\(scratch.path)/w.db"
    let run = try Binary.run(
      [
        "run", "conformance", "--from", "2026-11-09", "--to", "2026-11-15", "--project",
        scratch.path,
      ]
        + ["--warehouse", url, "--set", "timezone=UTC", "--no-reports"],
      environment: ["APP": source])
    try #require(run.exit == 0, "\(run.err)")
    let counts = try Binary.run(
      ["query", "SELECT source FROM source_counts WHERE used > 0 ORDER BY source"]
        + ["--format", "csv", "--warehouse", url])
    // Nothing was disputed.
    #expect(
      counts.out.split(separator: "\n").dropFirst().map(String.init)
        == names.filter { $0 != "disputes" }.sorted())
    #expect(Set(names) == Set(Registry.sources.map(\.source)))
  }
}
