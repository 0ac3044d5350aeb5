import Foundation

/// What stands between a program and a PostgreSQL server, and cuts the connection or says that the
/// server is another (Python/proxy.py).
package final class PostgresProxy {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let port: Int

  /// A proxy before a server; `cut` is how many bytes pass, both ways together, before every
  /// connection is reset, once. `version` is the major version that clients are told.
  package init(_ server: PostgresServer, cut: Int? = nil, version: Int? = nil) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Python/proxy.py").path
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", script, "\(server.port)"] + (cut.map { ["--cut", "\($0)"] } ?? [])
      + (version.map { ["--version", "\($0)"] } ?? [])
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    port = Int(line.trimmingCharacters(in: .newlines)) ?? 0
  }

  /// The way to a database of the server through this.
  package func url(_ url: String) -> String {
    url.replacing(/127\.0\.0\.1:[0-9]+/, with: "127.0.0.1:\(port)")
  }

  /// Ends it. Returns how many bytes have passed, and whether the connections were cut.
  @discardableResult
  package func end() -> (bytes: Int, isCut: Bool) {
    try? input.fileHandleForWriting.close()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    return (lines.last.flatMap { Int($0) } ?? 0, lines.contains("cut"))
  }
}
