import Glibc
import Runner

/// The flags of commands that make or look at runs.
extension Flag {
  static let runs = Flag(
    "runs", "DIR", example: "/var/lib/mill/runs",
    "where each run has its folder (also NIGHTMILL_RUNS; default: runs in the project)")
  static let runID = Flag(
    "run-id", "ID", example: "2026-06-01-nightly",
    "the run's name instead of one made from the time: letters, digits, . _ -")
  static let timeout = Flag(
    "timeout", "DURATION", example: "2h",
    "stops the run after 30s, 10m, 2h, publishing nothing; it ends with 143")
  static let log = Flag(
    "log", "KIND", example: "json",
    "human (the default) or json: one object for each event on standard error")
}

/// What the command line says of runs.
struct RunFlags {
  /// The folder of all runs.
  let runs: String
  let isQuiet: Bool
  let isJSON: Bool

  static let all: [Flag] = [.runID, .timeout, .log, .runs, .quiet]

  /// The same, wherever the process goes.
  var absolute: RunFlags { RunFlags(runs: absolutePath(runs), isQuiet: isQuiet, isJSON: isJSON) }

  private init(runs: String, isQuiet: Bool, isJSON: Bool) {
    self.runs = runs
    self.isQuiet = isQuiet
    self.isJSON = isJSON
  }

  init(_ arguments: Arguments, project: Project) throws(RunError) {
    runs = Self.folder(arguments, project: project)
    isQuiet = arguments.isSet(.quiet)
    switch arguments.text(.log) {
    case nil, "human": isJSON = false
    case "json": isJSON = true
    case let word?:
      throw RunError(
        .usage, "--log: expected human or json, found \"\(word)\"",
        help: "for example --log json")
    }
  }

  /// The folder of all runs: that of `--runs`, of NIGHTMILL_RUNS, or `runs` in the project.
  static func folder(_ arguments: Arguments, project: Project) -> String {
    if let folder = arguments.text(.runs) { return folder }
    guard let value = getenv("NIGHTMILL_RUNS"), value.pointee != 0 else {
      return project.path("runs")
    }
    return String(cString: value)
  }

  /// The seconds of `--timeout`, nil where it is not given.
  static func timeout(_ arguments: Arguments) throws(RunError) -> Int? {
    guard let text = arguments.text(.timeout) else { return nil }
    return try Interrupt.seconds(text)
  }

  /// The ID of a new run, checked if it is given.
  static func identity(_ arguments: Arguments) throws(RunError) -> RunIdentity {
    guard let text = arguments.text(.runID) else { return RunIdentity() }
    guard RunFolder.isID(text) else {
      throw RunError(
        .usage,
        "--run-id: expected up to 100 letters, digits, '.', '_' and '-', beginning with a letter or "
          + "digit, found \"\(text)\"", help: "for example --run-id 2026-06-01-nightly")
    }
    return RunIdentity(runID: text)
  }
}
