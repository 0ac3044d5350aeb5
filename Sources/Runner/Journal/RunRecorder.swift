import Files
import Synchronization

/// Keeps a run's folder up to date: the journal, the log and `run.json`; and passes on what it is
/// told.
package final class RunRecorder: RunObserver {
  /// The run's folder.
  package let folder: RunFolder
  private let next: any RunObserver
  private let state: Mutex<State>

  private struct State {
    var document: RunDocument
    let journal: AppendedFile
    let log: AppendedFile
    /// Why the folder could not be written to.
    var failure: RunError?
  }

  /// Keeps a run's folder, which exists; `command` is the words after the program's name and
  /// `project` the folder of the project.
  package init(
    _ folder: RunFolder, identity: RunIdentity, attempt: Int = 1, command: [String],
    project: String, next: any RunObserver
  ) throws(RunError) {
    self.folder = folder
    self.next = next
    let journal = try file { () throws(FileError) in try AppendedFile.open(folder.journal) }
    let log = try file { () throws(FileError) in try AppendedFile.open(folder.log) }
    guard let journal, let log else {
      throw RunError(
        .unavailable, "run \(folder.runID) is under way",
        help: "wait until it is done; `nightmill history` shows how it ended")
    }
    var document = RunDocument(identity: identity, command: command, project: project)
    document.attempt = attempt
    state = Mutex(State(document: document, journal: journal, log: log))
  }

  /// Keeps an event in the run's folder, then passes it on.
  package func happened(_ event: RunEvent) {
    state.withLock { state in
      state.document.add(event)
      Self.append(event, &state)
      if case .opened = event { Self.write(&state, folder) }
      // Before the next event is kept, so that all who are told hear of things in one order.
      next.happened(event)
    }
  }

  /// Passes progress on; nothing of it is kept.
  package func sourceAdvanced(_ source: String, bytes: Int, rows: Int) -> Bool {
    next.sourceAdvanced(source, bytes: bytes, rows: rows)
  }

  /// A run whose steps cannot be kept stops: it could not be resumed.
  package var stopReason: RunError? { state.withLock { $0.failure } ?? next.stopReason }

  /// Whether a data check of the run has failed.
  package var hasFailedChecks: Bool {
    state.withLock { $0.document.checks.contains { $0.status == .failed } }
  }

  /// What the run is about to do is known.
  package func planned(_ plan: RunPlan, origins: SettingsOrigins) {
    state.withLock { state in
      state.document.planned = PlannedRun(plan, origins: origins)
      Self.write(&state, folder)
    }
  }

  /// The run is over: the last step of the journal, and the document as it stays.
  package func end(_ outcome: RunOutcome, exit: ExitCode, error: RunError? = nil) {
    let instant = Clock.now()
    state.withLock { state in
      state.document.outcome = outcome
      state.document.exit = exit
      state.document.error = error
      state.document.endedAt = instant
      state.document.peakMemory = peakMemory()
      let event = RunEvent.ended(
        outcome: outcome, exit: exit,
        seconds: Double(instant - state.document.startedAt) / 1e6,
        peakMemory: state.document.peakMemory, error: error)
      Self.append(event, &state)
      Self.write(&state, folder)
      next.happened(event)
    }
  }

  private static func append(_ event: RunEvent, _ state: inout State) {
    let line = event.json(at: Clock.now()).line
    do throws(FileError) {
      try state.log.append(line: line, synced: false)
      if event.isStep { try state.journal.append(line: line, synced: !event.isOneOfMany) }
    } catch { state.failure = state.failure ?? RunError(error) }
  }

  private static func write(_ state: inout State, _ folder: RunFolder) {
    do throws(FileError) { try folder.write(state.document.json) } catch {
      state.failure = state.failure ?? RunError(error)
    }
  }
}

extension RunDocument {
  /// Takes in what happened.
  mutating func add(_ event: RunEvent) {
    switch event {
    case .bound(let files): inputs = files
    case .opened(let run): (lastRun, isOpened) = (run, true)
    case .sourceRead(let counts, let seconds): sources.append((counts, seconds))
    case .sourceSkipped(let counts): sources.append((counts, nil))
    case .stageFinished(let stage, let rows, let seconds): stages.append((stage, rows, seconds))
    case .stageReused(let stage, let rows): stages.append((stage, rows, nil))
    case .computed(let summaries): tables = summaries
    case .checked(let result): checks.append(result)
    case .published: isPublished = true
    case .reportWritten(let file, let sha256): files.append((file, sha256))
    case .warning(let message): warnings.append(message)
    case .began, .sourceBegan, .sourceRestarted, .audited, .ended: break
    }
  }
}
