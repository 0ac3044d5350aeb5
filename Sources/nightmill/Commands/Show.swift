import Engine
import Runner

extension Command {
  static let show = Command(
    name: "show", summary: "a stage's result for some days, publishing nothing",
    details: [
      "The rows that a run over the same days would publish, money as decimals, instants in UTC, "
        + "sorted by key. Stages that it needs are read as published, unless written +STAGE. "
        + "CSV and JSON are of one table: --table says which where a stage makes several.",
      "`show commissions --id ID` tells how one published line came about: clicks, touches, referral, "
        + "sale, rate, line, reversals, payout.",
      "As for `run`, the days are yesterday unless said; the warehouse is only read.",
    ],
    positional: StageResult.positional, flags: StageResult.flags + [ShowCommission.id, .format],
    examples: [
      Example(
        "nightmill show product_analytics --from 2026-11-15 --to 2026-11-15", "a day's rows"),
      Example(
        "nightmill show vendor_connections --table leads --format csv",
        "one table of yesterday, for another program"),
      Example(
        "nightmill show commissions --id 7d87b9bd-fe45-5cc3-a601-ffd88233fbad",
        "why a partner earned this"),
    ],
    run: { arguments, console throws(RunError) in
      if let id = arguments.text(ShowCommission.id) {
        try ShowCommission.run(id, arguments, console)
        return .done
      }
      let format = try arguments.format()
      guard let result = try StageResult(arguments, console) else { return .done }
      if format != .table, result.changes.count > 1 {
        let tables = result.changes.map(\.schema.name).joined(separator: ", ")
        throw RunError(
          .usage, "\(arguments.positionals[0]) makes several tables: \(tables)",
          help: "choose one with --table, or leave --format out")
      }
      let currency = result.plan.context.currency
      for (index, change) in result.changes.enumerated() {
        let shown = ShownTable(change.rows, currency: currency)
        if format == .table, result.changes.count > 1 {
          let rows = Figures.count(shown.rows.count, "row")
          try console.result("\(index == 0 ? "" : "\n")\(change.schema.name): \(rows)\n")
        }
        try console.result(format.bytes(shown.columns, shown.rows))
      }
      return .done
    })
}
