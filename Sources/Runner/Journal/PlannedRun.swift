import Engine

/// What a run was to do, as its document keeps it: all that its figures depend on but the inputs, and
/// where things are. A retry compares it with what the same command would do now.
package struct PlannedRun: Sendable {
  /// A setting, its value, and where it is said.
  struct Setting: Sendable {
    let name: String
    let value: String
    let origin: String
  }

  let pipeline: String
  let file: String
  /// The first day, nil for everything there is.
  let from: String?
  let to: String
  let isDryRun: Bool
  let isFullRefresh: Bool
  let makesReports: Bool
  let settings: [Setting]
  /// The stages that are published, in order.
  let stages: [String]
  let reports: [String]
  /// A short name for how each source is read: its mapping, dialect, zone.
  let mappings: [(source: String, fingerprint: String)]
  let warehouse: String
  let inputs: String
  let output: String
  let threads: Int

  /// What a plan is about to do.
  init(_ plan: RunPlan, origins: SettingsOrigins) {
    pipeline = plan.pipeline.name
    file = plan.pipeline.file
    from = plan.context.window.from?.text
    to = plan.context.window.to.text
    isDryRun = plan.options.isDryRun
    isFullRefresh = plan.options.isFullRefresh
    makesReports = plan.options.makesReports
    settings = Self.settings(of: plan, origins)
    stages = plan.stages.filter { !$0.isEphemeral }.map { $0.name }
    reports = plan.pipeline.reports
    mappings = plan.sources.map {
      (
        $0.contract.source,
        storedFingerprint("\($0.files.joined(separator: "\n"))\n\($0.canonicalText)")
      )
    }
    warehouse = Self.absolute(url: plan.warehouse)
    inputs = absolutePath(plan.inputs)
    output = absolutePath(plan.output)
    threads = plan.options.pass.threads
  }

  /// As run.json has it.
  var members: [(String, JSON)] {
    [
      ("pipeline", .text(pipeline)), ("pipeline_file", .text(file)),
      ("from", .optional(from)), ("to", .text(to)),
      ("dry_run", .boolean(isDryRun)), ("full_refresh", .boolean(isFullRefresh)),
      (
        "settings",
        .list(
          settings.map {
            ["name": .text($0.name), "value": .text($0.value), "origin": .text($0.origin)]
          })
      ),
      ("stages_planned", .list(stages.map { .text($0) })),
      ("reports_planned", .list(makesReports ? reports.map { .text($0) } : [])),
      (
        "mappings",
        .object(mappings.map { JSON.Member(key: $0.source, value: .text($0.fingerprint)) })
      ),
      ("warehouse", .text(Self.masked(warehouse))), ("inputs", .text(inputs)),
      ("output", .text(output)), ("threads", .integer(threads)),
    ]
  }

  /// Every setting that counts, its value, and where it is said. A program written in the pipeline
  /// may hold values of the environment: it is shown by a fingerprint.
  private static func settings(of plan: RunPlan, _ origins: SettingsOrigins) -> [Setting] {
    let settings = plan.pipeline.settings
    func setting(_ name: String, _ value: String) -> Setting {
      Setting(name: name, value: value, origin: origins[name])
    }
    var all = [
      setting("timezone", settings.timezone.name), setting("currency", settings.currency.text),
    ]
    if let year = settings.taxYear { all.append(setting("tax_year", "\(year)")) }
    if let program = settings.program, let terms = settings.programText {
      all.append(setting("program", "\(program.name), terms \(storedFingerprint(terms))"))
    }
    for declaration in plan.parameterDeclarations {
      all.append(
        setting(
          declaration.name, settings.parameters[declaration.name] ?? declaration.defaultValue))
    }
    return all
  }

  /// A URL without its password: `user:***@`, `password=***`. Other text stays as it is.
  package static func masked(_ text: String) -> String {
    guard let scheme = text.firstRange(of: "://") else { return text }
    var masked = text
    if let at = masked[scheme.upperBound...].lastIndex(of: "@"),
      let colon = masked[scheme.upperBound..<at].firstIndex(of: ":")
    {
      masked.replaceSubrange(masked.index(after: colon)..<at, with: "***")
    }
    if let word = masked.firstRange(of: "password=") {
      let end = masked[word.upperBound...].firstIndex(of: "&") ?? masked.endIndex
      masked.replaceSubrange(word.upperBound..<end, with: "***")
    }
    return masked
  }

  private static func absolute(url: String) -> String {
    guard url.hasPrefix("sqlite:") else { return url }
    return "sqlite:" + absolutePath(String(url.dropFirst("sqlite:".count)))
  }
}

extension RunPlan {
  /// The settings that the plan's stages ask for, each once.
  var parameterDeclarations: [ParameterDeclaration] {
    stages.reduce(into: []) { all, stage in
      for declaration in stage.parameters where !all.contains(declaration) {
        all.append(declaration)
      }
    }
  }
}
