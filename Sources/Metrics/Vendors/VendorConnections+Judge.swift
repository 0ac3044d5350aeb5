import Engine

/// Calls with all that is to be said of them.
struct JudgedCalls {
  /// The calls as they came.
  let rows: CallRows
  /// The calls of the days asked for, in order of time, then ID.
  let order: [Int]
  /// The day of each call, by row.
  let days: [Int32]
  /// The score of each call, by row.
  let intents: [Int64]
  /// What each failed call cost, by row.
  var lost: [Int64]
  /// The follow-up that made a call's row TRUE, by row; absent where the row is FALSE or none is
  /// known.
  var followups: [Int64]
  /// Whether each failed call was followed up, by row.
  var followed: [Bool]
  /// Whether the follow-up won the vendor, by row.
  var converted: [Bool]
}

extension VendorConnections {
  /// How long after a call a follow-up counts, and a subscription after that.
  static let followupReach = 30 * Instant.day

  /// Scores, values and follow-ups of all calls from the first week on that the restated days
  /// touch.
  func judge(
    _ partial: CallRows, _ ledger: Ledger, published: Table
  ) throws(StageError) -> JudgedCalls {
    var rows = partial
    let vendorCodes = CodeMap(rows.vendors.merge(ledger.vendors.pool))
    let vendorCount = rows.vendors.count
    var categories = [Int32](repeating: -1, count: vendorCount)
    var sentAt = [Int64](repeating: .absent, count: vendorCount)
    for profile in rows.profiles {
      categories[Int(profile.vendor)] = profile.category
      // The run sees nothing after its window.
      if profile.followupSentAt <= context.lastInstant {
        sentAt[Int(profile.vendor)] = profile.followupSentAt
      }
    }
    let firstSubscriptions = firstSubscriptions(ledger, vendorCodes, vendorCount)
    let values = BookingValues(
      ledger, vendorCodes: vendorCodes, categories: categories,
      categoryCount: rows.categories.count,
      defaultValue: context.parameters[Self.defaultBookingValue], stage: Self.name)
    let perPoint = Rate(scaled: context.parameters[Self.conversionPerPoint])
    let earlier = EarlierFollowups(published)

    let sorted = rows.sorted()
    var cursor = DayCursor(context.timeZone)
    let days = rows.startedAt.map { cursor.day(of: $0) }
    let firstDay = context.window.firstMonday(daysBefore: Self.restates)
    var calls = JudgedCalls(
      rows: rows, order: sorted.filter { days[$0] >= firstDay }, days: days,
      intents: IntentScore.scores(of: rows, in: sorted),
      lost: [Int64](repeating: 0, count: sorted.count),
      followups: [Int64](repeating: .absent, count: sorted.count),
      followed: [Bool](repeating: false, count: sorted.count),
      converted: [Bool](repeating: false, count: sorted.count))

    for row in calls.order where rows.outcome[row].isFailure {
      let vendor = rows.vendor[row]
      var value = rows.value[row]
      if value == .absent { value = try values.value(vendor: vendor, day: days[row]) }
      let lost = LostRevenue.amount(
        value: value, intent: calls.intents[row], perPoint: perPoint)
      guard let lost else {
        throw Self.overflowError("call \(rows.ids.text(of: Int(rows.id[row])))")
      }
      calls.lost[row] = lost

      let state = Followup(
        callAt: rows.startedAt[row], sentAt: sentAt[Int(vendor)],
        earlier: earlier.state(of: rows.ids, rows.id[row]))
      calls.followed[row] = state.isSent
      calls.followups[row] = state.sentAt
      calls.converted[row] = state.isConverted(
        by: firstSubscriptions[Int(vendor)], until: context.lastInstant)
    }
    return calls
  }

  /// When each vendor's first `vendor_subscription` was, absent for none.
  private func firstSubscriptions(
    _ ledger: Ledger, _ vendorCodes: CodeMap, _ count: Int
  ) -> [Int64] {
    var firsts = [Int64](repeating: .absent, count: count)
    let kind = TransactionKind.vendorSubscription.rawValue
    for row in 0..<ledger.count where ledger.kinds[row] == kind {
      let vendor = vendorCodes[ledger.vendors.codes[row]]
      // The ledger is in order of time.
      if vendor >= 0, firsts[Int(vendor)] == .absent {
        firsts[Int(vendor)] = ledger.occurredAt[row]
      }
    }
    return firsts
  }
}

/// Whether a call was followed up, and when.
struct Followup: Equatable {
  /// What an earlier run published of a call's follow-up.
  enum Earlier: Equatable {
    /// No row, or a FALSE one.
    case none
    /// A TRUE one, with its follow-up (absent where another program set it) and whether that won
    /// the vendor.
    case sent(at: Int64, converted: Bool = false)
  }

  /// `followup_sent`.
  let isSent: Bool
  /// The follow-up that the call is judged by; absent where none is known.
  let sentAt: Int64
  /// Whether an earlier run saw the follow-up win the vendor.
  private let wasConverted: Bool

  /// The state of a call at `callAt` whose vendor's follow-up was at `sentAt` (absent: none that
  /// the run sees). What an earlier run decided stays, with its follow-up.
  init(callAt: Int64, sentAt: Int64, earlier: Earlier) {
    let isWithin =
      sentAt != .absent && sentAt >= callAt
      && sentAt - callAt <= VendorConnections.followupReach
    if case .sent(let earlierAt, let converted) = earlier {
      isSent = true
      wasConverted = converted
      self.sentAt = earlierAt == .absent && isWithin ? sentAt : earlierAt
    } else {
      isSent = isWithin
      wasConverted = false
      self.sentAt = isWithin ? sentAt : .absent
    }
  }

  /// Whether a vendor's first subscription (absent: none up to `last`, the run's last instant) came
  /// after the follow-up, within 30 days.
  ///
  /// A run of an old window does not see those days to their end, so it cannot take back what a
  /// later one found.
  func isConverted(by subscription: Int64, until last: Int64) -> Bool {
    guard isSent, sentAt != .absent else { return false }
    if subscription == .absent {
      return wasConverted && last - sentAt < VendorConnections.followupReach
    }
    return subscription > sentAt && subscription - sentAt <= VendorConnections.followupReach
  }
}

/// The follow-ups that earlier runs published, by call.
struct EarlierFollowups {
  private let pool: StringPool
  private var states: [Followup.Earlier]

  /// Reads `call_id`, `followup_sent`, `followup_sent_at` and `converted_after_followup` of a
  /// table.
  init(_ published: Table) {
    let ids = published.texts("call_id")
    let sent = published.integers("followup_sent")
    let sentAt = published.integers("followup_sent_at")
    let converted = published.integers("converted_after_followup")
    pool = ids.pool
    states = [Followup.Earlier](repeating: .none, count: pool.count)
    for row in ids.codes.indices where ids.codes[row] >= 0 && sent[row] == 1 {
      states[Int(ids.codes[row])] = .sent(
        at: sentAt[row], converted: converted[row] == 1)
    }
  }

  /// What is published of the call whose ID has a code in a pool.
  func state(of ids: StringPool, _ code: Int32) -> Followup.Earlier {
    ids.withBytes(of: Int(code)) { bytes in
      pool.code(of: bytes).map { states[$0] } ?? .none
    }
  }
}
