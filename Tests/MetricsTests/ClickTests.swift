import Engine
import Support
import Synchronization
import Testing

@testable import Metrics

/// A spill store in memory.
final class SpillShelf: SpillStore {
  private let blocks: Mutex<[[[UInt8]]]>

  init(partitions: Int) { blocks = Mutex(Array(repeating: [], count: partitions)) }

  func append(_ block: ByteView, to partition: Int) throws(SpillError) {
    let bytes = block.bytes
    blocks.withLock { $0[partition].append(bytes) }
  }

  func blockCount(of partition: Int) -> Int { blocks.withLock { $0[partition].count } }

  func read(_ block: Int, of partition: Int, into bytes: inout [UInt8]) throws(SpillError) {
    bytes = blocks.withLock { $0[partition][block] }
  }
}

/// Spill stores in memory, counted.
final class SpillRoom: SpillSpace {
  let stores = Atomic(0)

  func makeStore(partitions: Int) throws(SpillError) -> any SpillStore {
    stores.add(1, ordering: .relaxed)
    return SpillShelf(partitions: partitions)
  }
}

@Suite("Clicks of partners")
struct ClickTests {
  static let stages = [
    "ledger", "buyers", "timelines", "click_quality", "owners", "referrals", "attribution",
    "commission_ledger", "commissions", "partner_analytics",
  ]
  static let tables = ["click_quality", "referrals", "attribution_shares", "partner_analytics"]

  private let partners = """
    partner_id,referral_code,partner_type,tier,status,created_at
    PA,A,affiliate,t,active,2026-01-01T00:00:00Z
    PB,B,affiliate,t,active,2026-01-01T00:00:00Z
    """

  private func clicks(_ rows: [String]) -> String {
    "click_id,clicked_at,event,visitor_id,user_id,referral_code,ip,user_agent\n"
      + rows.joined(separator: "\n")
  }

  private func verdicts(
    _ rows: [String], _ parameters: [String: String]
  ) throws -> [String] {
    let changes = try Harness(parameters: parameters).run(
      ["ledger", "buyers", "timelines", "click_quality"],
      ["clicks": clicks(rows), "partners": partners])
    return try require(changes["click_quality"]).rows.lines(["partner_id", "verdict", "clicks"])
  }

