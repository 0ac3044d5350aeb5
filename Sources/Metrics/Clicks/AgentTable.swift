import Engine

/// Codes of user agents: whether one is a bot's is looked up per distinct agent, not per row.
///
/// Agents need no merging: their verdicts and fingerprints are spent once a row is counted.
struct AgentTable: Sendable {
  private var agents = StringPool()
  /// Whether each agent, by code, is a bot's.
  private var bots: [Bool] = []
  /// The fingerprint of each agent, by code.
  private var prints: [Fingerprint] = []

  /// The code of a row's user agent, which may be empty.
  mutating func code(of text: ByteView) -> Int {
    let code = agents.intern(text)
    if code == bots.count {
      bots.append(BotList.matches(text))
      prints.append(Fingerprint(text, namespace: KeyNamespace.agent))
    }
    return code
  }

  /// Whether an agent is empty or on the bot list.
  func isBot(_ code: Int) -> Bool { bots[code] }

  /// Who a click is by, as metrics.md section 2 says: visitor_id, else user_id, else ip and a
  /// user agent together; nil where there is none. An agent that is empty is a bot's: its clicks
  /// have no key either, unless they carry an ID.
  func visitorKey(
    visitor: ByteView, user: ByteView, address: ByteView, agent: Int
  ) -> Fingerprint? {
    if !visitor.isEmpty { return Fingerprint(visitor, namespace: KeyNamespace.visitor) }
    if !user.isEmpty { return Fingerprint(user, namespace: KeyNamespace.user) }
    if address.isEmpty || prints[agent] == Self.none { return nil }
    return Fingerprint(address, namespace: KeyNamespace.address).followed(by: prints[agent])
  }

  private static let none = Fingerprint(ByteView.none, namespace: KeyNamespace.agent)
}

/// Keys of different kinds never meet: user 7 is not visitor 7.
enum KeyNamespace {
  static let visitor: UInt64 = 1
  static let user: UInt64 = 2
  static let address: UInt64 = 3
  static let agent: UInt64 = 4
}
