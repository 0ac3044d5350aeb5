import Engine

/// The tables a run keeps about itself.
package enum RunTables {
  /// One row per published run.
  package static let runs = TableSchema(
    name: "runs", summary: "a published run", key: ["run_id"],
    columns: [
      ColumnSchema("run_id", .text),
      ColumnSchema("pipeline", .text),
      ColumnSchema("status", .text),
      ColumnSchema("started_at", .instant),
      ColumnSchema("finished_at", .instant),
      ColumnSchema("from_day", .day, nullable: true),
      ColumnSchema("to_day", .day),
      ColumnSchema("timezone", .text),
      ColumnSchema("currency", .text),
      ColumnSchema("version", .text),
      ColumnSchema("settings", .text),
      ColumnSchema("stages", .text),
      ColumnSchema("rows_read", .integer),
      ColumnSchema("rows_used", .integer),
      ColumnSchema("rows_quarantined", .integer),
    ])

  /// What became of each source's rows in a run.
  package static let sourceCounts = TableSchema(
    name: "source_counts", summary: "what became of a source's rows in a run",
    key: ["run_id", "source"], isPerRun: true,
    columns: [
      ColumnSchema("source", .text),
      ColumnSchema("read", .integer),
      ColumnSchema("used", .integer),
      ColumnSchema("filtered", .integer),
      ColumnSchema("duplicate", .integer),
      ColumnSchema("superseded", .integer),
      ColumnSchema("quarantined", .integer),
      ColumnSchema("run_id", .text, extra: true),
    ])

  /// Every refused record of a run.
  package static let quarantinedRows = TableSchema(
    name: "quarantined_rows", summary: "a record that was refused, and why",
    key: ["run_id", "source", "file", "line"], isPerRun: true,
    columns: [
      ColumnSchema("source", .text),
      ColumnSchema("file", .text),
      ColumnSchema("line", .integer),
      ColumnSchema("column", .text, nullable: true),
      ColumnSchema("reason", .text),
      ColumnSchema("run_id", .text, extra: true),
      ColumnSchema("detail", .text, nullable: true, extra: true),
      ColumnSchema("raw", .text, nullable: true, extra: true),
    ])

  /// What each data check of a run found.
  package static let checkResults = TableSchema(
    name: "check_results", summary: "what a data check of a run found",
    key: ["run_id", "check_name"], isPerRun: true,
    columns: [
      ColumnSchema("check_name", .text),
      ColumnSchema("table_name", .text, nullable: true),
      ColumnSchema("severity", .text),
      ColumnSchema("status", .text),
      ColumnSchema("failing", .integer),
      ColumnSchema("seconds", .ratio, extra: true),
      ColumnSchema("run_id", .text, extra: true),
    ])

  /// All of them.
  package static let all = [runs, sourceCounts, quarantinedRows, checkResults]
}

/// What became of a source's rows, each figure counted by itself: `read` must be the sum of the
/// others, which the data check `reconcile: [sources]` looks at.
package struct SourceCounts: Sendable, Equatable {
  /// The source.
  package let source: String
  /// Records that are not blank lines.
  package var read = 0
  /// Rows that stages were given.
  package var used = 0
  /// Rows that `where` did not want.
  package var filtered = 0
  /// Rows that said the same as a later one with their key.
  package var duplicate = 0
  /// Rows that said something else than a later one with their key.
  package var superseded = 0
  /// Rows that were refused.
  package var quarantined = 0

  /// No rows.
  package init(source: String) { self.source = source }
}
