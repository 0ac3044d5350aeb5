import Engine
import Metrics
import YAML

/// What there is, a line each: what `list` shows.
package struct Listing {
  /// What can be listed.
  package enum Kind: String, Sendable, CaseIterable {
    /// The stages of the program.
    case stages
    /// The sources it knows.
    case sources
    /// The tables of the warehouse.
    case tables
    /// The reports of the project.
    case reports
    /// The pipelines of the project.
    case pipelines
  }

  private let project: Project

  /// A listing of a project.
  package init(_ project: Project) { self.project = project }

  /// The lines of a kind: names with what they are.
  package func text(_ kind: Kind) -> String {
    switch kind {
    case .stages: Self.stages(Registry.stages.filter { !$0.isEphemeral })
    case .sources: sources
    case .tables: tables
    case .reports: files(project.reportNames, in: "Reports", command: "report")
    case .pipelines: files(project.pipelineNames, in: "Pipelines", command: "plan")
    }
  }

  /// The stages that `--select` and `--exclude` mean, among those of a pipeline or, without one,
  /// all there are.
  package static func stages(
    of pipeline: Pipeline?, select: String?, exclude: String?
  ) throws(RunError) -> String {
    let types = Registry.stages.filter { type in
      pipeline.map { $0.stages.contains(type.name) } ?? !type.isEphemeral
    }
    let selection = Selection(among: RunPlan.candidates(types))
    let names = try selection.stages(select: select, exclude: exclude)
    return stages(types.filter { names.contains($0.name) })
  }

  private static func stages(_ types: [any MetricStage.Type]) -> String {
    var columns = TextColumns(leading: 2)
    for type in types {
      let tags = type.tags.map { " tag:\($0)" }.joined()
      columns.add([type.name, type.summary + (tags.isEmpty ? "" : " [\(tags.dropFirst())]")])
    }
    return columns.text
  }

  private var sources: String {
    var columns = TextColumns(leading: 2)
    for contract in Registry.sources {
      let readers = Registry.stages.filter { type in
        !type.isEphemeral && Registry.sourcesRead(by: type).contains(contract.source)
      }
      let key = contract.key.map { contract.fields[$0].name }.joined(separator: ", ")
      let keyed = key.isEmpty ? "no key" : "key \(key)"
      let use = readers.isEmpty ? "no stage" : readers.map { $0.name }.joined(separator: ", ")
      columns.add([contract.source, "\(contract.fields.count) columns, \(keyed); read by \(use)"])
    }
    return columns.text
  }

  private var tables: String {
    var columns = TextColumns(leading: 2)
    for schema in Registry.readable { columns.add([schema.name, schema.summary]) }
    return columns.text
  }

  /// Files with the `summary` (or `title`) they give themselves; one that cannot be read is listed
  /// all the same, with the command that says what is wrong with it.
  private func files(_ names: [String], in folder: String, command: String) -> String {
    var columns = TextColumns(leading: 2)
    for name in names {
      let path = project.path("\(folder)/\(name).yaml")
      var summary = "(cannot be read: `nightmill \(command) \(name)` says why)"
      if case .text(let bytes) = Project.world.readFile(path),
        let node = Node.parse(bytes, file: path, problems: Problems())
      {
        summary = node["summary"]?.text ?? node["title"]?.text ?? ""
      }
      columns.add([name, summary])
    }
    return columns.text
  }
}
