import Runner
import YAML

extension Flag {
  static let format = Flag(
    "format", "FORMAT", example: "csv",
    "table (aligned, the default), csv or json (an array of objects)",
    completes: .words(["table", "csv", "json"]))
}

extension Arguments {
  /// The format that rows are wanted in.
  func format() throws(RunError) -> QueryOutput.Format {
    guard let word = text(.format) else { return .table }
    if let known = QueryOutput.Format(rawValue: word) { return known }
    let names = QueryOutput.Format.allCases.map(\.rawValue)
    throw RunError(
      .usage, "--format: expected table, csv or json, found \"\(word)\"",
      help: nearest(to: word, in: names).map { "did you mean \($0)?" }
        ?? "for example --format csv")
  }
}
