/// One composable step: a mergeable fold over the rows of its sources.
///
/// Workers each fold batches into a partial of their own; partials are merged in any order;
/// `finish` makes the tables. Rows arrive in no particular order and in batches of any size, so the
/// result must not depend on either: what needs an order is kept as compact rows and sorted in
/// `finish`.
package protocol Stage: Sendable {
  /// What a worker accumulates.
  associatedtype Partial

  /// The name in pipelines, `--select` and messages.
  var name: String { get }
  /// The sources whose batches `add` is called with.
  var reads: [SourceRead] { get }
  /// Names of stages whose tables `finish` is given as computed in this run.
  var upstream: [String] { get }
  /// What `finish` needs of what earlier runs published: what they decided for good.
  var readsBack: [ReadBack] { get }
  /// The tables this stage makes.
  var writes: [TableSchema] { get }
  /// How many days before the window may change by what happens in it; `Int.max`: all of them.
  var restates: Int { get }
  /// Whether its tables stay in memory for other stages, instead of going to the warehouse.
  var isEphemeral: Bool { get }

  /// An empty partial.
  func makePartial() -> Partial
  /// Folds one batch of a source into a partial.
  func add(_ batch: Batch, of source: String, to partial: inout Partial) throws(StageError)
  /// Folds one partial into another: associative and commutative.
  func merge(_ other: consuming Partial, into partial: inout Partial) throws(StageError)
  /// Makes the tables.
  func finish(_ partial: consuming Partial, _ tables: Upstream) throws(StageError) -> [TableChange]
}

extension Stage {
  package var upstream: [String] { [] }
  package var readsBack: [ReadBack] { [] }
  package var restates: Int { 0 }
  package var isEphemeral: Bool { false }
}

/// A source that a stage reads: which columns, and how many days before the window.
package struct SourceRead: Sendable {
  /// How far before the window rows matter.
  package enum Lookback: Sendable, Equatable {
    /// That many days.
    case days(Int)
    /// Every row up to the window's end.
    case all
    /// The source has no time: all of it describes the present.
    case timeless
  }

  /// The source's name.
  package let source: String
  /// The columns that must be decoded into the batches.
  package let columns: [String]
  /// How far before the window rows matter.
  package let lookback: Lookback

  /// A read of some columns of a source.
  package init(_ source: String, columns: [String], lookback: Lookback) {
    self.source = source
    self.columns = columns
    self.lookback = lookback
  }
}

/// What a stage reads back from the warehouse: columns of published rows within a span.
package struct ReadBack: Sendable {
  /// The published table.
  package let schema: TableSchema
  /// The columns wanted.
  package let columns: [String]
  /// Which rows.
  package let span: Span

  /// Columns of the published rows of a span.
  package init(_ schema: TableSchema, columns: [String], span: Span) {
    self.schema = schema
    self.columns = columns
    self.span = span
  }
}

/// The tables that `finish` is given.
package struct Upstream: Sendable {
  private let computed: [String: Table]
  private let published: [String: Table]

  /// Tables of upstream stages and tables read back, each by table name.
  package init(computed: [String: Table], published: [String: Table]) {
    self.computed = computed
    self.published = published
  }

  /// A table of an upstream stage; the runner provides every one declared.
  package func table(_ name: String) -> Table {
    guard let table = computed[name] else { preconditionFailure("\(name) was not declared") }
    return table
  }

  /// Published rows that were declared in `readsBack`.
  package func published(_ name: String) -> Table {
    guard let table = published[name] else { preconditionFailure("\(name) was not declared") }
    return table
  }
}

/// Why a stage could not go on; a run that meets it publishes nothing.
package struct StageError: Error, Sendable, CustomStringConvertible {
  /// The stage.
  package let stage: String
  /// What happened, where, and what was expected.
  package let message: String
  /// What to do about it.
  package let help: String

  /// An error of a stage.
  package init(stage: String, message: String, help: String) {
    self.stage = stage
    self.message = message
    self.help = help
  }

  package var description: String { "stage \(stage): \(message)\n  help: \(help)" }
}
