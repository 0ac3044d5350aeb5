import Engine

/// The runs that a warehouse says it was made by.
package struct PublishedRuns: Sendable {
  /// A published run.
  package struct Row: Sendable {
    /// Its ID.
    package let runID: String
    /// The pipeline.
    package let pipeline: String
    /// When it began, RFC 3339.
    package let startedAt: String
    /// Seconds until it published.
    package let seconds: Double
    /// The first day, nil for everything there is.
    package let from: Day?
    /// The last day.
    package let to: Day
    /// Rows read and refused.
    package let rows: (read: Int64, quarantined: Int64)
  }

  /// The runs, the last one first.
  package let rows: [Row]

  /// Their IDs.
  package var ids: Set<String> { Set(rows.map(\.runID)) }

  /// The published runs of the warehouse of a URL; none where there is no warehouse, or none that
  /// has had a run yet.
  package init(_ url: String) throws(RunError) {
    // Amounts are not read here, so any currency will do.
    guard Registry.warehouseExists(url), let any = Currency(code: "USD") else {
      rows = []
      return
    }
    let warehouse = try Registry.openWarehouse(url, currency: any, readOnly: true)
    var rows: [Row] = []
    do throws(WarehouseError) {
      try warehouse.query(
        "SELECT run_id, pipeline, started_at, finished_at, from_day, to_day, rows_read, "
          + "rows_quarantined FROM runs ORDER BY started_at DESC, run_id DESC",
        parameters: [:],
        types: [
          "started_at": .instant, "finished_at": .instant, "from_day": .day, "to_day": .day,
          "rows_read": .integer, "rows_quarantined": .integer,
        ]
      ) { row throws(WarehouseError) in
        guard case .text(let runID) = row[0], case .text(let pipeline) = row[1],
          let started = Self.number(row[2]), let finished = Self.number(row[3]),
          let to = Self.number(row[5])
        else { return }
        rows.append(
          Row(
            runID: runID, pipeline: pipeline, startedAt: timeText(started),
            seconds: Double(finished - started) / 1e6,
            from: Self.number(row[4]).map { Day(number: Int32(truncatingIfNeeded: $0)) },
            to: Day(number: Int32(truncatingIfNeeded: to)),
            rows: (Self.number(row[6]) ?? 0, Self.number(row[7]) ?? 0)))
      }
    } catch {
      // A database without the table has no run.
      guard error.kind == .configuration else { throw RunError(error) }
    }
    self.rows = rows
  }

  private static func number(_ value: SQLValue) -> Int64? {
    if case .typed(let number, _) = value, number != .absent { number } else { nil }
  }
}
