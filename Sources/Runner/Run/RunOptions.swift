import Files

/// What a command line adds to a pipeline.
package struct RunOptions: Sendable {
  /// The stages to run, in dbt's words; nil for all.
  package var select: String?
  /// The stages not to run.
  package var exclude: String?
  /// The warehouse's URL instead of the pipeline's.
  package var warehouse: String?
  /// The base of the sources' relative paths instead of the pipeline's.
  package var inputs: String?
  /// The folder for reports instead of the pipeline's.
  package var output: String?
  /// Threads, batch and chunk sizes: the result never depends on them.
  package var pass = PassOptions()
  /// How many bytes of memory the run may use, as far as it can do with less; nil: no limit.
  package var memory: Int?
  /// Everything but publishing and reports.
  package var isDryRun = false
  /// Whether reports are made after publishing.
  package var makesReports = true
  /// Whether the pipeline's data checks must hold.
  package var runsChecks = true
  /// Whether every table is made anew, forgetting what earlier runs decided.
  package var isFullRefresh = false

  /// A run as the pipeline says.
  package init() {}
}
