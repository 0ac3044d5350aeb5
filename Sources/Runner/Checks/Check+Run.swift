import Engine
import Files

extension Check {
  /// Looks for failing rows in a warehouse.
  func run(
    on warehouse: any Warehouse, in context: CheckContext
  ) throws(WarehouseError) -> CheckResult {
    let began = now()
    let query = CheckQuery(self, in: context)
    let encoder = CSVEncoder(moneyDigits: context.currency.digits)
    var failing = 0
    var rows: [[String]] = []
    var columns: [String] = []
    do throws(WarehouseError) {
      columns = try warehouse.query(
        query.sql, parameters: query.parameters, types: query.types
      ) { row throws(WarehouseError) in
        failing += 1
        guard rows.count < CheckResult.kept else { return }
        rows.append(row.map { String(decoding: Export.field($0, encoder), as: UTF8.self) })
      }
    } catch {
      throw WarehouseError(error.kind, "\(mark): check \(name): \(error.message)", help: error.help)
    }
    for (index, column) in columns.enumerated() where Self.secrets.contains(column) {
      for row in rows.indices where !rows[row][index].isEmpty { rows[row][index] = "•••" }
    }
    return result(
      failing: failing, seconds: now() - began, columns: columns, rows: rows)
  }

  private func result(
    failing: Int, seconds: Double, columns: [String] = [], rows: [[String]] = []
  ) -> CheckResult {
    CheckResult(
      name: name, table: subject?.name, severity: severity, place: "\(mark)",
      expectation: expectation,
      status: failing <= maxFailing ? .passed : severity == .error ? .failed : .warned,
      failing: failing, countsRows: countsRows, seconds: seconds, columns: columns, rows: rows)
  }

  /// Runs several checks and tells each result, in their order; those that cannot be judged are
  /// skipped. Those that look at the single rows of one table share a pass over it; only where it
  /// finds failing rows are they looked for.
  static func run(
    _ checks: [Check], on warehouse: any Warehouse, in context: CheckContext,
    covered coverage: CheckCoverage,
    _ tell: (CheckResult) throws(WarehouseError) -> Void
  ) throws(WarehouseError) {
    var held: [String: Double] = [:]
    var obstacles: [String: String] = [:]
    for check in checks { obstacles[check.name] = coverage.obstacle(to: check) }
    let single = checks.filter {
      $0.isOfSingleRows && $0.subject != nil && obstacles[$0.name] == nil
    }
    let groups = Dictionary(grouping: single) { "\($0.subject?.name ?? "") \($0.scope)" }
    for group in groups.values.filter({ $0.count > 1 }) {
      guard let table = group[0].subject else { continue }
      let began = now()
      let query = CheckQuery(counting: group, of: table, in: context)
      var counts: [SQLValue] = []
      do throws(WarehouseError) {
        try warehouse.query(query.sql, parameters: query.parameters, types: [:]) {
          row throws(WarehouseError) in counts = row
        }
      } catch {
        // Which of them it is about shows when they run one by one.
        continue
      }
      let share = (now() - began) / Double(group.count)
      for (check, count) in zip(group, counts) where count == .integer(0) {
        held[check.name] = share
      }
    }
    for check in checks {
      if let reason = obstacles[check.name] {
        try tell(check.skipped(because: reason))
      } else if let seconds = held[check.name] {
        try tell(check.result(failing: 0, seconds: seconds))
      } else {
        try tell(try check.run(on: warehouse, in: context))
      }
    }
  }

  /// Columns that must never be shown, by the names that the contracts give them.
  private static let secrets = Set(
    Registry.sources.flatMap { $0.fields.filter(\.isSecret).map(\.name) })
}

extension CheckResult {
  /// Writes the failing rows to `folder`/<check>.csv, which is made where it is missing; returns
  /// the result with its file. Nothing is written of a check that holds, or of one figure, which the
  /// message shows in full.
  func keepingRows(in folder: String) throws(FileError) -> CheckResult {
    guard status == .warned || status == .failed, countsRows else { return self }
    try makeFolder(folder)
    var kept = self
    kept.file = "\(folder)/\(name).csv"
    let file = try AtomicFile("\(folder)/\(name).csv")
    try file.write(csv)
    try file.commit()
    return kept
  }
}