  // Protects the settings: at their least, and far beyond the calendar.
  @Test func limitsAreSettings() throws {
    let rows = (0..<5).map { "k\($0),2026-03-02T10:0\($0):00Z,click,v,,A,1.1.1.1,Mozilla" }
    #expect(try verdicts(rows, [:]) == ["PA,accepted,1", "PA,duplicate,4"])
    #expect(try verdicts(rows, ["dedupe_minutes": "0"]) == ["PA,accepted,5"])
    #expect(
      try verdicts(rows, ["dedupe_minutes": "1"]) == ["PA,accepted,5"], "a minute after is not less"
    )
    #expect(
      try verdicts(rows, ["dedupe_minutes": "2", "velocity_limit": "3"])
        == ["PA,accepted,1", "PA,duplicate,2", "PA,velocity,2"])
    #expect(try verdicts(rows, ["velocity_limit": "0"]) == ["PA,velocity,5"])
    let most = "\(Int64.max - 1)"
    let farthest = [
      "velocity_limit": most, "dedupe_minutes": most, "attribution_days": most,
      "conversion_limit_days": most,
    ]
    #expect(try verdicts(rows, farthest) == ["PA,accepted,1", "PA,duplicate,4"])
  }

  // Protects what people are paid by: two partners of one code are not guessed between.
  @Test func oneCodeIsOnePartners() throws {
    let twice = partners + "\nPC,A,affiliate,t,suspended,2026-01-01T00:00:00Z"
    let error = try #require(throws: StageError.self) {
      try Harness().run(
        ["ledger", "buyers", "timelines"], ["clicks": clicks([]), "partners": twice])
    }
    #expect(error.message == "partners PA and PC have the same referral code A")
  }

  // Protects IDs that do not fit a byte of length, and the order they give.
  @Test func longIDs() throws {
    let long = String(repeating: "k", count: 400)
    let rows = [
      "\(long)b,2026-03-02T10:00:00Z,click,v,,A,,Mozilla",
      "\(long)a,2026-03-02T10:00:00Z,click,v,,B,,Mozilla",
    ]
    let sale = """
      transaction_id,occurred_at,kind,amount,currency,visitor_id
      s,2026-03-02T11:00:00Z,purchase,1.00,USD,v
      """
    let changes = try Harness().run(
      Self.stages, ["clicks": clicks(rows), "partners": partners, "transactions": sale])
    #expect(
      try require(changes["attribution_shares"]).rows.lines(["partner_id", "last_touch"])
        == ["PA,1.00", "PB,0.00"])
  }

  // Protects every figure from how rows were dealt out, and from where they lay until they were
  // needed.
  @Test(arguments: [UInt64(1), 2, 3]) func neitherOrderNorMemoryShow(seed: UInt64) throws {
    var data = PeopleData(seed: seed)
    let plain = try data.harness(to: 60).run(Self.stages, data.inputs)
    let room = SpillRoom()
    data.shuffle()
    for limit in [0, 100_000, Int.max] {
      var dealt = data.harness(to: 60)
      dealt.workers = 4
      dealt.batchSize = 37
      dealt.seed = seed
      dealt.memory = BoundedMemory(budget: MemoryBudget(limit: limit), space: room)
      let again = try dealt.run(Self.stages, data.inputs)
      for table in Self.tables {
        let expected = try require(plain[table]).rows.lines()
        #expect(expected.count > 20, "\(table), seed \(seed)")
        #expect(
          try require(again[table]).rows.lines() == expected, "\(table), \(limit), seed \(seed)")
      }
      if limit == 0 { #expect(room.stores.load(ordering: .relaxed) == 4) }
      #expect(dealt.memory?.budget.used == 0, "what was held was given back")
    }
  }

  // Protects the sums: each sale is shared whole by every model, every click has one verdict, and
  // what is not a partner's revenue is nobody's.
  @Test(arguments: [UInt64(5), 6]) func sumsAgree(seed: UInt64) throws {
    let data = PeopleData(seed: seed)
    let changes = try data.harness(to: 60).run(Self.stages, data.inputs)
    let counted = try require(changes["click_quality"]).rows.integers("clicks").reduce(0, +)
    #expect(counted == Int64(data.clickCount), "seed \(seed)")

    let ledger = Ledger(try require(changes["ledger"]).rows, buyers: changes["buyers"]?.rows)
    let shares = try require(changes["attribution_shares"]).rows
    var totals: [String: Int64] = [:]
    for row in 0..<shares.count {
      for model in AttributionModel.allCases {
        let key = (shares.texts("transaction_id").text(row) ?? "") + " " + model.column
        totals[key, default: 0] += shares.integers(model.column)[row]
      }
    }
    var sales = 0
    for row in 0..<ledger.count where ledger.isSale(row) {
      sales += 1
      for model in AttributionModel.allCases {
        let key = (ledger.ids.text(row) ?? "") + " " + model.column
        #expect(totals[key] == ledger.amountIfKnown(row), "\(key), seed \(seed)")
      }
    }
    #expect(totals.count == sales * AttributionModel.allCases.count, "seed \(seed)")

    let owners = try require(changes["owners"]).rows
    var since: [String: Int64] = [:]
    for row in 0..<owners.count where owners.texts("reason").text(row) == nil {
      since[owners.texts("referred_user_id").text(row) ?? ""] = owners.integers("created_at")[row]
    }
    var (net, unowned) = (Int64(0), Int64(0))
    for row in 0..<ledger.count where ledger.isSale(row) || ledger.originals[row] != .absent {
      let sale = ledger.isSale(row) ? row : Int(ledger.originals[row])
      let amount = (ledger.takesBack(row) ? -1 : 1) * ledger.amountIfKnown(row)
      net += amount
      let owned = since[ledger.users.text(sale) ?? ""].map { $0 <= ledger.occurredAt[sale] }
      if owned != true { unowned += amount }
    }
    let revenue = try require(changes["partner_analytics"]).rows.integers("revenue").reduce(0, +)
    #expect(revenue + unowned == net && revenue != 0 && unowned != 0, "seed \(seed)")
  }

  // Protects a nightly job: day by day leaves what the whole span leaves, owners included.
  @Test(arguments: [(UInt64(7), 1), (8, 9)])
  func dayByDayEqualsTheWholeSpan(seed: UInt64, step: Int) throws {
    let data = PeopleData(seed: seed)
    let whole = try data.harness(to: 60).run(Self.stages, data.inputs)
    var warehouse = PublishedTables()
    warehouse.apply(try data.harness(to: 4).run(Self.stages, data.inputs))
    for day in stride(from: 5, through: 60, by: step) {
      var harness = data.harness(from: day, to: min(day + step - 1, 60))
      harness.published = warehouse.tables([Referrals.schema, Commissions.schema])
      warehouse.apply(try harness.run(Self.stages, data.inputs))
    }
    let found = warehouse.tables([
      ClickQuality.schema, Referrals.schema, Attribution.shares, PartnerAnalytics.schema,
    ])
    for table in Self.tables {
      #expect(
        found[table]?.lines() == (try require(whole[table]).rows.lines()), "\(table), seed \(seed)")
    }
  }

  // Protects a day whose clicks came late: running the days they touch again makes good what was
  // missing, except owners, who are found for good.
  @Test(arguments: [UInt64(9), 10]) func lateClicks(seed: UInt64) throws {
    let data = PeopleData(seed: seed)
    let onTime = try data.harness(to: 60).run(Self.stages, data.inputs)
    var warehouse = PublishedTables()
    warehouse.apply(try data.harness(to: 60).run(Self.stages, data.inputs(withoutClicksOf: 20)))
    var again = data.harness(from: 20, to: 60)
    again.published = warehouse.tables([Referrals.schema])
    warehouse.apply(try again.run(Self.stages, data.inputs))
    let found = warehouse.tables([ClickQuality.schema, Referrals.schema, Attribution.shares])
    for table in ["click_quality", "attribution_shares"] {
      #expect(
        found[table]?.lines() == (try require(onTime[table]).rows.lines()), "\(table), seed \(seed)"
      )
    }
    let users = Set(try require(found["referrals"]).lines(["referred_user_id"]))
    let expected = Set(try require(onTime["referrals"]).rows.lines(["referred_user_id"]))
    #expect(users.isSuperset(of: expected), "seed \(seed)")
  }
}

