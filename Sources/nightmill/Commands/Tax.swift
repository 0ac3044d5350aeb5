import Engine
import Runner

extension Command {
  static let tax = Command(
    name: "tax", summary: "the 1099 summary of a year: workbook, CSV, copies, filing export",
    details: [
      "Reads payouts, tax profiles and partners, publishes who was paid what, and makes the workbook "
        + "1099-summary-YEAR.xlsx, its CSV files and a copy for each recipient of a form. Days after "
        + "--to are not seen; rules come from Pipelines/tax/1099.yaml.",
      "Tax numbers are masked everywhere but in the file of --filing, which is for the IRS portal's "
        + "upload (IRIS): readable by its owner alone, at most 100 returns a file, FILE-001, FILE-002, "
        + "… where there are more.",
      "A preparation aid, not tax advice: whether a form is due is for the payer and its adviser to "
        + "decide.",
    ],
    positional: Positional(name: "FORM", summary: "the form: 1099", count: 1...1),
    flags: [
      TaxFlag.year, .to, TaxFlag.filing, TaxFlag.template, TaxFlag.noCopies, TaxFlag.pipeline,
      TaxFlag.output, .warehouse, .inputs, .settings, .set, .threads, .memory, .timeout, .runs,
      .project, .quiet,
    ],
    examples: [
      Example("nightmill tax 1099 --year 2026", "the year, up to yesterday"),
      Example(
        "nightmill tax 1099 --year 2026 --filing filing/nec.csv --template iris.csv",
        "with the file for the IRS portal"),
    ],
    run: { arguments, console throws(RunError) in
      guard arguments.positionals[0] == "1099" else {
        throw RunError(
          .usage, "there is no form \"\(arguments.positionals[0])\"",
          help: "write nightmill tax 1099 --year 2026")
      }
      return try TaxCommand(arguments, console).run()
    })
}

/// The flags of `tax` alone.
private enum TaxFlag {
  static let year = Flag("year", "YEAR", example: "2026", "the tax year; needed")
  static let filing = Flag(
    "filing", "FILE", example: "filing/1099-nec.csv",
    "the file for the IRS portal, with whole tax numbers; must not exist yet")
  static let template = Flag(
    "template", "FILE", example: "iris-1099-nec-2026.csv",
    "the portal's CSV template of the year (default: the shipped one, where there is one)")
  static let noCopies = Flag(switch: "no-copies", "make no recipients' copies")
  static let pipeline = Flag(
    "pipeline", "NAME", example: "tax", "the pipeline that computes the year (default: tax)")
  static let output = Flag(
    "output", "DIR", example: "out",
    "the folder that gets a folder for the year (default: as the pipeline says)")
}

/// `nightmill tax 1099`: the run of a year, and what is made from it.
private struct TaxCommand {
  private let arguments: Arguments
  private let console: Console
  private let isQuiet: Bool
  private let year: Int
  private let project: Project
  private let plan: RunPlan
  private let words: [String]

  init(_ arguments: Arguments, _ console: Console) throws(RunError) {
    self.arguments = arguments
    self.console = console
    isQuiet = arguments.isSet(.quiet)
    guard let year = try arguments.integer(TaxFlag.year, in: 1900...9998) else {
      throw RunError(
        .usage, "`nightmill tax 1099` needs --year", help: "for example --year 2026")
    }
    self.year = year
    project = try Project(folder: arguments.text(.project))
    var overrides = SettingsOverrides()
    overrides.file = arguments.text(.settings)
    overrides.assignments = arguments.texts(.set) + ["tax_year=\(year)"]
    let name = arguments.text(TaxFlag.pipeline) ?? "tax"
    let pipeline = try project.pipeline(name, overrides: overrides)
    let last = try Self.lastDay(arguments, pipeline)
    guard let first = Day(year: year, month: 1, day: 1), first <= last else {
      throw RunError(
        .usage, "the tax year \(year) has not begun by \(last.text)",
        help: "name an earlier year, or a later day with --to")
    }
    guard pipeline.settings.currency.text == "USD" else {
      throw RunError(
        .configuration,
        "\(pipeline.file): 1099s are in USD, and the pipeline reports in "
          + pipeline.settings.currency.text, help: "set currency: USD for the tax pipeline")
    }
    var options = try Planning.options(arguments)
    options.select = "tax_1099"
    options.output = arguments.text(TaxFlag.output)
    plan = try RunPlan(
      pipeline, window: Window(from: first, to: last), options: options, folder: project.folder)
    // The same as a command line of `run`, which keeps what it did and can be retried.
    words =
      [
        name, "--from", first.text, "--to", last.text, "--select", "tax_1099", "--no-reports",
      ]
      + arguments.words(of: [
        .warehouse, .inputs, .settings, .set, .threads, .memory, .timeout, .runs, .project,
      ]) + ["--set", "tax_year=\(year)"] + (isQuiet ? ["--quiet"] : [])
  }

