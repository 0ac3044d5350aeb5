import Engine

/// Calls as they came, column by column, and what is known of vendors.
package struct CallRows: Sendable {
  var ids = StringPool()
  var vendors = StringPool()
  var sessions = StringPool()
  var categories = StringPool()

  var id: [Int32] = []
  var vendor: [Int32] = []
  var startedAt: [Int64] = []
  var duration: [Int64] = []
  var outcome: [CallOutcome] = []
  var session: [Int32] = []
  var intent: [Int64] = []
  var value: [Int64] = []

  var profiles: [VendorProfile] = []

  /// What the vendors' source says of one.
  struct VendorProfile: Sendable {
    let vendor: Int32
    let category: Int32
    let followupSentAt: Int64
  }

  mutating func addVendors(_ batch: Batch) {
    let contract = Sources.vendors
    let texts = batch.text(contract.column("vendor_id"))
    let categoryTexts = batch.text(contract.column("category"))
    let followups = batch.integers[contract.column("followup_sent_at")]
    for row in 0..<batch.count {
      profiles.append(
        VendorProfile(
          vendor: Int32(vendors.intern(texts[row])),
          category: categories.code(ofOptional: categoryTexts[row]),
          followupSentAt: followups[row]))
    }
  }

  mutating func addCalls(_ batch: Batch, within instants: ClosedRange<Int64>) {
    let contract = Sources.calls
    let texts = batch.text(contract.column("call_id"))
    let vendorTexts = batch.text(contract.column("vendor_id"))
    let starts = batch.integers[contract.column("started_at")]
    let durations = batch.integers[contract.column("duration_seconds")]
    let outcomes = batch.integers[contract.column("outcome")]
    let sessionTexts = batch.text(contract.column("session_id"))
    let intents = batch.integers[contract.column("intent_score")]
    let values = batch.integers[contract.column("estimated_value")]
    var rows: [Int32] = []
    rows.reserveCapacity(batch.count)
    for row in 0..<batch.count where instants.contains(starts[row]) {
      guard let ending = CallOutcome(rawValue: outcomes[row]) else { continue }
      rows.append(Int32(row))
      startedAt.append(starts[row])
      duration.append(durations[row])
      outcome.append(ending)
      intent.append(intents[row])
      value.append(values[row])
    }
    ids.append(distinct: texts, rows: rows, into: &id)
    vendors.intern(vendorTexts, rows: rows, into: &vendor)
    sessions.intern(sessionTexts, rows: rows, into: &session)
  }

  mutating func merge(_ other: CallRows) {
    let firstID = ids.append(distinct: other.ids)
    let vendorMap = CodeMap(vendors.merge(other.vendors))
    let sessionMap = CodeMap(sessions.merge(other.sessions))
    let categoryMap = CodeMap(categories.merge(other.categories))
    id.append(contentsOf: other.id.lazy.map { firstID + $0 })
    vendor.append(contentsOf: other.vendor.lazy.map { vendorMap[$0] })
    startedAt.append(contentsOf: other.startedAt)
    duration.append(contentsOf: other.duration)
    outcome.append(contentsOf: other.outcome)
    session.append(contentsOf: other.session.lazy.map { sessionMap[$0] })
    intent.append(contentsOf: other.intent)
    value.append(contentsOf: other.value)
    for profile in other.profiles {
      profiles.append(
        VendorProfile(
          vendor: vendorMap[profile.vendor], category: categoryMap[profile.category],
          followupSentAt: profile.followupSentAt))
    }
  }

  /// The calls in order of time, then ID.
  func sorted() -> [Int] {
    var order = RowOrder(count: id.count)
    let keys = startedAt.map { UInt64(sortKey: $0) }
    order.sort(by: keys)
    order.sortTies(of: keys) { ids.isBefore(id[Int($0)], id[Int($1)]) }
    return order.rows.map { Int($0) }
  }
}
