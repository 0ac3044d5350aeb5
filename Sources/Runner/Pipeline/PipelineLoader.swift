import Engine
import Postgres
import YAML

/// Reads a pipeline file with the mappings and settings files it depends on, and reports everything
/// that is wrong with any of them at once.
package struct PipelineLoader {
  private let known: KnownNames
  private let world: ConfigurationWorld
  private let sqlFolder: String
  private let queryFolder: String

  /// A loader for pipelines that may use these names; `sqlFolder` is SQL/checks of the project,
  /// `queryFolder` SQL/extract.
  package init(
    known: KnownNames, world: ConfigurationWorld, sqlFolder: String = "SQL/checks",
    queryFolder: String = "SQL/extract"
  ) {
    self.queryFolder = queryFolder
    self.known = known
    self.world = world
    self.sqlFolder = sqlFolder
  }

  /// What may be quarantined where a pipeline says nothing.
  private static let defaultQuarantine = Percentage(parsing: "1 %")

  /// Reads a pipeline.
  ///
  /// - Parameters:
  ///   - file: The path of the pipeline's YAML; its mappings are in the folder `mappings` beside
  ///     it.
  ///   - overrides: Settings of the command line, which win.
  /// - Throws: Every problem of the pipeline, its mappings and the settings, by file and line.
  package func load(
    file: String, overrides: SettingsOverrides = SettingsOverrides()
  ) throws(YAMLError) -> Pipeline {
    let problems = Problems()
    let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    let node = world.node(
      file, problems: problems,
      absent: {
        let there = world.listFolder(folder).filter {
          $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml")
        }.sorted()
        let listed =
          there.isEmpty
          ? "there are none in \(folder)" : "there are \(there.joined(separator: ", "))"
        return "the pipeline does not exist; \(listed)"
      })
    var settings = SettingsReader(
      known: known, world: world, problems: problems, programs: folder + "/programs")
    var pipeline: Pipeline?
    if let node {
      let reader = MappingReader(node, what: "pipeline", problems: problems)
      pipeline = read(reader, file, mappings: folder + "/mappings", overrides, &settings, problems)
    } else {
      // Still say what is wrong with the command line.
      settings.add(overrides)
      _ = settings.finish()
    }
    try problems.throwIfAny()
    guard let pipeline else {
      throw .invalid([Problem(Mark(file: file), "the pipeline cannot be read")])
    }
    return pipeline
  }

  private func read(
    _ reader: MappingReader, _ file: String, mappings: String, _ overrides: SettingsOverrides,
    _ settings: inout SettingsReader, _ problems: Problems
  ) -> Pipeline? {
    let name = reader.optionalText("name")
    let summary = reader.optionalText("summary")
    let warehouse = reader.optionalText("warehouse")
    let inputs = reader.optionalText("inputs")
    let output = reader.optionalText("output")
    if let own = reader.optionalMapping("settings", what: "settings") { settings.add(own) }
    settings.add(overrides)
    let effective = settings.finish()

    let quarantine = reader.optionalPercentage("max_quarantined") ?? Self.defaultQuarantine
    let entries = reader.entries("sources", of: "sources")
    if entries?.isEmpty ?? false { reader.fail("sources", "expected at least one source") }
    let connections = connections(reader)
    var sources: [SourceSpec] = []
    if let quarantine {
      let source = SourceReader(
        known: known, world: world, problems: problems, mappings: mappings,
        maxQuarantined: quarantine, queries: queryFolder, connections: connections)
      sources = (entries ?? []).compactMap { source.source($0.key, $0.value) }
    }
    let stages = names(reader, "stages", known.stages.map(\.name), isRequired: true)
    let reports = names(reader, "reports", known.reports, isRequired: false)
    let tax = reader.optionalMapping("tax", what: "tax").map { TaxSpecReader(reader: $0).spec() }
    let written = Set((entries ?? []).compactMap(\.key.text))
    for stage in stages { checkSources(of: stage, written, problems) }
    let checks = reader.optionalValue("checks").map { value in
      let made = known.stages.filter { stage in stages.contains { $0.name == stage.name } }
      return CheckReader(
        known: known, made: Set(made.flatMap(\.writes)), sources: sources.map(\.contract.source),
        world: world, problems: problems, sqlFolder: sqlFolder,
        moneyDigits: effective.currency.digits
      ).checks(value)
    }
    reader.finish()

    return Pipeline(
      name: name ?? Self.baseName(file), summary: summary, file: file, settings: effective,
      warehouse: warehouse, inputs: inputs, output: output, sources: sources,
      stages: stages.map(\.name), reports: reports.map(\.name), checks: checks ?? [], tax: tax)
  }

  /// The URLs of operational databases by their names.
  private func connections(_ reader: MappingReader) -> [String: String] {
    var connections: [String: String] = [:]
    for (key, value) in reader.optionalEntries("connections", of: "names and URLs") ?? [] {
      guard let url = value.text(expected: "a URL such as ${APP_DATABASE}") else { continue }
      connections[key.text ?? ""] = url
      if !ConnectionURL.isOne(url) {
        reader.problems.add(
          value.mark,
          "the connection \(quote(key.text ?? "")) is not a URL that begins with postgres://")
      }
    }
    return connections
  }

  private func names(
    _ reader: MappingReader, _ key: String, _ known: [String], isRequired: Bool
  ) -> [(name: String, value: ValueReader)] {
    let items =
      isRequired ? reader.list(key, of: key) : reader.optionalList(key, of: key)
    if isRequired, items?.isEmpty ?? false {
      reader.fail(key, "expected at least one of the \(key)")
    }
    var lines: [String: Int] = [:]
    let kind = String(key.dropLast())
    return (items ?? []).compactMap { item in
      guard let name = item.text(expected: "the name of a \(kind)") else { return nil }
      guard known.contains(name) else {
        let near = nearest(to: name, in: known)
        let listed =
          near != nil
          ? "" : known.isEmpty ? "; there are none" : "; expected \(known.joined(separator: ", "))"
        reader.problems.add(item.mark, "unknown \(kind) \(quote(name))\(listed)", suggestion: near)
        return nil
      }
      if let line = lines[name] {
        reader.problems.add(
          item.mark, "the \(kind) \(quote(name)) stands twice, first on line \(line); remove one")
        return nil
      }
      lines[name] = item.mark.line
      return (name, item)
    }
  }

  private func checkSources(
    of stage: (name: String, value: ValueReader), _ written: Set<String>, _ problems: Problems
  ) {
    let reads = known.stages.first { $0.name == stage.name }?.reads ?? []
    let missing = reads.filter { !written.contains($0) }
    guard !missing.isEmpty else { return }
    let listed = missing.map(quote).joined(separator: " and ")
    problems.add(
      stage.value.mark,
      "the stage \(quote(stage.name)) reads \(listed), which the pipeline does not have; add it under \"sources\", with optional: true if there may be no file"
    )
  }

  private static func baseName(_ file: String) -> String {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }
}
