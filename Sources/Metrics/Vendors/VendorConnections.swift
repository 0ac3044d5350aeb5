import Engine

/// Calls that vendors lost, what they were worth, and whether a follow-up won the vendor:
/// metrics.md section 1.
///
/// Besides one row per failed call it makes the vendors' weeks and the leads of the weekly export,
/// which are figures of the same calls. A follow-up up to 30 days after a call and a subscription
/// up to 30 days after that change the call's row, hence the 61 days restated.
package struct VendorConnections: MetricStage {
  package static let name = "vendor_connections"
  package static let tags = ["vendors"]
  package static let summary = "failed calls, their value and follow-up; vendors' weeks; leads"
  package static let upstream = [LedgerStage.name]
  package static let restates = 61
  package static let writes = [connections, weekly, leads]
  package static let parameters = [defaultBookingValue, conversionPerPoint]

  /// A week that the restated days touch may begin 6 days before them, and the 24 hours before its
  /// first call may reach into a second day before, where that day has 23 hours.
  static let lookback = restates + 6 + 2

  package static let reads = [
    SourceRead(
      "calls",
      columns: [
        "call_id", "vendor_id", "started_at", "duration_seconds", "outcome", "session_id",
        "intent_score", "estimated_value",
      ], lookback: .days(lookback)),
    SourceRead(
      "vendors", columns: ["vendor_id", "category", "followup_sent_at"], lookback: .timeless),
  ]

  /// What a booking is worth where neither the vendor nor its category had one.
  package static let defaultBookingValue = ParameterDeclaration(
    "default_booking_value", .money, defaultValue: "5.00",
    summary: "value of a lost call where neither its vendor nor the vendor's category had bookings")
  /// How much more probable a booking is for each point of intent.
  package static let conversionPerPoint = ParameterDeclaration(
    "conversion_per_point", .rate, defaultValue: "0.05",
    summary: "probability of a booking per point of customer intent")

  let context: RunContext
  /// Calls outside these instants change nothing.
  private let instants: ClosedRange<Int64>

  /// The stage for a run's window, with the calls before it that can still change.
  package init(_ context: RunContext) {
    self.context = context
    let first = context.firstInstant(daysBefore: Self.lookback)
    instants = min(first, context.lastInstant)...context.lastInstant
  }

  /// Rows that were TRUE stay so; those of days before the restated ones matter for the leads of
  /// their week.
  package var readsBack: [ReadBack] {
    let monday = context.window.firstMonday(daysBefore: Self.restates)
    let first =
      monday == .min ? Instant.first : context.timeZone.firstInstant(of: Day(number: monday))
    return [
      ReadBack(
        Self.connections,
        columns: ["call_id", "followup_sent", "followup_sent_at", "converted_after_followup"],
        span: .range(from: first, to: context.lastInstant))
    ]
  }

  /// No calls and no vendors.
  package func makePartial() -> CallRows { CallRows() }

  /// Keeps compact rows of a batch of calls, or the vendors' categories and follow-ups.
  package func add(
    _ batch: Batch, of source: String, to partial: inout CallRows
  ) throws(StageError) {
    if source == Sources.vendors.source {
      partial.addVendors(batch)
    } else {
      partial.addCalls(batch, within: instants)
    }
  }

  /// Adds another worker's rows.
  package func merge(
    _ other: consuming CallRows, into partial: inout CallRows
  ) throws(StageError) {
    partial.merge(other)
  }

  /// The three tables, with the restated days before the window; throws where a booking lacks its
  /// exchange rate or a sum overflows.
  package func finish(
    _ partial: consuming CallRows, _ tables: Upstream
  ) throws(StageError) -> [TableChange] {
    let judged = try judge(
      partial, Ledger(tables.table(LedgerStage.name)),
      published: tables.published(Self.connections.name))
    return [connectionChange(judged)] + (try weekChanges(judged))
  }
}

extension VendorConnections {
  /// One row per failed call.
  package static let connections = TableSchema(
    name: "vendor_connection_analytics", summary: "a call that its vendor lost",
    key: ["call_id"], timeColumn: "created_at",
    columns: [
      ColumnSchema("call_id", .text),
      ColumnSchema("session_id", .text, nullable: true),
      ColumnSchema("vendor_id", .text),
      ColumnSchema("failure_type", .text),
      ColumnSchema("call_duration", .integer),
      ColumnSchema("customer_intent_score", .integer),
      ColumnSchema("estimated_lost_revenue", .money),
      ColumnSchema("followup_sent", .boolean),
      ColumnSchema("converted_after_followup", .boolean),
      ColumnSchema("created_at", .instant),
      ColumnSchema("followup_sent_at", .instant, nullable: true, extra: true),
    ])

  /// One row per vendor and week with a call.
  package static let weekly = TableSchema(
    name: "vendor_weekly", summary: "a vendor's calls of an ISO week, by its Monday",
    key: ["week", "vendor_id"], timeColumn: "week",
    columns: [
      ColumnSchema("week", .day),
      ColumnSchema("vendor_id", .text),
      ColumnSchema("attempts", .integer),
      ColumnSchema("connected", .integer),
      ColumnSchema("hangups", .integer),
      ColumnSchema("rejections", .integer),
      ColumnSchema("timeouts", .integer),
      ColumnSchema("busy", .integer),
      ColumnSchema("connection_rate", .ratio, nullable: true),
      ColumnSchema("lost_revenue", .money),
      ColumnSchema("mean_intent", .ratio, nullable: true),
      ColumnSchema("complete", .boolean),
    ])

  /// One row per vendor and week with a hangup or rejection that nobody followed up.
  package static let leads = TableSchema(
    name: "leads", summary: "a vendor with missed opportunities not followed up, by week",
    key: ["week", "vendor_id"], timeColumn: "week",
    columns: [
      ColumnSchema("week", .day),
      ColumnSchema("vendor_id", .text),
      ColumnSchema("missed_opportunities", .integer),
      ColumnSchema("lost_revenue", .money),
      ColumnSchema("mean_intent", .ratio),
    ])
}
