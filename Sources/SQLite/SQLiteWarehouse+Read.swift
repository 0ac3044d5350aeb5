import CSQLite
import Engine

extension SQLiteWarehouse {
  /// The published rows of a span, in no particular order; no rows where the span is `.nothing`.
  package func read(
    _ schema: TableSchema, columns: [String], span: Span
  ) throws(WarehouseError) -> Table {
    let selected = schema.selecting(columns)
    if span == .nothing { return Table(empty: selected) }
    do throws(SQLiteError) {
      let list = columns.map(quoted).joined(separator: ", ")
      var sql = "SELECT \(list) FROM main.\(quoted(schema.name))"
      if case .range = span { sql += " WHERE \(quoted(schema.timeName)) BETWEEN ?1 AND ?2" }
      let statement = try Statement(sql, on: database)
      if case .range(let from, let to) = span {
        try statement.bind(from, as: schema.timeType, at: 1)
        try statement.bind(to, as: schema.timeType, at: 2)
      }
      return try table(selected, rowsOf: statement)
    } catch {
      throw error.warehouseError
    }
  }

  private func table(
    _ schema: TableSchema, rowsOf statement: borrowing Statement
  ) throws(SQLiteError) -> Table {
    // One list of each kind per column, of which one stays empty: growing an array inside an enum
    // would copy it.
    var integers = [[Int64]](repeating: [], count: schema.columns.count)
    var texts = [TextColumn](repeating: TextColumn(), count: schema.columns.count)
    while try statement.step() {
      for (index, column) in schema.columns.enumerated() {
        if column.type == .text {
          statement.withText(Int32(index)) { texts[index].append($0) }
        } else {
          integers[index].append(try statement.value(Int32(index), as: column.type))
        }
      }
    }
    let columns = schema.columns.indices.map { index -> TableColumn in
      schema.columns[index].type == .text ? .texts(texts[index]) : .integers(integers[index])
    }
    return Table(schema: schema, columns: columns)
  }
}

extension TableSchema {
  /// The column a range is about; a range over a table without one is a programming error.
  var timeName: String {
    guard let timeColumn else { preconditionFailure("\(name) has no place in time") }
    return timeColumn
  }

  /// The type of the time column.
  var timeType: ColumnType { columns[index(of: timeName)].type }
}
