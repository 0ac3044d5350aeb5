import Foundation
import Testing

/// What a machine may do to a run: it must say so, and leave what was published.
@Suite struct BadMachineTests {
  static let isRoot = geteuid() == 0

  /// Runs shell commands in the world's folder with the program as `$nightmill`; those of a mount
  /// are in a namespace of their own, so that it ends with them.
  private static func shell(
    _ world: BadWorld, _ script: String, mounting: Bool = false
  ) throws -> Binary.Result {
    let process = Process()
    let words = (mounting ? ["unshare", "--mount"] : []) + ["sh", "-euc", script]
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: world.folder)
    process.environment = [
      "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "nightmill": Binary.path,
      "run": BadWorld.arguments.joined(separator: " "),
    ]
    let (out, err) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (out, err)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let texts = [out, err].map {
      String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    process.waitUntilExit()
    return Binary.Result(exit: process.terminationStatus, out: texts[0], err: texts[1])
  }

  /// Whether this process may mount: containers mostly may not.
  static let mayMount: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  @Test("A file in the place of the folder for reports stops the run before it reads anything")
  func outputIsFile() throws {
    let world = try BadWorld()
    try world.write("elsewhere", "a file")
    try world.edit("Pipelines/tiny.yaml", "warehouse:", "output: elsewhere\nwarehouse:")
    try world.expect(
      1, ["elsewhere: reports cannot be written there: elsewhere is not a folder", "--no-reports"])
  }

  @Test(
    "Folders that another user may not write: the run says which, and publishes nothing",
    .enabled(if: isRoot, "only root can become another user"),
    arguments: [
      ("out/2026-W46", "out/2026-W46: Permission denied"), ("data", "data"),
    ])
  func readOnlyFolder(folder: String, said: String) throws {
    let world = try BadWorld()
    // The program where the other user can reach it, wherever it was built.
    let result = try Self.shell(
      world,
      """
      cp "$nightmill" ./program
      chown -R nobody . && chmod 755 .. . && chmod -R a-w \(folder)
      HOME=/ TMPDIR=/tmp exec setpriv --reuid=nobody --clear-groups ./program $run
      """)
    #expect(result.exit == (folder == "data" ? 78 : 1), "\(result.err)")
    #expect(result.err.contains("error: ") && result.err.contains(said), "\(result.err)")
    #expect(result.err.contains("help: "))
    #expect(try world.isUnchanged())
  }

  @Test(
    "A full disk under the warehouse: the run of before stays published, to the byte",
    .enabled(if: mayMount, "this process may not mount a small file system"))
  func fullWarehouseDisk() throws {
    let world = try BadWorld()
    try world.write(
      "inputs/calls.csv",
      BadWorld.header + (1...3000).map { "d\($0),1001,2026-11-13T09:00:00Z,0,timeout\n" }.joined())
    let result = try Self.shell(
      world,
      """
      size=$(stat -c %s data/tiny.db)
      mkdir saved && cp -a data/. saved
      mount -t tmpfs -o size=$((size / 4096 * 4 + 160))k tmpfs data
      cp -a saved/tiny.db data
      code=0; "$nightmill" $run || code=$?
      cmp saved/tiny.db data/tiny.db
      exit $code
      """, mounting: true)
    #expect(result.exit == 1, "\(result.err)")
    #expect(result.err.contains("tiny.db") && result.err.contains("full"), "\(result.err)")
    #expect(result.err.contains("help: ") && result.err.contains("space"), "\(result.err)")
    #expect(try world.isUnchanged())
  }

  @Test(
    "A full disk under the reports: those of before stay, to the byte, and no part of a new one",
    .enabled(if: mayMount, "this process may not mount a small file system"))
  func fullReportDisk() throws {
    let world = try BadWorld()
    let result = try Self.shell(
      world,
      """
      size=$(du -sk out | cut -f1)
      mkdir saved && cp -a out/. saved
      mount -t tmpfs -o size=$((size + 16))k tmpfs out
      cp -a saved/. out
      code=0; "$nightmill" report weekly-vendors --pipeline tiny --week 2026-W46 || code=$?
      diff -r saved out
      exit $code
      """, mounting: true)
    #expect(result.exit == 1, "\(result.err)")
    #expect(result.err.contains("No space left on device"), "\(result.err)")
    #expect(result.err.contains("help: ") && result.err.contains("space"), "\(result.err)")
    #expect(try world.isUnchanged())
  }

  @Test(
    "A full disk where gzipped files are inflated",
    .enabled(if: mayMount, "this process may not mount a small file system"))
  func fullTemporaryDisk() throws {
    let world = try BadWorld()
    let result = try Self.shell(
      world,
      """
      cp Samples/calls.csv.gz inputs/calls.csv
      mkdir small && mount -t tmpfs -o size=64k tmpfs small
      TMPDIR=$PWD/small exec "$nightmill" $run
      """, mounting: true)
    #expect(result.exit == 1, "\(result.err)")
    #expect(result.err.contains("No space left on device"), "\(result.err)")
    #expect(result.err.contains("TMPDIR"), "\(result.err)")
    #expect(try world.isUnchanged())
  }

  @Test("A warehouse that is damaged, or no database at all", arguments: [true, false])
  func damagedWarehouse(isAll: Bool) throws {
    let world = try BadWorld()
    let path = "\(world.folder)/data/tiny.db"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let damaged = isAll ? 0..<bytes.count : 4096..<bytes.count
    bytes.replaceSubrange(damaged, with: Data(repeating: 0x5A, count: damaged.count))
    try bytes.write(to: URL(fileURLWithPath: path))
    let reports = try world.published().filter { $0.key.hasPrefix("out/") }
    let result = try world.run()
    #expect(result.exit == (isAll ? 78 : 1), "\(result.err)")
    #expect(result.err.contains("data/tiny.db") && result.err.contains("help: "), "\(result.err)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    #expect(try world.published().filter { $0.key.hasPrefix("out/") } == reports)
  }
}
