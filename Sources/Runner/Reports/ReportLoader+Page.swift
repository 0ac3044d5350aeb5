import Engine
import Workbook
import YAML

extension ReportLoader {
  func tiles(_ reader: MappingReader, _ scope: Scope) -> Report.Tiles? {
    let query = query(reader, scope)
    var figures: [Report.Figure] = []
    for entry in reader.entries("figures", of: "figures") ?? [] {
      var better: String?
      var target: Int64?
      var targetText = ""
      let column = column(entry.key, entry.value, scope) { reader, type in
        better = reader.optionalOneOf("better", ["higher", "lower"])
        guard let written = reader.optionalText("target"), let type else { return }
        targetText = written
        target = ReportFormat.parse(written, type, moneyDigits: moneyDigits)
        if target == nil {
          reader.fail(
            "target",
            "expected \(ReportFormat.expected(type, moneyDigits: moneyDigits)), found \(quote(written))"
          )
        } else if better == nil {
          reader.fail("target", "a target needs better: higher or better: lower")
        }
      }
      guard let column else { continue }
      figures.append(
        Report.Figure(
          column: column, higherIsBetter: better.map { $0 == "higher" }, target: target,
          targetText: targetText))
    }
    let isCompared = reader.optionalBoolean("compared") ?? true
    reader.finish()
    guard let query, !figures.isEmpty else { return nil }
    return Report.Tiles(
      query: query, mark: reader.mark, isCompared: isCompared, figures: figures)
  }

  /// A block, or a list of blocks side by side.
  func line(_ value: ValueReader, _ scope: Scope) -> [Report.Block] {
    guard value.node.sequence != nil else { return block(value, scope).map { [$0] } ?? [] }
    let blocks = (value.list(of: "blocks") ?? []).compactMap { block($0, scope) }
    let width = blocks.reduce(0) { $0 + $1.width }
    if width > 12 {
      value.fail("the blocks side by side are \(width) columns wide, expected at most 12")
    }
    return blocks
  }

  private func block(_ value: ValueReader, _ scope: Scope) -> Report.Block? {
    guard let reader = value.mapping("block") else { return nil }
    let heading = reader.optionalText("heading")
    let note = reader.optionalText("note")
    let chart = reader.optionalMapping("chart", what: "chart")
    let table = reader.optionalMapping("table", what: "table")
    reader.finish()
    let given = [heading != nil, note != nil, chart != nil, table != nil].filter { $0 }.count
    guard given == 1 else {
      if given > 1 || value.node.mapping?.isEmpty ?? false {
        value.fail("expected one of heading, note, chart, table")
      }
      return nil
    }
    if let heading { return .heading(heading) }
    if let note { return .note(note) }
    if let chart { return self.chart(chart, scope).map { .chart($0) } }
    return table.flatMap { self.table($0, scope) }.map { .table($0) }
  }

  private func chart(_ reader: MappingReader, _ scope: Scope) -> Report.ChartOutline? {
    let kinds: [(word: String, kind: Chart.Kind)] = [
      ("line", .line), ("column", .column), ("stacked_column", .stackedColumn), ("bar", .bar),
      ("doughnut", .doughnut),
    ]
    let word = reader.oneOf("kind", kinds.map(\.word))
    let title = reader.text("title")
    let sheet = scope.sheet(reader)
    let categories = reader.value("categories", expected: "a column of the sheet")
    let series = reader.value("series", expected: "columns of the sheet")
    let top = reader.optionalInteger("top", in: 1...50)
    let width = reader.optionalInteger("width", in: 3...12) ?? 6
    let height = reader.optionalInteger("height", in: 6...40) ?? 14
    reader.finish()
    guard let kind = kinds.first(where: { $0.word == word })?.kind, let title, let sheet,
      let category = categories?.text(), let items = series?.itemOrList(of: "columns")
    else { return nil }
    if let categories { _ = scope.column(category, of: sheet, categories) }
    var types: Set<ReportType> = []
    let names = items.compactMap { item -> String? in
      guard let name = item.text(), let column = scope.column(name, of: sheet, item) else {
        return nil
      }
      types.insert(column.type)
      return name
    }
    if types.count > 1 {
      reader.fail(
        "series",
        "one axis cannot show \(types.map(\.rawValue).sorted().joined(separator: " and ")): make two charts"
      )
    }
    if names.isEmpty { return nil }
    return Report.ChartOutline(
      kind: kind, title: title, sheet: sheet, categories: category, series: names,
      top: top.map(Int.init), width: Int(width), height: Int(height))
  }

  private func table(_ reader: MappingReader, _ scope: Scope) -> Report.TableOutline? {
    let title = reader.text("title")
    let sheet = scope.sheet(reader)
    let top = reader.optionalInteger("top", in: 1...50) ?? 10
    let entries = reader.entries("columns", of: "columns with their widths")
    reader.finish()
    guard let title, let sheet, let entries else { return nil }
    let columns = entries.compactMap { entry -> (key: String, span: Int)? in
      guard let key = entry.key.text, let span = entry.value.integer(in: 1...12),
        scope.column(key, of: sheet, ValueReader(entry.key, label: key, problems: reader.problems))
          != nil
      else { return nil }
      return (key, Int(span))
    }
    return Report.TableOutline(title: title, sheet: sheet, top: Int(top), columns: columns)
  }

