import Foundation
import Testing

@testable import nightmill

/// What `list`, `export`, `query` and `generate` give to people and to other programs.
@Suite struct ResultTests {
  /// A folder with the warehouse of one case.
  let folder: Scratch

  init() throws {
    folder = try Scratch()
    let inputs = "\(Binary.conformance)/01-vendor-connections"
    let run = try Binary.run([
      "run", "conformance", "--inputs", "\(inputs)/inputs", "--settings",
      "\(inputs)/settings.json", "--warehouse", "sqlite:\(folder.path)/w.db", "--no-reports",
    ])
    try #require(run.exit == 0, "\(run.err)")
  }

  private func run(_ arguments: [String]) throws -> Binary.Result {
    try Binary.run(arguments + ["--warehouse", "sqlite:\(folder.path)/w.db"])
  }

  /// A statement and its result in each format.
  static let queries: [(format: String, result: String)] = [
    (
      "table",
      """
      n  name        amount  void
      -  ----------  ------  ----
      1  a,\\nb\\tc    12.34
      2  \\u{1b}[31m  0.05

      """
    ),
    ("csv", "n,name,amount,void\n1,\"a,\nb\tc\",12.34,\n2,\u{1B}[31m,0.05,\n"),
    (
      "json",
      """
      [
        {"n": 1, "name": "a,\\nb\\tc", "amount": "12.34", "void": null},
        {"n": 2, "name": "\\u001b[31m", "amount": "0.05", "void": null}
      ]

      """
    ),
  ]

  @Test("Each format is exact; text from the data cannot steer a terminal", arguments: queries)
  func query(format: String, result: String) throws {
    let sql = """
      SELECT 1 AS n, 'a,' || char(10) || 'b' || char(9) || 'c' AS name,
        money_text(1234) AS amount, NULL AS void
      UNION ALL SELECT 2, char(27) || '[31m', money_text(5), NULL ORDER BY 1
      """
    let query = try run(["query", sql, "--format", format])
    #expect(query.exit == 0, "\(query.err)")
    #expect(query.out == result)
  }

  @Test(
    "A result without rows still has its columns",
    arguments: [
      ("table", "week\n----\n"), ("csv", "week\n"), ("json", "[]\n"),
    ])
  func noRows(format: String, result: String) throws {
    let query = try run(
      ["query", "SELECT week FROM leads WHERE 1 = 0", "--format", format])
    #expect(query.out == result)
  }

  @Test(
    "Statements that write, or are not SQL, are refused",
    arguments: [
      "DELETE FROM leads", "SELEC 1", "SELECT 1; DROP TABLE leads", "", "SELECT nosuch FROM leads",
    ])
  func refused(sql: String) throws {
    let query = try run(["query", sql])
    #expect(query.exit == 64)
    #expect(query.out.isEmpty)
    #expect(query.err.hasPrefix("error: "))
    #expect(query.err.contains("\n  help: "))
  }

  @Test("A reader that has seen enough (`| head`) ends the query quietly")
  func brokenPipe() throws {
    let sql =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 3000000) SELECT x FROM n"
    let shell = Process()
    let out = Pipe()
    let err = Pipe()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    let path = "sqlite:\(folder.path)/w.db"
    shell.arguments = [
      "-c",
      "'\(Binary.path)' query '\(sql)' --format csv --warehouse '\(path)' | head -n 2; "
        + "echo ${PIPESTATUS[0]}",
    ]
    shell.standardOutput = out
    shell.standardError = err
    try shell.run()
    let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let errors = String(decoding: err.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(text == "x\n1\n0\n")
    #expect(errors.isEmpty)
  }

