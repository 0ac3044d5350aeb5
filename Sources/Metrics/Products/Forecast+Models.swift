// Forecasting methods for daily units. Only +, −, ×, ÷ and square roots, which IEEE arithmetic
// rounds exactly: a forecast has the same digits on every machine.

/// Each day as the same weekday of the last week: what any better method must beat.
enum SeasonalNaive {
  /// The forecast of the `days` days after the first `count` of a series of at least 7.
  static func forecast(_ units: [Double], count: Int, days: Int) -> [Double] {
    (0..<days).map { units[count - 7 + $0 % 7] }
  }
}

/// Additive Holt–Winters with a season of a week: level, trend and weekday follow exponentially (P.
/// R. Winters, "Forecasting sales by exponentially weighted moving averages", 1960).
struct HoltWinters {
  /// How fast level, trend and season follow.
  struct Weights {
    let level: Double
    let trend: Double
    let season: Double
  }

  /// Weights that are tried: few enough for a hundred thousand products, and a trend that follows
  /// slowly or not at all, since it is drawn out over four weeks.
  static let grid: [Weights] = [0.05, 0.15, 0.35].flatMap { level in
    [0, 0.02, 0.1].flatMap { trend in
      [0.05, 0.2].map { Weights(level: level, trend: trend, season: $0) }
    }
  }

  /// The fewest days that states are begun from.
  static let start = 14

  private let weights: Weights
  private var level = 0.0
  private var trend = 0.0
  private var season = [Double](repeating: 0, count: 7)
  private var day = 0

  /// States begun from the first two weeks of a series: their mean, no trend, and each weekday's
  /// distance from it; nothing is forecast of these weeks.
  init(_ units: [Double], _ weights: Weights) {
    self.weights = weights
    for day in 0..<Self.start { level += units[day] / Double(Self.start) }
    for day in 0..<7 { season[day] = (units[day] + units[day + 7]) / 2 - level }
    day = Self.start
  }

  /// Goes on by a day; returns by how much it was wrong about it.
  mutating func follow(_ units: Double) -> Double {
    let weekday = day % 7
    let error = units - (level + trend + season[weekday])
    // The form in which every state follows the error.
    level += trend + weights.level * error
    trend += weights.level * weights.trend * error
    season[weekday] += (1 - weights.level) * weights.season * error
    day += 1
    return error
  }

  /// The forecast of the next days; units are never below 0.
  func forecast(days: Int) -> [Double] {
    (1...days).map { max(0, level + Double($0) * trend + season[(day + $0 - 1) % 7]) }
  }

  /// The weights of the grid with the least squared errors over the first `count` days of a series.
  static func fitted(_ units: [Double], count: Int) -> Weights {
    var best = grid[0]
    var least = Double.infinity
    for weights in grid {
      var model = HoltWinters(units, weights)
      var sum = 0.0
      for day in start..<count {
        let error = model.follow(units[day])
        sum += error * error
        if sum >= least { break }
      }
      if sum < least { (best, least) = (weights, sum) }
    }
    return best
  }
}

/// Croston's method for products that sell on few days: sizes of sales and days between them follow
/// separately, and their quotient is corrected for its bias (A. A. Syntetos and J. E. Boylan, "The
/// accuracy of intermittent demand estimates", 2005).
struct Croston {
  private var size = RunningMean(weight: 0.1)
  private var interval = RunningMean(weight: 0.1)
  private var days = 0.0
  private var since = 0.0

  /// Goes on by a day. Intervals begin with the first sale: of a product that is older than its
  /// series, nobody knows how long before that one was.
  mutating func follow(_ units: Double) {
    days += 1
    since += 1
    guard units > 0 else { return }
    if size.count > 0 { interval.follow(since) }
    size.follow(units)
    since = 0
  }

  /// Units to be expected of each day to come; after one sale alone, that of the days so far.
  var rate: Double {
    interval.count > 0 ? (1 - interval.weight / 2) * size.value / interval.value : size.value / days
  }
}

/// Croston's method with the probability of a sale, which follows every day, in place of the days
/// between sales: it notices when a product does not sell any more (R. H. Teunter, A. A. Syntetos
/// and M. Z. Babai, "Intermittent demand: linking forecasting to inventory obsolescence", 2011).
struct SaleProbability {
  private var size = RunningMean(weight: 0.1)
  private var probability = RunningMean(weight: 0.03)

  /// Goes on by a day.
  mutating func follow(_ units: Double) {
    probability.follow(units > 0 ? 1 : 0)
    if units > 0 { size.follow(units) }
  }

  /// Units to be expected of each day to come.
  var rate: Double { probability.value * size.value }
}

/// A mean that follows exponentially, and begins as the mean of the values so far, so that the
/// first one is none too heavy.
struct RunningMean {
  let weight: Double
  private(set) var value = 0.0
  private(set) var count = 0.0

  init(weight: Double) { self.weight = weight }

  mutating func follow(_ next: Double) {
    count += 1
    value += max(weight, 1 / count) * (next - value)
  }
}
