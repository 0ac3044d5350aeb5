import Engine

/// Whether a product sells more or less than it did.
enum Trend: Int32, CaseIterable {
  /// Too few units to say.
  case new
  /// Clearly more than before.
  case hot
  /// Clearly fewer than before.
  case declining
  /// Neither.
  case steady

  /// How many days each side of the comparison has.
  static let span: Int32 = 28

  /// The word in tables.
  var word: String {
    switch self {
    case .new: "new"
    case .hot: "hot"
    case .declining: "declining"
    case .steady: "steady"
    }
  }

  /// The trend of `now` units in 28 days after `before` in the 28 days before them; both are sums
  /// of 64-bit quantities that are 0 or more.
  ///
  /// `hot` and `declining` need a change of a quarter or a fifth that is also significant at 5 %:
  /// of two Poisson counts, (U − V)² ≥ 1.96² (U + V). All in whole numbers, so that limits are
  /// exact.
  init(now: Int128, before: Int128) {
    if now + before < 10 {
      self = .new
    } else if !Self.isSignificant(now, before) {
      self = .steady
    } else if 4 * now >= 5 * before {
      self = .hot
    } else if 5 * now <= 4 * before {
      self = .declining
    } else {
      self = .steady
    }
  }

  /// (U − V)² × 10,000 ≥ 38,416 (U + V).
  private static func isSignificant(_ now: Int128, _ before: Int128) -> Bool {
    let difference = (now - before).magnitude
    let (square, overflow) = difference.multipliedReportingOverflow(by: difference)
    let (left, overflowToo) = square.multipliedReportingOverflow(by: 10_000)
    // Beyond 128 bits the square is far above anything the sum can reach.
    return overflow || overflowToo || left >= 38_416 * (now + before).magnitude
  }
}
