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
  /// A data check has looked at what is about to be published.
  case checked(CheckResult)
  /// The data checks have run on what is about to be published.
  case audited([CheckResult])
  /// All stages are finished: what is about to be published.
  case computed([TableSummary])
  /// The tables are published, in one transaction.
  case published
  /// A file of a report has its name.
  case reportWritten(WrittenFile, sha256: String)
  /// Something that a person should know but that stops nothing.
  case warning(String)
  /// The run is over.
  case ended(
    outcome: RunOutcome, exit: ExitCode, seconds: Double, peakMemory: Int?, error: RunError?)

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
    case .checked: "checked"
    case .audited: "audited"
    case .published: "published"
    case .reportWritten: "report_written"
    case .warning: "warning"
    case .ended: "ended"
    }
  }

  /// Whether it is one of a folder's many files, of which a disk must not be told one by one: the next
  /// step takes them along.
  var isOneOfMany: Bool {
    if case .reportWritten(let file, _) = self { file.folder != nil } else { false }
  }

  /// Whether it is a step that the journal keeps, synced to the disk.
  var isStep: Bool {
    switch self {
    case .opened, .sourceBegan, .sourceRestarted, .sourceSkipped, .stageReused, .computed, .checked,
      .warning:
      false
    default: true
    }
  }
}
