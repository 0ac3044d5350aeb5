import Engine
import YAML

/// Reads the sources of a pipeline with the mapping files they name.
struct SourceReader {
  let known: KnownNames
  let world: ConfigurationWorld
  let problems: Problems
  /// The folder of the mapping files.
  let mappings: String
  /// What may be quarantined where a source says nothing.
  let maxQuarantined: Percentage
  /// The folder of the sources' queries.
  var queries = "SQL/extract"
  /// The pipeline's databases: URLs by name.
  var connections: [String: String] = [:]

  /// One source of the pipeline; nil after what is wrong was reported.
  func source(_ key: Node, _ value: ValueReader) -> SourceSpec? {
    let name = key.text ?? ""
    let names = known.sources.map(\.source)
    guard let contract = known.sources.first(where: { $0.source == name }) else {
      let near = nearest(to: name, in: names)
      let listed = near == nil ? "; expected \(names.joined(separator: ", "))" : ""
      problems.add(key.mark, "unknown source \(quote(name))\(listed)", suggestion: near)
      return nil
    }
    let what = "source \(quote(name))"
    guard value.node.mapping != nil else {
      problems.add(
        value.mark, "\(what): expected a mapping with files, found \(value.node.foundDescription)")
      return nil
    }
    if value.node["query"] != nil {
      let reader = MappingReader(value.node, what: what, problems: problems)
      return query(contract, reader)
    }
    var node = value.node
    var mapping: String?
    if let named = node["mapping"], !named.isNull {
      mapping = ValueReader(named, label: "\"mapping\" in \(what)", problems: problems).text()
      if let mapping, let below = mappingNode(mapping, at: named.mark, what: what) {
        node = MappingOverlay.source(node, over: below)
      }
    }
    return source(contract, MappingReader(node, what: what, problems: problems), mapping)
  }

  private func source(
    _ contract: Contract, _ reader: MappingReader, _ mapping: String?
  ) -> SourceSpec? {
    _ = reader.contains("mapping")
    _ = reader.contains("query")
    for key in ["connection", "split_by"] where reader.contains(key) {
      reader.fail(key, "is for a source with a query; this one has files")
    }
    let files = reader.textOrList("files", of: "paths and globs")
    if files?.contains("") ?? false || files?.isEmpty ?? false {
      reader.fail("files", "expected a path or glob such as calls*.csv*, found nothing")
    }
    let isOptional = reader.optionalBoolean("optional") ?? false
    _ = reader.optionalText("summary")
    let quarantine = reader.optionalPercentage("max_quarantined") ?? maxQuarantined
    let zone = reader.optionalValue("timezone").flatMap(world.zone) ?? .utc
    let dialect = dialect(reader)
    let fields = fields(reader, dialect)
    let expressions = ExpressionReader(problems: problems) { name, value in
      check(column: name, value, dialect, fields)
    }
    let columns = columns(reader, contract, expressions)
    let conditions = reader.optionalList("where", of: "conditions") ?? []
    let specs = conditions.compactMap(expressions.condition)
    let canonical = canonicalText(reader, dialect, zone, fields)
    reader.finish()
    guard let files else { return nil }
    return SourceSpec(
      contract: contract, mark: reader.mark, files: files, isOptional: isOptional,
      mapping: mapping, dialect: dialect, timezone: zone, maxQuarantined: quarantine,
      fields: fields, columns: columns, conditions: specs, canonicalText: canonical)
  }

  private func mappingNode(_ name: String, at mark: Mark, what: String) -> Node? {
    let path = mappings + "/" + name + ".yaml"
    if case .absent = world.readFile(path) {
      let there = world.listFolder(mappings).filter { $0.hasSuffix(".yaml") }
        .map { String($0.dropLast(5)) }.sorted()
      let near = nearest(to: name, in: there)
      let listed =
        there.isEmpty
        ? "; the folder \(mappings) has none"
        : near == nil ? "; there are \(there.joined(separator: ", "))" : ""
      problems.add(
        mark, "\(what): there is no mapping \(quote(name)) (\(path))\(listed)", suggestion: near)
      return nil
    }
    guard let node = world.node(path, problems: problems, absent: { "the file does not exist" })
    else { return nil }
    let reader = MappingReader(node, what: "mapping \(quote(name))", problems: problems)
    for key in MappingOverlay.keys { _ = reader.contains(key) }
    for key in MappingOverlay.pipelineKeys where reader.contains(key) {
      let mark = node.mapping?.first { $0.key.text == key }?.key.mark ?? node.mark
      problems.add(
        mark,
        "\(reader.what): \(quote(key)) is not part of a mapping; say it in the pipeline, beside \"mapping\""
      )
    }
    reader.finish()
    // Its unknown keys are reported; they must not be taken for the source's.
    let entries = node.mapping?.filter { MappingOverlay.keys.contains($0.key.text ?? "") }
    return entries.map { Node(.mapping($0), mark: node.mark) }
  }

