import Engine

/// Clicks per partner, day and verdict: metrics.md section 2.
package struct ClickQuality: MetricStage {
  package static let name = "click_quality"
  package static let tags = ["partners", "clicks"]
  package static let summary = "clicks per partner, day and verdict: accepted, or why not"
  package static let upstream = [Timelines.name]
  package static let reads: [SourceRead] = []
  package static let writes = [schema]

  /// One row per partner (empty for codes of none), day and verdict with a click.
  package static let schema = TableSchema(
    name: "click_quality", summary: "clicks of a partner, day and verdict",
    key: ["partner_id", "day", "verdict"], timeColumn: "day",
    columns: [
      ColumnSchema("partner_id", .text),
      ColumnSchema("day", .day),
      ColumnSchema("verdict", .text),
      ColumnSchema("clicks", .integer),
    ])

  private let context: RunContext

  /// The stage of a run.
  package init(_ context: RunContext) { self.context = context }

  /// Nothing: all is made from the timelines.
  package func makePartial() {}

  /// Never called: the stage reads no source.
  package func add(_ batch: Batch, of source: String, to partial: inout Void) throws(StageError) {}

  /// Nothing to add.
  package func merge(_ other: Void, into partial: inout Void) throws(StageError) {}

  /// The table `click_quality` of the window.
  package func finish(_ partial: Void, _ tables: Upstream) throws(StageError) -> [TableChange] {
    let counts = tables.table(Timelines.counts.name)
    let days = counts.integers("day")
    let rows = counts.selecting(
      rows: days.indices.filter { context.window.contains(Int32(days[$0])) })
    return [
      TableChange(
        rows: Table(schema: Self.schema, columns: rows.columns), replaces: context.window.daySpan)
    ]
  }
}
