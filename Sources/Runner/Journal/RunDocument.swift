import Engine
import Glibc

/// Everything that `run.json` says; docs/run.schema.json describes it for programs, docs/runs.md for
/// people.
struct RunDocument: Sendable {
  /// The version of the document's form: raised when a member changes its meaning or goes.
  static let schema = 1

  let runID: String
  var attempt = 1
  let startedAt: Int64
  /// The words after the program's name.
  let command: [String]
  let workingDirectory: String
  let project: String

  var planned: PlannedRun?
  var lastRun: String?
  var isOpened = false
  var inputs: [InputFile] = []
  var sources: [(counts: SourceCounts, seconds: Double?)] = []
  var stages: [(name: String, rows: Int, seconds: Double?)] = []
  var tables: [TableSummary] = []
  var checks: [CheckResult] = []
  var files: [(file: WrittenFile, sha256: String)] = []
  var warnings: [String] = []
  var isPublished = false

  var outcome = RunOutcome.running
  var exit: ExitCode?
  var error: RunError?
  var endedAt: Int64?
  /// The most bytes that the last attempt held.
  var peakMemory: Int?

  init(identity: RunIdentity, command: [String], project: String) {
    runID = identity.runID
    startedAt = identity.startedAt
    self.command = command.map { PlannedRun.masked($0) }
    workingDirectory = currentFolder()
    self.project = absolutePath(project)
  }

  /// The document.
  var json: JSON {
    let head: JSON = [
      "schema": .integer(Self.schema),
      "run": .text(runID),
      "outcome": .text(outcome.rawValue),
      "exit": exit.map { .integer($0.rawValue) } ?? .null,
      "error": error.map { ["message": .text($0.message), "help": .text($0.help)] } ?? .null,
      "next": .optional(error?.next),
      "attempt": .integer(attempt),
      "started_at": .text(timeText(startedAt)),
      "ended_at": .optional(endedAt.map(timeText)),
      "seconds": endedAt.map { .seconds(Double($0 - startedAt) / 1e6) } ?? .null,
      "peak_memory": peakMemory.map { .integer($0) } ?? .null,
      "versions": [
        "nightmill": .text(Registry.version), "sqlite": .text(Registry.databaseVersion),
      ],
      "platform": Self.platform,
      "command": .list(command.map { .text($0) }),
      "working_directory": .text(workingDirectory),
      "project": .text(project),
    ]
    return head.adding(planned?.members ?? []).adding([
      ("last_run", .optional(lastRun)),
      ("opened", .boolean(isOpened)),
      ("published", .boolean(isPublished)),
      ("inputs_read", .list(inputs.map(Self.json))),
      (
        "sources",
        .list(sources.map { .object([]).adding($0.counts.members + Self.timing($0.seconds)) })
      ),
      (
        "stages",
        .list(
          stages.map {
            .object([]).adding(
              [("stage", .text($0.name)), ("rows", .integer($0.rows))] + Self.timing($0.seconds))
          })
      ),
      ("tables", .list(tables.map(Self.json))),
      ("checks", .list(checks.map { .object([]).adding($0.members) })),
      ("files", .list(files.map { .object([]).adding($0.file.members(sha256: $0.sha256)) })),
      ("warnings", .list(warnings.map { .text($0) })),
    ])
  }

  /// Seconds, or that an earlier attempt took them.
  private static func timing(_ seconds: Double?) -> [(String, JSON)] {
    [("seconds", seconds.map { .seconds($0) } ?? .null), ("reused", .boolean(seconds == nil))]
  }

  private static func json(_ input: InputFile) -> JSON {
    [
      "source": .text(input.source), "path": .text(absolutePath(input.path)),
      "bytes": .integer(input.fingerprint.bytes),
      "modified_ns": .integer(input.fingerprint.modified),
      "sample_sha256": .text(input.fingerprint.sample),
    ]
  }

  private static func json(_ table: TableSummary) -> JSON {
    [
      "table": .text(table.name), "rows": .integer(table.rows),
      "restated": .integer(table.restated), "retired": .integer(table.retired),
      "control_totals": table.totals.json,
    ]
  }

  private static var platform: JSON {
    var name = utsname()
    uname(&name)
    func text(_ field: some Any) -> JSON {
      withUnsafeBytes(of: field) { bytes in
        .text(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
      }
    }
    return [
      "system": text(name.sysname), "release": text(name.release), "machine": text(name.machine),
      "processors": .integer(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)),
    ]
  }
}

/// The current folder; empty where it cannot be told.
func currentFolder() -> String {
  guard let path = getcwd(nil, 0) else { return "" }
  defer { free(path) }
  return String(cString: path)
}

/// A path that means the same from everywhere; nothing is resolved.
package func absolutePath(_ path: String) -> String {
  if path.hasPrefix("/") { return path }
  let folder = currentFolder()
  if path.isEmpty || path == "." { return folder }
  return folder == "/" ? "/\(path)" : "\(folder)/\(path)"
}
