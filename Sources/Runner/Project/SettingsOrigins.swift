import YAML

/// Where each effective setting of a pipeline was said, for people who wonder why it is what it is.
package struct SettingsOrigins {
  private let origins: [String: String]

  /// Looks through the layers as they are laid over each other: the pipeline, `--settings`,
  /// `--set`, `--from` and `--to`.
  init(of pipeline: Pipeline, overrides: SettingsOverrides, world: ConfigurationWorld) {
    var origins: [String: String] = [:]
    func add(_ node: Node?) {
      for entry in node?.mapping ?? [] {
        guard let key = entry.key.text else { continue }
        if key == "parameters" {
          add(entry.value)
        } else {
          // A window forgets the days of weaker layers.
          if key == "window" { (origins["from"], origins["to"]) = (nil, nil) }
          origins[key] = "\(entry.key.mark.file):\(entry.key.mark.line)"
        }
      }
    }
    func root(_ file: String) -> Node? {
      // The files were read a moment ago without an error; if one is gone by now, its settings are
      // called defaults.
      guard case .text(let bytes) = world.readFile(file) else { return nil }
      return Node.parse(bytes, file: file, problems: Problems())
    }
    add(root(pipeline.file)?["settings"])
    if let file = overrides.file { add(root(file)) }
    for assignment in overrides.assignments {
      let key = String(assignment.prefix { $0 != "=" })
      if key == "window" { (origins["from"], origins["to"]) = (nil, nil) }
      origins[key] = "--set"
    }
    if overrides.from != nil { origins["from"] = "--from" }
    if overrides.to != nil { origins["to"] = "--to" }
    self.origins = origins
  }

  /// The place where a setting is said, such as `Pipelines/nightly.yaml:18`.
  subscript(_ key: String) -> String { origins[key] ?? "default" }
}

extension Project {
  /// Where the settings of a pipeline, read with these overrides, come from.
  package func origins(of pipeline: Pipeline, overrides: SettingsOverrides) -> SettingsOrigins {
    SettingsOrigins(of: pipeline, overrides: overrides, world: Self.world)
  }
}
