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
    let holds = failing <= maxFailing
    return CheckResult(
      name: name, table: subject?.name, severity: severity, place: "\(mark)",
      expectation: expectation,
      status: holds ? .passed : severity == .error ? .failed : .warned, failing: failing,
      countsRows: countsRows, seconds: now() - began, columns: columns, rows: rows)
  }

  /// Columns that must never be shown, by the names that the contracts give them.
  private static let secrets = Set(
    Registry.sources.flatMap { $0.fields.filter(\.isSecret).map(\.name) })
}

extension CheckResult {
  /// Writes the failing rows to `folder`/<check>.csv, which is made where it is missing; returns the
  /// result with its file. Nothing is written of a check that holds.
  func keepingRows(in folder: String) throws(FileError) -> CheckResult {
    guard status != .passed else { return self }
    try makeFolder(folder)
    var kept = self
    kept.file = "\(folder)/\(name).csv"
    var file = try AtomicFile("\(folder)/\(name).csv")
    try file.write(csv)
    try file.commit()
    return kept
  }
}
