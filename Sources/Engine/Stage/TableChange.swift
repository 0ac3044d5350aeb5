/// What a run does to one published table.
package struct TableChange: Sendable {
  /// The table.
  package let schema: TableSchema
  /// The rows of the window: written whether or not they were published before.
  package let rows: Table
  /// The part of the published table that `rows` replaces: published rows in it whose key is not in
  /// `rows` go.
  package let replaces: Span
  /// Rows from before the window, computed anew: written only where their key is already published.
  package let restated: Table
  /// Keys from before the window that, computed anew, give no row any more: removed where
  /// published.
  package let retired: Table
  /// The rows in the order of the table's key, in which they are written, where that was made
  /// beforehand.
  package private(set) var order: [Int32]?

  /// A change. `retired` has the schema's key columns, in the order of `TableSchema.key`.
  package init(
    rows: Table, replaces: Span, restated: Table? = nil, retired: Table? = nil
  ) {
    schema = rows.schema
    self.rows = rows
    self.replaces = replaces
    self.restated = restated ?? Table(empty: rows.schema)
    self.retired = retired ?? Table(empty: rows.schema.selecting(rows.schema.key))
  }

  /// The same change with its order made.
  package func ordered() -> TableChange {
    var change = self
    change.order = rows.rowsInKeyOrder()
    return change
  }

  /// The same rows in place of the whole table.
  package func replacingAll() -> TableChange {
    var change = TableChange(rows: rows, replaces: .everything)
    change.order = order
    return change
  }
}

/// A part of a table, by its time column.
package enum Span: Sendable, Equatable {
  /// No row.
  case nothing
  /// Every row.
  case everything
  /// Rows whose time column lies between the bounds, both included, in the column's unit.
  case range(from: Int64, to: Int64)
}
