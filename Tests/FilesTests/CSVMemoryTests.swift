import Engine
import Files
import Foundation
import Support
import Testing

@Suite("Memory does not grow with the file")
struct CSVMemoryTests {
  /// The most memory this process has held at once, in bytes; nil where the system does not tell.
  private static func peak() -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  // In a process of its own: other tests run in this one, and what they hold is not the pass's.
  @Test("a pass over a large file takes a small part of its size")
  func plainFile() async {
    await #expect(processExitsWith: .success) { try Self.measure(isCompressed: false) }
  }

  @Test("a pass over a large compressed file takes a small part of its size")
  func compressedFile() async {
    await #expect(processExitsWith: .success) { try Self.measure(isCompressed: true) }
  }

  private static func measure(isCompressed: Bool) throws {
    // Unoptimised builds are slow; long runs take the size that matters.
    let isLong = ProcessInfo.processInfo.environment["NIGHTMILL_FUZZ_SECONDS"] != nil
    let (size, limit) = isLong ? (300_000_000, 60_000_000) : (40_000_000, 15_000_000)
    let folder = TemporaryFolder()
    let row = "1,\(String(repeating: "lorem ipsum ", count: 800))\n"
    let block = Data(String(repeating: row, count: 100).utf8)
    let path = folder.write("a.csv", Array("a,b\n".utf8))
    let output = try #require(FileHandle(forWritingAtPath: path))
    try output.seekToEnd()
    let blocks = size / block.count + 1
    for _ in 0..<blocks { try output.write(contentsOf: block) }
    try output.close()
    if isCompressed {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["gzip", "-1", path]
      try process.run()
      process.waitUntilExit()
    }
    let slow = SlowCSV(Array("a,b\n".utf8))
    let file = bind(isCompressed ? path + ".gz" : path, slow, Dialect())
    let pass = CSVPass(
      contract: textContract(fieldCount: 2), settings: .init(timeZone: .utc, currency: .usd),
      files: [file], wanted: [false, false, false], options: PassOptions())
    let before = try #require(peak())
    let (_, counts) = try pass.run(
      makeWorker: { 0 }, progress: { _, _ in true },
      fold: { (_: inout Int, _: Batch, _: Int) throws(Never) in })
    precondition(counts.read == blocks * 100, "\(counts.read) records of \(blocks * 100)")
    let grown = try #require(peak()) - before
    precondition(grown < limit, "the peak grew by \(grown) bytes")
  }
}
