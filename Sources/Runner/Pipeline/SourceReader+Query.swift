import Engine
import Postgres
import YAML

extension SourceReader {
  /// A source whose rows a query gives. The query does what a mapping does for files, so nothing
  /// else may be said of the columns.
  func query(_ contract: Contract, _ reader: MappingReader) -> SourceSpec? {
    let name = reader.optionalText("query", expected: "the name of a file in \(queries)") ?? ""
    let text = read(name, reader)
    let url = connection(reader)
    let split = reader.optionalText("split_by", expected: "the name of a column of the query")
    _ = reader.optionalText("summary")
    let quarantine = reader.optionalPercentage("max_quarantined") ?? maxQuarantined
    let zone = reader.optionalValue("timezone").flatMap(world.zone) ?? .utc
    for key in Self.keysOfFiles where reader.contains(key) {
      reader.fail(key, "is for files; the query of the source says it in SQL")
    }
    reader.finish()
    guard let text, let url else { return nil }
    let query = QuerySpec(file: text.file, sql: text.sql, connection: url, splitBy: split)
    let meaning = [query.file, query.sql, query.database, zone.name] + [split].compactMap(\.self)
    return SourceSpec(
      contract: contract, mark: reader.mark, files: [], isOptional: false, mapping: nil,
      dialect: Dialect(), timezone: zone, maxQuarantined: quarantine, fields: nil, columns: [],
      conditions: [],
      canonicalText: meaning.joined(separator: "\n"), query: query)
  }

  private static let keysOfFiles =
    ["files", "optional", "mapping"]
    + MappingOverlay.keys.filter { $0 != "summary" && $0 != "timezone" }

  private func read(_ name: String, _ reader: MappingReader) -> (file: String, sql: String)? {
    let file = "\(queries)/\(name)"
    if name.isEmpty { return nil }
    guard case .text(let bytes) = world.readFile(file) else {
      let there = world.listFolder(queries).filter { $0.hasSuffix(".sql") }.sorted()
      let near = nearest(to: name, in: there)
      reader.problems.add(
        reader.optionalValue("query")?.mark ?? reader.mark,
        "\(reader.what): there is no query \(file)"
          + (near == nil && !there.isEmpty ? "; there are \(there.joined(separator: ", "))" : ""),
        suggestion: near)
      return nil
    }
    for use in SQLParameters.uses(in: bytes, file: file)
    where !QuerySpec.parameters.contains(use.name) {
      reader.problems.add(
        use.mark, "unknown parameter \(quote(":" + use.name)); there are :from and :to",
        suggestion: nearest(to: use.name, in: QuerySpec.parameters).map { ":" + $0 })
    }
    return (file, String(decoding: bytes, as: UTF8.self))
  }

  /// The URL of the source's database: of `connection`, a name or a URL, else of the pipeline's only
  /// one.
  private func connection(_ reader: MappingReader) -> String? {
    let expected = "the name of a connection or a URL such as ${APP_DATABASE}"
    guard let value = reader.optionalValue("connection") else {
      if connections.count == 1 { return connections.first?.value }
      reader.problems.add(
        reader.mark, "\(reader.what): which database is asked? Add \"connection\" with \(expected)")
      return nil
    }
    guard let text = value.text(expected: expected) else { return nil }
    if let url = connections[text] { return url }
    if ConnectionURL.isOne(text) { return text }
    let names = connections.keys.sorted()
    // Not shown: it may be a URL with a password after all.
    reader.problems.add(
      value.mark,
      "\(reader.what): \"connection\" is neither a connection of the pipeline"
        + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
        + " nor a URL that begins with postgres://")
    return nil
  }
}

extension QuerySpec {
  /// The database, without its password.
  package var database: String { Registry.shown(connection) }
}
