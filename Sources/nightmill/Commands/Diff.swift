import Engine
import Runner

extension Command {
  static let diff = Command(
    name: "diff", summary: "a stage's result against what is published, publishing nothing",
    details: [
      "What a run over the same days would change: rows added, removed and changed by key, and the "
        + "columns that move. A table has the summary and the first rows (--rows N); CSV and JSON "
        + "have a line for each row added or removed and each value that differs.",
      "Ends with 0 whether or not anything differs. As for `run`, the days are yesterday unless "
        + "said; the warehouse is only read.",
    ],
    positional: StageResult.positional, flags: StageResult.flags + [rows, .format],
    examples: [
      Example(
        "nightmill diff vendor_connections --from 2026-11-09 --to 2026-11-15",
        "what running the last week again would change"),
      Example(
        "nightmill diff vendor_connections --set default_booking_value=7.50",
        "what another setting would change"),
    ],
    run: { arguments, console throws(RunError) in
      let format = try arguments.format()
      let limit = try arguments.integer(rows, in: 0...1_000_000) ?? 20
      guard let result = try StageResult(arguments, console) else { return .done }
      let currency = result.plan.context.currency
      var warehouse: (any Warehouse)?
      if Registry.warehouseExists(result.plan.warehouse) {
        warehouse = try Registry.openWarehouse(
          result.plan.warehouse, currency: currency, readOnly: true)
      }
      var differences: [ChangeDifference] = []
      for change in result.changes {
        differences.append(
          try ChangeDifference(change, published: warehouse, currency: currency))
      }
      guard format == .table else {
        try console.result(format.bytes(columns, differences.flatMap { lines($0, limit: nil) }))
        return .done
      }
      var summary = TextColumns()
      summary.add(["table", "added", "removed", "changed", "same", "columns that move"])
      for difference in differences { summary.add(counts(difference)) }
      try console.result(summary.text)
      for difference in differences where !difference.rows.isEmpty && limit > 0 {
        let shown = lines(difference, limit: limit)
        try console.result("\n")
        try console.result(format.bytes(columns, shown))
        let more = difference.rows.count - min(limit, difference.rows.count)
        if more > 0 {
          console.note("and \(Figures.count(more, "more row")): --rows N or --format csv")
        }
      }
      return .done
    })

  private static let rows = Flag(
    "rows", "N", example: "100", "how many rows of each table are shown (default: 20)")
  private static let columns = ["table", "change", "key", "column", "published", "computed"]

  private static func counts(_ difference: ChangeDifference) -> [String] {
    let moved = difference.moved.map { "\($0.column) \(Figures.count($0.rows))" }
    let figures = [
      difference.count(.added), difference.count(.removed), difference.count(.changed),
      difference.same,
    ]
    return [difference.table] + figures.map(Figures.count) + [moved.joined(separator: ", ")]
  }

  private static func lines(_ difference: ChangeDifference, limit: Int?) -> [[ShownValue]] {
    difference.rows.prefix(limit ?? .max).flatMap { row -> [[ShownValue]] in
      let key = zip(difference.key, row.key).map { "\($0)=\($1)" }.joined(separator: " ")
      let head: [ShownValue] = [.text(difference.table), .text(row.kind.rawValue), .text(key)]
      if row.moves.isEmpty { return [head + [.null, .null, .null]] }
      return row.moves.map { head + [.text($0.column), $0.published, $0.computed] }
    }
  }
}