  func output(_ value: ValueReader, _ scope: Scope) -> Report.CSVOutput? {
    guard let reader = value.mapping("CSV file") else { return nil }
    let file = reader.text("file", expected: "a file name")
    let sheet = scope.sheet(reader)
    let only = reader.optionalValue("only")
    let audience = reader.optionalOneOf("for", ["people", "import"]) ?? "import"
    let entries = reader.optionalEntries("columns", of: "columns")
    reader.finish()
    if let file, !file.hasSuffix(".csv") || file.contains("/") || file.hasPrefix(".") {
      reader.fail("file", "expected a file name such as vendors.csv, found \(quote(file))")
    }
    guard let file, let sheet else { return nil }
    let condition = only?.text().flatMap { name -> String? in
      guard let only, let column = scope.column(name, of: sheet, only) else { return nil }
      if column.type != .boolean { only.fail("expected a boolean column") }
      return name
    }
    let columns =
      entries?.compactMap { csvColumn($0.key, $0.value, sheet, scope) }
      ?? scope.sheets[sheet].columns.map {
        Report.CSVColumn(header: $0.key, value: .column($0.key), format: .standard)
      }
    return Report.CSVOutput(
      file: file, mark: reader.mark, sheet: sheet, only: condition,
      isForPeople: audience == "people", columns: columns)
  }

  /// A column of a CSV file: the sheet's column by its key, or a mapping.
  private func csvColumn(
    _ key: Node, _ value: ValueReader, _ sheet: Int, _ scope: Scope
  ) -> Report.CSVColumn? {
    guard let header = key.text else { return nil }
    if let name = value.node.scalar?.text {
      guard scope.column(name, of: sheet, value) != nil else { return nil }
      return Report.CSVColumn(header: header, value: .column(name), format: .standard)
    }
    guard let reader = value.mapping("column \(quote(header))") else { return nil }
    let column = reader.optionalValue("column")
    let parameter = reader.optionalText("parameter")
    let constant = reader.optionalText("value")
    let format = reader.optionalOneOf("format", Report.CSVColumn.Format.self) ?? .standard
    reader.finish()
    if let constant, column == nil, parameter == nil {
      return Report.CSVColumn(header: header, value: .constant(constant), format: format)
    }
    var type: ReportType?
    var origin: Report.CSVColumn.Value?
    if let column, parameter == nil, constant == nil {
      guard let name = column.text(), let known = scope.column(name, of: sheet, column) else {
        return nil
      }
      (type, origin) = (known.type, .column(name))
    } else if let parameter, column == nil, constant == nil {
      guard let known = scope.parameters.first(where: { $0.name == parameter }) else {
        Scope.unknown(
          reader, "parameter", "parameter", parameter, among: scope.parameters.map(\.name))
        return nil
      }
      (type, origin) = (known.type, .parameter(parameter))
    }
    guard let type, let origin else {
      value.fail("expected one of column, parameter, value")
      return nil
    }
    if format == .usDate, ![.day, .week, .instant].contains(type) {
      reader.fail("format", "us_date needs a day or an instant, and this is \(type.rawValue)")
    }
    return Report.CSVColumn(header: header, value: origin, format: format)
  }

  func controls(_ reader: MappingReader, _ scope: Scope) -> Report.Controls? {
    let query = query(reader, scope)
    var figures: [Report.ControlFigure] = []
    for entry in reader.entries("figures", of: "figures") ?? [] {
      var equals: [Report.Reference] = []
      var compares: [Report.Reference] = []
      let column = column(entry.key, entry.value, scope) { reader, _ in
        equals = references(reader, "equals", scope)
        compares = references(reader, "compare", scope)
      }
      guard let column else { continue }
      if !column.type.isAdditive {
        entry.value.fail("a control figure is integer or money, found \(column.type.rawValue)")
      }
      figures.append(Report.ControlFigure(column: column, equals: equals, compares: compares))
    }
    reader.finish()
    guard let query else { return nil }
    return Report.Controls(query: query, mark: reader.mark, figures: figures)
  }

  /// `Vendors.attempts` is a sum, `Vendors.rows` a number of rows.
  private func references(
    _ reader: MappingReader, _ key: String, _ scope: Scope
  ) -> [Report.Reference] {
    let items = reader.optionalValue(key)?.itemOrList(of: "columns such as Vendors.attempts") ?? []
    return items.compactMap { item in
      guard let text = item.text() else { return nil }
      guard let dot = text.lastIndex(of: ".") else {
        item.fail("expected a sheet and its column such as Vendors.attempts, found \(quote(text))")
        return nil
      }
      let name = String(text[..<dot])
      let column = String(text[text.index(after: dot)...])
      guard let sheet = scope.sheets.firstIndex(where: { $0.name == name }) else {
        Scope.unknown(reader, key, "sheet", name, among: scope.sheets.map(\.name))
        return nil
      }
      if column == "rows" { return Report.Reference(sheet: sheet, column: nil, text: text) }
      guard let known = scope.column(column, of: sheet, item) else { return nil }
      if !known.type.isAdditive { item.fail("\(quote(column)) cannot be added up") }
      return Report.Reference(sheet: sheet, column: column, text: text)
    }
  }
}
