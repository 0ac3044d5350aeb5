import Engine

/// Clicks per partner, day and verdict: metrics.md section 2.
package struct ClickQuality: DerivedStage {
  package static let name = "click_quality"
  package static let tags = ["partners", "clicks"]
  package static let summary = "clicks per partner, day and verdict: accepted, or why not"
  package static let upstream = [Timelines.name]
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

  /// The table `click_quality` of the window.
  package func finish(_ tables: Upstream) throws(StageError) -> [TableChange] {
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