@Suite("What is kept of clicks")
struct ClickKeepingTests {
  // Protects the exactness of velocity: the bound is never below the count, however it grew.
  @Test(arguments: [UInt64(1), 2]) func boundsAreNeverTooLow(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var sketches = [VelocitySketch(), VelocitySketch()]
    var counts: [UInt64: Int64] = [:]
    let groups = (0..<300).map { _ in random.next() }
    for step in 0..<9_000 {
      let group = step % 3 == 0 ? groups[Int.random(in: 0..<300, using: &random)] : random.next()
      sketches[step % 7 == 0 ? 1 : 0].count(group)
      counts[group, default: 0] += 1
    }
    sketches[1].merge(sketches[0])
    for (group, count) in counts {
      #expect(sketches[1].mayExceed(count - 1, group), "seed \(seed)")
    }
    #expect(!sketches[1].mayExceed(254))
  }

  // Protects links: runs say at every instant what all rows said, in whatever order they came.
  @Test(arguments: [UInt64(1), 2, 3]) func runsSayWhatRowsSaid(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let reach: Int64 = 10
    var parts = (0..<3).map { _ in VisitorLinks(reach: reach) }
    var rows: [GroupPair: [Int64]] = [:]
    for _ in 0..<6_000 {
      let pair = GroupPair(
        visitor: UInt64.random(in: 0..<3, using: &random),
        user: UInt64.random(in: 0..<3, using: &random))
      let instant = Int64.random(in: 0..<20_000, using: &random)
      parts[Int.random(in: 0..<3, using: &random)].add(pair.visitor, pair.user, instant)
      rows[pair, default: []].append(instant)
    }
    var links = parts[2]
    links.merge(parts[0])
    links.merge(parts[1])
    var runs: [GroupPair: [(Int64, Int64)]] = [:]
    links.forEach { runs[GroupPair(visitor: $0, user: $1), default: []].append(($2, $3)) }
    for (pair, instants) in rows {
      let known = Set(instants)
      for instant in stride(from: Int64(0), to: 20_020, by: 7) {
        let expected = (instant - reach...instant).contains { known.contains($0) }
        let found = runs[pair]?.contains { $0.0 <= instant && instant - $0.1 <= reach } ?? false
        #expect(found == expected, "seed \(seed), \(pair), \(instant)")
      }
    }
  }

  private struct GroupPair: Hashable {
    let visitor: UInt64
    let user: UInt64
  }
}
