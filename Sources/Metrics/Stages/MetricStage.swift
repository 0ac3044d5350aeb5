import Engine

/// A stage of the domain: what it reads, writes and asks for is known without a run, so that it can
/// be listed, planned and checked before one; only its instance knows a run's window and settings.
package protocol MetricStage: Stage {
  /// The name in pipelines, `--select` and messages.
  static var name: String { get }
  /// One line on what it computes.
  static var summary: String { get }
  /// The sources it reads.
  static var reads: [SourceRead] { get }
  /// Names of stages whose tables it needs.
  static var upstream: [String] { get }
  /// The tables it makes.
  static var writes: [TableSchema] { get }
  /// Views of those tables that SQL/schema has: the same rows in another form.
  static var views: [TableSchema] { get }
  /// The settings it asks for.
  static var parameters: [ParameterDeclaration] { get }
  /// How many days before the window may change by what happens in it.
  static var restates: Int { get }
  /// Whether its tables stay in memory for other stages.
  static var isEphemeral: Bool { get }

  /// What `--select tag:…` finds it by.
  static var tags: [String] { get }

  /// The stage of a run.
  init(_ context: RunContext)
}

extension MetricStage {
  package static var upstream: [String] { [] }
  package static var views: [TableSchema] { [] }
  /// All that can be read of it by name.
  package static var readable: [TableSchema] { writes + views }
  package static var parameters: [ParameterDeclaration] { [] }
  package static var restates: Int { 0 }
  package static var isEphemeral: Bool { false }
  package static var tags: [String] { [] }

  package var name: String { Self.name }
  package var reads: [SourceRead] { Self.reads }
  package var upstream: [String] { Self.upstream }
  package var writes: [TableSchema] { Self.writes }
  package var restates: Int { Self.restates }
  package var isEphemeral: Bool { Self.isEphemeral }

  /// A sum that must not wrap: an overflow stops the stage and names the place.
  static func sum(
    _ left: Int64, _ right: Int64, _ place: @autoclosure () -> String
  ) throws(StageError) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    // The least value means NULL in a column.
    if overflow || sum == .absent { throw overflowError(place()) }
    return sum
  }

  /// What to say of a figure that does not fit 64 bits.
  static func overflowError(_ place: String) -> StageError {
    StageError(
      stage: name, message: "\(place): the result is beyond 9.2 × 10¹⁸ minor units",
      help: "look for amounts or quantities that are far too large in the source")
  }
}

/// A ratio of whole numbers as a table holds it: millionths, rounded half away from zero; absent
/// for a zero denominator, and for what no column could hold.
func ratio(_ numerator: Int64, _ denominator: Int64) -> Int64 {
  ratio(Int128(numerator), Int128(denominator))
}

/// The same of sums of 64-bit numbers.
func ratio(_ numerator: Int128, _ denominator: Int128) -> Int64 {
  Money.narrow(Money.divideRounded(numerator * 1_000_000, denominator)) ?? .absent
}
