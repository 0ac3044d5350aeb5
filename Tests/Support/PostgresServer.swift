import Foundation
import Glibc
import Synchronization

/// A PostgreSQL server for tests: one for each test process, in a temporary folder, on a free port
/// of the loopback and a socket, stopped when the process ends. It runs as a user that is not root.
///
/// It takes any user of the socket and loopback without a password, but for the role `guarded`.
package final class PostgresServer: Sendable {
  package let port: Int
  package let folder: String
  let bin: String

  /// The server, started when it is first asked for.
  package static let shared: PostgresServer = {
    do { return try PostgresServer() } catch {
      // Without a server no test that asks for one can say anything.
      fatalError("no PostgreSQL server for tests: \(error)\n  help: .ci/install test")
    }
  }()

  private static let databases = Atomic(0)
  private static let stopCommands = Mutex<[[String]]>([])

  /// A server of its own, for a test that ends it.
  package init() throws {
    bin = try Self.findBinaries()
    port = try Self.freePort()
    folder =
      FileManager.default.temporaryDirectory.path + "/nightmill-pg-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if geteuid() == 0 { try Self.run(["chown", "postgres", folder]) }
    try asOwner([
      "\(bin)/initdb", "-D", "\(folder)/data", "-U", "mill", "-A", "trust", "--no-sync",
      "-E", "UTF8", "--locale=C.UTF-8",
    ])
    // Whoever is guarded needs a password; the order in the file decides.
    let rules = """
      host all guarded 127.0.0.1/32 scram-sha-256
      local all all trust
      host all all 127.0.0.1/32 trust
      """
    try asOwner(["sh", "-c", "cat > '\(folder)/data/pg_hba.conf' <<'END'\n\(rules)\nEND"])
    try start()
    // What stops it must outlive Swift's own clean-up: lists of words and no object.
    let words = owner + ["\(bin)/pg_ctl", "-D", "\(folder)/data", "-m", "immediate", "stop"]
    let isFirst = Self.stopCommands.withLock { commands in
      commands.append(words + [folder])
      return commands.count == 1
    }
    if isFirst {
      atexit {
        for words in PostgresServer.stopCommands.withLock({ $0 }) {
          _ = try? PostgresServer.run(Array(words.dropLast()))
          if let folder = words.last { try? FileManager.default.removeItem(atPath: folder) }
        }
      }
    }
  }

  /// Starts it unless it runs; it answers when this returns.
  package func start() throws {
    if (try? psql("SELECT 1")) != nil { return }
    // Foundation waits until whatever it passed to a child is closed: the server must not keep it.
    let closing =
      "for f in /proc/$$/fd/*; do n=${f##*/}; [ $n -gt 2 ] && eval \"exec $n>&-\"; done; exec \"$@\""
    try asOwner([
      "bash", "-c", closing, "bash", "\(bin)/pg_ctl", "-D", "\(folder)/data", "-w", "-s", "-l",
      "\(folder)/log", "-o",
      "-p \(port) -k \(folder) -c listen_addresses=127.0.0.1 -c fsync=off "
        + "-c max_connections=60 -c autovacuum=off",
      "start",
    ])
  }

  /// Ends it at once, as a crash would; connections break.
  package func kill() throws {
    try asOwner(["\(bin)/pg_ctl", "-D", "\(folder)/data", "-m", "immediate", "-w", "-s", "stop"])
  }

  /// Ends it as an administrator does, its files as they are to be.
  package func stop() throws {
    try asOwner(["\(bin)/pg_ctl", "-D", "\(folder)/data", "-m", "fast", "-w", "-s", "stop"])
  }

  /// The URL of a new, empty database, which no other test knows, or of a copy of another database.
  ///
  /// Its own order of texts is that of a language, as databases often have it, where the server knows
  /// languages: nothing may depend on it.
  package func newDatabase(user: String = "mill", copying template: String? = nil) throws -> String
  {
    let name = "t\(Self.databases.wrappingAdd(1, ordering: .relaxed).newValue)"
    if let template {
      let original = template.split(separator: "/").last ?? ""
      try psql("CREATE DATABASE \(name) TEMPLATE \(original)")
    } else if Self.version(in: bin) >= 15 {
      try psql("CREATE DATABASE \(name) TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'")
    } else {
      try psql("CREATE DATABASE \(name)")
    }
    return url(name, user: user)
  }

  /// The major version in the path of a server's programs, 0 where it does not tell.
  private static func version(in path: String) -> Int {
    path.split(separator: "/").compactMap { Int($0) }.last ?? 0
  }

  /// Ends the process of a session as the kernel would where memory is short: the server ends all
  /// others and recovers by itself. `condition` says which, of pg_stat_activity.
  package func killSessions(where condition: String) throws {
    let sessions = try psql("SELECT pid FROM pg_stat_activity WHERE \(condition)")
    guard !sessions.isEmpty else { throw Failure(text: "no session where \(condition)") }
    for session in sessions { Glibc.kill(pid_t(session) ?? 0, SIGKILL) }
    // It answers again when it has recovered.
    for _ in 0..<500 where (try? psql("SELECT 1")) == nil { usleep(20_000) }
  }

  /// The file that holds the first gigabyte of a table, which the server must not be using.
  package func file(of table: String, in url: String) throws -> String {
    let path = try psql("SELECT pg_relation_filepath('\(table)')", on: url)
    return "\(folder)/data/\(path.first ?? "")"
  }

  /// The URL of a database.
  package func url(_ database: String, user: String = "mill") -> String {
    "postgres://\(user)@127.0.0.1:\(port)/\(database)"
  }

  /// Runs statements and returns their rows, fields separated by `|`.
  @discardableResult
  package func psql(_ sql: String, on url: String? = nil) throws -> [String] {
    let text = try Self.run(
      ["\(bin)/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", url ?? self.url("postgres"), "-c", sql])
    return text.split(separator: "\n").map(String.init)
  }

  /// Runs a file of statements.
  package func psql(file: String, on url: String) throws {
    try Self.run(["\(bin)/psql", "-Xq", "-v", "ON_ERROR_STOP=1", url, "-f", file])
  }

  private var owner: [String] {
    geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
  }

  private func asOwner(_ words: [String]) throws { try Self.run(owner + words) }

  private static func findBinaries() throws -> String {
    let base = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
    let newest = versions.compactMap(Int.init).max()
    if let newest { return "\(base)/\(newest)/bin" }
    let found = try run(["sh", "-c", "dirname \"$(command -v initdb)\""])
    return found.trimmingCharacters(in: .newlines)
  }

  /// A port of the loopback that nobody listens on just now.
  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw Failure(text: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// A command that did not end well.
  package struct Failure: Error, CustomStringConvertible {
    let text: String
    package var description: String { text }
  }

  @discardableResult
  private static func run(_ words: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    // Files and not pipes: the server keeps whatever it inherits open, and a pipe would never end.
    let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let (output, errors) = (base.appendingPathExtension("out"), base.appendingPathExtension("err"))
    for file in [output, errors] {
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    }
    defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let said = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
      throw Failure(text: "\(words.joined(separator: " ")): \(said)")
    }
    return try String(contentsOf: output, encoding: .utf8)
  }
}
