/// Told what a run does, as it does it; may be called from several threads at once.
package protocol RunObserver: Sendable {
  /// Something happened.
  func happened(_ event: RunEvent)
  /// Some bytes (of the plain text) and records of a source are done. Returns false to stop the
  /// run.
  func sourceAdvanced(_ source: String, bytes: Int, rows: Int) -> Bool
  /// Why the run should stop, nil to go on: asked between steps and checks, and last before
  /// publishing.
  var stopReason: RunError? { get }
}

extension RunObserver {
  /// Tells of something that a person should know but that stops nothing.
  func warning(_ message: String) { happened(.warning(message)) }

  /// Goes on.
  package func sourceAdvanced(_ source: String, bytes: Int, rows: Int) -> Bool { true }
  package var stopReason: RunError? { nil }
}

/// Says nothing, stops nothing: for a run that nobody watches.
package struct SilentObserver: RunObserver {
  /// An observer that does nothing.
  package init() {}

  /// Does nothing.
  package func happened(_ event: RunEvent) {}
}
