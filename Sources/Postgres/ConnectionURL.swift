import Engine

/// Where a database is: a URL as libpq reads it (`postgres://user@host:port/database?…`, with
/// everything that its query part may say, such as `sslmode`, `service`, `passfile`), and of ours
/// `schema`, `statement_timeout`, `lock_timeout` and `connections`.
package struct ConnectionURL: Sendable, Equatable {
  /// What libpq is given.
  let conninfo: String
  /// The schema of the warehouse's tables, `nightmill` unless the URL says another.
  package let schema: String
  /// The longest a statement may take, as PostgreSQL writes it (`15min`); nil: as the server says.
  let statementTimeout: String?
  /// The longest a statement waits for a lock of another session.
  let lockTimeout: String
  /// How many sessions may read for one run; nil: as many as threads work.
  let connections: Int?
  /// The URL without its password, for messages.
  package let masked: String
  /// The texts that no message may show.
  private let secrets: [String]

  /// The schema where the URL names none.
  package static let defaultSchema = "nightmill"

  private static let ownKeys = ["schema", "statement_timeout", "lock_timeout", "connections"]
  private static let defaultLockTimeout = "30s"
  private static let mask = "•••"

  /// Whether a URL is one of PostgreSQL.
  package static func isOne(_ text: String) -> Bool {
    text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
  }

  /// Reads a URL; its parts are libpq's to judge when it connects.
  package init(_ text: String) throws(PostgresError) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var own: [String: String] = [:]
    var others: [Substring] = []
    var shown: [String] = []
    var secrets: [String] = []
    for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = Self.decoded(halves[0])
      let value = halves.count > 1 ? halves[1] : ""
      if Self.ownKeys.contains(key) {
        own[key] = Self.decoded(value)
        shown.append(String(pair))
        continue
      }
      others.append(pair)
      if key.contains("password") {
        secrets += [String(value), Self.decoded(value)]
        shown.append("\(key)=\(Self.mask)")
      } else {
        shown.append(String(pair))
      }
    }
    let (place, password) = Self.masking(parts[0])
    if let password { secrets += [String(password), Self.decoded(password)] }
    conninfo = String(parts[0]) + (others.isEmpty ? "" : "?" + others.joined(separator: "&"))
    masked = place + (shown.isEmpty ? "" : "?" + shown.joined(separator: "&"))
    self.secrets = secrets.filter { !$0.isEmpty }
    schema = own["schema"] ?? Self.defaultSchema
    statementTimeout = own["statement_timeout"]
    lockTimeout = own["lock_timeout"] ?? Self.defaultLockTimeout
    connections = own["connections"].flatMap { Int($0) }
    if let text = own["connections"], connections.map({ $0 < 1 }) ?? true {
      throw PostgresError(
        .configuration, "\(masked): connections: expected a number of at least 1, found \(text)",
        help: "write ?connections=4, or leave it out")
    }
    if let password, password.contains(where: { "/@#".contains($0) }) {
      throw PostgresError(
        .configuration, "\(masked): the password has a character that ends it too early",
        help: "write / as %2F, @ as %40, # as %23 in the URL, or leave it to PGPASSFILE")
    }
    let isReserved = schema.hasPrefix("pg_") || schema == "information_schema"
    if schema.isEmpty || schema.utf8.count > 63 || schema.utf8.contains(0) || isReserved {
      throw PostgresError(
        .configuration, "\(masked): \"\(schema)\" cannot be the schema of a warehouse",
        help: "write ?schema=NAME with a name of at most 63 bytes that does not begin with pg_")
    }
  }

  /// A text of libpq or of the server without the URL's password.
  func scrubbed(_ text: String) -> String {
    var text = text
    for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) {
      text = text.replacing(secret, with: Self.mask)
    }
    return text
  }

  /// The part before `?` with its password masked, and the password.
  private static func masking(_ place: Substring) -> (String, Substring?) {
    guard let scheme = place.firstRange(of: "://") else { return (String(place), nil) }
    // A password may hold an @ or a / that somebody forgot to encode: the last @ ends it.
    let rest = place[scheme.upperBound...]
    guard let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":")
    else { return (String(place), nil) }
    let password = rest[rest.index(after: colon)..<at]
    return (place[...colon] + mask + place[at...], password)
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
