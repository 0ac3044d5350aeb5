import Engine
import Files
import Runner

extension Command {
  static let export = Command(
    name: "export", summary: "tables of the warehouse as CSV",
    details: [
      "Canonical CSV: comma, LF, header; rows sorted; money as decimals of the reporting currency, "
        + "instants in UTC, days as YYYY-MM-DD. The same tables always give the same bytes.",
      "One table goes to standard output unless --to names a folder; several, or without TABLE "
        + "all, need --to and become DIR/TABLE.csv. Each file appears whole or not at all.",
      Published.details,
    ],
    positional: Positional(
      name: "TABLE", summary: "tables to export (default: all but runs; needs --to)",
      count: 0...1000, completes: .names(.tables)),
    flags: [folder, columns] + Published.flags,
    examples: [
      Example("nightmill export vendor_weekly", "one table, on standard output"),
      Example("nightmill export --to out/csv", "every table, a file each"),
      Example(
        "nightmill export vendor_weekly --columns week,vendor_id,lost_revenue --to out",
        "some columns, in this order"),
    ],
    run: { arguments, console throws(RunError) in
      let names = arguments.positionals
      let columns = try columnNames(arguments)
      let exports = try prepare(
        names.isEmpty ? Registry.exportedTables : names, columns: columns)
      guard let folder = arguments.text(folder) else {
        guard let only = exports.first, exports.count == 1 else {
          throw RunError(
            .usage, "only one table fits on standard output, found \(exports.count)",
            help: "name one table, or a folder with --to DIR")
        }
        let published = try Published(arguments)
        try console.result(
          try only.export.bytes(from: try published.open(), currency: published.currency))
        return .done
      }
      let published = try Published(arguments)
      let warehouse = try published.open()
      try file { () throws(FileError) in try makeFolder(folder) }
      for (name, export) in exports {
        let bytes = try export.bytes(from: warehouse, currency: published.currency)
        let path = folder.hasSuffix("/") ? "\(folder)\(name).csv" : "\(folder)/\(name).csv"
        try writeFile(bytes, to: path)
        console.note("\(path): \(fileSize(bytes.count))")
      }
      return .done
    })

  private static let folder = Flag.folder(
    "the folder that the files are written to; made if missing")
  private static let columns = Flag(
    "columns", "A,B,C", example: "week,vendor_id",
    "picks and orders the columns (of one table)")

  private static func columnNames(_ arguments: Arguments) throws(RunError) -> [String]? {
    guard let text = arguments.text(columns) else { return nil }
    guard arguments.positionals.count == 1 else {
      throw RunError(
        .usage, "--columns is about one table, found \(arguments.positionals.count)",
        help: "export one table at a time")
    }
    return text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// All names are checked before the first file is written.
  private static func prepare(
    _ names: [String], columns: [String]?
  ) throws(RunError) -> [(name: String, export: Export)] {
    var exports: [(name: String, export: Export)] = []
    for name in names where !exports.contains(where: { $0.name == name }) {
      exports.append((name, try Export(table: name, columns: columns)))
    }
    return exports
  }
}
