import Engine

/// The latest event of each user, bots aside: what `CustomerLTV` keeps of the clicks.
package struct CustomerEvents: Sendable {
  /// The days that end with the window in which events count.
  static let reach = 90

  private(set) var users = StringPool()
  /// The instant of each user's latest event, by code.
  private(set) var latest: [Int64] = []
  private var agents = AgentTable()

  /// Notes the events of users from `first` through `last`.
  mutating func add(_ batch: Batch, first: Int64, last: Int64) {
    let contract = Sources.clicks
    let instants = batch.integers[contract.column("clicked_at")]
    let userTexts = batch.text(contract.column("user_id"))
    let agentTexts = batch.text(contract.column("user_agent"))
    for row in 0..<batch.count {
      guard instants[row] >= first, instants[row] <= last else { continue }
      let user = userTexts[row]
      if user.isEmpty { continue }
      let agent = agents.code(of: agentTexts[row])
      if agents.isBot(agent) { continue }
      note(users.intern(user), instants[row])
    }
  }

  /// Adds what another worker noted.
  mutating func merge(_ other: CustomerEvents) {
    let codes = users.merge(other.users)
    for (code, instant) in other.latest.enumerated() { note(codes[code], instant) }
  }

  private mutating func note(_ user: Int, _ instant: Int64) {
    if user == latest.count {
      latest.append(instant)
    } else {
      latest[user] = max(latest[user], instant)
    }
  }
}
