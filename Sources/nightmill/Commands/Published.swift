import Engine
import Glibc
import Runner

/// The published tables that `report`, `export` and `query` read: where they are, and the currency
/// and zone of their figures.
///
/// The warehouse is that of `--warehouse`, else of NIGHTMILL_WAREHOUSE, else the one the pipeline
/// names (`--pipeline`, by default `nightly`). Currency and zone are those of the last published
/// run; before the first one, the pipeline's.
struct Published {
  let url: String
  let currency: Currency
  let timeZone: Engine.TimeZone
  /// The last day that was published, nil before the first run.
  let lastDay: Day?
  /// The pipeline, where one was needed to know.
  let pipeline: Pipeline?

  /// The flags that choose it.
  static let flags: [Flag] = [.pipeline, .warehouse, .project]

  /// How help says which warehouse is read.
  static let details =
    "The warehouse is that of --warehouse or NIGHTMILL_WAREHOUSE, else the one that the pipeline "
    + "names (--pipeline, by default nightly)."

  init(_ arguments: Arguments) throws(RunError) {
    let given = Self.warehouse(arguments)
    if let given, arguments.text(.pipeline) == nil {
      pipeline = nil
      url = given
    } else {
      let project = try Project(folder: arguments.text(.project))
      let named = try project.pipeline(arguments.text(.pipeline) ?? "nightly")
      pipeline = named
      url = given ?? project.warehouse(of: named)
    }
    let last = try LastRun.read(url)
    lastDay = last?.lastDay
    timeZone = last?.timeZone ?? pipeline?.settings.timezone ?? .utc
    currency = last?.currency ?? pipeline?.settings.currency ?? .defaultCurrency
  }

  /// Opens it for reading.
  func open() throws(RunError) -> any Warehouse {
    try Registry.openWarehouse(url, currency: currency, readOnly: true)
  }

  /// The warehouse of the command line or the environment, nil where neither names one.
  static func warehouse(_ arguments: Arguments) -> String? {
    if let url = arguments.text(.warehouse) { return url }
    guard let value = getenv("NIGHTMILL_WAREHOUSE"), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
