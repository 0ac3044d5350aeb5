import Engine
import Files

/// What became of a source's rows: how many, and those that were refused.
struct SourceResult: Sendable {
  let counts: SourceCounts
  let quarantined: [QuarantinedRow]

  /// What a pass came to.
  init(counts: SourceCounts, quarantined: [QuarantinedRow]) {
    self.counts = counts
    self.quarantined = quarantined
  }

  /// The rows of `source_counts` and `quarantined_rows`.
  func changes(runID: String) -> [TableChange] {
    [SourceResult.counts([counts], runID: runID), SourceResult.refused(quarantined, runID: runID)]
      .map { TableChange(rows: $0, replaces: .nothing) }
  }

  /// What `changes` said of a source; nil if it is about another.
  init?(source: String, _ changes: [TableChange]) {
    guard changes.count == 2, changes[0].schema.name == RunTables.sourceCounts.name,
      changes[1].schema.name == RunTables.quarantinedRows.name
    else { return nil }
    let row = changes[0].rows
    guard row.count == 1, row.texts("source").text(0) == source else { return nil }
    var counts = SourceCounts(source: source)
    counts.read = Int(row.integers("read")[0])
    counts.used = Int(row.integers("used")[0])
    counts.filtered = Int(row.integers("filtered")[0])
    counts.duplicate = Int(row.integers("duplicate")[0])
    counts.superseded = Int(row.integers("superseded")[0])
    counts.quarantined = Int(row.integers("quarantined")[0])
    let refused = changes[1].rows
    var rows: [QuarantinedRow] = []
    let lines = refused.integers("line")
    for index in 0..<refused.count {
      let word = refused.texts("reason").text(index)
      guard let offence = Offence.allCases.first(where: { $0.word == word }) else { return nil }
      rows.append(
        QuarantinedRow(
          source: source, file: refused.texts("file").text(index) ?? "", line: Int(lines[index]),
          column: refused.texts("column").text(index), offence: offence,
          detail: refused.texts("detail").text(index) ?? "",
          raw: refused.texts("raw").text(index) ?? ""))
    }
    guard rows.count == counts.quarantined else { return nil }
    self.init(counts: counts, quarantined: rows)
  }

  /// Rows of `source_counts`.
  static func counts(_ counts: [SourceCounts], runID: String) -> Table {
    func column(_ value: (SourceCounts) -> Int) -> TableColumn {
      .integers(counts.map { Int64(value($0)) })
    }
    return Table(
      schema: RunTables.sourceCounts,
      columns: [
        texts(counts.map(\.source)), column(\.read), column(\.used), column(\.filtered),
        column(\.duplicate), column(\.superseded), column(\.quarantined),
        texts(counts.map { _ in runID }),
      ])
  }

  /// Rows of `quarantined_rows`.
  static func refused(_ rows: [QuarantinedRow], runID: String) -> Table {
    Table(
      schema: RunTables.quarantinedRows,
      columns: [
        texts(rows.map(\.source)), texts(rows.map(\.file)),
        .integers(rows.map { Int64($0.line) }), texts(rows.map(\.column)),
        texts(rows.map(\.offence.word)), texts(rows.map { _ in runID }),
        texts(rows.map(\.detail)), texts(rows.map(\.raw)),
      ])
  }
}

/// A column of texts.
func texts(_ values: [String?]) -> TableColumn {
  var column = TextColumn()
  for value in values { column.append(value) }
  return .texts(column)
}
