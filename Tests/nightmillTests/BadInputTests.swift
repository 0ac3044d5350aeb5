import Foundation
import Testing

/// What an operator may be handed: each is told with its place, its cause and a remedy, with the
/// right exit code, and leaves warehouse and reports byte for byte as they were.
@Suite struct BadInputTests {
  @Test("A file that is not there")
  func missingFile() throws {
    let world = try BadWorld()
    try world.remove("inputs/calls.csv")
    try world.expect(
      1,
      ["Pipelines/tiny.yaml:7", "source calls: no file matches calls*.csv in inputs", "help: put"])
  }

  @Test("A column that is not there")
  func missingColumn() throws {
    let world = try BadWorld()
    try world.write(
      "inputs/calls.csv", "call_id,vendor_id,startd_at,duration_seconds,outcome\nc1,1,x,0,timeout\n"
    )
    try world.expect(
      78,
      [
        "inputs/calls.csv: the column \"started_at\" is missing", "did you mean \"startd_at\"?",
        "found: \"call_id\"",
      ])
  }

  @Test("A file without a byte")
  func emptyFile() throws {
    let world = try BadWorld()
    try world.write("inputs/calls.csv", "")
    try world.expect(
      1, ["inputs/calls.csv: the file is empty: not even a header", "help: export it"])
  }

  @Test("A file with its header alone is a day without calls: no error, and the tables say so")
  func headerOnly() throws {
    let world = try BadWorld()
    try world.write("inputs/calls.csv", BadWorld.header)
    let result = try world.run()
    #expect(result.exit == 0)
    #expect(
      result.err.contains("warning: nothing happened in all days up to 2026-11-15"), "\(result.err)"
    )
  }

  @Test("A line beyond the limit of 64 MiB, in a file that has no line end after its header")
  func endlessLine() throws {
    let world = try BadWorld()
    let name = "\(world.folder)/inputs/calls.csv"
    try world.write("inputs/calls.csv", BadWorld.header)
    // A hole: the file takes no room, and reads as zeros.
    #expect(truncate(name, 80 << 20) == 0)
    try world.expect(
      1,
      ["inputs/calls.csv, byte 54: a line of more than 64 MiB", "help: check that the file is CSV"])
  }

  @Test("A header without an end")
  func endlessHeader() throws {
    let world = try BadWorld()
    try world.write("inputs/calls.csv", "call_id")
    #expect(truncate("\(world.folder)/inputs/calls.csv", 80 << 20) == 0)
    try world.expect(
      1, ["inputs/calls.csv: no end of the header in the first 16 MiB", "help: check the file"])
  }

  @Test("Bytes that are no CSV at all")
  func garbage() throws {
    let world = try BadWorld()
    // An executable stands for whatever was copied there by mistake.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "/bin/sh")).prefix(100_000)
    try world.write("inputs/calls.csv", bytes)
    try world.expect(78, ["inputs/calls.csv: the column ", "is missing", "found: "])
  }

  @Test("Bytes that are no CSV below a header that is right")
  func garbageBelow() throws {
    let world = try BadWorld()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "/bin/sh")).prefix(100_000)
    try world.write("inputs/calls.csv", Data(BadWorld.header.utf8) + bytes)
    try world.expect(
      3,
      [
        "source calls: ", "rows were refused", "\n  calls.csv:2: ", "nothing was published",
        "help: mend",
      ])
  }

  @Test("Rows of which each is wrong")
  func allBad() throws {
    let world = try BadWorld()
    try world.write(
      "inputs/calls.csv", BadWorld.header + BadWorld.rows.replacing("T09", with: "T29"))
    try world.expect(
      3,
      [
        "source calls: 20 of 20 rows were refused, more than 10 % of them; nothing was published",
        "calls.csv:2: type: ", "help: mend the file or its mapping, or raise max_quarantined",
      ])
  }

  @Test("Compressed bytes that are cut short, and some that are damaged")
  func damagedGzip() throws {
    let world = try BadWorld()
    let whole = try Data(contentsOf: URL(fileURLWithPath: "\(world.folder)/Samples/calls.csv.gz"))
    try world.write("inputs/calls.csv", whole.prefix(whole.count / 2))
    try world.expect(
      1,
      [
        "inputs/calls.csv, near byte ", "it ends in the middle of a gzip member",
        "help: copy it again",
      ])
    var damaged = whole
    for index in 20_000..<20_100 { damaged[index] ^= 0x55 }
    try world.write("inputs/calls.csv", damaged)
    try world.expect(
      1, ["inputs/calls.csv, near byte ", "gzip data is damaged", "help: copy the file again"])
  }
}

