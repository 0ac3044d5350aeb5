import Engine
import Glibc

/// The lock that keeps a second run out: held on a file beside the database, and let go by the
/// operating system however the process ends, so nothing is ever left to clean up.
struct RunLock: ~Copyable {
  private let file: Int32

  /// Takes the lock of a database, or fails at once.
  init(database path: String) throws(SQLiteError) {
    let name = Self.name(for: path)
    let file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw DatabaseFile.failure("open the lock", name) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let held = errno == EWOULDBLOCK
      let refusal = held ? Self.isHeld(file, name) : DatabaseFile.failure("lock", name)
      close(file)
      throw refusal
    }
    self.file = file
    let note = Array("\(getpid())\n".utf8)
    // The number serves the other run's message only: not being able to write it is no reason to
    // fail.
    if ftruncate(file, 0) == 0 { _ = pwrite(file, note, note.count, 0) }
  }

  deinit {
    // The file stays: removing it would let a third run lock a new one while a second waits on the
    // old.
    _ = ftruncate(file, 0)
    // A child that another thread forked a moment ago still has the file open until it has become
    // its program, and would hold the lock until then.
    flock(file, LOCK_UN)
    close(file)
  }

  /// Beside the real file, so that two names of one database have one lock.
  static func name(for path: String) -> String {
    guard let real = realpath(path, nil) else { return path + ".lock" }
    defer { free(real) }
    return String(cString: real) + ".lock"
  }

  private static func isHeld(_ file: Int32, _ name: String) -> SQLiteError {
    var note = [UInt8](repeating: 0, count: 20)
    let count = pread(file, &note, note.count, 0)
    let digits = note.prefix(max(0, count)).prefix { $0 &- 48 < 10 }
    let holder = digits.isEmpty ? "" : " (process \(String(decoding: digits, as: UTF8.self)))"
    return SQLiteError(
      .unavailable, "another run\(holder) holds the lock \(name)",
      help: "wait until it is done and run again; the lock ends with its process")
  }
}

extension SQLiteWarehouse {
  /// Takes the lock of the file, held until `unlock` or the end of the process; `.unavailable` at
  /// once if another run has it.
  package func lock() throws(WarehouseError) {
    guard runLock == nil else { return }
    do throws(SQLiteError) { runLock = try RunLock(database: path) } catch {
      throw error.warehouseError
    }
  }

  /// Gives the lock back; nothing happens if it is not held.
  package func unlock() { runLock = nil }
}
