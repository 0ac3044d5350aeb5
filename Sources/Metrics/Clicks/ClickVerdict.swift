import Engine

/// What is to be said of a click, in the order in which it applies: metrics.md section 2.
enum ClickVerdict: Int, CaseIterable, Sendable {
  /// No partner has its code.
  case unknownCode
  /// The partner was not active at that time.
  case inactivePartner
  /// A program's, not a person's.
  case bot
  /// The partner's own user.
  case selfClick
  /// One more from the same address within the hour than a partner is credited.
  case velocity
  /// The same visitor came by the same link a moment before.
  case duplicate
  /// Credited.
  case accepted

  /// The word in tables.
  var word: String {
    switch self {
    case .unknownCode: "unknown_code"
    case .inactivePartner: "inactive_partner"
    case .bot: "bot"
    case .selfClick: "self_click"
    case .velocity: "velocity"
    case .duplicate: "duplicate"
    case .accepted: "accepted"
    }
  }
}

/// The limits that clicks are judged by.
struct ClickLimits: Sendable {
  /// How many clicks of one code from one address count within a clock hour.
  let velocity: Int64
  /// Microseconds within which a visitor's next click by the same code is a duplicate.
  let dedupe: Int64
  /// Microseconds before a signup or sale in which clicks are its touches.
  let attribution: Int64

  /// A clock hour.
  static let hour = 3600 * Instant.second

  /// The limits of a run's settings; spans beyond the calendar are the calendar's.
  init(_ parameters: Parameters) {
    velocity = parameters[Self.velocityLimit]
    dedupe = Self.span(parameters[Self.dedupeMinutes], of: 60 * Instant.second)
    attribution = Self.span(parameters[Self.attributionDays], of: Instant.day)
  }

  /// `count` times a unit; no two instants lie farther apart than the calendar is long.
  static func span(_ count: Int64, of unit: Int64) -> Int64 {
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? Instant.last - Instant.first : min(product, Instant.last - Instant.first)
  }

  /// The first instant whose clicks say something about a touch at `instant`: those of its clock
  /// hour, and those that would make it a duplicate.
  func earliest(before instant: Int64) -> Int64 {
    let touch = max(instant - attribution, Instant.first)
    return max(min(Self.hourStart(touch), touch - dedupe), Instant.first)
  }

  /// The start of an instant's UTC clock hour.
  static func hourStart(_ instant: Int64) -> Int64 {
    let rest = instant % hour
    return instant - (rest < 0 ? rest + hour : rest)
  }

  /// How many clicks of a code and address count within a clock hour.
  static let velocityLimit = ParameterDeclaration(
    "velocity_limit", .integer, defaultValue: "30",
    summary: "clicks of one code from one address that count within a clock hour")
  /// Within how many minutes a visitor's next click is a duplicate.
  static let dedupeMinutes = ParameterDeclaration(
    "dedupe_minutes", .integer, defaultValue: "60",
    summary: "minutes within which a visitor's next click by the same code is a duplicate")
  /// How many days of 24 hours before a sale its touches may lie.
  static let attributionDays = ParameterDeclaration(
    "attribution_days", .integer, defaultValue: "30",
    summary: "days before a signup or sale whose clicks are its touches")
  /// All of them.
  static let declarations = [velocityLimit, dedupeMinutes, attributionDays]
}
