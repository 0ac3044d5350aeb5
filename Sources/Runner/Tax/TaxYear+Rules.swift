import Engine
import Metrics
import YAML

extension TaxYear {
  /// The tax year of a pipeline's settings with the rules of the project's table; nil where the
  /// settings name none.
  ///
  /// - Parameter folder: the project's.
  /// - Throws: `.configuration` where the year's threshold is not known, or the table or a secret
  ///   cannot be read.
  static func read(
    _ pipeline: Pipeline, window: Window, parameters: Parameters, folder: String,
    world: ConfigurationWorld
  ) throws(RunError) -> TaxYear? {
    guard let year = pipeline.settings.taxYear else { return nil }
    let rules = try TaxRules.read(for: pipeline, folder: folder, world: world)
    let given = parameters.given(TaxForms.threshold)
    guard let threshold = given ?? rules.thresholds.of(year)?.value else {
      throw RunError(
        .configuration,
        "tax year \(year): its threshold is not known yet: it is indexed, and \(rules.file) has none",
        help: "look it up and say --set tax_threshold=AMOUNT, or add it to \(rules.file)")
    }
    guard let withholding = rules.withholding.of(year) else {
      throw RunError(
        .configuration, "tax year \(year): \(rules.file) has no rate of backup withholding",
        help: "add it under backup_withholding")
    }
    let facts = TaxFacts(
      year: year, rules: rules, pipeline: pipeline, window: window,
      givenThreshold: given, ein: try pipeline.tax?.payerEIN(world, folder: folder))
    return TaxYear(
      year: year, threshold: threshold, withholdingRate: withholding.value,
      stateThresholds: rules.states.filter { $0.years.contains(year) }.map(\.value),
      facts: facts.lines, tinKey: try pipeline.tax?.tinKey(world, folder: folder))
  }
}

extension TaxRules {
  /// The table for a pipeline: `tax/1099.yaml` beside its file, else that of the project.
  package static func read(
    for pipeline: Pipeline, folder: String, world: ConfigurationWorld
  ) throws(RunError) -> TaxRules {
    let beside = pipeline.file.lastIndex(of: "/").map { String(pipeline.file[...$0]) } ?? ""
    var file = beside + "tax/1099.yaml"
    if case .absent = world.readFile(file) {
      file = RunPlan.resolve("Pipelines/tax/1099.yaml", in: folder)
    }
    do throws(YAMLError) {
      return try TaxRulesReader(world: world, moneyDigits: pipeline.settings.currency.digits)
        .read(file)
    } catch {
      throw RunError(error)
    }
  }
}

extension TaxSpec {
  /// The payer's EIN, nil where none is given.
  func payerEIN(_ world: ConfigurationWorld, folder: String) throws(RunError) -> TIN? {
    guard let source = payer?.ein,
      let bytes = try source.read(world, folder: folder, what: "the payer's EIN")
    else { return nil }
    let ein = bytes.withView { TIN($0, type: .ein) }
    guard ein.key != nil else {
      throw RunError(
        .configuration, "the payer's EIN cannot be right: expected nine digits such as 12-3456780",
        help: "correct the file or the variable that the pipeline's tax.payer.ein names")
    }
    return ein
  }

  /// The key for tax numbers, nil where none is given. A short one could be guessed.
  func tinKey(_ world: ConfigurationWorld, folder: String) throws(RunError) -> [UInt8]? {
    guard let bytes = try key?.read(world, folder: folder, what: "the key for tax numbers") else {
      return nil
    }
    guard bytes.count >= 16 else {
      throw RunError(
        .configuration, "the key for tax numbers is too short: expected at least 16 characters",
        help: "make one with: openssl rand -hex 32")
    }
    return bytes
  }
}

/// What readers of the forms should know, line by line.
struct TaxFacts {
  let year: Int
  let rules: TaxRules
  let pipeline: Pipeline
  let window: Window
  let givenThreshold: Int64?
  let ein: TIN?

  var lines: [TaxYear.Fact] { payer + federal + states }

  private var payer: [TaxYear.Fact] {
    guard let payer = pipeline.tax?.payer else {
      return [
        TaxYear.Fact(
          section: "payer", name: "Payer", value: "not given: see tax.payer of the pipeline")
      ]
    }
    let city = "\(payer.city), \(payer.state) \(payer.postalCode)"
    let country = payer.country == "US" ? nil : payer.country
    let address = [payer.addressLine1, payer.addressLine2, city, country].compactMap { $0 }
    let named: [(String, String?)] = [
      ("Payer", [payer.name, payer.nameLine2].compactMap { $0 }.joined(separator: " ")),
      ("EIN", ein?.masked ?? "not given"),
      ("Address", address.joined(separator: ", ")),
      ("Phone", payer.phone), ("E-mail", payer.email),
    ]
    return named.compactMap { name, value in
      value.map { TaxYear.Fact(section: "payer", name: name, value: $0) }
    }
  }

  private var federal: [TaxYear.Fact] {
    let settings = pipeline.settings
    var lines = [
      TaxYear.Fact(section: "rule", name: "Tax year", value: "\(year): by the day of payment"),
      TaxYear.Fact(
        section: "rule", name: "Days", value: "of the time zone \(settings.timezone.name)"),
      TaxYear.Fact(section: "rule", name: "Payments up to", value: window.to.text),
    ]
    if let givenThreshold {
      lines.append(
        TaxYear.Fact(
          section: "rule", name: "Threshold", value: amount(givenThreshold),
          source: "the setting tax_threshold"))
    } else if let entry = rules.thresholds.of(year) {
      lines.append(fact("Threshold", amount(entry.value), entry))
    }
    if let entry = rules.withholding.of(year) {
      let tenths = entry.value.scaled / (Rate.scale / 1000)
      let rate = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
      lines.append(fact("Backup withholding", "\(rate) %", entry))
    }
    if let entry = rules.boxes.of(year) {
      lines.append(fact("Box of nonemployee compensation", entry.value.compensation, entry))
      lines.append(fact("Box of federal tax withheld", entry.value.withheld, entry))
    }
    if let entry = rules.due.of(year) {
      lines.append(fact("Due to recipients", entry.value.recipients.text, entry))
      lines.append(fact("Due to the IRS", entry.value.irs.text, entry))
      lines.append(fact("Form 945 due", entry.value.form945.text, entry))
    }
    return lines
  }

  private var states: [TaxYear.Fact] {
    rules.states.filter { $0.years.contains(year) }.map { entry in
      TaxYear.Fact(
        section: "state", name: "Threshold in \(entry.value.state)",
        value: amount(entry.value.amount),
        source: entry.source, asOf: entry.asOf)
    }
  }

  private func fact<Value>(
    _ name: String, _ value: String, _ entry: TaxRules.Entry<Value>
  ) -> TaxYear.Fact {
    TaxYear.Fact(section: "rule", name: name, value: value, source: entry.source, asOf: entry.asOf)
  }

  private func amount(_ minor: Int64) -> String {
    var bytes: [UInt8] = []
    Money.append(minor, digits: pipeline.settings.currency.digits, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
