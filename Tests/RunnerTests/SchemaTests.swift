import Engine
import Foundation
import Metrics
import Testing
import YAML

@testable import Runner

/// docs/schema tells editors what the loaders know: neither more nor less.
///
/// A key that a loader learns is added to the schema by hand, with a sentence; the names of stages,
/// sources, columns and settings are made by `NIGHTMILL_RECORD=1 swift test --filter SchemaTests`.
@Suite("docs/schema is what the loaders know")
struct SchemaTests {
  static let folder = "\(PipelineWorld.root)/docs/schema"

  /// A place in a schema file that lists keys, and the nonsense key that a loader is given there.
  struct Place: CustomTestStringConvertible {
    let nonsense: String
    let file: String
    let pointer: String
    /// Keys that the loader knows only to say where they belong.
    var toldElsewhere: [String] = []

    var testDescription: String { "\(file)#\(pointer)" }
  }

  static let pipelinePlaces = [
    Place(nonsense: "zz_pipeline", file: "pipeline", pointer: ""),
    Place(nonsense: "zz_source", file: "pipeline", pointer: "/$defs/source"),
    Place(
      nonsense: "zz_qqqqqq", file: "mapping", pointer: "",
      toldElsewhere: MappingOverlay.pipelineKeys),
    Place(nonsense: "zz_column", file: "mapping", pointer: "/$defs/column_mapping"),
    Place(nonsense: "zz_condition", file: "mapping", pointer: "/$defs/condition"),
    Place(nonsense: "zz_extract", file: "mapping", pointer: "/$defs/extract_arguments"),
    Place(nonsense: "zz_match", file: "mapping", pointer: "/$defs/match_arguments"),
    Place(nonsense: "zz_case", file: "mapping", pointer: "/$defs/case"),
  ]

  static let reportPlaces =
    [Place(nonsense: "zz_report", file: "report", pointer: "")]
    + [
      "each", "parameter", "page", "tiles", "figure", "block", "chart", "table", "sheet", "column",
      "threshold", "csv", "csv_column", "controls", "control",
    ].map { Place(nonsense: "zz_\($0)", file: "report", pointer: "/$defs/\($0)") }

  @Test(
    "each key of a pipeline or mapping is in its schema, and no other", arguments: pipelinePlaces)
  func pipelineKeys(place: Place) throws {
    let messages = PipelineWorld([
      "P/p.yaml": """
      zz_pipeline: 1
      sources:
        calls:
          files: calls.csv
          mapping: m
          zz_source: 1
      stages: [calls_only]
      """,
      "P/mappings/m.yaml": """
      zz_qqqqqq: 1
      columns:
        call_id: {from: a, zz_column: 1}
        vendor_id: {value: {extract: {of: {column: a}, regex: a, zz_extract: 1}}}
        session_id:
          value: {match: {of: {column: a}, zz_match: 1, cases: [{is: a, then: b, zz_case: 1}]}}
      where: [{column: a, is: b, zz_condition: 1}]
      """,
    ]).problems()
    try check(place, messages)
  }

  @Test("each key of a report is in its schema, and no other", arguments: reportPlaces)
  func reportKeys(place: Place) throws {
    let world = PipelineWorld([
      "S/a.sql": "SELECT 1 AS a",
      "R/r.yaml": """
      title: T
      summary: S
      period: week
      zz_report: 1
      each: {sql: a.sql, key: a, zz_each: 1}
      parameters: {p: {type: day, value: 2026-01-01, summary: s, zz_parameter: 1}}
      page:
        zz_page: 1
        tiles: {sql: a.sql, zz_tiles: 1, figures: {a: {type: integer, zz_figure: 1}}}
        blocks:
          - {zz_block: 1}
          - chart: {kind: bar, title: T, sheet: A, categories: a, series: a, zz_chart: 1}
          - table: {title: T, sheet: A, columns: {a: 1}, zz_table: 1}
      sheets:
        - name: A
          about: a row
          sql: a.sql
          zz_sheet: 1
          columns: {a: {type: integer, zz_column: 1, rules: [{is: bad, above: 1, zz_threshold: 1}]}}
      csv: [{file: a.csv, sheet: A, zz_csv: 1, columns: {x: {column: a, zz_csv_column: 1}}}]
      controls: {sql: a.sql, zz_controls: 1, figures: {a: {type: integer, zz_control: 1}}}
      """,
    ]).world
    let problems = Problems()
    _ = ReportLoader(sqlFolder: "S", world: world, moneyDigits: 2)
      .load(file: "R/r.yaml", problems: problems)
    try check(place, problems.sorted.map(\.description))
  }

