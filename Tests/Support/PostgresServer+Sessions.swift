import Foundation
import Glibc

extension PostgresServer {
  /// A session that keeps a transaction open in which it has run some statements, such as LOCK
  /// TABLE, until `end`.
  package final class Holder {
    private let process = Process()
    private let input = Pipe()

    fileprivate init(_ bin: String, _ url: String, _ sql: String) throws {
      process.executableURL = URL(fileURLWithPath: "\(bin)/psql")
      process.arguments = ["-XAtq", "-v", "ON_ERROR_STOP=1", url]
      process.standardInput = input
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      try input.fileHandleForWriting.write(contentsOf: Data("BEGIN; \(sql); SELECT 1;\n".utf8))
      guard !output.fileHandleForReading.availableData.isEmpty else {
        throw Failure(text: "not held: \(sql)")
      }
    }

    /// Ends the transaction and the session.
    package func end() {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
  }

  /// A session that asks the same again and again.
  package final class Poller {
    private let process = Process()
    private let input = Pipe()
    private let output: URL

    fileprivate init(_ bin: String, _ url: String, _ sql: String) throws {
      output = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      _ = FileManager.default.createFile(atPath: output.path, contents: nil)
      process.executableURL = URL(fileURLWithPath: "\(bin)/psql")
      process.arguments = ["-XAtq", "-v", "ON_ERROR_STOP=1", url]
      process.standardInput = input
      process.standardOutput = try FileHandle(forWritingTo: output)
      try process.run()
      try input.fileHandleForWriting.write(contentsOf: Data("\(sql) \\watch 0.02\n".utf8))
    }

    /// Ends the session. Returns all lines that it was given.
    package func end() throws -> [String] {
      // While it watches, psql takes no gentler signal.
      Glibc.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      defer { try? FileManager.default.removeItem(at: output) }
      // The last line may not be whole.
      return try String(contentsOf: output, encoding: .utf8).split(separator: "\n").dropLast()
        .map(String.init)
    }
  }

  /// Asks a statement again and again, until it is ended.
  package func poll(_ sql: String, on url: String) throws -> Poller {
    try Poller(bin, url, sql)
  }

  /// Runs statements in a transaction that stays open.
  package func hold(_ sql: String, on url: String) throws -> Holder { try Holder(bin, url, sql) }
}
