import Engine
import Runner
import Synchronization

/// Tells how far a report is that is made for each row of a query: on a terminal one line that is
/// redrawn, elsewhere a line every ten seconds.
final class ReportProgress: Sendable {
  private struct State {
    var began: Int64 = 0
    var told: Int64 = 0
  }

  private let console: Console
  private let state = Mutex(State())

  /// Tells a console.
  init(_ console: Console) { self.console = console }

  /// Tells that `done` of `total` are made.
  func show(_ report: String, done: Int, of total: Int) {
    let now = Clock.now()
    state.withLock { state in
      if done == 0 { state = State(began: now, told: now) }
      if console.isTerminal {
        if done == total { return console.show("\r\u{1B}[K") }
        guard now - state.told >= 100_000 else { return }
        state.told = now
        let line = Self.line(
          report, done, total, bar: Progress.bar(done, of: total),
          seconds: Double(now - state.began) / 1e6)
        console.show("\r\u{1B}[K" + line.prefix(console.width - 1))
      } else if now - state.told >= 10_000_000 {
        state.told = now
        console.note(Self.line(report, done, total, seconds: Double(now - state.began) / 1e6))
      }
    }
  }

  /// What is told: a bar if there is one, how many of how many, and the time left.
  static func line(
    _ report: String, _ done: Int, _ total: Int, bar: String? = nil, seconds: Double
  ) -> String {
    let line =
      "\(report)\(bar.map { "  \($0)  " } ?? ": ")\(Figures.count(done)) of \(Figures.count(total))"
    guard done > 0, done < total, seconds >= 0.5 else { return line }
    return line + ", \(Figures.clock(seconds * Double(total - done) / Double(done))) left"
  }
}
