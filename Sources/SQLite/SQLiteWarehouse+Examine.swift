import Engine
import Glibc

/// What `doctor` asks of a warehouse, changing nothing.
extension SQLiteWarehouse {
  /// Whether a process holds the lock of a database; nil where none does.
  package enum LockHolder: Sendable, Equatable {
    /// By its number, as the operating system knows it.
    case process(Int32)
    /// One whose number cannot be seen, such as another container's.
    case unknown
  }

  /// What SQLite finds wrong inside the file, empty where nothing is: `PRAGMA quick_check`, which
  /// reads the whole file. At most 20 lines.
  package func damage() throws(WarehouseError) -> [String] {
    do throws(SQLiteError) {
      let statement = try Statement("PRAGMA quick_check(20)", on: database)
      var found: [String] = []
      while try statement.step() { found.append(statement.text(0)) }
      return found == ["ok"] ? [] : found
    } catch {
      throw error.warehouseError
    }
  }

  /// The migrations that the next run would apply; throws where the file has one that is not among
  /// them, or that was changed.
  package func pending(_ migrations: [Migration]) throws(WarehouseError) -> [Migration] {
    try unapplied(migrations)
  }

  /// Who holds the lock of the database at a path. The lock is only looked at, never taken: taking
  /// it, be it for an instant, could turn a run away.
  package static func lockHolder(of path: String) -> LockHolder? {
    var status = stat()
    guard stat(RunLock.name(for: path), &status) == 0,
      let file = fopen("/proc/locks", "re")
    else { return nil }
    defer { fclose(file) }
    // `1: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF`; the device and, last, the file's number.
    let number = ":\(status.st_ino)"
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) > 0 {
      guard let text = line.map({ String(cString: $0) }) else { break }
      let fields = text.split(separator: " ")
      guard fields.count > 5, fields[1] == "FLOCK", fields[5].hasSuffix(number) else { continue }
      return Int32(fields[4]).flatMap { $0 > 0 ? .process($0) : nil } ?? .unknown
    }
    return nil
  }
}