  /// What a loader says it expects in place of nonsense is all it knows.
  func check(_ place: Place, _ messages: [String]) throws {
    let start = "unknown key \"\(place.nonsense)\"; expected "
    let message = try #require(messages.first { $0.contains(start) }, "\(messages)")
    let listed = try #require(message.components(separatedBy: start).last)
    let known = Set(listed.components(separatedBy: ", ")).subtracting(place.toldElsewhere)
    let schema = try Self.json("\(place.file).json", place.pointer)
    let properties = try #require(schema["properties"] as? [String: Any])
    #expect(Set(properties.keys) == known)
  }

  @Test("the settings and functions are those that the loaders know")
  func settings() throws {
    let messages = PipelineWorld([
      "P/p.yaml": "settings: {zz: 1}\nsources: {calls: {files: a}}\nstages: [calls_only]"
    ]).problems()
    let message = try #require(messages.first { $0.contains("unknown key \"zz\"; expected ") })
    let known = try #require(message.components(separatedBy: "; expected ").last)
    let own = try Self.json("pipeline.json", "/$defs/settings")["properties"] as? [String: Any]
    let parameters = KnownNames.testing.parameters.map(\.name)
    #expect(
      Set((own ?? [:]).keys) == Set(known.components(separatedBy: ", ")).subtracting(parameters))

    let anyOf = try Self.json("mapping.json", "/$defs/expression")["anyOf"] as? [[String: Any]]
    var functions: Set<String> = []
    for reference in (anyOf ?? []).compactMap({ $0["$ref"] as? String }) {
      let required = try Self.json("mapping.json", String(reference.dropFirst()))["required"]
      functions.formUnion(required as? [String] ?? [])
    }
    #expect(functions == Set(ExpressionReader.functions))
  }

  @Test("the names are those of the program")
  func names() throws {
    let file = "\(Self.folder)/names.json"
    if ProcessInfo.processInfo.environment["NIGHTMILL_RECORD"] != nil {
      try Self.names.write(toFile: file, atomically: true, encoding: .utf8)
      Issue.record("\(file) was written again: look at it, then run without NIGHTMILL_RECORD")
    }
    #expect(
      try String(contentsOfFile: file, encoding: .utf8) == Self.names,
      "NIGHTMILL_RECORD=1 swift test --filter SchemaTests writes it again")
  }

  /// The file names.json as it must be.
  private static var names: String {
    func list(_ items: [String]) -> String { "[\n" + items.joined(separator: ",\n") + "\n    ]" }
    func words(_ names: [String]) -> String { names.map(jsonText).joined(separator: ", ") }
    func described(_ items: [(name: String, summary: String)]) -> String {
      list(
        items.map {
          "      {\"const\": \(jsonText($0.name)), \"description\": \(jsonText($0.summary))}"
        })
    }
    let stages = Registry.stages.filter { !$0.isEphemeral }.map { ($0.name, $0.summary) }
    let parameters = StageCatalogue.parameters.map { ($0.name, $0.summary) }
    let columns = Registry.sources.map { contract in
      "      \(jsonText(contract.source)): {\"properties\": {\"columns\": {\"propertyNames\": "
        + "{\"enum\": [\(words(contract.fields.map(\.name)))]}}}}"
    }
    let all = Set(Registry.sources.flatMap { $0.fields.map(\.name) }).sorted()
    return """
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": "The names that the program knows, for the schemas beside it; written by a test.",
        "$defs": {
          "stage": {"oneOf": \(described(stages))},
          "parameter": {"oneOf": \(described(parameters))},
          "source": {"enum": [\(words(Registry.sources.map(\.source)))]},
          "column": {"enum": [\(words(all))]},
          "columns": {"properties": {
      \(columns.joined(separator: ",\n"))
          }}
        }
      }

      """
  }

  /// A part of a schema file.
  static func json(_ file: String, _ pointer: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
    var value = try JSONSerialization.jsonObject(with: data)
    for key in pointer.split(separator: "/") {
      value = try #require((value as? [String: Any])?[String(key)])
    }
    return try #require(value as? [String: Any])
  }
}

