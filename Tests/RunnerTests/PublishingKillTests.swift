import Foundation
import Glibc
import Support
import Testing

@testable import Runner

@Suite("Killed at any moment and run again, the warehouse ends as if nothing had happened")
struct PublishingKillTests {
  /// The built program beside the test bundle.
  static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "nightmill").path

  static let isBuilt = FileManager.default.isExecutableFile(atPath: program)
  static let notBuilt: Comment =
    "nightmill is not built beside the tests: build it with `swift build --product nightmill`"

  private static func start(_ job: Job) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = [
      "run", job.pipeline, "--project", PipelineWorld.root, "--inputs", job.inputs,
      "--warehouse", "sqlite:\(job.warehouse)", "--from", job.from ?? "all", "--to", job.to,
      "--set", "timezone=\(job.zone)", "--set", "currency=\(job.currency)",
      "--set", "program=\(job.program)", "--quiet", "--runs", job.warehouse + ".runs",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private static func copy(_ from: Job, to: Job) throws {
    for suffix in ["", "-wal", "-shm", "-journal", ".lock"] {
      try? FileManager.default.removeItem(atPath: to.warehouse + suffix)
    }
    try FileManager.default.copyItem(atPath: from.warehouse, toPath: to.warehouse)
  }

  /// A power cut, an out-of-memory kill, an impatient operator: readers see the run before or the
  /// run after, and the next run needs no repair.
  @Test(
    "SIGKILL at random moments",
    .enabled(if: isBuilt, notBuilt))
  func kill() throws {
    let seed = Soak.seeds([51])[0]
    var random = SeededGenerator(seed: seed)
    let scratch = try Scratch()
    try NastyData(seed: seed, scale: Soak.isOn ? 40 : 12).write(to: scratch.folder("inputs"))
    let base = Job(
      inputs: "\(scratch.path)/inputs", warehouse: "\(scratch.path)/base.db", from: "all",
      to: "2026-10-01")
    try base.run()
    let before = try base.exports()

    var next = base.over("2026-09-01", "2026-11-15")
    next.warehouse = "\(scratch.path)/undisturbed.db"
    try Self.copy(base, to: next)
    let began = Date()
    let undisturbed = try Self.start(next)
    undisturbed.waitUntilExit()
    #expect(undisturbed.terminationStatus == 0)
    let duration = Date().timeIntervalSince(began)
    let after = try next.exports()
    #expect(after != before)

    next.warehouse = "\(scratch.path)/killed.db"
    try Self.copy(base, to: next)
    var killed = 0
    for _ in 0..<(Soak.isOn ? 100 : 10) {
      let process = try Self.start(next)
      // More often near the end, where it publishes.
      let share =
        1 - Double.random(in: 0...1, using: &random) * Double.random(in: 0...1, using: &random)
      usleep(UInt32(share * duration * 1_000_000))
      if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal { killed += 1 }
      let found = try next.exports()
      let isOneOfBoth = found == before || found == after
      #expect(
        isOneOfBoth, "a mix was published, killed after \(share) of the run; NIGHTMILL_SEED=\(seed)"
      )
      if found == after { try Self.copy(base, to: next) }
    }
    #expect(killed > 0, "every run was done before it was killed; NIGHTMILL_SEED=\(seed)")
    let last = try Self.start(next)
    last.waitUntilExit()
    #expect(last.terminationStatus == 0)
    expectSame(try next.exports(), after, "run again after kills, NIGHTMILL_SEED=\(seed)")
  }

  /// The very first run makes the tables too: killed while it does, the next one goes on from
  /// there.
  @Test("SIGKILL while a warehouse is first made", .enabled(if: isBuilt, notBuilt))
  func killFirstRuns() throws {
    let seed = Soak.seeds([52])[0]
    var random = SeededGenerator(seed: seed)
    let scratch = try Scratch()
    try NastyData(seed: seed).write(to: scratch.folder("inputs"))
    var job = Job(
      inputs: "\(scratch.path)/inputs", warehouse: "\(scratch.path)/undisturbed.db", from: "all",
      to: "2026-11-15")
    let began = Date()
    let undisturbed = try Self.start(job)
    undisturbed.waitUntilExit()
    let duration = Date().timeIntervalSince(began)
    let expected = try job.exports()
    let serials = try job.serials()
    for round in 0..<(Soak.isOn ? 20 : 3) {
      job.warehouse = "\(scratch.path)/\(round).db"
      for _ in 0..<4 {
        let process = try Self.start(job)
        usleep(UInt32(Double.random(in: 0.1...1, using: &random) * duration * 1_000_000))
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
      }
      let last = try Self.start(job)
      last.waitUntilExit()
      #expect(last.terminationStatus == 0, "NIGHTMILL_SEED=\(seed)")
      expectSame(try job.exports(), expected, "first run after kills, NIGHTMILL_SEED=\(seed)")
      #expect(try job.serials() == serials, "NIGHTMILL_SEED=\(seed)")
    }
  }

  /// A cron job that overlaps itself: one publishes, the other is told to try later, and nothing is
  /// done twice.
  @Test("runs started at once", .enabled(if: isBuilt, notBuilt))
  func together() throws {
    let scratch = try Scratch()
    try NastyData(seed: 53).write(to: scratch.folder("inputs"))
    var job = Job(
      inputs: "\(scratch.path)/inputs", warehouse: "\(scratch.path)/alone.db", from: "all",
      to: "2026-11-15")
    try job.run()
    let expected = try job.exports()
    job.warehouse = "\(scratch.path)/together.db"
    let processes = try (0..<4).map { _ in try Self.start(job) }
    for process in processes { process.waitUntilExit() }
    let codes = processes.map(\.terminationStatus)
    let done = codes.count { $0 == ExitCode.done.rawValue }
    #expect(done >= 1, "\(codes)")
    #expect(
      codes.allSatisfy { [ExitCode.done, .unavailable].map(\.rawValue).contains($0) }, "\(codes)")
    expectSame(try job.exports(), expected, "started at once")
    #expect(try job.runCount() == done)
  }
}
