import Engine
import YAML

/// The warehouse as one report sees it: its queries asked for its period.
struct ReportSource {
  let report: Report
  let period: ReportPeriod
  let warehouse: any Warehouse
  let timeZone: Engine.TimeZone
  /// The last day that published runs cover, at most the period's last; nil where nothing was
  /// published.
  let dataUpTo: Day?
  /// What the report is of, where it is made for each row of a query.
  var subject: String?

  /// The rows of a sheet, period after period; earlier periods without any figure are left out, so
  /// that a chart begins where the data does.
  func rows(of sheet: Report.Sheet) throws(RunError) -> ReportRows {
    var rows: [[ReportValue]] = []
    var asked = period
    var periods = [asked]
    for _ in 1..<max(1, sheet.periods) {
      asked = asked.previous(by: report.unit)
      periods.insert(asked, at: 0)
    }
    for (index, each) in periods.enumerated() {
      let own = try self.rows(sheet.columns, of: sheet.query, in: each)
      let isBefore = index < periods.count - 1 && rows.isEmpty
      if isBefore, own.allSatisfy({ Self.isBlank($0, sheet.columns) }) { continue }
      rows += own
    }
    return ReportRows(columns: sheet.columns, rows: rows)
  }

  /// The one row of figures in a period.
  func figures(
    _ columns: [Report.Column], of query: Report.Query, mark: Mark, in period: ReportPeriod
  ) throws(RunError) -> [ReportValue] {
    let rows = try rows(columns, of: query, in: period)
    guard rows.count == 1, let row = rows.first else {
      throw RunError(
        .configuration,
        "\(mark): the figures need one row, and \(query.file) gave \(rows.count)",
        help: "aggregate without GROUP BY")
    }
    return row
  }

  /// What the report is made for, one after the other.
  func subjects(_ each: Report.Each) throws(RunError) -> [String] {
    var subjects: [String] = []
    var seen: Set<String> = []
    for row in try rows([each.column], of: each.query, in: period) {
      guard case .text(let subject) = row[0], !subject.isEmpty, seen.insert(subject).inserted else {
        throw RunError(
          .configuration,
          "\(each.mark): \(each.query.file) must give a \(each.key) in every row, each once",
          help: "leave out rows without one, and group by it")
      }
      subjects.append(subject)
    }
    return subjects
  }

  /// Whether no figure says anything: nothing was there to count.
  static func isBlank(_ row: [ReportValue], _ columns: [Report.Column]) -> Bool {
    zip(row, columns).allSatisfy { value, column in
      !column.type.isAdditive || value == .null || value == .number(0)
    }
  }

  /// The value of a parameter in a period.
  func parameter(_ name: String, in period: ReportPeriod) -> (value: ReportValue, type: ReportType)
  {
    let previous = period.previous(by: report.unit)
    func day(_ day: Day) -> (ReportValue, ReportType) { (.number(Int64(day.number)), .day) }
    switch name {
    case "from": return day(period.from)
    case "to": return day(period.to)
    case "previous_from": return day(previous.from)
    case "previous_to": return day(previous.to)
    case "year": return (.number(Int64(period.to.year)), .integer)
    case "as_of": return day(min(dataUpTo ?? period.to, period.to))
    case "from_instant": return (.number(timeZone.firstInstant(of: period.from)), .instant)
    case "until_instant": return (.number(timeZone.firstInstant(of: period.to + 1)), .instant)
    default:
      if let key = report.each?.key, key == name {
        return (subject.map { .text($0) } ?? .null, .text)
      }
      guard let own = report.parameters.first(where: { $0.name == name }) else {
        preconditionFailure("the loader let the unknown parameter \(name) pass")
      }
      return (own.value, own.type)
    }
  }

