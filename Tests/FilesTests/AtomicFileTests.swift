import Foundation
import Support
import Testing

@testable import Files

/// Several files appear together or not at all, and what is read back is what was written.
@Suite struct AtomicFileTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "nightmill-atomic-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: "\(folder)/\(name)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func prepare(_ names: [String]) throws -> [AtomicFile] {
    try names.map { name in
      let file = try AtomicFile("\(folder)/\(name)")
      try file.write(Array("new \(name)".utf8))
      return file
    }
  }

  @Test("All take their names, and nothing else is left")
  func together() throws {
    try "old".write(toFile: "\(folder)/b", atomically: true, encoding: .utf8)
    let files = try prepare(["a", "b", "c"])
    #expect(text("b") == "old" && text("a") == nil, "nothing shows before the commit")
    try AtomicFile.commit(files)
    #expect(["a", "b", "c"].map(text) == ["new a", "new b", "new c"])
    #expect(try names() == ["a", "b", "c"])
    let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/a")[.posixPermissions]
    #expect((mode as? Int ?? 0) & 0o137 == 0, "not for everyone's eyes")
  }

  @Test("Where one cannot, those before it are what they were", arguments: [0, 1, 2, 3])
  func oneFails(place: Int) throws {
    try "old".write(toFile: "\(folder)/b", atomically: true, encoding: .utf8)
    var order = ["a", "b", "c"]
    // A folder is in the way of this one.
    order.insert("folder", at: place)
    try FileManager.default.createDirectory(
      atPath: "\(folder)/folder/inside", withIntermediateDirectories: true)
    do {
      let files = try prepare(order)
      let error = #expect(throws: FileError.self) { try AtomicFile.commit(files) }
      #expect(error?.place == "\(folder)/folder" && error?.message.contains("rename") == true)
    }
    #expect(text("a") == nil && text("b") == "old" && text("c") == nil)
    #expect(try names() == ["b", "folder"])
  }

  @Test("Another program's change between writing and committing is noticed")
  func readBack() throws {
    let file = try AtomicFile("\(folder)/a")
    let bytes = [UInt8](repeating: 0x61, count: 3 << 20)
    try file.write(bytes)
    #expect(try file.holds(bytes))
    let other = open(file.temporaryPath, O_WRONLY)
    defer { close(other) }
    #expect(pwrite(other, [0], 1, 2 << 20) == 1)
    #expect(try !file.holds(bytes))
    #expect(ftruncate(other, 5) == 0)
    #expect(try !file.holds(bytes))
    #expect(try file.holds(Array("aaaaa".utf8)))
  }

  @Test("A zip file is read whole; any byte that is wrong in it is noticed")
  func zip() throws {
    let path = "\(folder)/z.zip"
    let body = (0..<20_000).map { "line \($0)\n" }.joined()
    try body.write(toFile: "\(folder)/body.txt", atomically: true, encoding: .utf8)
    let python = ProcessInfo.processInfo.environment["NIGHTMILL_PYTHON"] ?? "python3"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      python, "-c",
      """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1], "w") as z:
          z.write(sys.argv[2], "packed/body.txt", zipfile.ZIP_DEFLATED)
          z.writestr("stored.txt", "as it is", zipfile.ZIP_STORED)
          z.writestr("empty.txt", "")
          z.comment = b"a comment"
      """, path, "\(folder)/body.txt",
    ]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    #expect(
      try contents(path) == ["packed/body.txt": body, "stored.txt": "as it is", "empty.txt": ""])

    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      var damaged = whole
      // In what the members hold: names, dates and comments are guarded by nothing.
      let packed = try #require(whole.range(of: Data("stored.txt".utf8))).lowerBound - 30
      let place = Int.random(in: 45..<packed, using: &random)
      damaged[place] ^= UInt8.random(in: 1...255, using: &random)
      try damaged.write(to: URL(fileURLWithPath: path))
      #expect(throws: FileError.self, "byte \(place), seed \(seed)") { try contents(path) }
    }
    for count in stride(from: 0, to: whole.count, by: whole.count / 50) {
      try whole.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(throws: FileError.self, "\(count) bytes of \(whole.count)") { try contents(path) }
    }
  }

  private func contents(_ path: String) throws -> [String: String] {
    let archive = try ZipArchive(path)
    var found: [String: String] = [:]
    for member in archive.members {
      var bytes: [UInt8] = []
      try archive.read(member) { bytes += $0 }
      found[member.name] = String(decoding: bytes, as: UTF8.self)
    }
    return found
  }

  @Test(
    "File systems of other machines are told from disks",
    arguments: [
      ("ext4", FileSystem.Kind.local), ("tmpfs", .local), ("overlay", .local),
      ("nfs4", .network("nfs4")),
      ("cifs", .network("cifs")), ("fuse.sshfs", .foreign("fuse.sshfs")), ("fuseblk", .local),
    ])
  func kinds(name: String, kind: FileSystem.Kind) {
    #expect(FileSystem.kind(named: name) == kind)
  }

  @Test("What the kernel says of its mounts is read, though such a file has no size")
  func mounts() throws {
    #expect(try readWholeFile("/proc/self/mountinfo").contains(0x0A))
  }
}
