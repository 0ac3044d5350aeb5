import Engine
import Files
import Glibc

extension PipelineCase {
  /// Runs the pipeline on the case's rows, the whole way from files to a warehouse in a folder of
  /// its own, and compares the tables.
  ///
  /// - Returns: What differs, in words; empty where nothing does.
  package func run(_ migrations: [Migration]) throws(RunError) -> [String] {
    let folder = try TemporaryFolder()
    try file { () throws(FileError) in try makeFolder("\(folder.path)/inputs") }
    for source in given {
      try file { () throws(FileError) in
        let file = try AtomicFile("\(folder.path)/inputs/\(source.source)\(source.suffix)")
        try file.write(source.bytes)
        try file.commit()
      }
    }
    var options = RunOptions()
    options.inputs = "\(folder.path)/inputs"
    options.warehouse = "sqlite:\(folder.path)/warehouse.db"
    options.runsChecks = runsChecks
    let plan = try RunPlan(
      pipeline.replacing(sources: pipeline.sources.map(spec)), window: window, options: options,
      folder: folder.path)
    do throws(RunError) {
      _ = try PipelineRun(plan, migrations: migrations, observer: SilentObserver()).run()
    } catch {
      guard let failure else { return ["the run failed: \(error)"] }
      return error.message.contains(failure)
        ? [] : ["expected a failure that says \(quote(failure)), found: \(error.message)"]
    }
    if let failure {
      return ["expected a failure that says \(quote(failure)), and the run was done"]
    }
    let warehouse = try Registry.openWarehouse(
      plan.warehouse, currency: plan.context.currency, readOnly: true)
    var differences: [String] = []
    for table in expected {
      let found = try rows(of: table, in: warehouse, currency: plan.context.currency)
      differences += TableDifference(table, found: found).lines
    }
    return differences
  }

  /// A source as the case has it: its rows under a name of its own, or none.
  private func spec(_ spec: SourceSpec) -> SourceSpec {
    let own = given.first { $0.source == spec.contract.source }
    let isCanonical = own?.isCanonical ?? false
    return SourceSpec(
      contract: spec.contract, mark: spec.mark,
      files: ["\(spec.contract.source)\(own?.suffix ?? ".csv")"], isOptional: true,
      mapping: isCanonical ? nil : spec.mapping, dialect: isCanonical ? Dialect() : spec.dialect,
      timezone: spec.timezone, maxQuarantined: spec.maxQuarantined,
      fields: isCanonical ? nil : spec.fields, columns: isCanonical ? [] : spec.columns,
      conditions: isCanonical ? [] : spec.conditions, canonicalText: spec.canonicalText)
  }

  /// The published rows, of each the key and the columns that are compared, as canonical text.
  private func rows(
    of table: ExpectedTable, in warehouse: any Warehouse, currency: Currency
  ) throws(RunError) -> [[String: String]] {
    let schema = table.schema
    let names = schema.key + table.columns.filter { !schema.key.contains($0) }
    let described = names.map { schema.columns[schema.index(of: $0)] }
    var types: [String: ColumnType] = [:]
    for column in described { types[column.name] = column.type }
    let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
    let order = schema.key.map { "\"\($0)\"" }.joined(separator: ", ")
    let encoder = CSVEncoder(moneyDigits: currency.digits)
    var rows: [[String: String]] = []
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.query(
        "SELECT \(list) FROM \"\(schema.name)\" ORDER BY \(order)", parameters: [:], types: types
      ) { row throws(WarehouseError) in
        let texts = zip(row, described).map { value, column in
          String(
            decoding: Export.field(value, decimals: column.decimals, encoder), as: UTF8.self)
        }
        rows.append(Dictionary(uniqueKeysWithValues: zip(names, texts)))
      }
    }
    return rows
  }
}

/// A folder that goes with everything in it when this ends; only this user may look inside.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws(RunError) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    // mkdtemp puts a name of its own in place of the Xs.
    var template = Array("\(base.isEmpty ? "/tmp" : base)/nightmill-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw RunError(
        .failed, "cannot make a temporary folder: \(String(cString: strerror(errno)))",
        help: "name a folder that may be written to in TMPDIR")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    Self.remove(path)
  }

  /// Removes a file, or a folder with all in it; links are not followed. What cannot be removed is
  /// left for the system's own cleaning of temporary files.
  private static func remove(_ path: String) {
    if unlink(path) == 0 || errno != EISDIR { return }
    for name in Project.list(path) { remove("\(path)/\(name)") }
    rmdir(path)
  }
}