  private func rows(
    _ columns: [Report.Column], of query: Report.Query, in period: ReportPeriod
  ) throws(RunError) -> [[ReportValue]] {
    var parameters: [String: SQLValue] = [:]
    let names = ReportLoader.standardParameters.map(\.name) + report.parameters.map(\.name)
    for name in names + (report.each.map { [$0.key] } ?? []) {
      let (value, type) = parameter(name, in: period)
      parameters[name] = value.sql(type)
    }
    let types = Self.types(of: columns)
    var found: [[ReportValue]] = []
    let given: [String]
    do throws(WarehouseError) {
      given = try warehouse.query(
        query.sql, parameters: parameters, types: types.mapValues(\.columnType)
      ) { row throws(WarehouseError) in
        found.append(row.map { ReportValue($0) })
      }
    } catch {
      throw RunError(
        error.kind == .unavailable ? .unavailable : .configuration,
        "\(query.file): \(error.message)", help: error.help)
    }
    let places = Dictionary(
      given.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for column in columns {
      if let problem = column.problems(query, giving: given).first {
        throw RunError(
          .configuration, "\(problem)", help: "it gives \(given.joined(separator: ", "))")
      }
    }
    // In place: a report may have millions of rows, which are not to be held twice.
    for index in found.indices {
      let row = found[index]
      var values: [ReportValue] = []
      values.reserveCapacity(columns.count)
      for column in columns {
        switch column.origin {
        case .query(let name): values.append(row[places[name] ?? 0])
        case .parameter(let name): values.append(parameter(name, in: period).value)
        case .quotient(let of, let over):
          let above = of.map { row[places[$0] ?? 0].number ?? 0 }
          let below = over.map { row[places[$0] ?? 0].number ?? 0 }
          values.append(try Self.quotient(above, below, column))
        }
      }
      found[index] = values
    }
    return found
  }

  /// How the warehouse is to read the query's columns.
  ///
  /// A part of a quotient that no column shows: an amount divided by a number is an amount; shares
  /// and ratios divide like by like, so one part tells of the others. Where none does, all are read
  /// as amounts, which scales numbers and amounts alike, and the quotient does not change.
  private static func types(of columns: [Report.Column]) -> [String: ReportType] {
    var types: [String: ReportType] = [:]
    var likes: [[String]] = []
    for column in columns {
      if case .query(let name) = column.origin { types[name] = column.type }
    }
    for column in columns {
      guard case .quotient(let of, let over) = column.origin else { continue }
      if column.type == .money {
        for part in of { types[part] = types[part] ?? .money }
        for part in over { types[part] = types[part] ?? .integer }
      } else {
        likes.append(of + over)
      }
    }
    while let next = likes.firstIndex(where: { $0.contains { types[$0] != nil } })
      ?? likes.indices.first
    {
      let parts = likes.remove(at: next)
      let type = parts.compactMap { types[$0] }.first ?? .money
      for part in parts { types[part] = types[part] ?? type }
    }
    return types
  }

  /// A quotient of sums, rounded half away from zero: in millionths, or in minor units for money.
  static func quotient(
    _ above: [Int64], _ below: [Int64], _ column: Report.Column
  ) throws(RunError) -> ReportValue {
    let numerator = above.reduce(Int128(0)) { $0 + Int128($1) }
    let denominator = below.reduce(Int128(0)) { $0 + Int128($1) }
    if denominator == 0 { return .null }
    let scale: Int128 = column.type == .money ? 1 : 1_000_000
    guard let value = Money.narrow(Money.divideRounded(numerator * scale, denominator)) else {
      throw RunError(
        .failed, "\(column.mark): \(numerator) / \(denominator) is too large a quotient",
        help: "check the figures of the query")
    }
    return .number(value)
  }
}

extension Report.Column {
  /// The columns of the query that it is made from.
  private var needed: [String] {
    switch origin {
    case .query(let name): [name]
    case .parameter: []
    case .quotient(let of, let over): of + over
    }
  }

  /// What a query that gives these columns lacks for it.
  func problems(_ query: Report.Query, giving names: [String]) -> [Problem] {
    needed.filter { !names.contains($0) }.map { name in
      Problem(
        mark, "\(query.file) gives no column \(quote(name))",
        suggestion: nearest(to: name, in: names))
    }
  }
}

/// The rows of a sheet.
struct ReportRows {
  let columns: [Report.Column]
  let rows: [[ReportValue]]

  /// The values of a column.
  func values(_ key: String) -> [ReportValue] {
    guard let index = columns.firstIndex(where: { $0.key == key }) else { return [] }
    return rows.map { $0[index] }
  }

  /// The sum of a column, NULL counting nothing.
  func sum(_ key: String) throws(RunError) -> Int64 {
    let sum = values(key).reduce(Int128(0)) { $0 + Int128($1.number ?? 0) }
    guard let narrow = Money.narrow(sum) else {
      throw RunError(.failed, "the sum of \(key) is too large", help: "narrow the period")
    }
    return narrow
  }

  /// What stands below a column.
  func total(of column: Report.Column) throws(RunError) -> ReportValue {
    switch column.total {
    case .none: return .null
    case .sum: return .number(try sum(column.key))
    case .count: return .number(Int64(values(column.key).filter { $0 != .null }.count))
    case .ratio:
      guard case .quotient(let of, let over) = column.origin else { return .null }
      var above: [Int64] = []
      var below: [Int64] = []
      for part in of { above.append(try sum(part)) }
      for part in over { below.append(try sum(part)) }
      return try ReportSource.quotient(above, below, column)
    }
  }
}
