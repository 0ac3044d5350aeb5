import Engine

/// The project's files: whether each can be read, not what a run would make of it.
extension Doctor {
  /// Reads every pipeline and report; the pipelines that can be read are handed on.
  func examine(_ project: Project, _ pipelines: inout [Pipeline]) -> [Finding] {
    var findings: [Finding] = []
    do throws(RunError) {
      let migrations = try project.migrations()
      findings.append(
        Finding("SQL/schema", .ok, Self.count(migrations.count, "migration")))
    } catch {
      findings.append(Finding("SQL/schema", .problem, error))
    }
    if project.pipelineNames.isEmpty {
      findings.append(
        Finding(
          "pipelines", .problem, "there are none in \(project.path("Pipelines"))",
          help: "`nightmill init DIR` makes a project that has some"))
    }
    for name in project.pipelineNames {
      let subject = "pipeline \(name)"
      do throws(RunError) {
        let pipeline = try project.pipeline(name)
        pipelines.append(pipeline)
        findings.append(
          Finding(
            subject, .ok,
            [
              Self.count(pipeline.sources.count, "source"),
              Self.count(pipeline.stages.count, "stage"),
              Self.count(pipeline.reports.count, "report"),
            ].joined(separator: ", ")))
      } catch {
        findings.append(
          Finding(
            subject, .problem, error.message,
            help: error.help.isEmpty
              ? "correct the file; `nightmill plan \(name)` checks it again" : error.help))
      }
    }
    for name in project.reportNames {
      let digits = pipelines.first { $0.reports.contains(name) }?.settings.currency.digits ?? 2
      do throws(RunError) {
        let report = try project.reports([name], moneyDigits: digits)
        let sheets = report.reduce(0) { $0 + $1.sheets.count }
        findings.append(Finding("report \(name)", .ok, Self.count(sheets, "sheet")))
      } catch {
        findings.append(
          Finding(
            "report \(name)", .problem, error.message,
            help: error.help.isEmpty ? "correct the file" : error.help))
      }
    }
    return findings
  }

  private static func count(_ number: Int, _ what: String) -> String {
    "\(number) \(what)\(number == 1 ? "" : "s")"
  }
}
