import CPostgreSQL
import Engine
import Glibc

/// The owner of a connection to a server; it closes when this ends. One thread uses it at a time.
final class Connection {
  let handle: OpaquePointer
  let url: ConnectionURL

  private static let oldestVersion: Int32 = 13_00_00

  /// The server's version as it says it.
  var serverVersion: String {
    PQparameterStatus(handle, "server_version").map { String(cString: $0) } ?? "unknown"
  }

  /// How many times a server that does not answer is asked, and the first pause in microseconds;
  /// each later one is twice as long. Three seconds in all.
  private static let attempts = 5
  private static let firstPause: UInt32 = 200_000

  /// Connects, trying again (if patient) while the server cannot be reached or is starting.
  init(
    _ url: ConnectionURL, readOnly: Bool = false, isPatient: Bool = true
  ) throws(PostgresError) {
    self.url = url
    handle = try isPatient ? Self.connectPatiently(url) : Self.connect(url)
    // Notices are for people at a terminal; libpq would print them.
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    guard PQserverVersion(handle) >= Self.oldestVersion else {
      throw PostgresError(
        .configuration, "\(url.masked): the server is PostgreSQL \(serverVersion)",
        help: "use PostgreSQL 13 or later")
    }
    try prepare(readOnly: readOnly)
  }

  deinit { PQfinish(handle) }

  private static func connectPatiently(
    _ url: ConnectionURL
  ) throws(PostgresError) -> OpaquePointer {
    var pause = firstPause
    var attempt = 1
    while true {
      do throws(PostgresError) { return try connect(url) } catch {
        guard error.kind == .unavailable, attempt < attempts, !Cancellation.isRequested
        else { throw error }
        usleep(pause)
        pause *= 2
        attempt += 1
      }
    }
  }

  private static func connect(_ url: ConnectionURL) throws(PostgresError) -> OpaquePointer {
    var failure: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(url.conninfo, &failure) else {
      // The message may quote the URL from its first quotation mark on.
      let answer = failure.map { String(cString: $0) } ?? "out of memory"
      PQfreemem(failure)
      let reason = trimmed(String(answer.prefix { $0 != "\"" }))
      throw PostgresError(
        .configuration, "\(url.masked): the URL cannot be read: \(reason)",
        help: "write postgres://USER@HOST:PORT/DATABASE; in it a password's special characters "
          + "are written %XX, or better leave it to PGPASSFILE")
    }
    PQconninfoFree(parsed)
    var settings: [(String, String)] = [
      ("client_encoding", "UTF8"), ("fallback_application_name", "nightmill"),
      ("keepalives_idle", "60"), ("dbname", url.conninfo),
    ]
    // What the URL says comes later and wins.
    if getenv("PGCONNECT_TIMEOUT") == nil { settings.insert(("connect_timeout", "10"), at: 0) }
    let (connection, answers) = withCStrings(settings) { names, values in
      let connection = PQconnectdbParams(names, values, 1)
      let isOpen = connection.map { PQstatus($0) == CONNECTION_OK } ?? false
      return (connection, isOpen ? PQPING_OK : PQpingParams(names, values, 1))
    }
    guard let connection else {
      throw PostgresError(.failed, "\(url.masked): out of memory", help: "free some and try again")
    }
    if PQstatus(connection) == CONNECTION_OK { return connection }
    defer { PQfinish(connection) }
    let answer = url.scrubbed(PQerrorMessage(connection).map { trimmed(String(cString: $0)) } ?? "")
    let isFull = ["too many", "remaining connection slots"].contains { answer.contains($0) }
    // What libpq says, in English whatever the server speaks, where the connection broke before the
    // server had let anybody in or refused.
    let isBroken = [
      "closed the connection", "could not receive data", "could not send", "SSL SYSCALL error",
      "timeout expired",
    ].contains { answer.contains($0) }
    switch answers {
    case PQPING_NO_RESPONSE, PQPING_REJECT:
      throw PostgresError(
        .unavailable, "\(url.masked): \(answer)",
        help: "check that the server runs and host and port are right; then try again")
    case PQPING_OK where isFull:
      throw PostgresError(
        .unavailable, "\(url.masked): \(answer)",
        help: "wait until other sessions end, or raise max_connections")
    case PQPING_OK where isBroken:
      throw PostgresError(
        .unavailable, "\(url.masked): \(answer)",
        help: "the connection broke: try later; nothing was changed")
    default:
      throw PostgresError(
        .configuration, "\(url.masked): \(answer)",
        help: "check user, password (PGPASSFILE, PGSERVICE), database and sslmode")
    }
  }

  /// Settles what the meaning of values and names depends on, whatever the server's defaults are.
  private func prepare(readOnly: Bool) throws(PostgresError) {
    var settings = [
      "datestyle = 'ISO, YMD'", "timezone = 'UTC'", "standard_conforming_strings = on",
      "extra_float_digits = 1", "bytea_output = hex",
      "search_path = \(quoted(url.schema)), pg_temp", "lock_timeout = \(literal(url.lockTimeout))",
    ]
    if let timeout = url.statementTimeout {
      settings.append("statement_timeout = \(literal(timeout))")
    }
    if readOnly { settings.append("default_transaction_read_only = on") }
    // In one message: far from the server each one takes a while.
    try execute(settings.map { "SET \($0)" }.joined(separator: "; "))
  }

  /// Whether a transaction is open, failed or not.
  var isInTransaction: Bool {
    let status = PQtransactionStatus(handle)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }

  /// Whether the server is gone.
  var isLost: Bool { PQstatus(handle) != CONNECTION_OK }

  // MARK: Running

