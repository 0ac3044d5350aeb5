import Engine

/// A stage that reads no source: all is made from other stages' tables.
package protocol DerivedStage: MetricStage where Partial == Void {
  /// Makes the tables.
  func finish(_ tables: Upstream) throws(StageError) -> [TableChange]
}

extension DerivedStage {
  package static var reads: [SourceRead] { [] }

  /// Nothing is accumulated.
  package func makePartial() {}

  /// Never called: the stage reads no source.
  package func add(_ batch: Batch, of source: String, to partial: inout Void) throws(StageError) {}

  /// Nothing to add.
  package func merge(_ other: Void, into partial: inout Void) throws(StageError) {}

  /// Makes the tables.
  package func finish(_ partial: Void, _ tables: Upstream) throws(StageError) -> [TableChange] {
    try finish(tables)
  }
}
