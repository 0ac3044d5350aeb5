import Engine
import Foundation
import SQLite
import Support
import Testing

@testable import Runner

/// A project of its own with the shipped reports and an empty warehouse, removed when the test
/// ends.
final class ReportBench {
  let folder: String
  let warehouse: SQLiteWarehouse
  let zone: Engine.TimeZone

  init(zone name: String = "America/New_York") throws {
    folder = NSTemporaryDirectory() + "nightmill-reports-" + UUID().uuidString
    let files = FileManager.default
    try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for part in ["Reports", "SQL", "Pipelines"] {
      try files.copyItem(atPath: "\(PipelineWorld.root)/\(part)", toPath: "\(folder)/\(part)")
    }
    zone = try PipelineWorld.loadZone(name)
    warehouse = try SQLiteWarehouse(path: "\(folder)/w.db", moneyDigits: 2, readOnly: false)
    try warehouse.migrate(Project(folder: folder).migrations())
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The samples' whole eight weeks, through the shipped weekly pipeline.
  static func samples() throws -> ReportBench {
    let bench = try ReportBench()
    try bench.warehouse.publish(try sampleTables.get())
    return bench
  }

  /// What the pipeline publishes of the samples: made once, since several tests begin with it.
  private static let sampleTables = Result {
    let bench = try ReportBench()
    var overrides = SettingsOverrides()
    (overrides.from, overrides.to) = ("all", "2026-11-15")
    let project = try Project(folder: bench.folder)
    let pipeline = try project.pipeline("weekly", overrides: overrides)
    var options = RunOptions()
    options.warehouse = "sqlite:\(bench.folder)/w.db"
    options.inputs = "\(PipelineWorld.root)/Samples"
    let window = Window(from: nil, to: try #require(Day("2026-11-15")))
    let plan = try RunPlan(pipeline, window: window, options: options, folder: bench.folder)
    _ = try PipelineRun(plan, migrations: project.migrations(), observer: SilentObserver()).run()
    var changes: [TableChange] = []
    for schema in Registry.tables {
      // Tables that the pipeline does not make are empty.
      let table = try bench.warehouse.read(
        schema, columns: schema.columns.map(\.name), span: .everything)
      if table.count > 0 { changes.append(TableChange(rows: table, replaces: .everything)) }
    }
    return changes
  }

  /// All stages, as a run's record lists them.
  static let stages = Registry.stages.map { $0.name }.joined(separator: " ")

  /// Publishes rows of tables, each value as a canonical CSV would have it, "" for NULL.
  func publish(_ tables: [String: [String]]) throws {
    try warehouse.publish(tables.map { name, lines in try change(name, lines) })
  }

  private func change(_ name: String, _ lines: [String]) throws -> TableChange {
    let schema = try #require(Registry.tables.first { $0.name == name })
    let names = try #require(lines.first).split(separator: ",").map(String.init)
    let rows = lines.dropFirst().map { line in
      Dictionary(
        uniqueKeysWithValues: zip(
          names, line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
    }
    let columns = schema.columns.map { column -> Engine.TableColumn in
      if column.type == .text {
        var texts = TextColumn()
        for row in rows { texts.append(row[column.name]) }
        return .texts(texts)
      }
      return .integers(rows.map { Self.number($0[column.name] ?? "", column.type) })
    }
    return TableChange(rows: Table(schema: schema, columns: columns), replaces: .everything)
  }

  private static func number(_ text: String, _ type: ColumnType) -> Int64 {
    if text.isEmpty { return .absent }
    func scaled(_ digits: Int) -> Int64 {
      NSDecimalNumber(decimal: Decimal(string: text)! * pow(10, digits)).int64Value
    }
    switch type {
    case .money: return scaled(2)
    case .ratio: return scaled(6)
    case .day: return Day(text).map { Int64($0.number) } ?? .absent
    case .instant:
      return Array(text.utf8).withView { Instant.parse($0, zone: .utc).value } ?? .absent
    case .boolean: return text == "true" ? 1 : 0
    default: return Int64(text) ?? .absent
    }
  }

  @discardableResult
  func make(_ names: [String], week: String = "2026-W46") throws -> [WrittenFile] {
    let period = try #require(try ReportPeriod.parse(week: week))
    return try ReportRun(
      project: Project(folder: folder), warehouse: warehouse,
      currency: try #require(Currency(code: "USD")), timeZone: zone, output: "\(folder)/out"
    ).make(names, period: period)
  }

  /// The message of reports that cannot be made.
  func failure(_ names: [String], week: String = "2026-W46") throws -> String {
    do {
      try make(names, week: week)
    } catch let error as RunError {
      return "\(error)".replacingOccurrences(of: folder + "/", with: "")
    }
    Issue.record("the report was made")
    return ""
  }

  func path(_ file: String, week: String = "2026-W46") -> String { "\(folder)/out/\(week)/\(file)" }

  func text(_ file: String, week: String = "2026-W46") throws -> String {
    try String(contentsOfFile: path(file, week: week), encoding: .utf8)
  }

  func write(_ text: String, to file: String) throws {
    let path = "\(folder)/\(file)"
    let parent = URL(filePath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Changes a text of a shipped file, which must be there.
  func edit(_ file: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
    try #require(text.contains(old))
    try write(text.replacingOccurrences(of: old, with: new), to: file)
  }

  func query(_ sql: String, _ types: [String: ColumnType]) throws -> [SQLValue] {
    var values: [SQLValue] = []
    try warehouse.query(sql, parameters: [:], types: types) { row throws(WarehouseError) in
      values += row
    }
    return values
  }
}

extension Dump.Value {
  /// As canonical CSV writes it, by the cell's number format.
  func canonical(_ format: String) -> String {
    switch self {
    case .boolean(let value): return value ? "true" : "false"
    case .text(let text): return text
    case .number(let value):
      if format.contains("%") || format == "#,##0.00" { return Self.fixed(value, 6) }
      return Self.fixed(value, format.contains(".00") ? 2 : 0)
    }
  }

  private static func fixed(_ value: Decimal, _ digits: Int) -> String {
    var (input, rounded) = (value, Decimal())
    NSDecimalRound(&rounded, &input, digits, .plain)
    var text = "\(rounded)"
    if digits == 0 { return text }
    if !text.contains(".") { text += "." }
    let decimals = text.split(separator: ".").count > 1 ? text.split(separator: ".")[1].count : 0
    return text + String(repeating: "0", count: digits - decimals)
  }
}

extension Dump {
  /// The text of a cell, "" if empty.
  func text(_ address: String) -> String {
    if case .text(let text)? = cells[address]?.value { text } else { "" }
  }

  /// The sheet's cells from its header on, row by row, as canonical CSV would have them.
  func rows(_ sheet: String, columns: Int) -> [[String]] {
    var rows: [[String]] = []
    var row = 4
    while cells["\(sheet)!A\(row)"] != nil || cells["\(sheet)!B\(row)"] != nil {
      rows.append(
        (0..<columns).map { column in
          guard let line = cells["\(sheet)!\(Self.letter(column))\(row)"], let value = line.value
          else { return "" }
          return value.canonical(line.format ?? "")
        })
      row += 1
    }
    return rows
  }

  /// `A` to `Z`.
  static func letter(_ column: Int) -> String { String(Unicode.Scalar(UInt8(65 + column))) }
}
