import Foundation
import Testing

@testable import Runner

/// What is wrong is found, said with its remedy, and nothing is changed.
@Suite struct DoctorTests {
  /// A project with a published run.
  private func project() throws -> Scratch {
    let scratch = try Scratch()
    #expect(try Binary.run(["init", "mill"], in: scratch.path).exit == 0)
    let run = ["run", "nightly", "--from", "all", "--to", "2026-11-15", "--no-reports", "--quiet"]
    #expect(try Binary.run(run, in: "\(scratch.path)/mill").exit == 0)
    return scratch
  }

  /// What is not ok, as `status subject`, and the exit code.
  private func findings(
    _ scratch: Scratch, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> (exit: Int32, lines: [String], text: String) {
    let folder = "\(scratch.path)/mill"
    // SQLite leaves an empty log and an index of it beside a file that was only read.
    func names() throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
        !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
      }.sorted()
    }
    let before = try names()
    let json = try Binary.run(
      ["doctor", "--format", "json"] + arguments, in: folder, environment: environment)
    let text = try Binary.run(["doctor"] + arguments, in: folder, environment: environment)
    #expect(json.exit == text.exit)
    #expect(try names() == before)
    let objects = try JSONDecoder().decode([[String: String]].self, from: Data(json.out.utf8))
    for object in objects {
      let isOk = object["status"] == "ok"
      #expect(object["help"]?.isEmpty == isOk, "\(object): what is wrong has a remedy")
    }
    let lines = objects.filter { $0["status"] != "ok" }.map {
      "\($0["status"] ?? "") \($0["check"] ?? "")"
    }
    return (json.exit, lines, text.out)
  }

  @Test("Nothing is wrong with a project that runs; versions are said")
  func sound() throws {
    let (exit, lines, text) = try findings(project())
    #expect(exit == 0 && lines.isEmpty, "\(text)")
    for name in ["nightmill", "SQLite", "libxlsxwriter", "libyaml", "zlib"] {
      #expect(text.contains(try Regex("ok +\(name) +[0-9]+\\.[0-9]+")))
    }
    #expect(text.contains("tzdata 20") && text.contains("opens and is sound"))
    #expect(text.hasSuffix("\n0 problems, 0 warnings\n"))
  }

  @Test("Wrong files, folders and warehouses are problems")
  func problems() throws {
    let scratch = try project()
    let folder = "\(scratch.path)/mill"
    func edit(_ file: String, _ change: (inout Data) -> Void) throws {
      let url = URL(fileURLWithPath: "\(folder)/\(file)")
      var data = try Data(contentsOf: url)
      change(&data)
      try data.write(to: url)
    }
    try edit("Pipelines/weekly.yaml") { $0 += Data("nonsense: 1\n".utf8) }
    try edit("Reports/weekly-products.yaml") { $0 = Data("title: T\n".utf8) }
    try edit("SQL/schema/003-products.sql") { $0 += Data("-- changed\n".utf8) }
    try Data("not a folder".utf8).write(to: URL(fileURLWithPath: "\(folder)/out"))
    let (exit, lines, text) = try findings(
      scratch, ["--inputs", "nowhere"], environment: ["TMPDIR": "\(folder)/none"])
    #expect(exit == 1)
    #expect(
      lines == [
        "problem pipeline weekly", "problem report weekly-products", "problem migrations",
        "problem inputs", "problem output", "problem temporary files",
      ], "\(text)")
    #expect(text.contains("Pipelines/weekly.yaml:"))
    #expect(text.contains("unknown key \"nonsense\""))
    #expect(text.contains("help: restore the file and put the change in a new migration"))
    #expect(text.contains("out is not a folder"))
  }

  @Test("A warehouse that is damaged, or none at all, is a problem")
  func damaged() throws {
    let scratch = try project()
    let path = "\(scratch.path)/mill/warehouse.db"
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    for page in [5, 9, 20, 40] {
      try file.seek(toOffset: UInt64(page * 4096))
      try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    }
    try file.close()
    let (exit, lines, text) = try findings(scratch)
    #expect(exit == 1 && lines == ["problem warehouse"], "\(text)")
    try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
    #expect(try findings(scratch).lines == ["problem warehouse"])
  }

  @Test("A lock that is held, a log that is left over and migrations to come are warnings")
  func warnings() throws {
    let scratch = try project()
    let path = "\(scratch.path)/mill/warehouse.db"
    let descriptor = open("\(path).lock", O_RDWR)
    #expect(flock(descriptor, LOCK_EX) == 0)
    let held = try findings(scratch)
    #expect(held.exit == 0 && held.lines == ["warning lock"])
    #expect(held.text.contains("held by process \(getpid()): a run is under way"))
    close(descriptor)
    try Data("x".utf8).write(to: URL(fileURLWithPath: "\(path)-wal"))
    try "CREATE TABLE more (a INTEGER);\n".write(
      toFile: "\(scratch.path)/mill/SQL/schema/900-more.sql", atomically: true, encoding: .utf8)
    let left = try findings(scratch)
    #expect(left.exit == 0 && left.lines == ["warning log", "warning migrations"], "\(left.text)")
    #expect(left.text.contains("pending: 900-more.sql"))
  }

  @Test("Without a project the rest is examined all the same")
  func outside() throws {
    let scratch = try Scratch()
    let result = try Binary.run(["doctor"], in: scratch.path)
    #expect(result.exit == 1)
    #expect(result.out.contains(try Regex("problem +project +no project here")))
    #expect(result.out.contains(try Regex("ok +time zones")))
  }

  @Test(
    "A clock that cannot be right is told",
    arguments: [
      (0, Doctor.Status.problem), (5_000_000_000_000_000, .problem),
      (1_710_000_000_000_000, .problem),
    ] as [(Int64, Doctor.Status)])
  func clock(now: Int64, status: Doctor.Status) {
    let findings = Doctor(folder: nil, warehouse: nil, inputs: nil, now: now).examine()
    #expect(findings.first { $0.subject == "clock" }?.status == status)
  }

  @Test("A file from the future is told")
  func future() throws {
    let scratch = try project()
    let file = "\(scratch.path)/mill/Samples/vendors.csv"
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: 86_400)], ofItemAtPath: file)
    let (exit, lines, text) = try findings(scratch)
    #expect(exit == 0 && lines == ["warning clock"])
    #expect(text.contains("Samples/vendors.csv was written later"))
  }

  @Test(
    "Passwords are never shown",
    arguments: [
      ("postgres://joe:s3cret@h/db", "postgres://joe:***@h/db"),
      ("see postgres://joe:s@3:cret@h:5432/db.", "see postgres://joe:***@h:5432/db."),
      ("postgres://h/db?password=s3cret&x=1", "postgres://h/db?password=***&x=1"),
      ("postgres://joe@h/db", "postgres://joe@h/db"), ("sqlite:a@b.db", "sqlite:a@b.db"),
      ("a://u:s3cret@h b://v:s3cret@i", "a://u:***@h b://v:***@i"),
    ])
  func passwords(text: String, shown: String) throws {
    #expect(withoutPasswords(text) == shown)
    guard text.hasPrefix("postgres://joe:") else { return }
    let result = try Binary.run(["doctor"], environment: ["NIGHTMILL_WAREHOUSE": text])
    #expect(result.exit == 1)
    #expect(!(result.out + result.err).contains("s3cret"))
    #expect(result.out.contains("postgres://joe:***@h/db: "))
  }
}
