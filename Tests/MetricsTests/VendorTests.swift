import Engine
import Support
import Testing

@testable import Metrics

@Suite("Vendor connections")
struct VendorTests {
  private static let stages = ["ledger", "vendor_connections"]

  // Protects the intent score: each rule by itself and at its limit.
  @Test(arguments: [
    (0, false, Int64(0), Int64(3)), (0, false, 14, 3), (0, false, 15, 4), (0, false, 44, 4),
    (0, false, 45, 5), (1, false, 0, 4), (3, false, 0, 6), (4, false, 0, 6), (1, true, 0, 6),
    (9, true, .max, 10),
  ])
  func intent(earlier: Int, elsewhere: Bool, duration: Int64, expected: Int64) {
    #expect(
      IntentScore.score(earlier: earlier, elsewhere: elsewhere, duration: duration) == expected)
  }

  // Protects lost revenue to the cent: rounded once, half away from zero, the probability at most
  // 1.
  @Test(arguments: [
    (Int64(7501), Int64(10), Int64(50_000_000_000), Int64(3751)),
    (7501, 3, 50_000_000_000, 1125), (5667, 8, 50_000_000_000, 2267),
    (1000, 10, 200_000_000_000, 1000), (1000, 10, .max, 1000), (0, 10, 50_000_000_000, 0),
    (.max, 10, 1_000_000_000_000, .max),
  ])
  func lostRevenue(value: Int64, intent: Int64, perPoint: Int64, expected: Int64) {
    let lost = LostRevenue.amount(value: value, intent: intent, perPoint: Rate(scaled: perPoint))
    #expect(lost == expected)
  }

  private static let day = Instant.day

  // Protects follow-ups: 30 days of 24 hours, both ends included; what an earlier run decided
  // stays, and so does the follow-up that its conversion is judged by.
  @Test(arguments: [
    (Int64(0), Followup.Earlier.none, Int64(1), true, true),
    (30 * day, .none, 30 * day + 1, true, true),
    (30 * day + 1, .none, 30 * day + 2, false, false),
    (-1, .none, 5, false, false),
    (.absent, .none, 5, false, false),
    (day, .none, day, true, false),
    (day, .none, 31 * day, true, true),
    (day, .none, 31 * day + 1, true, false),
    (day, .none, .absent, true, false),
    (40 * day, .sent(at: day), 2 * day, true, true),
    (20 * day, .sent(at: day), 40 * day, true, false),
    (day, .sent(at: .absent), 2 * day, true, true),
    (.absent, .sent(at: .absent), 2 * day, true, false),
    // Seen to the end: a subscription that is gone from the corrected files is no conversion any
    // more.
    (day, .sent(at: 30 * day, converted: true), .absent, true, false),
    // The run ends before the 30 days do, so it cannot know better; but a first subscription that
    // it sees, it judges.
    (day, .sent(at: 30 * day + 1, converted: true), .absent, true, true),
    (day, .sent(at: 40 * day, converted: true), .absent, true, true),
    (day, .sent(at: 61 * day, converted: true), .absent, true, true),
    (day, .sent(at: 40 * day, converted: true), 39 * day, true, false),
    (day, .sent(at: 40 * day), .absent, true, false),
  ])
  func followups(
    sentAt: Int64, earlier: Followup.Earlier, subscription: Int64, isSent: Bool,
    isConverted: Bool
  ) {
    let state = Followup(callAt: 0, sentAt: sentAt, earlier: earlier)
    #expect(state.isSent == isSent)
    #expect(state.isConverted(by: subscription, until: 60 * Self.day) == isConverted)
  }

  // Protects the value of a call: the vendor's mean, else its category's over bookings, else the
  // setting; the 90 days before the call's day, that day not included.
  @Test(arguments: [
    ("v1", "0.05", "3.75"), ("v2", "0.05", "3.00"), ("v3", "0.05", "0.75"), ("v4", "0.05", "0.75"),
    ("v1", "1", "25.01"),
  ])
  func values(vendor: String, perPoint: String, expected: String) throws {
    var harness = Harness()
    harness.parameters = ["conversion_per_point": perPoint]
    let changes = try harness.run(
      Self.stages,
      [
        "calls": """
        call_id,vendor_id,started_at,duration_seconds,outcome
        c,\(vendor),2026-03-05T12:00:00Z,0,busy
        """,
        "vendors": "vendor_id,name,category\nv1,A,x\nv2,B,x\nv3,C,y\nv4,D,",
        "transactions": """
        transaction_id,occurred_at,kind,amount,currency,vendor_id
        1,2025-12-05T00:00:00Z,booking,20.00,USD,v1
        2,2026-03-04T23:59:59Z,booking,30.01,USD,v1
        3,2025-12-04T23:59:59Z,booking,900.00,USD,v1
        4,2026-03-05T00:00:00Z,booking,900.00,USD,v1
        5,2026-02-01T00:00:00Z,booking,9.99,USD,v9
        6,2026-02-01T00:00:00Z,booking,10.00,USD,v5
        7,2026-02-01T00:00:00Z,purchase,99.00,USD,v3
        """ + (vendor == "v2" ? "\n8,2025-12-06T00:00:00Z,booking,9.99,USD,v1" : ""),
      ])
    // v1: (20.00 + 30.01) / 2 = 25.005 → 25.01, × 3 points; v2: (20.00 + 30.01 + 9.99) / 3 = 20.00.
    #expect(
      changes["vendor_connection_analytics"]?.rows.lines(["estimated_lost_revenue"])
        == [expected])
  }

  // Protects the promise that row order, batches and workers never show.
  @Test(arguments: [UInt64(1), 2, 3, 4]) func orderNeverShows(seed: UInt64) throws {
    var data = VendorData(seed: seed)
    let plain = try data.harness(to: 120).run(Self.stages, data.inputs)
    var dealt = data.harness(to: 120)
    dealt.workers = 4
    dealt.batchSize = 13
    dealt.seed = seed
    data.shuffle()
    let again = try dealt.run(Self.stages, data.inputs)
    for name in VendorConnections.writes.map(\.name) {
      let expected = try require(plain[name]).rows.lines()
      #expect(expected.count > 20)
      #expect(try require(again[name]).rows.lines() == expected, "seed \(seed): \(name)")
    }
  }

  // Protects the promise that running day by day leaves the tables that one run over the whole span
  // leaves: follow-ups and subscriptions restate rows, and leads that were followed up go.
  @Test(arguments: [(UInt64(1), 1), (2, 4), (3, 9)])
  func dayByDayEqualsTheWholeSpan(seed: UInt64, step: Int) throws {
    let data = VendorData(seed: seed)
    let whole = try data.harness(to: 130).run(Self.stages, data.inputs)
    var warehouse = PublishedTables()
    warehouse.apply(try data.harness(to: 9).run(Self.stages, data.inputs))
    for day in stride(from: 10, through: 130, by: step) {
      var harness = data.harness(from: day, to: min(day + step - 1, 130))
      harness.published = warehouse.tables(VendorConnections.writes)
      warehouse.apply(try harness.run(Self.stages, data.inputs))
    }
    for schema in VendorConnections.writes {
      let expected = try require(whole[schema.name]).rows.lines()
      #expect(expected.count > 20)
      #expect(
        try require(warehouse.tables([schema])[schema.name]).lines() == expected,
        "seed \(seed): \(schema.name)")
    }
  }
}

