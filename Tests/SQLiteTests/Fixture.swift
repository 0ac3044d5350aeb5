import Engine
import Foundation
import Support
import Testing

@testable import SQLite

/// A folder of its own for a test, removed when the test is done.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "nightmill-sqlite-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var file: String { path + "/w.sqlite" }

  func open(
    digits: Int = 2, readOnly: Bool = false, threads: Int = 1
  ) throws -> SQLiteWarehouse {
    try SQLiteWarehouse(
      path: file, moneyDigits: digits, readOnly: readOnly, threads: threads, patience: 100)
  }

  /// A warehouse with the tables that the tests here write.
  func warehouse(digits: Int = 2) throws -> SQLiteWarehouse {
    let warehouse = try open(digits: digits)
    try warehouse.migrate([testTables])
    return warehouse
  }
}
