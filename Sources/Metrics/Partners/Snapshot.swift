import Engine

/// Tables that say how things stand at a run's last day, their column `as_of`.
///
/// A run of old days must not take the standing of today back to then: where a later day is
/// published, the table stays as it is.
enum Snapshot {
  /// What is read of the published table: the day it is of.
  static func readBack(_ schema: TableSchema) -> ReadBack {
    ReadBack(schema, columns: ["as_of"], span: .everything)
  }

  /// The change that makes `rows` of a day the table, or none where `published` is of a later one.
  static func change(_ rows: Table, over published: Table, asOf day: Int32) -> TableChange {
    let isOld = published.integers("as_of").contains { $0 > Int64(day) }
    return isOld
      ? TableChange(rows: Table(empty: rows.schema), replaces: .nothing)
      : TableChange(rows: rows, replaces: .everything)
  }
}