  @Test("No such warehouse is said before anything is made")
  func noWarehouse() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/none.db"
    for arguments in [
      ["query", "SELECT 1"], ["export", "leads"], ["export", "--to", scratch.path],
    ] {
      let result = try Binary.run(arguments + ["--warehouse", "sqlite:\(path)"])
      #expect(result.exit == 78)
      #expect(result.err.hasPrefix("error: there is no SQLite file \(path)\n"))
    }
    #expect(scratch.names().isEmpty)
  }

  @Test("One table goes to standard output, the same bytes as to a folder")
  func export() throws {
    let scratch = try Scratch()
    let shown = try run(["export", "vendor_weekly"])
    #expect(shown.exit == 0)
    #expect(shown.out.hasPrefix("week,vendor_id,"))
    let written = try run(["export", "vendor_weekly", "--to", "\(scratch.path)/a/b"])
    #expect(written.exit == 0)
    #expect(written.out.isEmpty)
    #expect(scratch.names("a/b") == ["vendor_weekly.csv"])
    #expect(scratch.text("a/b/vendor_weekly.csv") == shown.out)
  }

  @Test(
    "Without names every table but the list of runs is written, and nothing else is left behind")
  func exportAll() throws {
    let scratch = try Scratch()
    #expect(try run(["export", "--to", scratch.path]).exit == 0)
    let tables = try Binary.run(["list", "tables"]).out.split(separator: "\n").map { line in
      "\(line.prefix { $0 != " " }).csv"
    }
    #expect(scratch.names() == tables.filter { $0 != "runs.csv" }.sorted())
  }

  @Test(
    "Amounts have the decimals of the currency that the last run reported in, not the pipeline's")
  func currency() throws {
    let scratch = try Scratch()
    let folder = "\(Binary.conformance)/01-vendor-connections"
    let run = try Binary.run([
      "run", "conformance", "--select", "vendor_dimension", "--inputs", "\(folder)/inputs",
      "--from", "all", "--set", "currency=TND", "--warehouse", "sqlite:\(scratch.path)/w.db",
    ])
    #expect(run.exit == 0, "\(run.err)")
    let amount = try Binary.run(
      [
        "query", "SELECT money_text(1234) AS x", "--format=csv", "--warehouse",
        "sqlite:\(scratch.path)/w.db",
      ])
    #expect(amount.out == "x\n1.234\n", "the Tunisian dinar has three decimals")
  }

  @Test("list names every kind; a selection shows what a run of it would take")
  func list() throws {
    let all = try Binary.run(["list"])
    for heading in ["stages", "sources", "tables", "reports", "pipelines"] {
      #expect(all.out.contains("\(heading)\n"))
    }
    #expect(all.out.contains("\n  conformance  Every source and stage"))
    let selected = try Binary.run(["list", "stages", "--select", "tag:vendors"])
    #expect(selected.out.hasPrefix("vendor_connections  "))
    #expect(selected.out.split(separator: "\n").count == 1)
  }

  @Test("generate makes what was asked for, and does not write over what is there")
  func generate() throws {
    let scratch = try Scratch()
    let arguments = ["generate", "--users", "50", "--calls=20", "--clean", "--to", scratch.path]
    #expect(try Binary.run(arguments).exit == 0)
    let calls = try #require(scratch.text("calls.csv"))
    #expect(calls.split(separator: "\n").count == 21)
    let again = try Binary.run(arguments)
    #expect(again.exit == 1)
    #expect(again.err.contains("expected a folder without generated files"))
    #expect(scratch.text("calls.csv") == calls)
  }

  @Test(
    "The live line tells how far, how fast and how long; no end is foretold past the file's size")
  func progress() {
    let half = Progress.line(source: "calls", bytes: 50, total: 100, rows: 12_000, seconds: 2)
    #expect(half == "calls  ██████████░░░░░░░░░░  12,000 rows  6,000/s  0:02 left")
    let over = Progress.line(source: "calls", bytes: 300, total: 100, rows: 9, seconds: 3)
    #expect(over == "calls  ████████████████████  9 rows  3/s")
    let empty = Progress.line(source: "calls", bytes: 0, total: 0, rows: 0, seconds: 0)
    #expect(empty == "calls  ░░░░░░░░░░░░░░░░░░░░  0 rows")
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func counts(number: Int, text: String) { #expect(Figures.count(number) == text) }
}
