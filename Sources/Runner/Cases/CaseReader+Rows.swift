import Engine
import Files
import YAML

extension CaseReader {
  /// Rows as they are written in a case.
  private enum Written {
    /// A list of mappings.
    case rows([ValueReader])
    /// CSV in the file itself.
    case text([UInt8])
    /// CSV in a file beside this one.
    case file(name: String, bytes: [UInt8])
  }

  private func written(_ value: ValueReader) -> Written? {
    if value.node.sequence != nil { return value.list(of: "rows").map { .rows($0) } }
    if let text = value.node.text, !value.node.isNull { return .text(Array(text.utf8)) }
    guard value.node["file"] != nil, let reader = value.mapping() else {
      value.fail(expected: "a list of rows, CSV text, or a mapping with file")
      return nil
    }
    let name = reader.text("file", expected: "a file, from the folder of this one")
    reader.finish()
    guard let name else { return nil }
    let folder = value.mark.file.lastIndex(of: "/").map { String(value.mark.file[..<$0]) } ?? "."
    let path = RunPlan.resolve(name, in: folder)
    switch world.readFile(path) {
    case .text(let bytes): return .file(name: name, bytes: bytes)
    case .absent: reader.fail("file", "there is no file \(path)")
    case .unreadable(let reason): reader.fail("file", "\(path) cannot be read: \(reason)")
    }
    return nil
  }

  /// The rows of a source.
  func given(_ key: Node, _ value: ValueReader, among names: [String]) -> GivenSource? {
    let name = key.text ?? ""
    guard names.contains(name),
      let contract = known.sources.first(where: { $0.source == name })
    else {
      problems.addUnknown("source", name, among: names, at: key.mark)
      return nil
    }
    switch written(value) {
    case nil: return nil
    case .text(let bytes):
      return GivenSource(source: name, bytes: bytes, isCanonical: false, suffix: ".csv")
    case .file(let file, let bytes):
      let suffix = file.hasSuffix(".gz") ? ".csv.gz" : ".csv"
      return GivenSource(source: name, bytes: bytes, isCanonical: false, suffix: suffix)
    case .rows(let items):
      let rows = items.compactMap { row($0, columns: contract.fields.map(\.name), of: name) }
      let columns = contract.fields.filter { field in
        field.isRequired || rows.contains { $0[field.name] != nil }
      }.map(\.name)
      let encoder = CSVEncoder(moneyDigits: 0)
      var bytes = Array((columns.joined(separator: ",") + "\n").utf8)
      for row in rows {
        for (index, column) in columns.enumerated() {
          if index > 0 { bytes.append(0x2C) }
          encoder.append(text: (row[column]?.text ?? "").utf8, to: &bytes)
        }
        bytes.append(0x0A)
      }
      return GivenSource(source: name, bytes: bytes, isCanonical: true, suffix: ".csv")
    }
  }

  /// The rows of a table.
  func expected(_ key: Node, _ value: ValueReader, moneyDigits: Int) -> ExpectedTable? {
    let name = key.text ?? ""
    guard let schema = known.tables.first(where: { $0.name == name }) else {
      problems.addUnknown("table", name, among: known.tables.map(\.name), at: key.mark)
      return nil
    }
    switch written(value) {
    case nil: return nil
    case .rows(let items):
      return ExpectedTable(
        schema: schema,
        rows: items.compactMap { item in
          guard let row = row(item, columns: schema.columns.map(\.name), of: name) else {
            return nil
          }
          let values = row.compactMap { column, node in
            canonical(node.text, schema, column, node.mark, moneyDigits).map { (column, $0) }
          }
          return ExpectedRow(
            values: Dictionary(uniqueKeysWithValues: values), mark: item.mark)
        })
    case .text(let bytes), .file(_, let bytes):
      return csv(bytes, schema, value, moneyDigits)
    }
  }

  private func csv(
    _ bytes: [UInt8], _ schema: TableSchema, _ value: ValueReader, _ moneyDigits: Int
  ) -> ExpectedTable? {
    guard let (header, records) = CSVText.records(bytes) else {
      value.fail(expected: "CSV with a header")
      return nil
    }
    let names = schema.columns.map(\.name)
    var isKnown = true
    for column in header where !names.contains(column) {
      isKnown = false
      problems.addUnknownColumn(
        column, of: "the table \(quote(schema.name))", among: names, at: value.mark)
    }
    guard isKnown else { return nil }
    let rows = records.enumerated().map { index, record in
      var values: [String: String] = [:]
      if record.count != header.count {
        value.fail("row \(index + 1): expected \(header.count) fields, found \(record.count)")
      }
      for (column, text) in zip(header, record) {
        values[column] = canonical(text, schema, column, value.mark, moneyDigits)
      }
      return ExpectedRow(values: values, mark: value.mark)
    }
    return ExpectedTable(schema: schema, rows: rows)
  }

  /// The fields of a row by column; nothing stands for no value.
  private func row(
    _ item: ValueReader, columns: [String], of what: String
  ) -> [String: (text: String, mark: Mark)]? {
    guard let entries = item.entries(of: "columns") else { return nil }
    var row: [String: (text: String, mark: Mark)] = [:]
    for (key, value) in entries {
      let name = key.text ?? ""
      guard columns.contains(name) else {
        problems.addUnknownColumn(name, of: quote(what), among: columns, at: key.mark)
        continue
      }
      if value.node.isNull {
        row[name] = ("", value.mark)
      } else if let text = value.text() {
        row[name] = (text, value.mark)
      }
    }
    return row
  }

  /// A value as a table's canonical CSV writes it.
  private func canonical(
    _ text: String, _ schema: TableSchema, _ column: String, _ mark: Mark, _ moneyDigits: Int
  ) -> String? {
    let described = schema.columns[schema.index(of: column)]
    let type = described.type
    if type == .text || text.isEmpty { return text }
    guard let number = type.parse(text, moneyDigits: moneyDigits) else {
      problems.add(
        mark,
        "\(quote(column)) of \(quote(schema.name)): expected "
          + "\(type.expected(moneyDigits: moneyDigits)), found \(quote(text))")
      return nil
    }
    var bytes: [UInt8] = []
    CSVEncoder(moneyDigits: moneyDigits).append(
      number, as: type, decimals: described.decimals, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Small CSV, read as the header of a file is.
enum CSVText {
  /// Header and records; nil for what is no CSV, or has no header.
  static func records(_ bytes: [UInt8]) -> (header: [String], records: [[String]])? {
    var rest = bytes
    var records: [[String]] = []
    while true {
      switch rest.withView({ HeaderReader(Dialect()).read($0, isLast: true) }) {
      case .record(let record):
        records.append(record.names)
        rest.removeFirst(record.next)
      case .empty:
        guard let header = records.first else { return nil }
        return (header, Array(records.dropFirst()))
      case .malformed, .needsMore: return nil
      }
    }
  }
}