  /// The last day that is seen: `--to`, else that of the settings, else yesterday.
  private static func lastDay(
    _ arguments: Arguments, _ pipeline: Pipeline
  ) throws(RunError) -> Day {
    guard let text = arguments.text(.to) else {
      return pipeline.settings.to ?? Clock.today(in: pipeline.settings.timezone) - 1
    }
    if let day = Day(text) { return day }
    throw RunError(
      .usage, "--to: expected a day such as 2027-01-31, found \"\(text)\"",
      help: "write --to 2027-01-31")
  }

  func run() throws(RunError) -> ExitCode {
    // What is wrong with the filing is said before anything is read.
    var filing: TaxFiling?
    if let path = arguments.text(TaxFlag.filing) {
      filing = try TaxFiling(
        plan, to: path, template: arguments.text(TaxFlag.template), folder: project.folder)
    } else if arguments.text(TaxFlag.template) != nil {
      throw RunError(
        .usage, "--template is about the filing export, and none is asked for",
        help: "add --filing FILE")
    }
    let exit = try Command.run.run(try Arguments(words, of: .run), console)
    guard exit == .done else { return exit }
    let warehouse = try Registry.openWarehouse(
      plan.warehouse, currency: plan.context.currency, readOnly: true)
    let files = try makeFiles(warehouse)
    if !isQuiet { console.show("\nfiles\n" + files) }
    let (forms, toSettle) = try counts(warehouse)
    if !isQuiet {
      console.note(
        "\n\(year): \(Figures.count(forms, "form")), \(Figures.count(toSettle, "exception")) to "
          + "settle before filing (sheet Exceptions)\n"
          + "A preparation aid, not tax advice: who gets a form is for the payer to decide.")
    }
    if let filing { try write(filing, warehouse) }
    return .done
  }

  /// Workbook, CSV files and copies; what was written, a line each.
  private func makeFiles(_ warehouse: any Warehouse) throws(RunError) -> String {
    guard let period = ReportPeriod(year: String(year)) else {
      throw RunError(.usage, "--year \(year) has no calendar", help: "write a year of four digits")
    }
    let reports = Reports(
      project: project, warehouse: warehouse, currency: plan.context.currency,
      timeZone: plan.context.timeZone, output: plan.output)
    let files = try reports.make(["1099-summary"], period: period).text
    if arguments.isSet(TaxFlag.noCopies) { return files }
    let copies = try RecipientCopies(
      warehouse, year: year, currency: plan.context.currency, timeZone: plan.context.timeZone,
      output: plan.output
    ).make()
    return files
      + "\(copies.folder)/  \(Figures.count(copies.count)) \(copies.count == 1 ? "copy" : "copies") for recipients\n"
  }

  private func counts(_ warehouse: any Warehouse) throws(RunError) -> (forms: Int, toSettle: Int) {
    func count(_ sql: String) throws(RunError) -> Int {
      var found = 0
      do throws(WarehouseError) {
        try warehouse.query(sql, parameters: ["year": .integer(Int64(year))], types: [:]) {
          row throws(WarehouseError) in
          if case .integer(let number) = row[0] { found = Int(number) }
        }
      } catch { throw RunError(error) }
      return found
    }
    return (
      try count(
        "SELECT COUNT(*) FROM form_1099_nec WHERE tax_year = :year AND decision = 'form'"),
      try count(
        "SELECT COUNT(*) FROM form_1099_exceptions WHERE tax_year = :year AND severity = 'settle'")
    )
  }

  private func write(_ filing: TaxFiling, _ warehouse: any Warehouse) throws(RunError) {
    let outcome = try filing.write(comparing: warehouse, SilentObserver())
    for warning in outcome.warnings.prefix(20) { console.warn("filing: \(warning)") }
    if outcome.warnings.count > 20 {
      console.warn("filing: and \(outcome.warnings.count - 20) more of the kind")
    }
    if outcome.files.isEmpty {
      console.note("no form, so no file was written for the portal")
      return
    }
    if !isQuiet {
      for (path, returns) in outcome.files {
        console.note("\(path)  \(Figures.count(returns, "return"))")
      }
    }
    console.warn(
      "the filing export holds whole tax numbers: upload it, then remove it; do not mail it or keep it "
        + "in a backup")
  }
}