/// Files held against the schemas by another program, jsonschema for Python.
@Suite("Shipped files are as docs/schema says")
struct SchemaFileTests {
  /// The shipped YAML files, from the project on, with the schema of each.
  static let files: [(file: String, schema: String)] = {
    let root = PipelineWorld.root
    func yaml(_ folder: String) -> [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
      return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
    }
    return yaml("Pipelines").map { ($0, $0.hasSuffix(".test.yaml") ? "pipeline-test" : "pipeline") }
      + yaml("Pipelines/mappings").map { ($0, "mapping") } + yaml("Reports").map { ($0, "report") }
  }()

  @Test("each begins with the line by which editors find its schema")
  func modelines() throws {
    for (file, schema) in Self.files {
      let text = try String(contentsOfFile: "\(PipelineWorld.root)/\(file)", encoding: .utf8)
      let up = file.split(separator: "/").dropLast().map { _ in "../" }.joined()
      let line = "# yaml-language-server: $schema=\(up)docs/schema/\(schema).json\n"
      #expect(text.hasPrefix(line), "\(file) must begin with \(line)")
    }
  }

  @Test("each is valid; a key that is misspelt in it is not")
  func valid() throws {
    var lines: [(json: String, schema: String, isValid: Bool, what: String)] = []
    for (file, schema) in Self.files {
      let text = try String(contentsOfFile: "\(PipelineWorld.root)/\(file)", encoding: .utf8)
      lines.append((try json(text), schema, true, file))
      for (old, new) in Self.mistakes where text.contains(old) {
        let wrong = text.replacingOccurrences(of: old, with: new)
        lines.append((try json(wrong), schema, false, "\(file) with \(new)"))
      }
    }
    #expect(lines.count { !$0.isValid } >= 10)
    let verdicts = try validate(lines.map { ($0.schema, $0.json) })
    for (line, verdict) in zip(lines, verdicts) {
      #expect((verdict == "valid") == line.isValid, "\(line.what): \(verdict)")
    }
  }

  private static let mistakes = [
    ("stages:", "stage:"), ("timezone:", "timezon:"),
    ("- vendor_dimension ", "- vendor_dimensions "),
    ("default_booking_value", "default_boking_value"), ("\n  calls:", "\n  call:"),
    ("max_quarantined: 1 %", "max_quarantined: 1"), ("\nsheets:", "\nsheet:"),
    ("total: sum", "total: sums"), ("type: money", "type: mony"),
    ("\nperiod: week", "\nperiod: weekly"),
    ("from:", "form:"), ("\nwhere:", "\nwher:"), ("\n  call_id:", "\n  call_idd:"),
  ]

  private func json(_ yaml: String) throws -> String {
    let problems = Problems()
    return try #require(
      Node.parse(Array(yaml.utf8), file: "f", problems: problems)
    ).canonicalText
  }

  private func validate(_ documents: [(schema: String, json: String)]) throws -> [String] {
    let folder = NSTemporaryDirectory() + "nightmill-schema-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let lines = documents.map { "\(SchemaTests.folder)/\($0.schema).json\t\($0.json)\n" }.joined()
    try lines.write(toFile: "\(folder)/documents", atomically: true, encoding: .utf8)
    let script = "\(PipelineWorld.root)/Tests/Support/Python/validate.py"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let python = ProcessInfo.processInfo.environment["NIGHTMILL_PYTHON"] ?? "python3"
    process.arguments = [python, script, "\(folder)/documents"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(
      process.terminationStatus == 0,
      "is jsonschema installed for \(python)? `.ci/venv` makes a Python that has it")
    let verdicts = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    try #require(verdicts.count == documents.count)
    return verdicts
  }
}
