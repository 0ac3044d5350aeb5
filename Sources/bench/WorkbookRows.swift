import Workbook

/// Writes a table of ten columns of all kinds in flat memory; Benchmarks/peers/xlsxwriter_rows.py
/// writes the same cells.
func writeWorkbook(rows: Int, to path: String) {
  let columns = [
    TableColumn("id", .text), TableColumn("name", .text), TableColumn("city", .text),
    TableColumn("day", .day), TableColumn("orders", .integer), TableColumn("units", .integer),
    TableColumn("revenue", .money(digits: 2)), TableColumn("refunds", .money(digits: 2)),
    TableColumn("rate", .percent(decimals: 1)), TableColumn("active", .boolean),
  ]
  do {
    var file = try XLSXFile(
      path: path, properties: DocumentProperties(title: "Rows", created: 1_700_000_000))
    let table = try file.addTable(TableSheet(name: "Rows", columns: columns))
    for row in 0..<rows {
      try file.append(cells(row), to: table)
    }
    let summary = try file.close()
    print("rows \(summary.sheets[0].rows)")
  } catch {
    fail("\(error)")
  }
}

private func cells(_ row: Int) -> [Cell] {
  let number = Int64(row)
  return [
    .text("row-\(row)"), .text("Bowery Drain & Pipe \(row % 997)"), .text("New York"),
    .day(Int32(20_000 + row % 365)), .integer(number), .integer(number * 7 % 1_000),
    .money(number * 37 % 1_000_000, digits: 2), .money(number % 500, digits: 2),
    .ratio(number % 1_000_000), .boolean(row % 2 == 0),
  ]
}
