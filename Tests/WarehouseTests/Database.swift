import Engine
import Foundation
import Postgres
import SQLite
import Support
import Testing

/// The kinds of warehouse, each of which must do the same.
enum Database: String, CaseIterable, CustomTestStringConvertible {
  case sqlite
  case postgres

  var testDescription: String { rawValue }
}

/// A database of its own for a test.
final class Home: Sendable {
  let database: Database
  /// The SQLite file, or the URL.
  let place: String
  private let folder: String?

  init(_ database: Database) throws {
    self.database = database
    switch database {
    case .sqlite:
      let folder = NSTemporaryDirectory() + "nightmill-both-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      self.folder = folder
      place = folder + "/w.sqlite"
    case .postgres:
      folder = nil
      place = try PostgresServer.shared.newDatabase()
    }
  }

  deinit { if let folder { try? FileManager.default.removeItem(atPath: folder) } }

  func open(digits: Int = 2, readOnly: Bool = false) throws -> any Warehouse {
    switch database {
    case .sqlite: try SQLiteWarehouse(path: place, moneyDigits: digits, readOnly: readOnly)
    case .postgres: try PostgresWarehouse(url: place, moneyDigits: digits, readOnly: readOnly)
    }
  }

  /// A warehouse with the tables that the tests here write.
  func warehouse(digits: Int = 2) throws -> any Warehouse {
    let warehouse = try open(digits: digits)
    try warehouse.migrate([testTables])
    return warehouse
  }
}

/// A warehouse with three calls published.
struct Published {
  private let home: Home
  let warehouse: any Warehouse

  init(in database: Database) throws {
    home = try Home(database)
    warehouse = try home.warehouse()
    try warehouse.publish([
      change(calls, [["c", 30, 300, nil], ["a", 10, 100, "first"], ["b", 20, 200, ""]])
    ])
  }

  /// The same database on another connection, for another thread.
  var opener: @Sendable () throws -> any Warehouse {
    let home = home
    return { try home.open(readOnly: true) }
  }

  /// The calls in the order of their ids.
  var dump: [String] {
    get throws {
      try warehouse.rows(
        "SELECT id, call_id, \"at\", lost, note FROM calls ORDER BY id",
        types: ["at": .instant, "lost": .money])
    }
  }
}

/// A warehouse with some rows to ask for.
struct Asked {
  let home: Home
  let warehouse: any Warehouse

  init(_ database: Database) throws {
    home = try Home(database)
    warehouse = try home.warehouse()
    try warehouse.publish([
      change(weeks, [[0, "v", 5], [7, "v", 10], [14, "w", -5], [21, "w", -10]]),
      change(calls, [["a", 10, 100, "x"]]),
    ])
  }

  /// That nothing was written.
  func isUntouched() throws -> Bool {
    try warehouse.rows("SELECT count(*), sum(lost) AS x FROM weeks", types: ["x": .money])
      == ["4|money:0"]
  }
}
