import Engine
import Foundation
import Runner
import Support
import Testing

/// PostgreSQL at either end, through the command line: the figures are the same, byte for byte.
@Suite struct PostgresTests {
  /// Where a case's rows come from and go to.
  enum Way: String, CaseIterable {
    case filesToPostgres
    case textToSQLite
    case typesToPostgres
  }

  /// Records that are no rows of the header's columns, and bytes that are no text, cannot stand in a
  /// table. Of case 13 little else is left; of the others, what became of each record is not compared.
  private static let broken = ["13-bad-rows", "15-mixed", "16-mixed-levels"]

  @Test(arguments: Way.allCases, ConformanceTests.cases)
  func expectedTables(way: Way, name: String) throws {
    if way != .filesToPostgres, name == "13-bad-rows" { return }
    // Types refuse what the contract would have: these cases have such values on purpose.
    if way == .typesToPostgres, Self.broken.contains(name) { return }
    let folder = "\(Binary.conformance)/\(name)"
    let scratch = try Scratch()
    let server = PostgresServer.shared
    let warehouse =
      way == .textToSQLite ? "sqlite:\(scratch.path)/case.db" : try server.newDatabase()
    var flags = ["--inputs", "\(folder)/inputs"]
    var environment: [String: String] = [:]
    if way != .filesToPostgres {
      let source = try server.newDatabase()
      try QueryProject(scratch.path).make(
        inputs: "\(folder)/inputs", database: source, areTyped: way == .typesToPostgres)
      flags = ["--project", scratch.path]
      environment["APP"] = source
    }
    let run = try Binary.run(
      ["run", "conformance", "--settings", "\(folder)/settings.json", "--no-reports"]
        + ["--warehouse", warehouse] + flags,
      environment: environment)
    try #require(run.exit == 0, "\(run.err)")
    for table in ConformanceTests.expected(of: name) {
      let isOfRecords = ["source_counts", "quarantined_rows"].contains(table)
      if way != .filesToPostgres, isOfRecords, Self.broken.contains(name) { continue }
      let path = "\(folder)/expected/\(table).csv"
      let expected = try String(contentsOfFile: path, encoding: .utf8)
      let header = String(expected.prefix { $0 != "\n" })
      let export = try Binary.run([
        "export", table, "--columns", header, "--to", "\(scratch.path)/out", "--warehouse",
        warehouse,
      ])
      #expect(export.exit == 0, "\(export.err)")
      let found = scratch.text("out/\(table).csv") ?? ""
      #expect(found == expected, "\(table): \(ConformanceTests.difference(found, expected))")
    }
  }

  @Test("A query that does not fit is told before any row is read, with all that is wrong")
  func wrongQuery() throws {
    let scratch = try Scratch()
    let source = try PostgresServer.shared.newDatabase()
    try QueryProject(scratch.path).make(
      queries: ["vendors": "SELECT 1.5::float8 AS name, now() AS extra"], database: source)
    let run = try Binary.run(
      ["run", "conformance", "--to", "2026-11-15", "--from", "all", "--project", scratch.path]
        + ["--warehouse", "sqlite:\(scratch.path)/w.db", "--set", "timezone=UTC"],
      environment: ["APP": source])
    #expect(run.exit == 78)
    #expect(run.err.contains("vendors.sql: the query does not fit the source vendors"))
    #expect(run.err.contains("no column vendor_id, which must be there"))
  }

  @Test("Values that the contract refuses are quarantined with the key of their row")
  func quarantine() throws {
    let scratch = try Scratch()
    let source = try PostgresServer.shared.newDatabase()
    try QueryProject(scratch.path).make(
      queries: [
        "products": """
        SELECT * FROM (VALUES ('p1', 'Tea', NULL::timestamptz), ('p2', NULL, NULL),
          ('p1', 'Tea, green', NULL), ('p3', 'Cup', 'infinity')) AS v (product_id, name, listed_at)
        """
      ], database: source)
    let url = "sqlite:\(scratch.path)/w.db"
    let run = try Binary.run(
      ["run", "conformance", "--to", "2026-11-15", "--from", "all", "--project", scratch.path]
        + ["--warehouse", url, "--set", "timezone=UTC", "--no-reports"],
      environment: ["APP": source])
    try #require(run.exit == 0, "\(run.err)")
    let rows = try Binary.run([
      "query", "SELECT file, line, \"column\", reason, raw FROM quarantined_rows ORDER BY line",
      "--format", "csv", "--warehouse", url,
    ])
    #expect(
      rows.out.split(separator: "\n").dropFirst().map { $0.replacing("\(scratch.path)/", with: "") }
        == [
          "SQL/extract/products.sql,2,name,missing,\"product_id=p2, name=\"",
          "SQL/extract/products.sql,4,listed_at,range,\"product_id=p3, listed_at=out of range\"",
        ])
    let names = try Binary.run([
      "query", "SELECT name FROM product_dimension", "--format", "csv", "--warehouse", url,
    ])
    #expect(names.out == "name\n\"Tea, green\"\n")
  }

  @Test("Ctrl-C ends a query on its server, too")
  func interrupt() throws {
    let scratch = try Scratch()
    let server = PostgresServer.shared
    let source = try server.newDatabase()
    try QueryProject(scratch.path).make(
      queries: ["vendors": "SELECT 'v' AS vendor_id, pg_sleep(100)::text AS name"],
      database: source)
    let running = try Binary.start(
      ["run", "conformance", "--to", "2026-11-15", "--from", "all", "--project", scratch.path]
        + ["--warehouse", "sqlite:\(scratch.path)/w.db", "--set", "timezone=UTC"],
      environment: ["APP": source])
    let asleep =
      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND wait_event = 'PgSleep' "
      + "AND datname = '\(source.split(separator: "/").last ?? "")'"
    for _ in 0..<500 where try server.psql(asleep) != ["1"] { usleep(20_000) }
    running.process.interrupt()
    let result = running.wait()
    #expect(result.exit == 130, "\(result.err)")
    for _ in 0..<100 where try server.psql(asleep) != ["0"] { usleep(20_000) }
    #expect(try server.psql(asleep) == ["0"])
  }

  @Test("No password is shown by a run, by its folder, or by what goes wrong")
  func passwords() throws {
    let url = try PostgresServer.shared.newDatabase(user: "mill:s3cret")
    let inputs = "\(Binary.conformance)/09-products"
    let words = [
      "conformance", "--inputs", "\(inputs)/inputs", "--settings", "\(inputs)/settings.json",
      "--warehouse", url,
    ]
    for command in [["plan"], ["run"], ["run", "--log", "json"]] {
      let result = try Binary.run(command.prefix(1) + words + command.dropFirst())
      #expect(result.exit == 0, "\(result.err)")
      #expect(!(result.out + result.err).contains("s3cret"))
    }
    let failed = try Binary.run(["run", "nightly", "--settings", "nope.json", "--warehouse", url])
    #expect(failed.exit == 78)
    #expect(failed.err.contains("next: nightmill run") && !failed.err.contains("s3cret"))
    let wrong = try Binary.run(["query", "SELECT nope", "--warehouse", url])
    #expect(wrong.exit == 64)
    #expect(wrong.err.contains("nope") && !wrong.err.contains("s3cret"))
  }
}