  private func columns(
    _ reader: MappingReader, _ contract: Contract, _ expressions: ExpressionReader
  ) -> [ColumnSpec] {
    let columns = ColumnReader(expressions: expressions, problems: problems)
    let entries = reader.optionalEntries("columns", of: "columns and where they come from") ?? []
    return entries.compactMap { key, value in
      let name = key.text ?? ""
      guard let field = contract.fields.first(where: { $0.name == name }) else {
        let names = contract.fields.map(\.name)
        let near = nearest(to: name, in: names)
        let listed = near == nil ? "; it has \(names.joined(separator: ", "))" : ""
        problems.add(
          key.mark, "\(reader.what) has no column \(quote(name))\(listed)", suggestion: near)
        return nil
      }
      let spelledOut = ValueReader(
        MappingOverlay.spelledOut(value.node), label: value.label, problems: problems)
      return columns.column(field, spelledOut)
    }
  }

  private func dialect(_ reader: MappingReader) -> Dialect {
    var dialect = Dialect()
    if let value = reader.optionalValue("delimiter"), let byte = byte(value, words: ["tab": 0x09]) {
      dialect.delimiter = byte
    }
    if let value = reader.optionalValue("quote") {
      if value.node.text == "none" {
        dialect.quote = nil
      } else if let byte = byte(value, words: [:], or: " or none") {
        dialect.quote = byte
      }
    }
    if dialect.quote == dialect.delimiter {
      reader.fail("delimiter", "is the same as the quote; they must differ")
    }
    if let encoding = reader.optionalOneOf("encoding", Dialect.Encoding.self) {
      dialect.encoding = encoding
    }
    dialect.hasHeader = reader.optionalBoolean("header") ?? true
    return dialect
  }

  /// One ASCII character, neither a line end nor a control character but the tab.
  private func byte(_ value: ValueReader, words: [String: UInt8], or other: String = "") -> UInt8? {
    let named = words.keys.sorted().map { " or \($0)" }.joined()
    let expected = "one ASCII character\(named)\(other)"
    guard let text = value.text(expected: expected) else { return nil }
    if let byte = words[text] { return byte }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte == 0x09 || (0x20..<0x7F) ~= byte
    else {
      value.fail(expected: expected)
      return nil
    }
    return byte
  }

  private func fields(_ reader: MappingReader, _ dialect: Dialect) -> [String]? {
    guard let items = reader.optionalList("fields", of: "names of columns") else { return nil }
    if dialect.hasHeader {
      reader.fail(
        "fields", "names the columns of a file without a header; write header: false beside it")
    }
    let names = items.compactMap { $0.text() }
    var seen: Set<String> = []
    for (name, item) in zip(names, items) where !seen.insert(name).inserted {
      item.fail("the name \(quote(name)) stands twice")
    }
    return names.count == items.count ? names : nil
  }

  /// Without a header, columns are known when the file is read: by `fields`, else by position.
  private func check(
    column name: String, _ value: ValueReader, _ dialect: Dialect, _ fields: [String]?
  ) {
    guard !dialect.hasHeader else { return }
    if let fields {
      if !fields.contains(name) {
        let near = nearest(to: name, in: fields)
        let listed = near == nil ? "; there are \(fields.joined(separator: ", "))" : ""
        value.fail("no column \(quote(name)) in \"fields\"\(listed)", suggestion: near)
      }
    } else if (Int(name) ?? 0) < 1 {
      value.fail(
        "without a header a column is named by its position from 1, found \(quote(name)); or name all columns with \"fields\""
      )
    }
  }

  private func canonicalText(
    _ reader: MappingReader, _ dialect: Dialect, _ zone: Engine.TimeZone, _ fields: [String]?
  ) -> String {
    let quote = dialect.quote.map { String($0) } ?? "none"
    let form = "\(dialect.delimiter) \(quote) \(dialect.encoding.rawValue) \(dialect.hasHeader)"
    let parts = ["columns", "where"].map { key in
      reader.optionalValue(key)?.node.canonicalText ?? "null"
    }
    let names = fields.map { $0.joined(separator: "\u{1F}") } ?? "null"
    return ([form, zone.name, names] + parts).joined(separator: "\n")
  }
}
