/// How units go on is forecast.
enum ForecastMethod: Int32, CaseIterable {
  /// Each day as that weekday of the last week.
  case seasonalNaive
  /// Level, trend and weekday, exponentially smoothed.
  case holtWinters
  /// Sizes of sales and days between them, for products that sell on few days.
  case crostonSBA
  /// Sizes of sales and their probability, for the same, which may be about to end.
  case crostonTSB
  /// The mean of all days, where there are too few for anything else.
  case mean

  /// The word in tables.
  var word: String {
    switch self {
    case .seasonalNaive: "seasonal_naive"
    case .holtWinters: "holt_winters"
    case .crostonSBA: "croston_sba"
    case .crostonTSB: "croston_tsb"
    case .mean: "mean"
    }
  }
}

/// The forecast of one product's units: 28 days ahead, with an interval, by the method that a
/// rolling backtest finds better than the naive one.
struct Forecast {
  /// How many days ahead.
  static let horizon = 28
  /// How many days back a series reaches at most.
  static let history = 364
  /// How many times the backtest forecasts, a week apart.
  private static let origins = 4
  /// The fewest days before a backtest's forecast.
  private static let training = 28
  /// A product that sells more rarely than every 1.32nd day is intermittent (Syntetos, Boylan and
  /// Croston, "On the categorization of demand patterns", 2005).
  private static let rareness = 1.32
  /// Four fifths of a normal distribution lie within so many standard deviations.
  private static let spread = 1.2815515655446004

  /// What was chosen.
  private(set) var method = ForecastMethod.mean
  /// Units to be expected of each day ahead.
  private(set) var units: [Double]
  /// What four days in five lie above the first and below the second of, a day each.
  private(set) var lower: [Double?]
  private(set) var upper: [Double?]
  /// The mean absolute error of the method in the backtest, in units of a week; nil without one.
  /// Weeks, because a product that sells every tenth day is best foreseen day by day, by this
  /// measure, as selling never.
  private(set) var error: Double?
  /// The same of the naive method.
  private(set) var naiveError: Double?
  /// The mean absolute difference between the units of seven days and of the seven before, over the
  /// whole series: what errors are scaled by. Nil where there is none, or none but 0.
  private(set) var scale: Double?

  /// The errors of a method in the backtest.
  private struct Backtest {
    var absolute = 0.0
    /// Of days, by weeks ahead.
    var squares = [0.0, 0.0, 0.0, 0.0]
    /// How many forecasts.
    var count = 0.0

    mutating func add(_ forecast: [Double], _ actual: ArraySlice<Double>) {
      var week = 0.0
      for (day, (left, right)) in zip(forecast, actual).enumerated() {
        squares[day / 7] += (left - right) * (left - right)
        week += left - right
        if day % 7 == 6 {
          absolute += abs(week)
          week = 0
        }
      }
      count += 1
    }

    var mean: Double? { count == 0 ? nil : absolute / (4 * count) }

    /// The root of the mean squared error by weeks ahead, never less than of a week before: farther
    /// days are no surer.
    var deviations: [Double] {
      var greatest = 0.0
      return squares.map { sum in
        greatest = max(greatest, (sum / (7 * count)).squareRoot())
        return greatest
      }
    }
  }

  /// The forecast after a series of daily units, its first day one with a sale, or any of a product
  /// that is older than `history`, and its last the day before the forecast; at least one day, and
  /// at least one with a sale.
  init(_ series: [Double]) {
    let count = series.count
    let total = series.reduce(0, +)
    let days = Double(count)
    units = [Double](repeating: total / days, count: Self.horizon)
    lower = [Double?](repeating: nil, count: Self.horizon)
    upper = lower
    scale = Self.weeklyDifference(series)
    let selling = Double(series.count { $0 > 0 })
    if count < 14 {
      if count > 1 { setInterval(Self.deviations(of: series, around: total / days)) }
    } else if days / selling > Self.rareness {
      forecastRare(series)
    } else {
      forecastRegular(series)
    }
  }

