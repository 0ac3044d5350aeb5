import Engine
import Files
import Metrics

/// A plan in words: what a run would do, said without touching the warehouse.
package struct PlanText {
  private let plan: RunPlan
  private let origins: SettingsOrigins

  /// The words of a plan whose settings come from `origins`.
  package init(_ plan: RunPlan, origins: SettingsOrigins) {
    self.plan = plan
    self.origins = origins
  }

  /// The text, and why the run would fail at once if it would: sources without files.
  package func make() -> (text: String, problem: RunError?) {
    let (files, problem) = sources()
    return (heading + settings + warnings + stages + files, problem)
  }

  private var window: Window { plan.context.window }

  private var heading: String {
    let pipeline = plan.pipeline
    var columns = TextColumns(leading: 2)
    let summary = pipeline.summary.map { ": \($0)" } ?? ""
    columns.add(["pipeline", "\(pipeline.name) (\(pipeline.file))\(summary)"])
    columns.add(["window", "\(days) (\(windowOrigin))"])
    let lock = plan.options.isDryRun ? ", nothing is published" : ""
    columns.add(["warehouse", Registry.shown(plan.warehouse) + lock])
    columns.add(["inputs", plan.inputs.isEmpty ? "the current folder" : plan.inputs])
    columns.add(["checks", checks])
    columns.add(["reports", reports])
    return columns.text
  }

  private var days: String {
    guard let from = window.from else { return "everything up to \(window.to.text)" }
    if from == window.to { return from.text }
    return "\(from.text) to \(window.to.text), \(window.to - from + 1) days"
  }

  private var windowOrigin: String {
    if plan.options.isFullRefresh { return "--full-refresh" }
    let settings = plan.pipeline.settings
    let said = [
      settings.from != nil ? "from: \(origins["from"])" : nil,
      settings.to != nil ? "to: \(origins["to"])" : nil,
    ].compactMap { $0 }
    if !said.isEmpty { return said.joined(separator: ", ") }
    return "\(settings.window.rawValue): \(origins["window"])"
  }

  private var checks: String {
    let written = Set(plan.stages.flatMap { stage in stage.readable.map(\.name) })
    let own = plan.checks.filter { $0.concerns(written) }
    if own.isEmpty { return "none" }
    let mild = own.count { $0.severity == .warn }
    return "\(own.count), \(mild == 0 ? "each" : "\(own.count - mild)") of which must hold"
  }

  private var reports: String {
    let names = plan.pipeline.reports
    if names.isEmpty { return "none" }
    if plan.options.isDryRun { return "none (a dry run)" }
    if !plan.options.makesReports { return "none (--no-reports)" }
    return "\(names.joined(separator: ", ")) for \(window.to.weekText), into \(plan.output)"
  }

  private var settings: String {
    let settings = plan.pipeline.settings
    var columns = TextColumns(leading: 3, indent: 2)
    columns.add(["timezone", settings.timezone.name, origins["timezone"]])
    columns.add(["currency", settings.currency.text, origins["currency"]])
    if let year = settings.taxYear { columns.add(["tax_year", "\(year)", origins["tax_year"]]) }
    if let program = settings.program {
      let most = "\(program.name), at most \(program.mostOfSale.percentText) of a sale"
      columns.add(["program", most, origins["program"]])
    }
    for declaration in plan.parameterDeclarations {
      let text = settings.parameters[declaration.name] ?? declaration.defaultValue
      columns.add([declaration.name, text, origins[declaration.name]])
    }
    return "\nsettings\n" + columns.text
  }

  private var warnings: String {
    plan.costlyTierTexts.map { "  warning: \($0)\n" }.joined()
  }

  private var stages: String {
    var text = "\nstages, in order\n"
    for (index, stage) in plan.stages.enumerated() {
      text += "  \(index + 1). \(stage.name): \(stage.summary)\n"
      var columns = TextColumns(leading: 2, indent: 5)
      for read in stage.reads { columns.add(["reads", "\(read.source), \(span(read.lookback))"]) }
      for name in stage.upstream { columns.add(["needs", needed(name)]) }
      if stage.restates == .max {
        columns.add(["restates", "all days before the window"])
      } else if stage.restates > 0 {
        let since = window.from.map { ", from \(($0 - stage.restates).text)" } ?? ""
        columns.add(["restates", "\(stage.restates) days before the window\(since)"])
      }
      let tables = stage.writes.map(\.name).joined(separator: ", ")
      columns.add(
        ["writes", stage.isEphemeral ? "\(tables) (kept in memory, not published)" : tables])
      text += columns.text
    }
    return text
  }

  private func needed(_ name: String) -> String {
    plan.stages.contains { $0.name == name } ? name : "\(name), as published in the warehouse"
  }

  private func span(_ lookback: SourceRead.Lookback) -> String {
    switch lookback {
    case .timeless: return "all of it"
    case .all: return "everything up to \(window.to.text)"
    case .days(let days):
      guard let from = window.from else { return "everything up to \(window.to.text)" }
      let start = (from - days).text
      let note = days == 0 ? "" : " (\(days) \(days == 1 ? "day" : "days") before the window)"
      return "\(start) to \(window.to.text)\(note)"
    }
  }

  private func sources() -> (text: String, problem: RunError?) {
    var text = "\nsources\n"
    var problem: RunError?
    for spec in plan.sources {
      if let query = spec.query {
        text += "  \(spec.contract.source): query \(query.file) of \(query.database)\n"
        let (from, to) = plan.span(of: spec.contract)
        let since = from <= Instant.first ? "everything" : "from \(Instant.text(from))"
        let parts = query.splitBy.map { ", in parts by \($0)" } ?? ""
        text += "     \(since) to before \(Instant.text(to))\(parts)\n"
        continue
      }
      let files = SourceFiles(spec: spec, folder: plan.inputs)
      do throws(RunError) {
        let found = try files.find()
        var sizes: [Int] = []
        for entry in found {
          sizes.append(try file { () throws(FileError) in try ByteFile.sizeOnDisk(entry.path) })
        }
        text += "  \(spec.contract.source): \(summary(sizes))\n"
        var columns = TextColumns(indent: 5)
        for (entry, size) in zip(found, sizes) { columns.add([entry.name, fileSize(size)]) }
        text += columns.text
      } catch {
        text += "  \(spec.contract.source): NOT FOUND: \(spec.files.joined(separator: ", "))\n"
        problem = problem ?? error
        continue
      }
      do throws(RunError) {
        let unused = try files.bound().unused
        if !unused.isEmpty { text += "     not used: \(unused.joined(separator: ", "))\n" }
      } catch {
        text += "     DOES NOT FIT THE SOURCE\n"
        problem = problem ?? error
      }
    }
    return (text, problem)
  }

  private func summary(_ sizes: [Int]) -> String {
    if sizes.isEmpty { return "no file, and none is needed" }
    let total = fileSize(sizes.reduce(0, +))
    return sizes.count == 1 ? "1 file, \(total)" : "\(sizes.count) files, \(total)"
  }
}
