import Foundation
import Testing

/// A new project must work as it is, and never cost anybody a file.
@Suite struct InitTests {
  @Test("A new project is sound, and its first run makes the reports that are promised")
  func works() throws {
    let scratch = try Scratch()
    let made = try Binary.run(["init", "mill"], in: scratch.path)
    #expect(made.exit == 0 && made.err.isEmpty)
    let folder = "\(scratch.path)/mill"
    let doctor = try Binary.run(["doctor"], in: folder)
    #expect(doctor.exit == 0, "\(doctor.out)")
    // The commands that it says come next, word by word.
    #expect(made.out.contains("\n  cd mill\n  nightmill doctor\n"))
    let line = try #require(made.out.split(separator: "\n").last { $0.contains("nightmill run") })
    let words = line.split(separator: " ").dropFirst().map(String.init)
    let run = try Binary.run(words, in: folder)
    #expect(run.exit == 0, "\(run.err)")
    #expect(scratch.names("mill/out/2026-W46").contains("weekly-vendors.xlsx"))
  }

  @Test("Where files are in the way none is written, and they are named")
  func refuses() throws {
    let scratch = try Scratch()
    let folder = "\(scratch.path)/mill/Pipelines"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "mine".write(toFile: folder + "/nightly.yaml", atomically: true, encoding: .utf8)
    let result = try Binary.run(["init", "mill"], in: scratch.path)
    #expect(result.exit == 64)
    #expect(
      result.err == """
        error: nothing was written, since these are there already:
          mill/Pipelines/nightly.yaml
          help: name another folder, or move these away

        """)
    #expect(scratch.text("mill/Pipelines/nightly.yaml") == "mine")
    #expect(scratch.names("mill") == ["Pipelines"] && scratch.names("mill/Pipelines").count == 1)
  }

  @Test("A file in the folder's place, and a project that is none, are told")
  func mistakes() throws {
    let scratch = try Scratch()
    try "x".write(toFile: "\(scratch.path)/mill", atomically: true, encoding: .utf8)
    let file = try Binary.run(["init", "mill"], in: scratch.path)
    #expect(file.exit == 64 && file.err == "error: mill is a file\n  help: name a folder\n")
    let none = try Binary.run(["init", "new", "--from", scratch.path], in: scratch.path)
    #expect(none.exit == 64 && none.err.contains("is not a project to copy"))
    #expect(scratch.names() == ["mill"])
  }

  @Test("A program that was moved away from its project says where it looked")
  func moved() throws {
    let scratch = try Scratch()
    let copy = "\(scratch.path)/bin/nightmill"
    try FileManager.default.createDirectory(
      atPath: "\(scratch.path)/bin", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Binary.path, toPath: copy)
    func start() throws -> (exit: Int32, text: String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: copy)
      process.arguments = ["init", "\(scratch.path)/new"]
      let pipe = Pipe()
      process.standardError = pipe
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
    let lost = try start()
    #expect(lost.exit == 1 && lost.text.contains("/share/nightmill nor a checkout around"))
    // As `make install` leaves it.
    try FileManager.default.createDirectory(
      atPath: "\(scratch.path)/share/nightmill", withIntermediateDirectories: true)
    for part in ["Pipelines", "SQL"] {
      try FileManager.default.copyItem(
        atPath: "\(Binary.root)/\(part)", toPath: "\(scratch.path)/share/nightmill/\(part)")
    }
    #expect(try start().exit == 0)
    #expect(scratch.names("new") == ["Pipelines", "SQL"])
  }
}