/// Random calls, vendors and transactions of 130 days from 2026-01-01 on, many at the same
/// instants.
struct VendorData {
  private var calls: [String] = []
  private var transactions: [String] = []
  private var vendors: [String] = []
  private var random: SeededGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    // Calls, follow-ups and subscriptions lie on limits of 30 days often enough to be told apart
    // from near misses.
    var followups: [Int] = []
    for vendor in 0..<6 {
      followups.append(Int.random(in: 32..<90, using: &random))
      let sent = vendor == 0 ? "" : "\(date(followups[vendor]))T12:00:00Z"
      vendors.append("v\(vendor),Vendor \(vendor),\(["x", "y", ""][vendor % 3]),\(sent)")
      let after = [30, 30, 29, 31, 5, 12][vendor]
      transactions.append(
        "s\(vendor),\(date(followups[vendor] + after))T12:00:00Z,vendor_subscription,9.00,USD,v\(vendor)"
      )
      for before in [30, 30, 29, 31, 0, 17] {
        calls.append(
          "n\(calls.count),v\(vendor),\(date(followups[vendor] - before))T12:00:00Z,0,hangup,")
      }
    }
    let outcomes = ["hangup", "rejected", "timeout", "busy", "answered", "canceled", "failed"]
    for call in 0..<400 {
      let outcome = outcomes.randomElement(using: &random) ?? ""
      let session = Bool.random(using: &random) ? "s\(Int.random(in: 0..<40, using: &random))" : ""
      calls.append(
        "c\(call),v\(Int.random(in: 0..<7, using: &random)),"
          + "\(instant(day: Int.random(in: 0...130, using: &random))),"
          + "\(Int.random(in: 0..<60, using: &random)),\(outcome),\(session)")
    }
    for number in 0..<60 {
      let kind = Bool.random(using: &random) ? "booking" : "purchase"
      transactions.append(
        "t\(number),\(instant(day: Int.random(in: 0...130, using: &random))),\(kind),"
          + "\(Int.random(in: 0..<50, using: &random)).37,USD,"
          + "v\(Int.random(in: 0..<7, using: &random))")
    }
  }

  private func date(_ day: Int) -> String { Day(number: 20_454 + Int32(day)).text }

  /// An instant of a day, counted from 2026-01-01, on a whole sixth of a day.
  private mutating func instant(day: Int) -> String {
    let hour = ["00", "04", "08", "12", "16", "20"].randomElement(using: &random) ?? "00"
    return "\(date(day))T\(hour):00:00Z"
  }

  mutating func shuffle() {
    calls.shuffle(using: &random)
    transactions.shuffle(using: &random)
    vendors.shuffle(using: &random)
  }

  /// A harness for days counted from 2026-01-01; without `from`, for everything.
  func harness(from: Int? = nil, to: Int) -> Harness {
    Harness(
      from: from.map(date),
      to: date(to))
  }

  /// The sources as CSV.
  var inputs: [String: String] {
    [
      "calls": "call_id,vendor_id,started_at,duration_seconds,outcome,session_id\n"
        + calls.joined(separator: "\n"),
      "vendors": "vendor_id,name,category,followup_sent_at\n" + vendors.joined(separator: "\n"),
      "transactions": "transaction_id,occurred_at,kind,amount,currency,vendor_id\n"
        + transactions.joined(separator: "\n"),
    ]
  }
}

@Suite("Dimensions")
struct DimensionTests {
  // Protects reports that join names: every column of the source is there, by key, whatever worker
  // saw it.
  @Test(arguments: [1, 3]) func vendorsAreCopied(workers: Int) throws {
    var harness = Harness()
    harness.workers = workers
    harness.batchSize = 1
    let changes = try harness.run(
      ["vendor_dimension"],
      [
        "vendors": """
        vendor_id,name,category,followup_sent_at,phone
        v2,Two,,2026-04-30T14:00:00Z,+1
        v10,Ten,x,,
        v1,Two,x,,
        """
      ])
    let change = try require(changes["vendor_dimension"])
    #expect(change.replaces == .everything)
    let ids = change.rows.texts("vendor_id")
    #expect((0..<3).map { ids.text($0) } == ["v1", "v10", "v2"])
    #expect(
      change.rows.lines() == [
        "v1,Two,x,,,,,", "v10,Ten,x,,,,,", "v2,Two,,+1,,,2026-04-30T14:00:00Z,",
      ])
  }
}
