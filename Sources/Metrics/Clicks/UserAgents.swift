import Engine

/// The user agents of a click log: whether each is a bot's is found out once, not once per row.
struct UserAgents: Sendable {
  private var pool = StringPool()
  /// Whether each agent, by code, is a bot's.
  private(set) var isBot: [Bool] = []
  /// The fingerprint of each agent, by code.
  private(set) var prints: [Fingerprint] = []
  /// The hash of each agent, by code.
  private(set) var hashes: [UInt64] = []

  /// The code of an agent that is not empty; an empty one is a bot's by definition.
  mutating func code(of text: ByteView) -> Int {
    let code = pool.intern(text)
    if code == isBot.count {
      isBot.append(BotList.matches(text))
      prints.append(Fingerprint(text, namespace: KeySpace.agent))
      hashes.append(KeySpace.hash(text, KeySpace.agent))
    }
    return code
  }
}

/// Keys of different kinds never meet: user 7 is not visitor 7.
enum KeySpace {
  static let visitor: UInt64 = 1
  static let user: UInt64 = 2
  static let address: UInt64 = 3
  static let agent: UInt64 = 4
  static let code: UInt64 = 5

  /// 64 bits that stand for a key of a kind.
  ///
  /// Of n distinct keys in a run two share their bits with odds below n² / 2⁶⁵: 3 in a million for
  /// ten million visitors and users. And a pair that does is only seen where both come into one
  /// question: one code within the hour, or one customer's 30 days.
  static func hash(_ bytes: ByteView, _ space: UInt64) -> UInt64 {
    Engine.hash(bytes, seed: mix(space, 0x9E37_79B9_7F4A_7C15))
  }
}
