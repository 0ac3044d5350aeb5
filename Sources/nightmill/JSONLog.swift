import Runner

/// Shows a run as one JSON object a line, for programs that watch: `--log json`.
struct JSONLog: RunObserver {
  let console: Console

  func happened(_ event: RunEvent) { console.note(event.json(at: Clock.now()).line) }

  func sourceAdvanced(_ source: String, bytes: Int, rows: Int) -> Bool { Interrupt.error == nil }

  var stopReason: RunError? { Interrupt.error }
}
