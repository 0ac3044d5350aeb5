import Engine
import YAML

/// Reads report files with the SQL they name, and reports everything that is wrong with any of them
/// at once.
package struct ReportLoader {
  /// The folder of SQL/reports, which names of SQL files start from.
  let sqlFolder: String
  let world: ConfigurationWorld
  /// Decimals of the reporting currency, which amounts in the file may have.
  let moneyDigits: Int

  /// A loader; `sqlFolder` is SQL/reports of the project.
  package init(sqlFolder: String, world: ConfigurationWorld, moneyDigits: Int) {
    self.sqlFolder = sqlFolder
    self.world = world
    self.moneyDigits = moneyDigits
  }

  /// Values that every query may ask for, beside the report's own parameters.
  static let standardParameters: [(name: String, type: ReportType)] = [
    ("from", .day), ("to", .day), ("previous_from", .day), ("previous_to", .day),
    ("from_instant", .instant), ("until_instant", .instant), ("as_of", .day),
    ("year", .integer),
  ]

  /// Reads a report file; problems are collected, and nil is returned where there is one.
  package func load(file: String, problems: Problems) -> Report? {
    let node = world.node(file, problems: problems, absent: { "the report does not exist" })
    guard let node else { return nil }
    let reader = MappingReader(node, what: "report", problems: problems)
    let before = problems.sorted.count
    let report = report(reader, file: file, problems)
    reader.finish()
    return problems.sorted.count == before ? report : nil
  }

  private func report(_ reader: MappingReader, file: String, _ problems: Problems) -> Report? {
    let title = reader.text("title")
    let summary = reader.text("summary", expected: "a sentence")
    let unit = reader.oneOf("period", ReportPeriod.Unit.self)
    let isMadeForEach = reader.contains("each")
    let workbook =
      workbookName(reader, isMadeForEach) ?? (isMadeForEach ? "{key}" : Self.baseName(file))
    let parameters = (reader.optionalEntries("parameters", of: "parameters") ?? []).compactMap {
      parameter($0.key, $0.value)
    }
    let definitions = (reader.optionalEntries("definitions", of: "definitions") ?? []).compactMap {
      entry -> Report.Definition? in
      guard let term = entry.key.text, let text = entry.value.text() else { return nil }
      return Report.Definition(term: term, text: text)
    }
    let own = Self.standardParameters + parameters.map { ($0.name, $0.type) }
    let each = reader.optionalMapping("each", what: "each").flatMap {
      self.each($0, Scope(parameters: own, sheets: []))
    }
    let scope = Scope(parameters: own + (each.map { [($0.key, .text)] } ?? []), sheets: [])
    var sheets: [Report.Sheet] = []
    for value in reader.list("sheets", of: "sheets") ?? [] {
      guard let sheet = sheet(value, scope) else { continue }
      if sheets.contains(where: { $0.name.lowercased() == sheet.name.lowercased() }) {
        value.fail("there are two sheets called \(quote(sheet.name)); rename one")
      }
      sheets.append(sheet)
    }
    let whole = Scope(parameters: scope.parameters, sheets: sheets)
    var tiles: Report.Tiles?
    var lines: [[Report.Block]] = []
    if let own = reader.optionalMapping("page", what: "page") {
      tiles = own.optionalMapping("tiles", what: "tiles").flatMap { self.tiles($0, scope) }
      lines = (own.optionalList("blocks", of: "blocks") ?? []).map { line($0, whole) }
      own.finish()
    }
    var files: [Report.CSVOutput] = []
    for value in reader.optionalList("csv", of: "CSV files") ?? [] {
      guard let output = output(value, whole) else { continue }
      if files.contains(where: { $0.file == output.file }) {
        value.fail("there are two files called \(quote(output.file)); rename one")
      }
      if output.file.contains("{key}") != isMadeForEach {
        value.fail(
          isMadeForEach
            ? "the file is written for each row: its name needs {key}, such as {key}.csv"
            : "{key} stands for a row of `each`, which this report does not have")
      }
      files.append(output)
    }
    let controls = reader.optionalMapping("controls", what: "controls").flatMap {
      self.controls($0, whole)
    }
    guard let title, let summary, let unit else { return nil }
    return Report(
      name: Self.baseName(file), workbook: workbook, title: title, summary: summary, file: file,
      unit: unit, each: each,
      parameters: parameters, definitions: definitions, tiles: tiles, lines: lines, sheets: sheets,
      files: files, controls: controls)
  }

  private func parameter(_ key: Node, _ value: ValueReader) -> Report.Parameter? {
    guard let name = key.text, let reader = value.mapping() else { return nil }
    let type = reader.oneOf("type", ReportType.self)
    let isUnset = reader.contains("value") && reader.optionalValue("value") == nil
    let written = isUnset ? "not set" : reader.text("value")
    let summary = reader.text("summary", expected: "what it decides")
    reader.finish()
    if Self.standardParameters.contains(where: { $0.name == name }) {
      value.problems.add(
        key.mark, "the parameter \(quote(name)) is one that every report has; rename it")
      return nil
    }
    guard let type, let written, let summary else { return nil }
    if isUnset {
      return Report.Parameter(
        name: name, type: type, value: .null, written: written, summary: summary)
    }
    guard type != .text else {
      return Report.Parameter(
        name: name, type: type, value: .text(written), written: written, summary: summary)
    }
    guard let number = ReportFormat.parse(written, type, moneyDigits: moneyDigits) else {
      reader.fail(
        "value",
        "expected \(ReportFormat.expected(type, moneyDigits: moneyDigits)), found \(quote(written))"
      )
      return nil
    }
    return Report.Parameter(
      name: name, type: type, value: .number(number), written: written, summary: summary)
  }

  /// The query with a row for every time that the report is made.
  private func each(_ reader: MappingReader, _ scope: Scope) -> Report.Each? {
    let query = query(reader, scope)
    let key = reader.text("key", expected: "a column of the query")
    reader.finish()
    guard let query, let key else { return nil }
    if scope.parameters.contains(where: { $0.name == key }) {
      reader.fail("key", "the report already has a parameter \(quote(key)); rename one")
    }
    return Report.Each(query: query, key: key, mark: reader.mark)
  }

  /// The workbook's file name without `.xlsx`, in which `{period}` stands for the period's and
  /// `{key}` for what the report is of.
  private func workbookName(_ reader: MappingReader, _ isMadeForEach: Bool) -> String? {
    guard let name = reader.optionalText("workbook", expected: "a file name") else { return nil }
    if name.contains("/") || name.hasPrefix(".") || name.hasSuffix(".xlsx") {
      reader.fail(
        "workbook", "expected a name without .xlsx such as 1099-{period}, found \(quote(name))")
    } else if name.contains("{key}") != isMadeForEach {
      reader.fail(
        "workbook",
        isMadeForEach
          ? "the workbook is written for each row: its name needs {key}"
          : "{key} stands for a row of `each`, which this report does not have")
    }
    return name
  }

  private static func baseName(_ file: String) -> String {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }
}

