import Engine
import Files
import YAML

/// Looks at the files of a project: mappings, reports and SQL against the tables of its migrations.
struct ProjectFiles {
  let project: Project
  /// An empty warehouse with the tables.
  let tables: any Warehouse
  let problems: Problems

  /// What is said of the files that pipelines use, or of all; problems are collected.
  func findings(
    of pipelines: [Pipeline], isWhole: Bool
  ) throws(RunError) -> [ProjectCheck.Finding] {
    var findings = pipelines.map { pipeline in
      found(
        "pipeline", pipeline.name,
        "\(count(pipeline.sources.count, "source")), \(count(pipeline.stages.count, "stage")), "
          + count(pipeline.checks.count, "check"))
    }
    var compiled: Set<String> = []
    for pipeline in pipelines {
      compiled.formUnion(pipeline.checks.compactMap(\.file))
    }
    for pipeline in pipelines {
      for text in pipeline.settings.program?.costlyTierTexts ?? [] {
        findings.append(
          ProjectCheck.Finding(status: .warn, kind: "program", name: pipeline.name, detail: text))
      }
    }
    let reports = isWhole ? project.reportNames : pipelines.flatMap(\.reports)
    let loader = ReportLoader(
      sqlFolder: project.path("SQL/reports"), world: Project.world,
      moneyDigits: (pipelines.first?.settings.currency ?? .defaultCurrency).digits)
    for (index, name) in reports.enumerated() where !reports[..<index].contains(name) {
      let file = project.path("Reports/\(name).yaml")
      guard let report = loader.load(file: file, problems: problems) else { continue }
      let queries = report.queries
      for (query, columns) in queries { compile(query, columns) }
      compiled.formUnion(queries.map(\.query.file))
      findings.append(found("report", name, count(queries.count, "query", "queries")))
    }
    if isWhole {
      findings += mappings(besides: Set(pipelines.flatMap { $0.sources.compactMap(\.mapping) }))
      for folder in ["SQL/checks", "SQL/reports"] {
        for file in Self.sqlFiles(in: project.path(folder)) where !compiled.contains(file) {
          compile(file)
          compiled.insert(file)
        }
      }
    }
    findings.append(
      found("SQL", count(compiled.count, "file"), "compiled against the tables of SQL/schema"))
    return findings
  }

  private func found(_ kind: String, _ name: String, _ detail: String) -> ProjectCheck.Finding {
    ProjectCheck.Finding(status: .ok, kind: kind, name: name, detail: detail)
  }

  private func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? "\(noun)s")"
  }

  /// Compiles a report's query and looks whether it gives what the report shows.
  private func compile(_ query: Report.Query, _ columns: [Report.Column]) {
    guard let names = SQLCheck(tables, problems).columns(of: query.sql, file: query.file) else {
      return
    }
    for column in columns {
      for problem in column.problems(query, giving: names) { problems.add(problem) }
    }
  }

  private func compile(_ file: String) {
    switch Project.world.readFile(file) {
    case .text(let bytes):
      let sql = String(decoding: bytes, as: UTF8.self)
      _ = SQLCheck(tables, problems).columns(of: sql, file: file)
    case .unreadable(let reason):
      problems.add(Mark(file: file), "the file cannot be read: \(reason)")
    case .absent: break
    }
  }

  /// Reads the mappings that no pipeline uses, each for the source whose columns it is about.
  private func mappings(besides used: Set<String>) -> [ProjectCheck.Finding] {
    let folder = project.path("Pipelines/mappings")
    let names = Project.list(folder).filter { $0.hasSuffix(".yaml") }
      .map { String($0.dropLast(5)) }.sorted()
    return names.filter { !used.contains($0) }.compactMap { name in
      let file = "\(folder)/\(name).yaml"
      guard case .text(let bytes) = Project.world.readFile(file),
        let node = Node.parse(bytes, file: file, problems: problems)
      else { return nil }
      let columns = Set(node["columns"]?.mapping?.compactMap(\.key.text) ?? [])
      func alike(_ contract: Contract) -> Int {
        contract.fields.count { columns.contains($0.name) }
      }
      guard let contract = Registry.sources.max(by: { alike($0) < alike($1) }),
        let share = Percentage(parsing: "1 %")
      else { return nil }
      let mark = Mark(file: file)
      func text(_ text: String) -> Node { Node(.scalar(Node.Scalar(text)), mark: mark) }
      let source = Node(
        .mapping([
          Node.Entry(key: text("files"), value: text("\(contract.source).csv")),
          Node.Entry(key: text("mapping"), value: text(name)),
        ]), mark: mark)
      _ = SourceReader(
        known: project.knownNames, world: Project.world, problems: problems, mappings: folder,
        maxQuarantined: share
      ).source(text(contract.source), ValueReader(source, label: name, problems: problems))
      return found("mapping", name, "of \(contract.source)")
    }
  }

  /// The SQL files of a folder and those in it, sorted.
  private static func sqlFiles(in folder: String) -> [String] {
    Project.list(folder).sorted().flatMap { name -> [String] in
      let path = "\(folder)/\(name)"
      return name.hasSuffix(".sql") ? [path] : name.contains(".") ? [] : sqlFiles(in: path)
    }
  }
}

extension Check {
  /// The SQL file it is, if it is one.
  fileprivate var file: String? {
    if case .query(let query) = rule { query.file } else { nil }
  }
}

extension Report {
  /// Its queries with the columns that are made from each.
  fileprivate var queries: [(query: Query, columns: [Column])] {
    var queries = sheets.map { (query: $0.query, columns: $0.columns) }
    if let each { queries.append((each.query, [each.column])) }
    if let tiles { queries.append((tiles.query, tiles.figures.map(\.column))) }
    if let controls { queries.append((controls.query, controls.figures.map(\.column))) }
    return queries
  }
}
