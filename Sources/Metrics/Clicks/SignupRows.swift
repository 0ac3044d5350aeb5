import Engine

/// Signups that can matter to a touch, as they came.
struct SignupRows: Sendable {
  /// One signup.
  struct Row: Sendable {
    var user: Int32
    /// The hash of the user's own visitor, nil for none.
    let visitor: UInt64?
    let createdAt: Int64
  }

  private(set) var users = StringPool()
  private(set) var rows: [Row] = []

  mutating func add(_ batch: Batch, within instants: ClosedRange<Int64>) {
    let contract = Sources.users
    let texts = batch.text(contract.column("user_id"))
    let created = batch.integers[contract.column("created_at")]
    let visitors = batch.text(contract.column("visitor_id"))
    for row in 0..<batch.count where instants.contains(created[row]) {
      let visitor = visitors[row]
      rows.append(
        Row(
          user: Int32(users.intern(texts[row])),
          visitor: visitor.isEmpty ? nil : KeyNamespace.hash(visitor, KeyNamespace.visitor),
          createdAt: created[row]))
    }
  }

  mutating func merge(_ other: SignupRows) {
    let map = CodeMap(users.merge(other.users))
    for row in other.rows {
      rows.append(Row(user: map[row.user], visitor: row.visitor, createdAt: row.createdAt))
    }
  }
}