  /// Runs the statements of a text without parameters; returns how many rows the last one changed.
  @discardableResult
  func execute(_ sql: String) throws(PostgresError) -> Int {
    guard PQsendQuery(handle, sql) == 1 else { throw lost(sql) }
    return try finish(sql)?.changedRows ?? 0
  }

  /// Runs one statement and gives its rows, in text form.
  func rows(_ sql: String, _ parameters: [Parameter] = []) throws(PostgresError) -> [[String]] {
    try send(sql, parameters)
    guard let result = try finish(sql) else { return [] }
    return (0..<result.rowCount).map { row in
      (0..<result.columnCount).map { result.text(row, $0) }
    }
  }

  /// A value for `$1`, `$2`, … in text form.
  struct Parameter {
    /// The type's OID; 0 leaves it to the server.
    var type: Oid
    /// The text, nil for NULL.
    let text: String?

    init(_ text: String?, type: Oid = 0) {
      self.text = text
      self.type = type
    }
  }

  /// Sends one statement with its parameters.
  func send(_ sql: String, _ parameters: [Parameter]) throws(PostgresError) {
    let texts = parameters.map { $0.text.map { strdup($0) } ?? nil }
    defer { for text in texts { free(text) } }
    let sent = PQsendQueryParams(
      handle, sql, Int32(parameters.count), parameters.map(\.type),
      texts.map { UnsafePointer($0) }, nil, nil, 0)
    guard sent == 1 else { throw lost(sql) }
  }

  /// Takes results until there are none; the last one, or the first failure. `isStopped` is asked
  /// while none comes.
  func finish(
    _ sql: String, isStopped: () -> Bool = { false }
  ) throws(PostgresError) -> QueryResult? {
    var last: QueryResult?
    var failure: PostgresError?
    while let result = try next(sql, isStopped: isStopped) {
      if result.isFailure {
        if failure == nil { failure = error(of: result, sql) }
      } else if result.status == PGRES_COPY_IN || result.status == PGRES_COPY_OUT {
        return result
      }
      last = result
    }
    if let failure { throw failure }
    return last
  }

  /// The next result of what was sent, nil after the last.
  func next(
    _ sql: String, isStopped: () -> Bool = { false }
  ) throws(PostgresError) -> QueryResult? {
    try waitForAnswer(sql, isStopped)
    return PQgetResult(handle).map { QueryResult(owning: $0) }
  }

  /// What a failed result says; where somebody asked to stop, that.
  func error(of result: QueryResult, _ sql: String) -> PostgresError {
    if isLost { return lost(sql) }
    let error = PostgresError(result, of: url, sql: sql)
    guard error.sqlState == "57014", Cancellation.isRequested else { return error }
    return PostgresError(
      .interrupted, "\(url.masked): interrupted; the statement was cancelled on the server",
      help: "nothing was changed: run it again", sqlState: error.sqlState)
  }

  /// What there is to say when the connection itself fails.
  func lost(_ sql: String) -> PostgresError {
    let answer = PQerrorMessage(handle).map { trimmed(String(cString: $0)) } ?? ""
    return PostgresError(
      .unavailable,
      "\(url.masked): \(url.scrubbed(answer.isEmpty ? "the connection is lost" : answer))"
        + "\n  statement: \(PostgresError.line(nil, of: sql))",
      help: "the server ended the connection or cannot be reached: try later; nothing was changed")
  }

  // MARK: Waiting

  /// How often somebody who waits looks whether to stop, in milliseconds.
  private static let glance: Int32 = 200

  /// Waits until a result can be taken without waiting, and passes a request to stop on to the
  /// server.
  private func waitForAnswer(
    _ sql: String, _ isStopped: () -> Bool
  ) throws(PostgresError) {
    var isCancelled = false
    while PQisBusy(handle) == 1 {
      if !isCancelled, Cancellation.isRequested || isStopped() {
        cancel()
        isCancelled = true
      }
      // What is still to be sent must go before an answer can come.
      let unsent = PQflush(handle)
      guard unsent >= 0 else { throw lost(sql) }
      wait(toWrite: unsent == 1)
      guard PQconsumeInput(handle) == 1 else {
        // A server that ends the connection says why first.
        while let result = PQgetResult(handle) {
          let result = QueryResult(owning: result)
          if !result.errorField("C").isEmpty {
            throw PostgresError(result, of: url, sql: sql)
          }
        }
        throw lost(sql)
      }
    }
  }

  /// Waits until the server's bytes can be read (or some can be written), but not for long; whether
  /// they can be.
  @discardableResult
  func wait(toWrite: Bool = false) -> Bool {
    var descriptor = pollfd(
      fd: PQsocket(handle), events: Int16(toWrite ? POLLIN | POLLOUT : POLLIN), revents: 0)
    return poll(&descriptor, 1, Self.glance) > 0
  }

  /// Asks the server to stop what it does for this connection.
  func cancel() {
    guard let request = PQgetCancel(handle) else { return }
    defer { PQfreeCancel(request) }
    var answer = [CChar](repeating: 0, count: 256)
    // If it cannot be asked, the statement ends as it would have.
    _ = PQcancel(request, &answer, Int32(answer.count))
  }
}

/// Calls `body` with the names and the values as C wants them: each list ends with NULL.
private func withCStrings<Result>(
  _ pairs: [(String, String)],
  _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let names = pairs.map { strdup($0.0) }
  let values = pairs.map { strdup($0.1) }
  defer { for text in names + values { free(text) } }
  let ended = [names, values].map { list in list.map { UnsafePointer($0) } + [nil] }
  return ended[0].withUnsafeBufferPointer { names in
    ended[1].withUnsafeBufferPointer { values in
      // Never empty: both end with NULL.
      body(names.baseAddress.unsafelyUnwrapped, values.baseAddress.unsafelyUnwrapped)
    }
  }
}
