/// Told what a run does, as it does it; may be called from several threads at once.
package protocol RunObserver: Sendable {
  /// A pass over a source begins; `bytes` is what its files hold on disk.
  func sourceBegan(_ source: String, files: Int, bytes: Int)
  /// The source is read once more from its beginning: rows with the same key differ.
  func sourceRestarted(_ source: String)
  /// Some bytes (of the plain text) and records of a source are done. Returns false to stop the
  /// run.
  func sourceAdvanced(_ source: String, bytes: Int, rows: Int) -> Bool
  /// A source has been read.
  func sourceEnded(_ counts: SourceCounts, seconds: Double)
  /// A stage has made its tables.
  func stageEnded(_ stage: String, rows: Int, seconds: Double)
  /// A data check has looked at what is about to be published.
  func checkEnded(_ result: CheckResult)
  /// Something that a person should know but that stops nothing.
  func warning(_ message: String)
}

extension RunObserver {
  /// Most are content with what the run returns.
  package func checkEnded(_ result: CheckResult) {}
}

/// Says nothing, stops nothing: for a run that nobody watches.
package struct SilentObserver: RunObserver {
  /// An observer that does nothing.
  package init() {}

  package func sourceBegan(_ source: String, files: Int, bytes: Int) {}
  package func sourceRestarted(_ source: String) {}
  package func sourceAdvanced(_ source: String, bytes: Int, rows: Int) -> Bool { true }
  package func sourceEnded(_ counts: SourceCounts, seconds: Double) {}
  package func stageEnded(_ stage: String, rows: Int, seconds: Double) {}
  package func warning(_ message: String) {}
}
