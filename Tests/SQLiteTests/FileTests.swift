import Engine
import Foundation
import Support
import Testing

@testable import SQLite

@Suite("The file and its lock")
struct FileTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func opening(_ path: String, readOnly: Bool = false) throws -> WarehouseError {
    try refusal { _ = try SQLiteWarehouse(path: path, moneyDigits: 2, readOnly: readOnly) }
  }

  @Test("A missing folder is named, with how to make it")
  func missingFolder() throws {
    let error = try opening(folder.path + "/none/w.sqlite")
    #expect(error.kind == .configuration)
    #expect(
      error.message.contains("the folder \(folder.path)/none of the warehouse does not exist"))
    #expect(error.help.contains("mkdir -p"))
  }

  @Test("A folder, a device and an empty path are no databases")
  func wrongPaths() throws {
    #expect(try opening(folder.path).message.contains("is a folder"))
    #expect(try opening("/dev/null").message.contains("is not a regular file"))
    #expect(try opening("").message.contains("is empty"))
    #expect(try opening(folder.file, readOnly: true).message.contains("there is no SQLite file"))
    #expect(!FileManager.default.fileExists(atPath: folder.file))
  }

  @Test("A file of something else is left as it is")
  func notADatabase() throws {
    let text = String(repeating: "vendor_id,name\n", count: 100)
    try text.write(toFile: folder.file, atomically: false, encoding: .utf8)
    let error = try opening(folder.file)
    #expect(error.kind == .configuration)
    #expect(error.message.contains("file is not a database"))
    #expect(try String(contentsOfFile: folder.file, encoding: .utf8) == text)
  }

  @Test("A damaged file is said to be damaged")
  func damaged() throws {
    do {
      let warehouse = try folder.warehouse()
      try warehouse.publish([change(weeks, (0..<5000).map { [.number($0), "vendor", 1] })])
    }
    var bytes = try Data(contentsOf: URL(filePath: folder.file))
    for index in 8192..<(bytes.count - 4096) { bytes[index] = 0x5A }
    try bytes.write(to: URL(filePath: folder.file))
    let error = try refusal {
      _ = try folder.open().read(weeks, columns: ["vendor", "week", "lost"], span: .everything)
    }
    #expect(error.kind == .failed)
    #expect(error.help.contains("damaged"))
  }

  @Test("A new file is not for everyone to read, nor is its log")
  func permissions() throws {
    let warehouse = try folder.warehouse()
    try warehouse.publish([change(weeks, [[0, "v", 1]])])
    for path in [folder.file, folder.file + "-wal", warehouse.path + "-shm"] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(try #require(mode) & 0o027 == 0, "\(path)")
    }
  }

  @Test(
    "Names that mean something else to SQLite are files here",
    arguments: [":memory:", "file:/dev/null?mode=memory"])
  func specialNames(name: String) throws {
    // Neither file exists in the folder the tests run in; a database in memory would open.
    let error = try #require(throws: SQLiteError.self) {
      _ = try Database(path: name, readOnly: false, patience: 0)
    }
    #expect(error.message.contains("unable to open database file"))
  }

  @Test("Closing leaves one file")
  func closing() throws {
    do { try folder.warehouse().publish([change(weeks, [[0, "v", 1]])]) }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files == ["w.sqlite"])
  }

  @Test("While another program writes, a publication says to try later")
  func busy() throws {
    let warehouse = try folder.warehouse()
    let other = try folder.open()
    try other.database.execute("BEGIN IMMEDIATE")
    let error = try refusal { try warehouse.publish([change(weeks, [[0, "v", 1]])]) }
    #expect(error.kind == .unavailable)
    #expect(error.message.contains("database is locked"))
    try other.database.execute("ROLLBACK")
    try warehouse.publish([change(weeks, [[0, "v", 1]])])
  }

  @Test("A full disk stops the publication and changes nothing")
  func fullDisk() throws {
    let warehouse = try folder.warehouse()
    try warehouse.publish([change(weeks, [[0, "v", 1]])])
    // A limit on the number of pages is how SQLite itself is made to meet a full disk.
    _ = try Statement("PRAGMA max_page_count = 20", on: warehouse.database).step()
    let error = try refusal {
      try warehouse.publish([
        change(weeks, (0..<20_000).map { [.number($0), "vendor", 1] }, replaces: .everything)
      ])
    }
    #expect(error.kind == .failed)
    #expect(error.message.contains("database or disk is full"))
    #expect(error.help.contains("free space"))
    #expect(try warehouse.rows("SELECT vendor, lost FROM weeks") == ["v|1"])
  }

  @Test("A second run is kept out until the first lets go, under whatever name it knows the file")
  func lockBetweenHandles() throws {
    let first = try folder.warehouse()
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link.sqlite", withDestinationPath: folder.file)
    let second = try SQLiteWarehouse(
      path: folder.path + "/link.sqlite", moneyDigits: 2, readOnly: false)
    try first.lock()
    try first.lock()
    let error = try refusal { try second.lock() }
    #expect(error.kind == .unavailable)
    #expect(error.message.contains("another run (process \(getpid())) holds the lock"))
    first.unlock()
    try second.lock()
    #expect(try refusal { try first.lock() }.kind == .unavailable)
  }

  @Test("The lock of a process that is killed is gone with it")
  func lockEndsWithProcess() throws {
    let warehouse = try folder.warehouse()
    let holder = Process()
    holder.executableURL = URL(filePath: "/usr/bin/flock")
    // --no-fork, so that the process that is killed is the one that holds the lock.
    holder.arguments = ["--no-fork", folder.file + ".lock", "/bin/sleep", "60"]
    try holder.run()
    defer { holder.terminate() }
    var held: WarehouseError?
    for _ in 0..<200 where held == nil {
      usleep(10_000)
      do { try warehouse.lock() } catch { held = error }
      warehouse.unlock()
    }
    #expect(held?.kind == .unavailable)
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
    try warehouse.lock()
  }

  @Test("The lock's file is for its owner only")
  func lockPermissions() throws {
    let warehouse = try folder.warehouse()
    try warehouse.lock()
    let file = try FileManager.default.attributesOfItem(atPath: folder.file + ".lock")
    #expect(file[.posixPermissions] as? Int == 0o600)
  }

  @Test(
    "A folder that may not be written is said to be so",
    .enabled(if: geteuid() != 0, "root may write"))
  func readOnlyFolder() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
    let error = try opening(folder.file)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    #expect(error.kind == .configuration)
    #expect(error.message.contains("Permission denied"))
  }

  @Test(
    "A file that may not be read is said to be so",
    .enabled(if: geteuid() != 0, "root may read"))
  func unreadableFile() throws {
    _ = try folder.warehouse()
    try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: folder.file)
    let error = try opening(folder.file)
    #expect(error.kind == .configuration)
    #expect(error.message.contains("cannot read") && error.message.contains("Permission denied"))
  }

  @Test("After a publication the database is one file")
  func leavesOneFile() throws {
    let folder = try Folder()
    let warehouse = try folder.warehouse()
    try warehouse.publish([change(calls, [["a", 10, 100, nil]])])
    let log = try FileManager.default.attributesOfItem(atPath: folder.file + "-wal")[.size] as? Int
    #expect(log == 0)
  }
}
