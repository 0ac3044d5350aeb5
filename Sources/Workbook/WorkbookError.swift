/// What went wrong while writing a workbook: where, what was expected, what was found, what to do
/// next.
package struct WorkbookError: Error, Equatable, CustomStringConvertible {
  /// The class of the problem, for callers that react differently to different ones.
  package enum Kind: Equatable, Sendable {
    /// The file cannot be created or written: its folder, its permissions, the disk.
    case file
    /// A sheet name Excel would refuse.
    case sheetName
    /// A defined name Excel would refuse.
    case definedName
    /// No column, or more than a sheet has.
    case tooManyColumns
    /// A row whose number of cells is not the table's number of columns.
    case rowShape
    /// A number with more digits than Excel keeps.
    case numberTooLong
    /// A description that contradicts itself (a total over a column without one, tiles beside a
    /// chart).
    case layout
  }

  /// The class of the problem.
  package let kind: Kind
  /// The workbook's path as the caller gave it.
  package let path: String
  /// The sheet and cell concerned; empty if the problem is the file's.
  package let place: String
  /// What would have been right.
  package let expected: String
  /// What was there.
  package let found: String
  /// What to do next.
  package let help: String

  /// What happened, without what to do next.
  package var message: String {
    let location = place.isEmpty ? path : "\(path), \(place)"
    return "\(location): expected \(expected), found \(found)"
  }

  /// One line with all of it.
  package var description: String { "\(message). \(help)" }
}
