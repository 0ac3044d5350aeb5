import Engine
import YAML

/// A case of a pipeline's tests: given these rows, expect these tables; see docs/checks.md.
package struct PipelineCase: Sendable {
  /// What it shows, in words.
  package let name: String
  /// Where it is said.
  package let mark: Mark
  /// The pipeline with the case's settings.
  let pipeline: Pipeline
  /// The days it runs.
  let window: Window
  /// The rows of sources; the others are empty.
  let given: [GivenSource]
  /// The tables that are compared; others may hold anything.
  let expected: [ExpectedTable]
  /// What the message of the run must hold, of a run that is expected to fail.
  let failure: String?
  /// Whether the pipeline's data checks must hold.
  let runsChecks: Bool
}

/// The rows of a source in a case.
struct GivenSource: Sendable {
  let source: String
  /// The file's bytes.
  let bytes: [UInt8]
  /// Whether columns are the contract's; otherwise the pipeline's mapping makes them.
  let isCanonical: Bool
  /// What the file is called after the source, such as `.csv`.
  let suffix: String
}

/// The rows a table must have, and no others.
struct ExpectedTable: Sendable {
  let schema: TableSchema
  let rows: [ExpectedRow]

  /// The columns that some row names, in the table's order.
  var columns: [String] {
    let named = Set(rows.flatMap(\.values.keys))
    return schema.columns.map(\.name).filter(named.contains)
  }
}

/// A row a table must have: any subset of its columns, as canonical text.
struct ExpectedRow: Sendable {
  let values: [String: String]
  let mark: Mark
}
