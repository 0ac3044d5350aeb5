import Engine

/// Clicks, signups and sales of each person brought together in time: every click's verdict, and
/// the touches before each signup and sale. What all stages about partners read, made in one pass
/// over the clicks.
///
/// It begins with the Monday of the window's first week, so that a week's figures can be made from
/// its tables on every day of the week.
package struct Timelines: MetricStage {
  package static let name = "timelines"
  package static let summary = "clicks with their verdicts, and the touches of signups and sales"
  package static let isEphemeral = true
  package static let upstream = [LedgerStage.name, Buyers.name]
  package static let writes = [counts, visitors, peaks, signupTouches, salePaths]
  package static let parameters = ClickLimits.declarations
  package static let reads: [SourceRead] = needed(attributionDays: 30, dedupeMinutes: 60)

  /// What is read for given settings: the window's first week from its Monday on, touches so many
  /// days of 24 hours before, and for their verdicts the clock hour and the minutes before; a day of
  /// the calendar may have an hour less.
  private static func needed(attributionDays: Int64, dedupeMinutes: Int64) -> [SourceRead] {
    let calendar = Int64(Day.last - Day.first)
    let before = min(max(60, dedupeMinutes), calendar * 1440) + 120
    let days = 6 + min(attributionDays, calendar) + (before + 1439) / 1440
    return [
      SourceRead(
        "clicks",
        columns: [
          "click_id", "clicked_at", "event", "visitor_id", "user_id", "referral_code", "ip",
          "user_agent",
        ], lookback: .days(Int(days))),
      SourceRead("users", columns: ["user_id", "created_at", "visitor_id"], lookback: .timeless),
      SourceRead("partners", columns: PartnerRows.columns, lookback: .timeless),
    ]
  }

  /// Clicks per partner, day and verdict.
  package static let counts = TableSchema(
    name: "click_counts", summary: "clicks of a partner, day and verdict",
    key: ["partner_id", "day", "verdict"], timeColumn: "day", columns: ClickQuality.schema.columns)

  /// Distinct visitors of accepted clicks per partner and week.
  package static let visitors = TableSchema(
    name: "click_visitors", summary: "distinct visitors of a partner and week",
    key: ["partner_id", "week"], timeColumn: "week",
    columns: [
      ColumnSchema("partner_id", .text), ColumnSchema("week", .day),
      ColumnSchema("visitors", .integer),
    ])

  /// The busiest clock hour of each partner and week, how many clicks have an address, and how many
  /// the most frequent one (0 where it has less than a fifth); bots aside.
  package static let peaks = TableSchema(
    name: "click_peaks", summary: "where a partner's clicks of a week come from",
    key: ["partner_id", "week"], timeColumn: "week",
    columns: [
      ColumnSchema("partner_id", .text), ColumnSchema("week", .day),
      ColumnSchema("peak_hour", .integer), ColumnSchema("addressed", .integer),
      ColumnSchema("top_address", .integer),
    ])

  /// The last touch of each signup that has one.
  package static let signupTouches = TableSchema(
    name: "signup_touches", summary: "the last touch of a signup", key: ["user_id"],
    columns: [
      ColumnSchema("user_id", .text), ColumnSchema("partner_id", .text),
      ColumnSchema("touched_at", .instant),
    ])

  /// The partners' turns before each sale, the earliest first; `sale` is the sale's
  /// row in the ledger.
  package static let salePaths = TableSchema(
    name: "sale_paths", summary: "a partner's turn on the way to a sale", key: ["sale", "step"],
    columns: [
      ColumnSchema("sale", .integer), ColumnSchema("step", .integer),
      ColumnSchema("partner_id", .text), ColumnSchema("touched_at", .instant),
    ])

  /// What workers keep of clicks, users and partners.
  package struct Partial: Sendable {
    var log: ClickLog
    var signups = SignupRows()
    var partners = PartnerRows()
  }

  private let context: RunContext
  private let limits: ClickLimits
  private let columns = ClickColumns()
  /// Clicks outside change nothing.
  private let instants: ClosedRange<Int64>
  private let firstLink: Int64

  /// The stage of a run.
  package init(_ context: RunContext) {
    self.context = context
    limits = ClickLimits(context.parameters)
    let first = context.firstInstantOfWeek
    let last = context.lastInstant
    instants = min(limits.earliest(before: first), last)...last
    firstLink = max(first - limits.attribution, Instant.first)
  }

  package var reads: [SourceRead] {
    Self.needed(
      attributionDays: context.parameters[ClickLimits.attributionDays],
      dedupeMinutes: context.parameters[ClickLimits.dedupeMinutes])
  }

  /// No clicks, users and partners.
  package func makePartial() -> Partial { Partial(log: ClickLog(limits, context.memory)) }

  /// Keeps what matters of a batch.
  package func add(
    _ batch: Batch, of source: String, to partial: inout Partial
  ) throws(StageError) {
    switch source {
    case Sources.users.source: partial.signups.add(batch, within: firstLink...instants.upperBound)
    case Sources.partners.source: partial.partners.add(batch)
    default:
      do throws(SpillError) {
        try partial.log.add(batch, columns, records: instants, linksFrom: firstLink)
      } catch { throw error.error(of: Self.name) }
    }
  }

  /// Adds what another worker kept.
  package func merge(
    _ other: consuming Partial, into partial: inout Partial
  ) throws(StageError) {
    partial.signups.merge(other.signups)
    partial.partners.merge(other.partners)
    partial.log.merge(other.log)
  }

  /// The five tables; throws where two partners have one referral code.
  package func finish(
    _ partial: consuming Partial, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let partners = try Partners(partial.partners, for: Self.name)
    let questions = TouchQuestions(
      partial.signups, tables.ownedLedger, partial.log.links, limits, context)
    var judge = ClickJudge(partners, limits, context, persons: questions.persons)
    do throws(SpillError) { try judge.judge(&partial.log) } catch {
      throw error.error(of: Self.name)
    }
    let touches = judge.takeTouches()
    return [
      judge.counts.table(partners), judge.counts.visitorTable(partners),
      judge.peaks.table(partners),
      questions.signupTable(touches, partners), questions.saleTable(touches, partners),
    ].map { TableChange(rows: $0, replaces: .nothing) }
  }
}
