import Engine

@testable import Metrics

/// Growth figures of transactions written briefly.
struct GrowthCase {
  var harness = Harness(from: "2026-01-01", to: "2026-06-30")
  /// Rows of id, instant, kind, amount, user, product, subscription, interval, count, reference.
  var rows: [String] = []

  private static let header =
    "transaction_id,occurred_at,kind,amount,user_id,product_id,subscription_id,interval,"
    + "interval_count,reference_id,currency"

  /// The changes of the stage's tables.
  func run() throws -> [String: TableChange] {
    let csv = ([Self.header] + rows.map { $0 + ",USD" }).joined(separator: "\n")
    return try harness.run(["ledger", "buyers", "growth_metrics"], ["transactions": csv])
  }

  /// The days on which MRR changes, each with the new amount.
  func steps() throws -> [String] {
    let table = try require(run()["growth_metrics"]).rows
    var steps: [String] = []
    var before = "0.00"
    for line in table.lines(["metric_date", "mrr"]) {
      let fields = line.split(separator: ",").map(String.init)
      if fields[1] != before { steps.append("\(fields[0]) \(fields[1])") }
      before = fields[1]
    }
    return steps
  }
}