/// A project whose conformance pipeline reads each source with a query.
struct QueryProject {
  private let folder: String
  private let server: PostgresServer

  init(_ folder: String, _ server: PostgresServer = .shared) {
    self.folder = folder
    self.server = server
  }

  /// A project whose sources are the tables of a database, filled from a case's files.
  func make(inputs: String, database: String, areTyped: Bool) throws {
    var queries: [String: String] = [:]
    let files = try FileManager.default.contentsOfDirectory(atPath: inputs).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    var sql = ""
    for file in files {
      let source = String(file.prefix { $0 != "." && $0 != "-" })
      guard let contract = Registry.sources.first(where: { $0.source == source }) else { continue }
      let path = "\(inputs)/\(file)"
      let header = try python(["--header", path]).trimmingCharacters(in: .newlines)
      sql += "CREATE TABLE IF NOT EXISTS \(source) (place bigserial);\n"
      for column in header.split(separator: ",") {
        sql += "ALTER TABLE \(source) ADD COLUMN IF NOT EXISTS \(column) text;\n"
      }
      sql += "COPY \(source) (\(header)) FROM STDIN (FORMAT csv);\n"
      sql += try python([path]) + "\\.\n"
      let columns = header.split(separator: ",").map { $0.filter { $0 != "\"" } }
      let own = contract.fields.filter { columns.contains($0.name) }
      let known = (queries[source] ?? "").split(separator: "\n").dropFirst().map(String.init)
      let selected = own.map { "  \(Self.expression($0, areTyped)) AS \"\($0.name)\"," }
      queries[source] =
        (["SELECT"] + Set(known + selected).sorted()).joined(separator: "\n")
    }
    for (source, text) in queries {
      queries[source] = text.dropLast() + "\nFROM \(source)\nORDER BY place;\n"
    }
    try make(queries: queries, database: database)
    let path = "\(folder)/load.sql"
    try "SET client_min_messages = warning;\n\(sql)".write(
      toFile: path, atomically: true, encoding: .utf8)
    try server.psql(file: path, on: database)
  }

  /// A project with some queries; the sources without one have no rows.
  func make(queries: [String: String], database: String) throws {
    for name in ["SQL", "Reports", "Pipelines"] {
      try FileManager.default.copyItem(
        atPath: "\(Binary.root)/\(name)", toPath: "\(folder)/\(name)")
    }
    let path = "\(folder)/Pipelines/conformance.yaml"
    let shipped = try String(contentsOfFile: path, encoding: .utf8)
    var lines: [Substring] = []
    for line in shipped.split(separator: "\n", omittingEmptySubsequences: false) {
      lines.append(line)
      guard let source = queries.keys.first(where: { line == "  \($0):" }) else { continue }
      lines += ["    query: \(source).sql"[...], "    connection: ${APP}"[...]]
    }
    // What is said of files does not go with a query.
    var kept: [Substring] = []
    var isQuery = false
    for line in lines {
      if !line.hasPrefix("    ") { isQuery = false }
      if line.hasPrefix("    query:") { isQuery = true }
      let isOfFiles = line.hasPrefix("    files:") || line.hasPrefix("    optional:")
      if !(isQuery && isOfFiles) { kept.append(line) }
    }
    try kept.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    for (source, sql) in queries {
      try sql.write(
        toFile: "\(folder)/SQL/extract/\(source).sql", atomically: true, encoding: .utf8)
    }
  }

  private static func expression(_ field: Field, _ isTyped: Bool) -> String {
    let name = "\"\(field.name)\""
    guard isTyped else { return name }
    let type: String? =
      switch field.type {
      case .text, .currency, .enumerated: nil
      case .instant: "timestamptz"
      case .day: "date"
      case .money, .rate, .exchangeRate: "numeric"
      case .integer: "bigint"
      case .boolean: "boolean"
      }
    return type.map { "nullif(trim(\(name)), '')::\($0)" } ?? name
  }

  private func python(_ words: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "\(Binary.root)/Samples/copy-rows.py"] + words
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }
}
