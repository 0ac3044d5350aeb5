import Engine
import Files
import Metrics
import Threads

/// What a run will do, settled before anything is read: stages in order, their sources, the window.
package struct RunPlan: Sendable {
  /// The pipeline.
  package let pipeline: Pipeline
  /// Window, zone, currency and parameters.
  package let context: RunContext
  /// The stages, each after those it reads; ephemeral ones among them.
  package let stages: [any MetricStage.Type]
  /// The sources that are read, in the pipeline's order.
  package let sources: [SourceSpec]
  /// The warehouse's URL.
  package let warehouse: String
  /// The folder that relative paths of sources start from.
  package let inputs: String
  /// The folder for reports.
  package let output: String
  /// What the command line adds.
  package let options: RunOptions
  /// The project's folder, empty for the current one.
  package let folder: String

  /// Plans a run of `pipeline` over `window`; `folder` is the project's, which relative paths of
  /// the pipeline start from.
  package init(
    _ pipeline: Pipeline, window: Window, options: RunOptions, folder: String
  ) throws(RunError) {
    self.pipeline = pipeline
    self.options = options
    self.folder = folder
    let settings = pipeline.settings
    let selected = try Self.select(pipeline, options)
    let window = options.isFullRefresh ? Window(from: nil, to: window.to) : window
    var values = ContextValues()
    values[CommissionProgram.self] = settings.program
    let parameters: Parameters
    do throws(ParameterError) {
      parameters = try Parameters(
        settings.parameters, declarations: StageCatalogue.parameters, currency: settings.currency)
    } catch {
      throw RunError(.configuration, "\(pipeline.file): \(error)", help: "")
    }
    if selected.contains(TaxForms.name) {
      values[TaxYear.self] = try TaxYear.read(
        pipeline, window: window, parameters: parameters, folder: folder, world: Project.world)
    }
    context = RunContext(
      window: window, timeZone: settings.timezone, currency: settings.currency,
      parameters: parameters, values: values, memory: options.memory.map(Self.bounded),
      workers: Workers(count: options.pass.threads, run: runOnThreads))
    let types = Registry.stages.filter { selected.contains($0.name) }
    let order = try StageOrder.sorted(Self.candidates(types))
    stages = order.compactMap { name in types.first { $0.name == name } }
    let isPartial = options.select != nil || options.exclude != nil
    let read = Set(stages.flatMap { $0.reads.map(\.source) })
    sources = pipeline.sources.filter { !isPartial || read.contains($0.contract.source) }
    warehouse = Self.resolve(
      url: options.warehouse ?? pipeline.warehouse ?? "sqlite:warehouse.db",
      in: options.warehouse == nil ? folder : "")
    inputs = options.inputs ?? Self.resolve(pipeline.inputs ?? "", in: folder)
    output = options.output ?? Self.resolve(pipeline.output ?? "out", in: folder)
  }

  /// What may be held of rows within `bytes` for the whole program: all but what the program itself,
  /// buffers and what nobody counts were seen to take (176 MiB beside 50 million clicks), and at least
  /// a quarter.
  private static func bounded(_ bytes: Int) -> BoundedMemory {
    BoundedMemory(
      budget: MemoryBudget(limit: max(bytes - (176 << 20), bytes / 4)), space: SpillFiles())
  }

  /// What is said of a program that pays more than it should, where the run makes commissions.
  package var costlyTierTexts: [String] {
    guard stages.contains(where: { $0.name == CommissionLedger.name }) else { return [] }
    return pipeline.settings.program?.costlyTierTexts ?? []
  }

  /// The folder that keeps the rows which fail a run's data checks.
  func checksFolder(runID: String) -> String {
    Self.resolve("runs/\(runID)/checks", in: folder)
  }

  /// The names of the selected stages and of those computed in memory for them.
  private static func select(
    _ pipeline: Pipeline, _ options: RunOptions
  ) throws(RunError) -> Set<String> {
    let own = Registry.stages.filter { pipeline.stages.contains($0.name) }
    let selection = Selection(among: candidates(own))
    let names = Set(try selection.stages(select: options.select, exclude: options.exclude))
    if names.isEmpty, !own.isEmpty {
      throw RunError(.usage, "nothing is left to run", help: "exclude fewer stages")
    }
    return withEphemeral(names)
  }

  /// Stages with those that stay in memory for them: what is never published is made wherever it is
  /// needed.
  static func withEphemeral(_ stages: Set<String>) -> Set<String> {
    var names = stages
    for type in Registry.stages.reversed() where names.contains(type.name) {
      for upstream in type.upstream
      where Registry.stages.contains(where: { $0.name == upstream && $0.isEphemeral }) {
        names.insert(upstream)
      }
    }
    return names
  }

  /// Stages as candidates of a selection.
  package static func candidates(_ types: [any MetricStage.Type]) -> [Selection.Candidate] {
    types.map { type in
      Selection.Candidate(name: type.name, needs: type.upstream, tags: type.tags)
    }
  }

  /// A path relative to the project, unless it is absolute.
  static func resolve(_ path: String, in folder: String) -> String {
    if folder.isEmpty || folder == "." || path.hasPrefix("/") { return path }
    return path.isEmpty ? folder : "\(folder)/\(path)"
  }

  /// A warehouse's URL with its file relative to the project.
  static func resolve(url: String, in folder: String) -> String {
    guard url.hasPrefix("sqlite:") else { return url }
    return "sqlite:" + resolve(String(url.dropFirst(7)), in: folder)
  }
}
