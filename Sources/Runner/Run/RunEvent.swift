import Engine

/// Something that happened in a run: what its journal, its log and a console are made from.
package enum RunEvent: Sendable {
  /// A run begins; its attempt is 1, and one more each time it is retried.
  case began(runID: String, pipeline: String?, attempt: Int)
  /// All files were found and their headers fit.
  case bound([InputFile])
  /// The warehouse is open, and locked unless it is a dry run; the last run published there.
  case opened(lastRun: String?)
  /// A pass over a source begins; `bytes` is what its files hold on disk.
  case sourceBegan(source: String, files: Int, bytes: Int)
  /// The source is read once more from its beginning: rows with the same key differ.
  case sourceRestarted(source: String)
  /// A source has been read.
  case sourceRead(SourceCounts, seconds: Double)
  /// A source was not read: all that needs it was finished by an earlier attempt.
  case sourceSkipped(SourceCounts)
  /// A stage has made its tables.
  case stageFinished(stage: String, rows: Int, seconds: Double)
  /// A stage's tables were made by an earlier attempt.
  case stageReused(stage: String, rows: Int)
  /// The data checks have run on what is about to be published.
  case audited([AuditedCheck])
  /// All stages are finished: what is about to be published.
  case computed([TableSummary])
  /// The tables are published, in one transaction.
  case published
  /// A file of a report has its name.
  case reportWritten(WrittenFile, sha256: String)
  /// Something that a person should know but that stops nothing.
  case warning(String)
  /// The run is over.
  case ended(outcome: RunOutcome, exit: ExitCode, seconds: Double, error: RunError?)

  /// The name in the journal and the log.
  package var name: String {
    switch self {
    case .began: "began"
    case .bound: "bound"
    case .opened: "opened"
    case .sourceBegan: "source_began"
    case .sourceRestarted: "source_restarted"
    case .sourceRead: "source_read"
    case .sourceSkipped: "source_skipped"
    case .stageFinished: "stage_finished"
    case .stageReused: "stage_reused"
    case .computed: "computed"
    case .audited: "audited"
    case .published: "published"
    case .reportWritten: "report_written"
    case .warning: "warning"
    case .ended: "ended"
    }
  }

  /// Whether it is a step that the journal keeps, synced to the disk.
  var isStep: Bool {
    switch self {
    case .opened, .sourceBegan, .sourceRestarted, .sourceSkipped, .stageReused, .computed, .warning:
      false
    default: true
    }
  }

  /// One object for one line: when, what, and its particulars. docs/runs.md describes each.
  package func json(at instant: Int64) -> JSON {
    let head: JSON = ["time": .text(timeText(instant)), "event": .text(name)]
    return head.adding(particulars)
  }

  private var particulars: [(String, JSON)] {
    switch self {
    case .began(let runID, let pipeline, let attempt):
      [
        ("run", .text(runID)), ("pipeline", .optional(pipeline)), ("attempt", .integer(attempt)),
        ("version", .text(Registry.version)),
      ]
    case .bound(let inputs):
      [
        ("files", .integer(inputs.count)),
        ("bytes", .integer(inputs.reduce(0) { $0 + $1.fingerprint.bytes })),
      ]
    case .opened(let lastRun): [("last_run", .optional(lastRun))]
    case .sourceBegan(let source, let files, let bytes):
      [("source", .text(source)), ("files", .integer(files)), ("bytes", .integer(bytes))]
    case .sourceRestarted(let source): [("source", .text(source))]
    case .sourceSkipped(let counts): counts.members
    case .sourceRead(let counts, let seconds): counts.members + [("seconds", .seconds(seconds))]
    case .stageFinished(let stage, let rows, let seconds):
      [("stage", .text(stage)), ("rows", .integer(rows)), ("seconds", .seconds(seconds))]
    case .stageReused(let stage, let rows):
      [("stage", .text(stage)), ("rows", .integer(rows))]
    case .audited(let checks):
      [
        ("checks", .integer(checks.count)),
        ("failed", .integer(checks.count { $0.status == "failed" })),
      ]
    case .computed(let tables):
      [
        ("tables", .integer(tables.count)),
        ("rows", .integer(tables.reduce(0) { $0 + $1.rows })),
      ]
    case .published: []
    case .reportWritten(let file, let sha256): file.members(sha256: sha256)
    case .warning(let message): [("message", .text(message))]
    case .ended(let outcome, let exit, let seconds, let error):
      [
        ("outcome", .text(outcome.rawValue)), ("exit", .integer(exit.rawValue)),
        ("seconds", .seconds(seconds)), ("message", .optional(error?.message)),
        ("help", .optional(error?.help)), ("next", .optional(error?.next)),
      ]
    }
  }
}

/// How a run ended, or that it has not.
package enum RunOutcome: String, Sendable, CaseIterable {
  /// It is under way; or the process was killed, which only the lock of its journal tells apart.
  case running
  /// Its tables are published, and its reports made if it was to make any.
  case published
  /// It did everything but publishing, as it was told to.
  case dryRun = "dry_run"
  /// There was no day to run for.
  case nothingToDo = "nothing_to_do"
  /// It published its tables, but not all of its reports were made.
  case reportsMissing = "reports_missing"
  /// A stage or a file failed: nothing was published.
  case failed
  /// Checks failed or too many rows were refused: nothing was published.
  case rejected
  /// A file of the project or the command line was wrong: nothing was read.
  case configuration
  /// Another run held the lock, or a database could not be reached.
  case unavailable
  /// Stopped by a signal before it published.
  case interrupted
  /// Stopped by `--timeout` before it published.
  case timedOut = "timed_out"
  /// Its process ended without a word: killed, or the machine went down.
  case killed

  /// Whether it did what it was asked to.
  package var isGood: Bool { self == .published || self == .dryRun || self == .nothingToDo }

  /// The outcome of a run that ended in an error before anything was published.
  package init(_ error: RunError) {
    self =
      switch error.exit {
      case .rejected: .rejected
      case .usage, .configuration: .configuration
      case .unavailable: .unavailable
      case .interrupted: .interrupted
      case .terminated: error.isTimeout ? .timedOut : .interrupted
      case .done, .failed: .failed
      }
  }
}

extension SourceCounts {
  /// As the journal and run.json have them.
  var members: [(String, JSON)] {
    [
      ("source", .text(source)), ("read", .integer(read)), ("used", .integer(used)),
      ("filtered", .integer(filtered)), ("duplicate", .integer(duplicate)),
      ("superseded", .integer(superseded)), ("quarantined", .integer(quarantined)),
    ]
  }
}

extension WrittenFile {
  /// As the journal and run.json have it.
  func members(sha256: String) -> [(String, JSON)] {
    [
      ("report", .text(report)), ("path", .text(path)), ("rows", .integer(rows)),
      ("bytes", .integer(bytes)), ("sha256", .text(sha256)),
      ("control_totals", totals.json),
    ]
  }
}

/// An instant in RFC 3339, in UTC, to the microsecond: such texts sort as time does.
func timeText(_ instant: Int64) -> String {
  var bytes: [UInt8] = []
  let fraction = (instant % 1_000_000 + 1_000_000) % 1_000_000
  Instant.append(instant - fraction, to: &bytes)
  return String(decoding: bytes.dropLast(), as: UTF8.self) + "."
    + String(1_000_000 + fraction).dropFirst() + "Z"
}

extension [ControlTotal] {
  /// An object of sums by name.
  var json: JSON { .object(map { JSON.Member(key: $0.name, value: .text($0.value)) }) }
}

extension RunOutcome {
  /// The outcome in words.
  package var words: String { rawValue.replacing("_", with: " ") }
}
