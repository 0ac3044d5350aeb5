import Engine
import Files
import Foundation
import Support
import Synchronization
import Testing

@Suite("Files of all kinds: compressed, empty, missing, huge")
struct CSVFileTests {
  private let folder = TemporaryFolder()

  /// Rows of two fields, some quoted and over two lines.
  private static func rows(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var text = "id,text\n"
    for row in 0..<count {
      let word = String(repeating: "w", count: Int.random(in: 0..<90, using: &generator))
      text += row % 5 == 0 ? "\(row),\"\(word)\n,\"\n" : "\(row),\(word)\n"
    }
    return Array(text.utf8)
  }

  private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let path = folder.write("plain-\(UUID().uuidString)", bytes)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-n", path]
    try process.run()
    process.waitUntilExit()
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".gz")))
  }

  private func read(
    _ bytes: [UInt8], as plain: [UInt8], chunkSize: Int = 4096,
    _ change: (inout PassOptions) -> Void = { _ in }
  ) throws -> CSVReading {
    var options = PassOptions()
    options.chunkSize = chunkSize
    options.readAhead = 64
    options.threads = 3
    change(&options)
    let file = bind(folder.write("a.csv", bytes), name: "a", SlowCSV(plain), Dialect())
    return try readAll([file], options).files["a"] ?? CSVReading()
  }

  /// The message of the file error that `body` must end in.
  private func failure(_ body: () throws -> Void) throws -> String {
    do { try body() } catch PassError<Never>.file(let error) { return error.description }
    try #require(Bool(false), "no file error")
    return ""
  }

  @Test(
    "gzip reads like the plain file, also where its members are cut inside a record",
    arguments: [100, 4096, 1 << 20])
  func compressed(chunkSize: Int) throws {
    let plain = Self.rows(4_000)
    let expected = SlowCSV(plain).reading
    #expect(expected.records.count == 4_000)
    #expect(try read(try gzip(plain), as: plain, chunkSize: chunkSize) == expected)
    let cut = plain.count / 2 + 3
    let members = try gzip(Array(plain[..<cut])) + gzip([]) + gzip(Array(plain[cut...]))
    #expect(try read(members, as: plain, chunkSize: chunkSize) == expected)
  }

  @Test("an empty gzip file is an empty file")
  func emptyGzip() throws {
    #expect(try read(try gzip([]), as: []) == CSVReading())
  }

  @Test("a gzip file that is cut short says so, wherever it is cut")
  func truncated() throws {
    let plain = Self.rows(3_000)
    let whole = try gzip(plain)
    for kept in [2, 9, 10, whole.count / 2, whole.count - 8, whole.count - 1] {
      let message = try failure { _ = try read(Array(whole[..<kept]), as: plain) }
      #expect(message.contains("a.csv") && message.contains("in the middle of a gzip member"))
      #expect(message.contains("help: copy it again"))
    }
  }

  @Test("a damaged gzip file says where and what to do")
  func damaged() throws {
    let plain = Self.rows(3_000)
    var whole = try gzip(plain)
    whole[whole.count - 6] ^= 0x55
    let message = try failure { _ = try read(whole, as: plain) }
    #expect(message.contains("gzip data is damaged") && message.contains("near byte"))
  }

  @Test("files count in the byte order of their names, whatever order they are given in")
  func order() throws {
    let names = ["a10.csv", "B.csv", "a9.csv", "é.csv", "a.csv"]
    let files = names.map { name in
      let bytes = Array("\u{FEFF}h,i\n\(name),1\nragged\n".utf8)
      return bind(folder.write(name, bytes), name: name, SlowCSV(bytes), Dialect())
    }
    let sorted = ["B.csv", "a.csv", "a10.csv", "a9.csv", "é.csv"]
    for order in [files, files.reversed()] {
      let reading = try readAll(order)
      #expect(reading.counts.quarantined.map(\.file) == sorted)
      #expect(reading.counts.quarantined.allSatisfy { $0.line == 3 })
      for name in names {
        #expect(
          reading.files[name]?.records == [.init(line: 2, fields: [Array(name.utf8), [0x31]])])
      }
    }
  }

  @Test("files without rows give none", arguments: ["", "h,i", "h,i\n", "\u{FEFF}h,i\r\n\r\n"])
  func withoutRows(text: String) throws {
    #expect(try read(Array(text.utf8), as: Array(text.utf8)) == CSVReading())
  }

  @Test("a missing file, and a folder in place of one, are named with advice")
  func unreadable() throws {
    let slow = SlowCSV(Array("a,b\n".utf8))
    let missing = bind(folder.path + "/none.csv", slow, Dialect())
    let message = try failure { _ = try readAll([missing]) }
    #expect(message.contains("none.csv: cannot open it: No such file or directory"))
    #expect(message.contains("help: check the path"))
    let instead = try failure { _ = try readAll([bind(folder.path, slow, Dialect())]) }
    #expect(instead.contains("Is a directory") && instead.contains("name a file, not a folder"))
  }

  @Test("a record of several megabytes spans many chunks")
  func longRecord() throws {
    let text = String(repeating: "line one\nline \"\"two\"\", and more\r\n", count: 40_000)
    let plain = Array("a,b\n1,\"\(text)\"\n2,x\n".utf8)
    #expect(try read(plain, as: plain, chunkSize: 200_000) == SlowCSV(plain).reading)
  }

  @Test(
    "beyond the longest record an open quote is stray: it costs its line only",
    arguments: [100, 1000, 100_000])
  func endlessQuote(chunkSize: Int) throws {
    let plain = Array(
      ("a,b\n1,\"x\n" + String(repeating: "2,y\n", count: 2_000)).utf8)
    let reading = try read(plain, as: plain, chunkSize: chunkSize) { $0.maximumRecord = 1_000 }
    #expect(reading == SlowCSV(plain).reading)
    #expect(reading.refusals.map(\.line) == [2])
  }

  @Test("beyond the longest record a line without breaks stops the pass, with its place")
  func endlessLine() throws {
    let plain = Array(("a,b\n1,x\n" + String(repeating: "z", count: 5_000)).utf8)
    let message = try failure {
      _ = try read(plain, as: plain, chunkSize: 64) { $0.maximumRecord = 1_000 }
    }
    #expect(message.contains("a.csv, byte 8: a line of more than"))
    #expect(message.contains("check that the file is CSV with line breaks"))
  }

  @Test(
    "a record just beyond the longest one is refused wherever chunks end, one just within is read")
  func longestRecord() throws {
    for (length, isRead) in [(1_000, true), (1_001, false)] {
      let text = "1,\"x\n" + String(repeating: "y", count: length - 6) + "\""
      for lineEnd in ["\n", "\r\n", ""] {
        let plain = Array("a,b\n\(text)\(lineEnd)".utf8)
        for chunkSize in [1, 10, 999, 1_000, 1_001, 1_002, 1_003, 1_010, 5_000] {
          let reading = try read(plain, as: plain, chunkSize: chunkSize) {
            $0.maximumRecord = 1_000
            $0.readAhead = 1 + chunkSize % 7
          }
          #expect(reading.records.count == (isRead ? 1 : 0), "chunks of \(chunkSize)")
          #expect(reading.refusals.first?.offence == (isRead ? nil : .malformedQuote))
        }
      }
    }
  }

  @Test("progress adds up to the file")
  func progress() throws {
    let plain = Self.rows(2_000)
    let seen = Mutex((bytes: 0, rows: 0))
    let file = bind(folder.write("a.csv", plain), SlowCSV(plain), Dialect())
    var options = PassOptions()
    options.chunkSize = 1_000
    let reading = try readAll([file], options) { bytes, rows in
      seen.withLock {
        $0.bytes += bytes
        $0.rows += rows
      }
      return true
    }
    #expect(seen.withLock { $0.bytes } == plain.count - file.dataStart)
    #expect(seen.withLock { $0.rows } == reading.counts.read)
  }

  @Test("whoever watches progress can stop the pass early", arguments: [1, 3])
  func cancelled(threads: Int) throws {
    let plain = Self.rows(2_000)
    let file = bind(folder.write("a.csv", plain), SlowCSV(plain), Dialect())
    var options = PassOptions()
    options.chunkSize = 1_000
    options.threads = threads
    let calls = Mutex(0)
    do {
      _ = try readAll([file], options) { _, _ in
        calls.withLock {
          $0 += 1; return $0 < 5
        }
      }
      Issue.record("the pass went on")
    } catch PassError<Never>.cancelled {}
    #expect(calls.withLock { $0 } < 5 + threads)
  }
}