  private static func weeklyDifference(_ series: [Double]) -> Double? {
    guard series.count >= 14 else { return nil }
    var change = 0.0
    for day in 0..<7 { change += series[day + 7] - series[day] }
    var sum = abs(change)
    for day in 14..<series.count {
      change += series[day] - 2 * series[day - 7] + series[day - 14]
      sum += abs(change)
    }
    return sum > 0 ? sum / Double(series.count - 13) : nil
  }

  /// The days before which the backtest forecasts.
  private static func origins(of series: [Double]) -> [Int] {
    (0..<origins).reversed().map { series.count - horizon - 7 * $0 }.filter { $0 >= training }
  }

  private mutating func forecastRegular(_ series: [Double]) {
    var naive = Backtest()
    var smooth = Backtest()
    let origins = Self.origins(of: series)
    units = SeasonalNaive.forecast(series, count: series.count, days: Self.horizon)
    method = .seasonalNaive
    guard let first = origins.first else {
      // Too short for a backtest: by how much weeks differed so far.
      var squares = 0.0
      for day in 7..<series.count {
        squares += (series[day] - series[day - 7]) * (series[day] - series[day - 7])
      }
      let deviation = (squares / Double(series.count - 7)).squareRoot()
      return setInterval([deviation, deviation, deviation, deviation])
    }
    // Weights are chosen on what lies before every forecast of the backtest; then one run over the
    // series passes all of its origins.
    var model = HoltWinters(series, HoltWinters.fitted(series, count: first))
    for day in HoltWinters.start..<series.count {
      if origins.contains(day) {
        let actual = series[day..<(day + Self.horizon)]
        smooth.add(model.forecast(days: Self.horizon), actual)
        naive.add(
          SeasonalNaive.forecast(series, count: day, days: Self.horizon), actual)
      }
      _ = model.follow(series[day])
    }
    naiveError = naive.mean
    error = naive.mean
    var deviations = naive.deviations
    if let better = smooth.mean, let worse = naive.mean, better < worse {
      method = .holtWinters
      units = model.forecast(days: Self.horizon)
      error = better
      deviations = smooth.deviations
    }
    setInterval(deviations)
  }

  /// Of a rare product each day's units are expected to be its rate, by whichever of two methods the
  /// backtest finds better. The naive one is no choice: a last week without a sale says little. The
  /// interval is that of the days so far, which are far from normal.
  private mutating func forecastRare(_ series: [Double]) {
    var naive = Backtest()
    var byInterval = Backtest()
    var byProbability = Backtest()
    let origins = Self.origins(of: series)
    var intervals = Croston()
    var probability = SaleProbability()
    for day in series.indices {
      if origins.contains(day) {
        let actual = series[day..<(day + Self.horizon)]
        byInterval.add([Double](repeating: intervals.rate, count: Self.horizon), actual)
        byProbability.add([Double](repeating: probability.rate, count: Self.horizon), actual)
        naive.add(
          SeasonalNaive.forecast(series, count: day, days: Self.horizon), actual)
      }
      intervals.follow(series[day])
      probability.follow(series[day])
    }
    method = .crostonTSB
    naiveError = naive.mean
    error = byProbability.mean
    var rate = probability.rate
    if let better = byInterval.mean, let worse = byProbability.mean, better < worse {
      method = .crostonSBA
      error = better
      rate = intervals.rate
    }
    units = [Double](repeating: rate, count: Self.horizon)
    let sorted = series.sorted()
    // The least values that a tenth, and nine tenths, of the days do not exceed.
    let low = sorted[(sorted.count + 9) / 10 - 1]
    let high = sorted[(9 * sorted.count + 9) / 10 - 1]
    lower = units.map { min(low, $0) }
    upper = units.map { max(high, $0) }
  }

  private static func deviations(of series: [Double], around mean: Double) -> [Double] {
    let squares = series.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(series.count - 1)).squareRoot()
    return [deviation, deviation, deviation, deviation]
  }

  /// Around the expected units, by weeks ahead.
  private mutating func setInterval(_ deviations: [Double]) {
    for day in units.indices {
      lower[day] = max(0, units[day] - Self.spread * deviations[day / 7])
      upper[day] = units[day] + Self.spread * deviations[day / 7]
    }
  }
}
