import Engine
import Foundation
import Support
import Testing

@testable import Runner

@Suite("The check of attribution finds the sales whose models do not share the same money")
struct AttributionCheckTests {
  private static let models = [
    "first_touch", "last_touch", "linear", "by_position", "time_decay",
  ]

  /// A sale of 10.00 that every model gives to two partners, 4.00 and 6.00, but for what `change`
  /// makes of a model's second share.
  private static func sale(
    _ id: String, day: String = "2026-10-05", change: (String) -> String = { _ in "6.00" }
  ) -> [String] {
    let second = models.map(change).joined(separator: ",")
    return ["\(id),a,\(day),4.00,4.00,4.00,4.00,4.00", "\(id),b,\(day),\(second)"]
  }

  private func found(_ sales: [[String]]) throws -> [String] {
    let bench = try ReportBench()
    try bench.publish([
      "attribution_shares": ["transaction_id,partner_id,day," + Self.models.joined(separator: ",")]
        + sales.flatMap { $0 }
    ])
    let sql = try String(
      contentsOfFile: "\(bench.folder)/SQL/checks/attribution-models.sql", encoding: .utf8)
    let (from, to) = (try #require(Day("2026-10-01")), try #require(Day("2026-10-31")))
    var rows: [String] = []
    try bench.warehouse.query(
      sql,
      parameters: [
        "from": .typed(Int64(from.number), .day), "to": .typed(Int64(to.number), .day),
      ], types: [:]
    ) { row throws(WarehouseError) in
      rows.append(row.map { "\(ReportValue($0))" }.joined(separator: " "))
    }
    return rows
  }

  @Test("nothing where all share the same, and nothing of other days")
  func good() throws {
    let other = Self.sale("z", day: "2026-11-01") { $0 == "last" ? "6.01" : "6.00" }
    #expect(try found([Self.sale("a"), Self.sale("b"), other]) == [])
  }

  @Test("a cent too many or too few by any one model", arguments: models)
  func differs(model: String) throws {
    for share in ["5.99", "6.01"] {
      let rows = try found([Self.sale("a"), Self.sale("b") { $0 == model ? share : "6.00" }])
      #expect(rows.count == 1)
      let (least, most) = share == "5.99" ? ("999", "1000") : ("1000", "1001")
      #expect(rows[0].contains("b") && rows[0].contains(least) && rows[0].contains(most))
    }
  }
}
