import Engine

/// The sum of a column of a written file, for whoever reconciles it with what it was made from.
package struct ControlTotal: Sendable, Equatable {
  /// The column, after its sheet's name where the file is a workbook.
  package let name: String
  /// The sum, money as decimals of the reporting currency.
  package let value: String

  /// A sum of amounts in minor units of a currency with `digits` decimals.
  init(name: String, _ sum: Int128, digits: Int) {
    var bytes: [UInt8] = []
    if let narrow = Money.narrow(sum) {
      Money.append(narrow, digits: digits, to: &bytes)
    } else {
      bytes = Array("\(sum) minor units".utf8)
    }
    self.name = name
    value = String(decoding: bytes, as: UTF8.self)
  }
}

extension ReportContent {
  /// The totals that stand below the columns of the workbook's sheets.
  func controlTotals(_ format: ReportFormat) throws(RunError) -> [ControlTotal] {
    var all: [ControlTotal] = []
    for (sheet, rows) in zip(report.sheets, sheets) {
      for column in sheet.columns where column.total == .sum {
        all.append(
          ControlTotal(
            name: "\(sheet.name).\(column.key)", Int128(try rows.sum(column.key)),
            digits: column.type == .money ? format.moneyDigits : 0))
      }
    }
    return all
  }

  /// The sums of a CSV file's amounts and counts, over the rows that are in it.
  func controlTotals(of output: Report.CSVOutput, _ format: ReportFormat) -> [ControlTotal] {
    let rows = sheets[output.sheet]
    var all: [ControlTotal] = []
    let condition = output.only.flatMap { only in rows.columns.firstIndex { $0.key == only } }
    let included = rows.rows.filter { row in condition.map { row[$0] == .number(1) } ?? true }
    for column in output.columns {
      guard case .column(let key) = column.value,
        let place = rows.columns.firstIndex(where: { $0.key == key }),
        rows.columns[place].total == .sum
      else { continue }
      let sum = included.reduce(Int128(0)) { $0 + Int128($1[place].number ?? 0) }
      all.append(
        ControlTotal(
          name: column.header, sum,
          digits: rows.columns[place].type == .money ? format.moneyDigits : 0))
    }
    return all
  }
}
