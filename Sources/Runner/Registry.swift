import Engine
import Glibc
import Metrics
import Postgres
import SQLite

/// From a name in YAML to a source, stage or warehouse: the one place where what exists is listed.
package enum Registry {
  /// The version of this program, as `--version` says it and every run records it.
  package static let version = "0.1.0"

  /// The version of SQLite that this program uses.
  package static var databaseVersion: String { SQLiteWarehouse.libraryVersion }

  /// The contracts of all sources.
  package static var sources: [Contract] { Sources.all }

  /// All stages, each after those it reads.
  package static var stages: [any MetricStage.Type] { StageCatalogue.all.map(\.stage) }

  /// Every table that runs write.
  package static var tables: [TableSchema] {
    stages.filter { !$0.isEphemeral }.flatMap { $0.writes } + RunTables.all
  }

  /// All that can be read by its name: tables, and views of them.
  package static var readable: [TableSchema] { tables + stages.flatMap { $0.views } }

  /// Names of the tables that an export writes where it is not told which. `runs` is not among
  /// them: it grows with every run, and all else is the same however often a pipeline is run.
  package static var exportedTables: [String] {
    readable.map(\.name).filter { $0 != RunTables.runs.name }
  }

  /// What pipeline files may name; `reports` are the names of the project's report files.
  package static func knownNames(reports: [String]) -> KnownNames {
    KnownNames(
      sources: sources,
      stages: stages.filter { !$0.isEphemeral }.map { type in
        KnownNames.Stage(
          type.name, reads: sourcesRead(by: type), writes: type.readable.map(\.name))
      },
      reports: reports,
      parameters: StageCatalogue.parameters.map { declaration in
        KnownNames.Parameter(declaration.name, expected: declaration.expected) { text, currency in
          declaration.value(of: text, currency: currency) != nil
        }
      },
      tables: readable)
  }

  /// The sources a stage needs, its own and those of the stages that are computed for it in memory.
  package static func sourcesRead(by type: any MetricStage.Type) -> [String] {
    var names = type.reads.map(\.source)
    for upstream in type.upstream {
      if let other = stages.first(where: { $0.name == upstream }), other.isEphemeral {
        names += sourcesRead(by: other)
      }
    }
    return names.reduce(into: []) { unique, name in
      if !unique.contains(name) { unique.append(name) }
    }
  }

  /// Opens the warehouse of a URL: `sqlite:path` or `postgres://…`; large tables are written with so
  /// many threads.
  package static func openWarehouse(
    _ url: String, currency: Currency, readOnly: Bool, threads: Int = 1
  ) throws(RunError) -> any Warehouse {
    if url.hasPrefix("sqlite:") {
      let path = String(url.dropFirst("sqlite:".count))
      if path.isEmpty {
        throw RunError(
          .usage, "the warehouse \"\(url)\" names no file", help: "write sqlite:warehouse.db")
      }
      return try warehouse { () throws(WarehouseError) in
        try SQLiteWarehouse(
          path: path, moneyDigits: currency.digits, readOnly: readOnly, threads: threads)
      }
    }
    if ConnectionURL.isOne(url) {
      return try warehouse { () throws(WarehouseError) in
        try PostgresWarehouse(url: url, moneyDigits: currency.digits, readOnly: readOnly)
      }
    }
    let scheme = url.split(separator: ":").first.map(String.init) ?? url
    throw RunError(
      .usage, "no warehouse is reached by \"\(scheme):\"",
      help: "write sqlite:PATH or postgres://USER@HOST/DATABASE")
  }

  /// A warehouse's URL as it may be shown: without its password.
  package static func shown(_ url: String) -> String {
    guard ConnectionURL.isOne(url) else { return url }
    return (try? ConnectionURL(url))?.masked ?? "postgres://…"
  }

  /// A warehouse in memory with the tables of some migrations, gone with the object.
  static func scratchWarehouse(
    _ migrations: [Migration], currency: Currency
  ) throws(WarehouseError) -> SQLiteWarehouse {
    let warehouse = try SQLiteWarehouse(inMemoryWithMoneyDigits: currency.digits)
    try warehouse.migrate(migrations)
    return warehouse
  }

  /// Whether the database at a URL may be written to, as far as its file says; a server says it
  /// when it is asked to.
  static func isWritable(_ url: String) -> Bool {
    ConnectionURL.isOne(url) || access(String(url.dropFirst("sqlite:".count)), W_OK) == 0
  }

  /// Whether there is a database with a warehouse at a URL; false also where its kind is not known,
  /// and true of a server that cannot be asked: that is told when it is opened.
  package static func warehouseExists(_ url: String) -> Bool {
    if ConnectionURL.isOne(url) {
      do throws(WarehouseError) {
        return try PostgresWarehouse(url: url, moneyDigits: 0, readOnly: true).exists()
      } catch {
        return true
      }
    }
    return url.hasPrefix("sqlite:") && access(String(url.dropFirst("sqlite:".count)), F_OK) == 0
  }

  /// Asks every database to stop the statements that are under way; a signal handler may call it.
  package static func cancelQueries() { Cancellation.request() }

  /// Makes what `cancelQueries` needs, before a signal may arrive.
  package static func prepareCancelling() { Cancellation.prepare() }
}
