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

  private static func start(_ job: Job) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = [
      "run", job.pipeline, "--project", PipelineWorld.root, "--inputs", job.inputs,
      "--warehouse", "sqlite:\(job.warehouse)", "--from", job.from ?? "all", "--to", job.to,
      "--set", "timezone=\(job.zone)", "--set", "currency=\(job.currency)", "--quiet",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private static func copy(_ from: Job, to: Job) throws {
    for suffix in ["", "-wal", "-shm", ".lock"] {
      try? FileManager.default.removeItem(atPath: to.warehouse + suffix)
    }
    try FileManager.default.copyItem(atPath: from.warehouse, toPath: to.warehouse)
  }

  /// A power cut, an out-of-memory kill, an impatient operator: readers see the run before or the run after, and the
  /// next run needs no repair.
  @Test(
    "SIGKILL at random moments",
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: program),
      "nightmill is not built beside the tests: build it with `swift build --product nightmill`"))
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
}
