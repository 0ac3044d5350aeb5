import Engine
import Files
import Metrics

/// The filing export: the only thing that holds whole tax numbers, for the IRS portal's upload.
///
/// Everything that can be wrong with template, payer or target is found before a row is read. The
/// numbers come from the sources, read once more for this alone, and are held against what was
/// published: forms that differ stop it.
package struct TaxFiling {
  /// What was written.
  package struct Outcome: Sendable {
    /// The files with their number of returns.
    package let files: [(path: String, returns: Int)]
    /// What to look at before the upload; never a tax number.
    package let warnings: [String]
  }

  /// The portal takes this many returns in a file.
  package static let returnsPerFile = 100

  private let plan: RunPlan
  private let year: Int
  private let target: String
  private let template: PortalTemplate
  private let lengths: PortalRows.Lengths
  private let payer: TaxSpec.Payer
  private let ein: TIN

  /// Prepares a filing into `target`.
  ///
  /// - Parameters:
  ///   - plan: The run that was made of the tax year.
  ///   - template: The portal's template; nil takes the shipped one of the year.
  ///   - folder: The project's.
  package init(
    _ plan: RunPlan, to target: String, template: String?, folder: String
  ) throws(RunError) {
    let world = Project.world
    let pipeline = plan.pipeline
    guard let year = pipeline.settings.taxYear else {
      throw RunError(.usage, "no tax year is said", help: "say --year 2026")
    }
    self.plan = plan
    self.year = year
    self.target = target
    guard let payer = pipeline.tax?.payer else {
      throw RunError(
        .configuration, "\(pipeline.file): the payer is not given, and every return names it",
        help: "add tax: {payer: {name: …, address_line1: …, city: …, state: …, postal_code: …, "
          + "ein: {environment: NIGHTMILL_PAYER_EIN}}}; see docs/tax-1099.md")
    }
    guard let ein = try pipeline.tax?.payerEIN(world, folder: folder) else {
      throw RunError(
        .configuration, "\(pipeline.file): the payer's EIN is not given",
        help: "set the variable, or write the file, that tax.payer.ein names; see docs/tax-1099.md")
    }
    self.payer = payer
    self.ein = ein
    let rules = try TaxRules.read(for: pipeline, folder: folder, world: world)
    lengths = rules.lengths
    guard let path = template ?? rules.templates.of(year)?.value else {
      let shipped = rules.templates.map {
        "\($0.years.lowerBound)–\($0.years.upperBound)"
      }.joined(separator: ", ")
      throw RunError(
        .usage,
        "the portal's header changes with the years, and that of \(year) is not here "
          + "(shipped: \(shipped))",
        help: "download the CSV template for 1099-NEC from the IRS portal (IRIS), and say "
          + "--template FILE")
    }
    let bytes = try file { () throws(FileError) in try readWholeFile(path) }
    self.template = try PortalTemplate(bytes, file: path)
    try checkTargets()
  }

  /// The names of the files for so many returns: the target, or `-001`, `-002`, … before its
  /// extension.
  package static func paths(_ target: String, returns: Int) -> [String] {
    if returns <= returnsPerFile { return [target] }
    let slash = target.lastIndex(of: "/") ?? target.startIndex
    let dot = target[slash...].lastIndex(of: ".") ?? target.endIndex
    return (1...((returns + returnsPerFile - 1) / returnsPerFile)).map { number in
      let digits = String(number)
      let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
      return "\(target[..<dot])-\(padded)\(target[dot...])"
    }
  }

  private func checkTargets() throws(RunError) {
    for path in [target, Self.paths(target, returns: Self.returnsPerFile + 1)[0]] {
      try file { () throws(FileError) in try SecretFiles.check(path) }
    }
  }

  /// Reads the sources, compares with what is published, and writes the files.
  package func write(
    comparing warehouse: any Warehouse, _ observer: any RunObserver
  ) throws(RunError) -> Outcome {
    let returns = try read(observer)
    try compare(returns, warehouse)
    var rows = PortalRows(
      template: template, lengths: lengths, year: year, payer: payer, ein: ein,
      currency: plan.context.currency)
    if returns.isEmpty { return Outcome(files: [], warnings: []) }
    // The template's own line end holds for the rows too.
    let end: [UInt8] = template.header.suffix(2) == [0x0D, 0x0A] ? [0x0D, 0x0A] : [0x0A]
    let paths = Self.paths(target, returns: returns.count)
    var files: [(path: String, returns: Int)] = []
    var contents: [[UInt8]] = []
    for (index, path) in paths.enumerated() {
      let part = returns.dropFirst(index * Self.returnsPerFile).prefix(Self.returnsPerFile)
      var bytes = template.header
      for item in part { bytes += rows.row(item) + end }
      contents.append(bytes)
      files.append((path, part.count))
    }
    try file { () throws(FileError) in
      var secret = SecretFiles()
      for (bytes, path) in zip(contents, paths) { try secret.write(bytes, to: path) }
      try secret.commit()
    }
    var seen: Set<String> = []
    return Outcome(files: files, warnings: rows.warnings.filter { seen.insert($0).inserted })
  }

  private func read(_ observer: any RunObserver) throws(RunError) -> [TaxReturn] {
    let stage = TaxForms(plan.context)
    let execution = TypedExecution(stage)
    let names = stage.reads.map(\.source)
    for spec in plan.sources where names.contains(spec.contract.source) {
      let run = SourceRun(
        contract: spec.contract,
        settings: RecordDecoder.Settings(
          timeZone: spec.timezone, currency: plan.context.currency),
        files: try SourceFiles(spec: spec, folder: plan.inputs).bind(observer),
        readers: [execution], options: plan.options.pass, memory: plan.context.memory)
      _ = try run.run(observer, bytes: 0)
    }
    return try Runner.stage { () throws(StageError) in try stage.returns(execution.takePartial()) }
  }

  /// Holds the returns against the published forms.
  private func compare(
    _ returns: [TaxReturn], _ warehouse: any Warehouse
  ) throws(RunError) {
    var published: [String: [Int64]] = [:]
    try Runner.warehouse { () throws(WarehouseError) in
      try warehouse.query(
        "SELECT recipient_id, nonemployee_compensation, federal_tax_withheld FROM form_1099_nec "
          + "WHERE tax_year = :year AND decision = 'form'",
        parameters: ["year": .integer(Int64(year))],
        types: ["nonemployee_compensation": .money, "federal_tax_withheld": .money]
      ) { row throws(WarehouseError) in
        guard case .text(let id) = row[0] else { return }
        published[id] = row.dropFirst().map { ReportValue($0).number ?? 0 }
      }
    }
    let differs =
      published.count != returns.count
      || returns.contains { published[$0.recipient] != [$0.compensation, $0.withheld] }
    guard differs else { return }
    throw RunError(
      .failed,
      "the forms of \(year) are not those that were just published: the inputs changed; "
        + "nothing was written", help: "run the command again")
  }
}
