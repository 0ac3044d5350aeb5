import Engine
import YAML

/// Reads a file of cases with the pipeline they are about, reporting everything that is wrong with
/// any of them.
struct CaseReader {
  let loader: PipelineLoader
  let known: KnownNames
  let world: ConfigurationWorld
  let problems: Problems
  /// The pipeline's file.
  let pipeline: String

  /// The cases of a file.
  func cases(file: String) -> [PipelineCase] {
    guard let node = world.node(file, problems: problems, absent: { "the file does not exist" })
    else { return [] }
    let reader = MappingReader(node, what: "tests", problems: problems)
    _ = reader.optionalText("summary")
    let common = layers(reader)
    let cases = (reader.entries("cases", of: "cases") ?? []).compactMap { key, value in
      self.one(key, value, common)
    }
    reader.finish()
    return cases
  }

  /// The settings that a mapping says, those of `from` and `to` beside `settings` included.
  private func layers(_ reader: MappingReader) -> [Node] {
    var layers: [Node] = []
    if let own = reader.optionalValue("settings"), own.mapping() != nil { layers.append(own.node) }
    for key in ["from", "to"] {
      guard let value = reader.optionalValue(key) else { continue }
      let keyNode = Node(.scalar(Node.Scalar(key)), mark: value.mark)
      layers.append(
        Node(.mapping([Node.Entry(key: keyNode, value: value.node)]), mark: value.mark))
    }
    return layers
  }

  private func one(_ key: Node, _ value: ValueReader, _ common: [Node]) -> PipelineCase? {
    let name = key.text ?? ""
    guard let reader = value.mapping("case \(quote(name))") else { return nil }
    var overrides = SettingsOverrides()
    overrides.layers = common + layers(reader)
    let quarantine = reader.optionalPercentage("max_quarantined")
    let runsChecks = reader.optionalBoolean("checks") ?? false
    let failure = reader.optionalText("fails", expected: "a part of the message")
    var pipeline: Pipeline?
    do throws(YAMLError) {
      pipeline = try loader.load(file: self.pipeline, overrides: overrides)
    } catch {
      problems.add(error)
    }
    let names = pipeline?.sources.map(\.contract.source) ?? known.sources.map(\.source)
    let given = (reader.optionalEntries("given", of: "sources and their rows") ?? []).compactMap {
      self.given($0.key, $0.value, among: names)
    }
    let digits = pipeline?.settings.currency.digits ?? 2
    let expected = (reader.optionalEntries("expect", of: "tables and their rows") ?? []).compactMap
    { self.expected($0.key, $0.value, moneyDigits: digits) }
    reader.finish()
    if expected.isEmpty, failure == nil {
      problems.add(
        key.mark, "\(reader.what): expected \"expect\" with a table, or \"fails\" with a message")
    }
    guard let pipeline else { return nil }
    // Without a day a case would mean another one every night.
    guard pipeline.settings.to != nil,
      let days = pipeline.settings.days(today: .last)
    else {
      problems.add(key.mark, "\(reader.what): expected \"to\", the last day of the run")
      return nil
    }
    return PipelineCase(
      name: name, mark: key.mark, pipeline: pipeline.quarantining(atMost: quarantine),
      window: Window(from: days.from, to: days.to), given: given, expected: expected,
      failure: failure, runsChecks: runsChecks)
  }
}

extension Pipeline {
  /// The same pipeline with other sources.
  func replacing(sources: [SourceSpec]) -> Pipeline {
    Pipeline(
      name: name, summary: summary, file: file, settings: settings, warehouse: warehouse,
      inputs: inputs, output: output, sources: sources, stages: stages, reports: reports,
      checks: checks, tax: tax)
  }

  /// The same pipeline, each of its sources with another share that may be refused.
  fileprivate func quarantining(atMost share: Percentage?) -> Pipeline {
    guard let share else { return self }
    return replacing(
      sources: sources.map { spec in
        SourceSpec(
          contract: spec.contract, mark: spec.mark, files: spec.files,
          isOptional: spec.isOptional, mapping: spec.mapping, dialect: spec.dialect,
          timezone: spec.timezone, maxQuarantined: share, fields: spec.fields,
          columns: spec.columns, conditions: spec.conditions, canonicalText: spec.canonicalText,
          query: spec.query)
      })
  }
}