extension ReportLoader {
  /// What a part of a report file may refer to.
  struct Scope {
    let parameters: [(name: String, type: ReportType)]
    let sheets: [Report.Sheet]

    /// The place of a sheet by name, reporting one there is not.
    func sheet(_ reader: MappingReader) -> Int? {
      guard let name = reader.text("sheet", expected: "the name of a sheet") else { return nil }
      if let index = sheets.firstIndex(where: { $0.name == name }) { return index }
      Self.unknown(
        reader, "sheet", "sheet", name, among: sheets.map(\.name))
      return nil
    }

    /// A column of a sheet by key, reporting one it does not have.
    func column(_ key: String, of sheet: Int, _ value: ValueReader) -> Report.Column? {
      if let column = sheets[sheet].column(key) { return column }
      let keys = sheets[sheet].columns.map(\.key)
      let near = nearest(to: key, in: keys)
      let listed = near == nil ? "; it has \(keys.joined(separator: ", "))" : ""
      value.problems.add(
        value.mark,
        "the sheet \(quote(sheets[sheet].name)) has no column \(quote(key))\(listed)",
        suggestion: near)
      return nil
    }

    /// Reports a name that stands for nothing.
    static func unknown(
      _ reader: MappingReader, _ key: String, _ kind: String, _ name: String, among names: [String]
    ) {
      let near = nearest(to: name, in: names)
      let listed = near == nil ? "; there are \(names.joined(separator: ", "))" : ""
      reader.problems.add(
        reader.mark(of: key), "unknown \(kind) \(quote(name))\(listed)", suggestion: near)
    }
  }

  /// The query of the key `sql`, its parameters checked.
  func query(_ reader: MappingReader, _ scope: Scope) -> Report.Query? {
    guard let name = reader.text("sql", expected: "a file of SQL/reports"),
      let (file, sql) = SQLFile(folder: sqlFolder, world: world).read(
        name, reader, parameters: scope.parameters.map(\.name))
    else { return nil }
    return Report.Query(file: file, sql: sql)
  }
}
