import Engine

extension RunEvent {
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
    case .checked(let result): result.members
    case .audited(let checks):
      [
        ("checks", .integer(checks.count)),
        ("failed", .integer(checks.count { $0.status == .failed })),
      ]
    case .computed(let tables):
      [
        ("tables", .integer(tables.count)),
        ("rows", .integer(tables.reduce(0) { $0 + $1.rows })),
      ]
    case .published: []
    case .reportWritten(let file, let sha256): file.members(sha256: sha256)
    case .warning(let message): [("message", .text(message))]
    case .ended(let outcome, let exit, let seconds, let peakMemory, let error):
      [
        ("outcome", .text(outcome.rawValue)), ("exit", .integer(exit.rawValue)),
        ("seconds", .seconds(seconds)),
        ("peak_memory", peakMemory.map { .integer($0) } ?? .null),
        ("message", .optional(error?.message)),
        ("help", .optional(error?.help)), ("next", .optional(error?.next)),
      ]
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

extension CheckResult {
  /// As the log and run.json have it.
  var members: [(String, JSON)] {
    [
      ("check", .text(name)), ("table", .optional(table)), ("severity", .text(severity.rawValue)),
      ("status", .text(status.rawValue)), ("failing", .integer(failing)),
      ("seconds", .seconds(seconds)), ("expectation", .text(expectation)),
      ("rows", .optional(file)), ("reason", .optional(reason)),
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
