import Engine
import Files
import Foundation
import Support
import Testing

@Suite("Memory does not grow with the file")
struct CSVMemoryTests {
  private let folder = TemporaryFolder()

  /// The most memory this process has held at once, in bytes, since the last reset; nil where the system does not tell.
  private func peak() -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  /// Makes the peak what is held now.
  private func resetPeak() -> Bool {
    FileManager.default.createFile(atPath: "/proc/self/clear_refs", contents: nil)
      && FileHandle(forWritingAtPath: "/proc/self/clear_refs")
        .map { (try? $0.write(contentsOf: Data("5".utf8))) != nil } ?? false
  }

  @Test("a pass over a large file takes a small part of its size", arguments: [false, true])
  func largeFile(isCompressed: Bool) throws {
    // Unoptimised builds are slow; long runs take the size that matters.
    let isLong = ProcessInfo.processInfo.environment["NIGHTMILL_FUZZ_SECONDS"] != nil
    let (size, limit) = isLong ? (300_000_000, 100_000_000) : (16_000_000, 10_000_000)
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
    var grown = Int.max
    // Other tests run in this process at the same time: what they take for a moment is not the pass's.
    for _ in 0..<3 where grown >= limit {
      _ = resetPeak()
      let before = try #require(peak())
      let (_, counts) = try pass.run(
        makeWorker: { 0 }, progress: { _, _ in true },
        fold: { (_: inout Int, _: Batch, _: Int) throws(Never) in })
      #expect(counts.read == blocks * 100)
      grown = try #require(peak()) - before
    }
    #expect(grown < limit, "the peak grew by \(grown) bytes")
  }
}
