import Engine
import Runner
import Synchronization

/// Shows a run as it goes: on a terminal one line per source that is redrawn, elsewhere plain
/// lines.
final class Progress: RunObserver {
  /// A stage that is finished; without seconds if an earlier attempt did it.
  struct Stage: Sendable {
    let name: String
    let rows: Int
    let seconds: Double?
  }

  /// How far a source has been read.
  private struct Reading {
    let source: String
    let total: Int
    var began = Clock.now()
    var bytes = 0
    var rows = 0
  }

  private struct State {
    /// What is being read: several sources, where queries are read at the same time.
    var reading: [Reading] = []
    var drawn: Int64 = 0
    var hasLiveLine = false
    var stages: [Stage] = []
  }

  private let console: Console
  private let isQuiet: Bool
  private let state = Mutex(State())

  /// Microseconds between two drawings of a line: quick to the eye, nothing to the run.
  private static let pause: Int64 = 100_000

  /// Shows a run.
  init(_ console: Console, isQuiet: Bool) {
    self.console = console
    self.isQuiet = isQuiet
  }

  /// The stages that have ended, in order.
  var stages: [Stage] { state.withLock { $0.stages } }

  func happened(_ event: RunEvent) {
    state.withLock { state in
      switch event {
      case .sourceBegan(let source, let files, let bytes):
        begin(&state, source, files: files, bytes: bytes)
      case .sourceRestarted(let source):
        for index in state.reading.indices where state.reading[index].source == source {
          state.reading[index] = Reading(source: source, total: state.reading[index].total)
        }
        guard !isQuiet, !console.isTerminal else { return }
        console.note("\(source): rows with the same key differ, reading once more")
      case .sourceRead(let counts, let seconds): end(&state, counts, seconds)
      case .sourceSkipped(let counts):
        guard !isQuiet else { return }
        console.note("\(counts.source): not read again, \(Figures.count(counts.read, "row"))")
      case .stageFinished(let stage, let rows, let seconds):
        state.stages.append(Stage(name: stage, rows: rows, seconds: seconds))
      case .stageReused(let stage, let rows):
        state.stages.append(Stage(name: stage, rows: rows, seconds: nil))
      case .warning(let message):
        erase(&state)
        console.warn(message)
      case .ended: erase(&state)
      case .began, .bound, .opened, .computed, .checked, .audited, .published, .reportWritten: break
      }
    }
  }

  private func begin(_ state: inout State, _ source: String, files: Int, bytes: Int) {
    if state.reading.isEmpty { state.drawn = 0 }
    state.reading.append(Reading(source: source, total: bytes))
    guard !isQuiet, files > 0 else { return }
    if console.isTerminal {
      draw(&state, at: Clock.now())
    } else {
      console.note("\(source): reading \(Figures.count(files, "file")), \(fileSize(bytes))")
    }
  }

  private func end(_ state: inout State, _ counts: SourceCounts, _ seconds: Double) {
    erase(&state)
    state.reading.removeAll { $0.source == counts.source }
    guard !isQuiet, counts.read > 0 else { return }
    let rate = seconds > 0 ? Int(Double(counts.read) / seconds) : 0
    console.note(
      "\(counts.source): \(Figures.count(counts.read, "row")) in \(Figures.seconds(seconds)) s"
        + (seconds >= 0.1 ? ", \(Figures.count(rate)) rows/s" : ""))
  }

  func sourceAdvanced(_ source: String, bytes: Int, rows: Int) -> Bool {
    state.withLock { state in
      guard let index = state.reading.firstIndex(where: { $0.source == source }) else { return }
      state.reading[index].bytes += bytes
      state.reading[index].rows += rows
      guard !isQuiet, console.isTerminal else { return }
      let now = Clock.now()
      if now - state.drawn >= Self.pause { draw(&state, at: now) }
    }
    return Interrupt.error == nil
  }

  var stopReason: RunError? { Interrupt.error }

  /// Takes the live line away, before something else is written.
  func finish() { state.withLock { erase(&$0) } }

  private func erase(_ state: inout State) {
    if state.hasLiveLine { console.show("\r\u{1B}[K") }
    state.hasLiveLine = false
  }

  private func draw(_ state: inout State, at now: Int64) {
    state.drawn = now
    state.hasLiveLine = true
    let reading = state.reading
    let began = reading.map(\.began).min() ?? now
    let line = Self.line(
      source: reading.map(\.source).joined(separator: ", "),
      bytes: reading.reduce(0) { $0 + $1.bytes }, total: reading.reduce(0) { $0 + $1.total },
      rows: reading.reduce(0) { $0 + $1.rows }, seconds: Double(now - began) / 1e6)
    console.show("\r\u{1B}[K" + line.prefix(console.width - 1))
  }

  /// The live line: bar, share, rows, rate and time left. Plain text can be longer than its gzipped
  /// file: then no end is foretold.
  static func line(source: String, bytes: Int, total: Int, rows: Int, seconds: Double) -> String {
    var line = "\(source)  \(bar(bytes, of: total))  \(Figures.count(rows)) rows"
    guard seconds >= 0.5, bytes > 0 else { return line }
    line += "  \(Figures.count(Int(Double(rows) / seconds)))/s"
    if bytes < total {
      let left = seconds * Double(total - bytes) / Double(bytes)
      line += "  \(Figures.clock(left)) left"
    }
    return line
  }

  /// Twenty places, filled as far as `done` is of `total`.
  static func bar(_ done: Int, of total: Int) -> String {
    let full = total > 0 ? Int(min(Double(done) / Double(total), 1) * 20) : 0
    return String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
  }
}
