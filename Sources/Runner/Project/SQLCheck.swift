import Engine
import YAML

/// Compiles SQL files against the warehouse's tables without running them.
struct SQLCheck {
  private let warehouse: any Warehouse
  private let problems: Problems

  init(_ warehouse: any Warehouse, _ problems: Problems) {
    self.warehouse = warehouse
    self.problems = problems
  }

  /// The columns that a file's statement gives; nil after what is wrong was reported.
  func columns(of sql: String, file: String) -> [String]? {
    do throws(WarehouseError) {
      return try warehouse.columns(of: sql)
    } catch {
      problems.add(
        Mark(file: file, line: error.line ?? 1), error.summary, suggestion: error.nearestName)
      return nil
    }
  }
}

extension WarehouseError {
  /// What was answered, without the statement below it.
  var summary: String { String(message.prefix { $0 != "\n" }) }

  /// The table or column nearest to one that the statement names and there is not.
  var nearestName: String? {
    for phrase in ["no such column: ", "no such table: "] {
      guard let range = summary.firstRange(of: phrase) else { continue }
      let name = summary[range.upperBound...].split(separator: ".").last.map(String.init) ?? ""
      let tables = Registry.readable
      let names =
        phrase.contains("table") ? tables.map(\.name) : tables.flatMap { $0.columns.map(\.name) }
      return nearest(to: name, in: names)
    }
    return nil
  }
}
