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

  /// The outcome in words.
  package var words: String { rawValue.replacing("_", with: " ") }

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
