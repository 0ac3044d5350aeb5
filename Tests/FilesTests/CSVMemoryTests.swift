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

  @Test("a pass over 300 MB takes less than 100 MB", arguments: [false, true])
  func largeFile(isCompressed: Bool) throws {
    // Long fields, so that even an unoptimised build is through in seconds.
    let row = "1,\(String(repeating: "lorem ipsum ", count: 80_000))\n"
    let block = Data(String(repeating: row, count: 8).utf8)
    let path = folder.write("a.csv", Array("a,b\n".utf8))
    let output = try #require(FileHandle(forWritingAtPath: path))
    try output.seekToEnd()
    let blocks = 300_000_000 / block.count + 1
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
    _ = resetPeak()
    let before = try #require(peak())
    let (_, counts) = try pass.run(
      makeWorker: { 0 }, progress: { _, _ in true },
      fold: { (_: inout Int, _: Batch, _: Int) throws(Never) in })
    #expect(counts.read == blocks * 8)
    let grown = try #require(peak()) - before
    #expect(grown < 100_000_000, "the peak grew by \(grown) bytes")
  }
}
