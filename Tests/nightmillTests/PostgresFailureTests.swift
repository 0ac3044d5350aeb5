import Foundation
import Support
import Testing

@Suite(
  "Whatever happens to a server, or on the way to it, a run publishes all or nothing", .serialized)
struct PostgresFailureTests {
  private static let shared: Result<PostgresWorld, any Error> = Result { try PostgresWorld() }
  private let world: PostgresWorld

  init() throws { world = try Self.shared.get() }

  /// What a run is about when it is disturbed.
  enum Moment: String, CaseIterable {
    case extracting, publishing
  }

  /// How a server ends a session.
  enum End: String, CaseIterable {
    case terminated, killed, stopped
  }

  /// That a warehouse is as it was, and that the same run then succeeds and leaves it as if nothing
  /// had happened.
  private func recovers(
    _ warehouse: String, _ context: String = "", in place: SourceLocation = #_sourceLocation
  ) throws {
    #expect(
      try world.tables(of: warehouse) == world.before, "\(context)", sourceLocation: place)
    try succeeds(warehouse, context, in: place)
  }

  private func succeeds(
    _ warehouse: String, _ context: String, in place: SourceLocation
  ) throws {
    let again = try world.start(warehouse).wait()
    #expect(again.exit == 0, "\(context): \(again.err)", sourceLocation: place)
    #expect(try world.tables(of: warehouse) == world.after, "\(context)", sourceLocation: place)
  }

  /// What keeps a run at a moment.
  private func hold(_ moment: Moment, _ warehouse: String) throws -> PostgresServer.Holder {
    switch moment {
    case .extracting: try world.server.hold(PostgresWorld.gate, on: world.source)
    case .publishing:
      try world.server.hold("LOCK TABLE nightmill.leads IN SHARE MODE", on: warehouse)
    }
  }

  @Test(
    "A session that the server ends, is killed, or goes with its server: 75, try later",
    arguments: Moment.allCases, End.allCases)
  func endedSession(moment: Moment, end: End) throws {
    let warehouse = try world.newWarehouse()
    let holder = try hold(moment, warehouse)
    let running = try world.start(warehouse)
    let waiting = "wait_event_type = 'Lock'"
    try world.wait(for: 1, where: waiting)
    switch end {
    case .terminated:
      try world.server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
          + "WHERE application_name = 'nightmill' AND \(waiting)")
    case .killed:
      try world.server.killSessions(where: "application_name = 'nightmill' AND \(waiting)")
    case .stopped: try world.server.kill()
    }
    holder.end()
    let result = running.wait()
    #expect(result.exit == 75, "\(result.err)")
    #expect(result.err.contains("error: postgres://mill@127.0.0.1:"), "\(result.err)")
    #expect(result.err.contains("help: the server "), "\(result.err)")
    #expect(result.err.contains("try later; nothing was changed"), "\(result.err)")
    #expect(result.err.contains("next: nightmill retry"), "\(result.err)")
    try world.server.start()
    try recovers(warehouse)
  }

  /// How many bytes pass between an undisturbed run and a database.
  private func bytes(ofWarehouse: Bool) throws -> Int {
    let warehouse = try world.newWarehouse()
    let proxy = try PostgresProxy(world.server)
    let result = try world.start(
      ofWarehouse ? proxy.url(warehouse) : warehouse,
      from: ofWarehouse ? world.source : proxy.url(world.source)
    ).wait()
    #expect(result.exit == 0, "\(result.err)")
    let bytes = proxy.end().bytes
    #expect(bytes > 10_000)
    return bytes
  }

  @Test("A connection that breaks anywhere while rows are read: 75, and nothing is published")
  func brokenSource() throws {
    let all = try bytes(ofWarehouse: false)
    for share in [0.001, 0.1, 0.5, 0.9] {
      let warehouse = try world.newWarehouse()
      let proxy = try PostgresProxy(world.server, cut: Int(share * Double(all)))
      let result = try world.start(warehouse, from: proxy.url(world.source)).wait()
      #expect(proxy.end().isCut)
      #expect(result.exit == 75, "\(share): \(result.err)")
      #expect(result.err.contains("help: "), "\(share): \(result.err)")
      try world.wait(for: 0)
      try recovers(warehouse, "after \(share) of the bytes")
    }
  }

  @Test("A connection that breaks anywhere while tables are written: all is published, or nothing")
  func brokenWarehouse() throws {
    let all = try bytes(ofWarehouse: true)
    // COMMIT and its answer are among the last bytes.
    let ends = [0, 10, 30, 60, 90, 120, 150].map { all - $0 }
    for cut in [0.001, 0.1, 0.5, 0.9].map({ Int($0 * Double(all)) }) + ends {
      let context = "\(cut) of \(all) bytes"
      let warehouse = try world.newWarehouse()
      let proxy = try PostgresProxy(world.server, cut: cut)
      let result = try world.start(proxy.url(warehouse)).wait()
      proxy.end()
      try world.wait(for: 0)
      if result.exit == 0 {
        #expect(try world.tables(of: warehouse) == world.after, "\(context)")
      } else {
        #expect(result.exit == 75, "\(context): \(result.err)")
        try recovers(warehouse, "\(context): \(result.err)")
      }
    }
  }

  @Test("A full disk of the server: 1, what to do, and nothing is published")
  func fullDisk() throws {
    let server = world.server
    let warehouse = try server.newDatabase()
    let some = ["--select", "vendor_connections"] + PostgresWorld.firstDays
    let first = try world.start(warehouse, some).wait()
    #expect(first.exit == 0, "\(first.err)")
    let before = try world.tables(of: warehouse)
    // The file of a table without rows becomes one that takes none.
    let file = try server.file(of: "nightmill.growth_metrics", in: warehouse)
    let files = FileManager.default
    try server.stop()
    try files.moveItem(atPath: file, toPath: "\(file).kept")
    try files.createSymbolicLink(atPath: file, withDestinationPath: "/dev/full")
    try server.start()
    let result = try world.start(warehouse).wait()
    #expect(result.exit == 1, "\(result.err)")
    #expect(result.err.contains("No space left on device"), "\(result.err)")
    #expect(result.err.contains("help: free space on the server's disk"), "\(result.err)")
    try server.stop()
    try files.removeItem(atPath: file)
    try files.moveItem(atPath: "\(file).kept", toPath: file)
    try server.start()
    #expect(try world.tables(of: warehouse) == before)
    let again = try world.start(warehouse).wait()
    #expect(again.exit == 0, "\(again.err)")
    let other = try server.newDatabase()
    #expect(try world.start(other, some).wait().exit == 0)
    #expect(try world.start(other).wait().exit == 0)
    #expect(try world.tables(of: warehouse) == world.tables(of: other))
  }

  @Test("A lock of another session, or a statement that takes too long, is not waited for for ever")
  func timeouts() throws {
    for (moment, option, exit, help) in [
      (Moment.publishing, "lock_timeout", 75, "another session holds a lock"),
      (.extracting, "lock_timeout", 75, "another session holds a lock"),
      (.publishing, "statement_timeout", 1, "the statement took longer than statement_timeout"),
      (.extracting, "statement_timeout", 1, "the statement took longer than statement_timeout"),
    ] as [(Moment, String, Int32, String)] {
      let context = "\(moment), \(option)"
      let warehouse = try world.newWarehouse()
      let holder = try hold(moment, warehouse)
      let end = "?\(option)=400ms"
      let result = try world.start(
        moment == .publishing ? warehouse + end : warehouse,
        from: moment == .publishing ? world.source : world.source + end
      ).wait()
      holder.end()
      #expect(result.exit == exit, "\(context): \(result.err)")
      #expect(result.err.contains("help: \(help)"), "\(context): \(result.err)")
      try recovers(warehouse, context)
    }
  }

  @Test("A role that may not read, write or make a schema: 78, with the table and where to look")
  func roles() throws {
    let server = world.server
    _ = try? server.psql("CREATE ROLE teller LOGIN")
    let warehouse = try world.newWarehouse()
    try server.psql(
      "GRANT USAGE ON SCHEMA nightmill TO teller; "
        + "GRANT SELECT ON ALL TABLES IN SCHEMA nightmill TO teller", on: warehouse)
    func asTeller(_ url: String) -> String { url.replacing("mill@", with: "teller@") }
    let fresh = try server.newDatabase()
    for (warehouse, source, message) in [
      (asTeller(warehouse), world.source, "permission denied for table "),
      (asTeller(fresh), world.source, "permission denied for database "),
      (warehouse, asTeller(world.source), "permission denied for table "),
    ] {
      let result = try world.start(warehouse, from: source).wait()
      #expect(result.exit == 78, "\(result.err)")
      #expect(result.err.contains(message), "\(result.err)")
      #expect(result.err.contains("docs/postgres.md"), "\(result.err)")
    }
    #expect(
      try server.psql("SELECT 1 FROM pg_namespace WHERE nspname = 'nightmill'", on: fresh) == [])
    try recovers(warehouse)
  }

  @Test("A wrong password of either end: 78, and it is written nowhere")
  func wrongPassword() throws {
    _ = try? world.server.psql("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    func asGuarded(_ url: String) -> String { url.replacing("mill@", with: "guarded:wr0ng%2Fone@") }
    let warehouse = try world.newWarehouse()
    for (warehouse, source) in [
      (asGuarded(warehouse), world.source), (warehouse, asGuarded(world.source)),
    ] {
      let result = try world.start(warehouse, from: source, PostgresWorld.days + ["--log", "json"])
        .wait()
      #expect(result.exit == 78, "\(result.err)")
      #expect(result.err.contains("guarded:•••@"), "\(result.err)")
      #expect(!(result.out + result.err).contains("wr0ng"))
    }
    let runs = "\(world.scratch.path)/runs"
    for name in try FileManager.default.subpathsOfDirectory(atPath: runs) {
      #expect(world.scratch.text("runs/\(name)")?.contains("wr0ng") != true, "\(name)")
    }
    try recovers(warehouse)
  }

  @Test("A server that is too old at either end is refused with both versions")
  func oldServer() throws {
    let warehouse = try world.newWarehouse()
    let proxy = try PostgresProxy(world.server, version: 12)
    for (warehouse, source) in [
      (proxy.url(warehouse), world.source), (warehouse, proxy.url(world.source)),
    ] {
      let result = try world.start(warehouse, from: source).wait()
      #expect(result.exit == 78, "\(result.err)")
      #expect(result.err.contains("the server is PostgreSQL 12."), "\(result.err)")
      #expect(result.err.contains("help: use PostgreSQL 13 or later"), "\(result.err)")
    }
    proxy.end()
    try recovers(warehouse)
  }

  @Test("Eight readers who poll while runs publish see whole runs only")
  func readers() throws {
    let server = world.server
    let warehouse = try world.newWarehouse()
    let tables = ["vendor_weekly", "growth_metrics", "partner_analytics", "runs"]
    let sql = PostgresWorld.checksums(tables)
    // All tables in one line, as one statement sees them.
    let line = "SELECT string_agg(t::text, ' ') FROM (\(sql)) AS t"
    func seen() throws -> String { try server.psql(line, on: warehouse).joined() }
    var whole: Set = [try seen()]
    let readers = try (0..<8).map { _ in try server.poll(line, on: warehouse) }
    for step in 0..<4 {
      let days =
        step % 2 == 0 ? PostgresWorld.days : ["--from", "2026-11-01", "--to", "2026-11-14"]
      let other = ["--set", "default_booking_value=\(step + 7).00"]
      let result = try world.start(warehouse, days + other).wait()
      #expect(result.exit == 0, "\(result.err)")
      whole.insert(try seen())
    }
    #expect(whole.count == 5)
    for reader in readers {
      let lines = try reader.end()
      #expect(lines.count > 10)
      #expect(Set(lines).subtracting(whole) == [])
    }
  }
}