/// Wrong words in files and on the command line.
@Suite struct BadWordTests {
  @Test(
    "Names, keys, zones and days that are wrong are told with the place and what was meant",
    arguments: [
      (
        "[vendor_connections,", "[vendor_connection,",
        [
          "tiny.yaml:11:10",
          "unknown stage \"vendor_connection\" (did you mean \"vendor_connections\"?)",
        ]
      ),
      (
        "currency: USD}", "currency: USD, curency: EUR}",
        ["tiny.yaml:5:55", "settings: unknown key \"curency\""]
      ),
      (
        "max_quarantined", "max_quarantine",
        ["tiny.yaml:4:1", "unknown key \"max_quarantine\" (did you mean \"max_quarantined\"?)"]
      ),
      (
        "America/New_York", "America/NewYork",
        ["tiny.yaml:5:22", "America/NewYork", "(did you mean \"America/New_York\"?)"]
      ),
      ("USD}", "USX}", ["tiny.yaml:5:50", "USX"]),
      (
        "reports: [weekly-vendors]", "reports: [weekly-vendor]",
        ["tiny.yaml:12:11", "did you mean \"weekly-vendors\"?"]
      ),
      (
        "max_quarantined: 10 %", "max_quarantined: lots",
        ["tiny.yaml:4:18", "expected a percentage from 0 % to 100 %, such as 0.5 %, found lots"]
      ),
      ("name: tiny", "name: [tiny", ["tiny.yaml:", "error: "]),
    ] as [(String, String, [String])])
  func file(old: String, new: String, parts: [String]) throws {
    let world = try BadWorld()
    try world.edit("Pipelines/tiny.yaml", old, new)
    try world.expect(78, parts)
  }

  @Test("A report file that is wrong stops the run before anything is read")
  func report() throws {
    let world = try BadWorld()
    try world.edit("Reports/weekly-vendors.yaml", "title: ", "titel: ")
    try world.expect(
      78, ["Reports/weekly-vendors.yaml:", "unknown key \"titel\" (did you mean \"title\"?)"])
    // Without reports it is nobody's business.
    #expect(try world.run(["--no-reports"]).exit == 0)
  }

  @Test("SQL that asks for a table that is not there leaves the reports of before")
  func sql() throws {
    let world = try BadWorld()
    try world.edit(
      "SQL/reports/weekly-vendors/vendors.sql", "FROM vendor_weekly", "FROM vendor_weakly")
    let report = ["report", "weekly-vendors", "--pipeline", "tiny", "--week", "2026-W46"]
    let result = try Binary.run(report, in: world.folder)
    #expect(result.exit == 78)
    #expect(result.err.contains("SQL/reports/weekly-vendors/vendors.sql: "), "\(result.err)")
    #expect(result.err.contains("vendor_weakly") && result.err.contains("help: "))
    #expect(try world.isUnchanged())
  }

  @Test(
    "Flags that are wrong",
    arguments: [
      (["--set", "timezone=Mars/Olympus"], 64, ["--set", "Mars/Olympus"]),
      (["--set", "colour=red"], 64, ["--set", "unknown key \"colour\""]),
      (["--set", "window"], 64, ["--set"]),
      (
        ["--select", "vendor_conections"], 64,
        ["--select: no stage", "did you mean \"vendor_connections\"?"]
      ),
      (["--warehouse", "sqlite:"], 64, ["names no file"]),
      (["--settings", "none.json"], 78, ["none.json", "does not exist"]),
      (["--inputs", "nowhere"], 1, ["no file matches", "nowhere"]),
    ] as [([String], Int32, [String])])
  func flags(words: [String], exit: Int32, parts: [String]) throws {
    let world = try BadWorld()
    try world.expect(exit, parts, words)
  }

  @Test("A first day after the last")
  func daysTurnedRound() throws {
    let world = try BadWorld()
    let result = try Binary.run(
      ["run", "tiny", "--from", "2026-11-15", "--to", "2026-11-01"], in: world.folder)
    #expect(result.exit == 64)
    #expect(result.err.contains("the last day, 2026-11-01, is before the first, 2026-11-15"))
    #expect(result.err.contains("help: "))
    #expect(try world.isUnchanged())
  }
}
