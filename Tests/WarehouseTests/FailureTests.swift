import Engine
import Postgres
import Support
import Testing

@Suite("What goes wrong with a server leaves what was published")
struct FailureTests {
  private let url: String
  private let warehouse: PostgresWarehouse

  init() throws {
    url = try PostgresServer.shared.newDatabase()
    warehouse = try PostgresWarehouse(url: url, moneyDigits: 2, readOnly: false)
    try warehouse.migrate([testTables])
    try warehouse.publish([change(weeks, [[0, "v", 5]])])
  }

  private func open(_ options: String, user: String = "mill") throws -> PostgresWarehouse {
    let url = url.replacing("mill@", with: user + "@")
    return try PostgresWarehouse(url: url + options, moneyDigits: 2, readOnly: false)
  }

  private var published: [String] {
    get throws {
      try PostgresServer.shared.psql("SELECT * FROM nightmill.weeks ORDER BY 1, 2", on: url)
    }
  }

  @Test("A second run is kept out until the first is done, and says who that is")
  func runLock() throws {
    let other = try open("")
    try warehouse.lock()
    let error = try refusal { try other.lock() }
    #expect(error.kind == .unavailable)
    #expect(error.message.contains("another run (session"))
    // A run of another schema is another warehouse.
    try open("?schema=elsewhere").lock()
    warehouse.unlock()
    try other.lock()
  }

  @Test("A lock of another session is not waited for for ever; then the same run succeeds")
  func tableLock() throws {
    let hasty = try open("?lock_timeout=100ms")
    let again = change(weeks, [[0, "v", 6], [7, "w", 1]], replaces: .everything)
    try warehouse.publish([change(weeks, [[0, "v", 7]])]) { () throws(WarehouseError) in
      let error = try? refusal { try hasty.publish([again]) }
      #expect(error?.kind == .unavailable)
      #expect(error?.help.contains("lock_timeout") ?? false)
      return .refuse
    }
    #expect(try published == ["1970-01-01|v|0.05"])
    try hasty.publish([again])
    #expect(try published == ["1970-01-01|v|0.06", "1970-01-08|w|0.01"])
  }

  @Test("A statement that takes longer than allowed is ended, and the connection goes on")
  func statementTimeout() throws {
    let hasty = try open("?statement_timeout=100ms")
    let error = try refusal { _ = try hasty.rows("SELECT pg_sleep(20)") }
    #expect(error.kind == .failed)
    #expect(error.help.contains("?statement_timeout"))
    #expect(try hasty.rows("SELECT 1") == ["1"])
  }

  @Test("A role that may only read is told so, whatever it tries")
  func missingPrivilege() throws {
    _ = try? PostgresServer.shared.psql("CREATE ROLE reader LOGIN")
    try PostgresServer.shared.psql(
      "GRANT USAGE ON SCHEMA nightmill TO reader; "
        + "GRANT SELECT ON ALL TABLES IN SCHEMA nightmill TO reader", on: url)
    let reader = try open("", user: "reader")
    #expect(try reader.rows("SELECT count(*) FROM weeks") == ["1"])
    let error = try refusal { try reader.publish([change(weeks, [[0, "v", 6], [7, "w", 1]])]) }
    #expect(error.kind == .configuration)
    #expect(error.message.contains("weeks"))
    #expect(error.help.contains("docs/postgres.md"))
    #expect(try published == ["1970-01-01|v|0.05"])
  }

  @Test("A wrong password is refused at once and shown nowhere")
  func wrongPassword() throws {
    _ = try? PostgresServer.shared.psql("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    let error = try refusal { _ = try open("", user: "guarded:wr0ng%2Fone") }
    #expect(error.kind == .configuration)
    #expect(error.message.contains("guarded:•••@"))
    #expect(!"\(error)".contains("wr0ng"))
    _ = try open("", user: "guarded:right")
  }

  @Test("A server that is not there is tried for some seconds, then it is said to try later")
  func unreachable() throws {
    let error = try refusal {
      _ = try PostgresWarehouse(
        url: "postgres://mill:s3cret@127.0.0.1:1/w", moneyDigits: 2, readOnly: false)
    }
    #expect(error.kind == .unavailable)
    #expect(!"\(error)".contains("s3cret"))
  }

  @Test(
    "No URL that cannot be read shows its password",
    arguments: [
      "postgres://u:s3cr%zzet@host/db", "postgres://u:s3cret@host:port/db",
      "postgres://u:s3/cret@host/db", "postgres://u@host/db?password=s3cret&nope=1",
      "postgres://u:s3@cret@host:x/db?sslmode=maybe",
    ])
  func masking(url: String) throws {
    let error = try refusal {
      _ = try PostgresWarehouse(url: url, moneyDigits: 2, readOnly: true)
    }
    #expect(error.kind != .failed)
    #expect(!"\(error)".contains("cret") && !"\(error)".contains("s3"), "\(error)")
  }

  @Test("A migration that is wrong is told by its line and leaves nothing")
  func wrongMigration() throws {
    let wrong = Migration(
      number: 2, name: "002-wrong.sql",
      sql: "CREATE TABLE a (x {{money}});\n\nCREATE TABLE b (x nope);")
    let error = try refusal { try warehouse.migrate([testTables, wrong]) }
    #expect(error.message.contains("002-wrong.sql:3:"))
    #expect(try warehouse.rows("SELECT to_regclass('a')") == ["NULL"])
  }

  @Test(
    "A server that is killed while a run publishes: nothing is half there, and the next succeeds")
  func killedServer() throws {
    let server = try PostgresServer()
    let url = try server.newDatabase()
    let all = change(
      weeks, (0..<500).map { [.number($0), "v", 9] }, replaces: .everything)
    do {
      let warehouse = try PostgresWarehouse(url: url, moneyDigits: 2, readOnly: false)
      try warehouse.migrate([testTables])
      try warehouse.publish([change(weeks, [[0, "v", 5]])])
      let error = try refusal {
        try warehouse.publish([all]) { () throws(WarehouseError) in
          #expect(throws: Never.self) { try server.kill() }
          return .publish(also: [])
        }
      }
      #expect(error.kind == .unavailable)
    }
    try server.start()
    let warehouse = try PostgresWarehouse(url: url, moneyDigits: 2, readOnly: false)
    #expect(try warehouse.rows("SELECT count(*) FROM weeks") == ["1"])
    try warehouse.lock()
    try warehouse.publish([all])
    #expect(try warehouse.rows("SELECT count(*) FROM weeks") == ["500"])
    try server.kill()
  }
}
