import Foundation
import Testing

/// The program as it was built, run as a child process.
enum Binary {
  /// What a child process came to.
  struct Result {
    let exit: Int32
    let out: String
    let err: String
  }

  /// The repository, which is a project.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// The cases with known answers.
  static let conformance = "\(root)/Tests/Fixtures/conformance"

  /// Beside the bundle of the tests.
  static let path: String = {
    let test = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: test ?? "").deletingLastPathComponent().path + "/nightmill"
  }()

  /// Where runs have their folders unless a test says where; removed with the process.
  private static let runs = RunsFolder()

  private final class RunsFolder: Sendable {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("nightmill-runs-\(ProcessInfo.processInfo.processIdentifier)").path

    init() { atexit { try? FileManager.default.removeItem(atPath: Binary.runs.path) } }
  }

  /// Runs it in a folder, by default the repository; without the environment's own settings.
  static func run(
    _ arguments: [String], in folder: String = root, environment: [String: String] = [:]
  ) throws -> Result {
    let process = try start(arguments, in: folder, environment: environment)
    return process.wait()
  }

  /// A child process that is under way.
  struct Running {
    let process: Process
    fileprivate let files: (out: URL, err: URL)

    /// Its result, once it has ended.
    func wait() -> Result {
      process.waitUntilExit()
      defer {
        try? FileManager.default.removeItem(at: files.out)
        try? FileManager.default.removeItem(at: files.err)
      }
      let out = (try? Data(contentsOf: files.out)) ?? Data()
      let err = (try? Data(contentsOf: files.err)) ?? Data()
      return Result(
        exit: process.terminationReason == .exit
          ? process.terminationStatus : 128 + process.terminationStatus,
        out: String(decoding: out, as: UTF8.self), err: String(decoding: err, as: UTF8.self))
    }
  }

  /// Starts it. Output goes to files, which never fill up as pipes do.
  static func start(
    _ arguments: [String], in folder: String = root, environment: [String: String] = [:]
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var values = ProcessInfo.processInfo.environment
    for name in ["NIGHTMILL_WAREHOUSE", "NIGHTMILL_INPUTS", "TERM"] { values[name] = nil }
    values["NIGHTMILL_RUNS"] = runs.path
    process.environment = values.merging(environment) { $1 }
    let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let files = (out: base.appendingPathExtension("out"), err: base.appendingPathExtension("err"))
    for file in [files.out, files.err] {
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    }
    process.standardOutput = try FileHandle(forWritingTo: files.out)
    process.standardError = try FileHandle(forWritingTo: files.err)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return Running(process: process, files: files)
  }
}

/// A folder for one test, removed with it.
final class Scratch: Sendable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("nightmill-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names in a folder of it, sorted; empty where there is no folder.
  func names(_ folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).sorted()
  }

  /// The text of a file in it.
  func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: "\(path)/\(name)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
