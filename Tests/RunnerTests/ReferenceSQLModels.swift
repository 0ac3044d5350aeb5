import CSQLite
import Testing

@testable import Metrics

extension ReferenceDatabase {
  /// Fits the models of customers to the histories that the SQL found: where a likelihood is
  /// greatest is what SQL cannot say. Whether it is greatest there is judged by lifetimes.sql.
  func fitModels() throws {
    let customers = try query(
      """
      SELECT b.days - 1, b.last_day - b.first_day, p.to_day - b.first_day, b.sales - (
        SELECT sum(t.value) FROM trade AS t WHERE t.is_sale AND t.buyer = b.buyer AND t.day = b.first_day)
      FROM bought AS b, params AS p
      """
    ) { statement, columns in columns.map { sqlite3_column_int64(statement, $0) } }
    try execute("CREATE TABLE purchase_model (r REAL, alpha REAL, a REAL, b REAL)")
    try execute("CREATE TABLE spend_model (p REAL, q REAL, gamma REAL)")
    let histories = customers.map {
      PurchaseModel.History(
        repeats: Int32($0[0]), recency: Int32($0[1]), age: Int32($0[2]))
    }
    if let fit = PurchaseModel(fittedTo: histories) {
      try execute(
        "INSERT INTO purchase_model VALUES (\(fit.r), \(fit.alpha), \(fit.a), \(fit.b))")
    }
    let spending = customers.map {
      SpendModel.History(
        purchases: Int32($0[0]), mean: $0[0] == 0 ? 0 : Double($0[3]) / Double($0[0]))
    }
    if let fit = SpendModel(fittedTo: spending) {
      try execute("INSERT INTO spend_model VALUES (\(fit.p), \(fit.q), \(fit.gamma))")
    }
  }
}
